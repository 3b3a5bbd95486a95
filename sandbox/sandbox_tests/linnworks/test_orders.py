"""Orders over the wire: created once, found, changed, processed, cancelled."""

from __future__ import annotations

import pytest

from sandbox_tests.linnworks.conftest import DEFAULT, channel_order

OTHER = "11111111-2222-3333-4444-555555555555"


def test_a_paid_order_is_saved_once_and_reserves(live):
    (id,) = live.create(channel_order("577001", ("GROC-1", 2), ("GROC-2", 1)))
    assert live.level("GROC-1") == (50, 2, 48)
    assert live.create(channel_order("577001")) == []
    order = live.order(id)
    assert (order["NumOrderId"], order["Processed"], order["GeneralInfo"]["Status"]) == (100001, False, 1)
    assert order["GeneralInfo"]["StockAllocationType"] == "Full"
    assert not order["GeneralInfo"]["IsParked"] and not order["Items"][0]["IsUnlinked"]
    sums = order["TotalsInfo"]
    assert (sums["Subtotal"], sums["Tax"], sums["PostageCost"], sums["TotalCharge"]) == (30.3, 2.65, 4.99, 37.94)
    assert order["Items"][0]["CostIncTax"] == 21.97 and order["Items"][0]["Level"] == 50


def test_another_channel_may_use_the_same_reference(live):
    (first,) = live.create(channel_order("577001"))
    (second,) = live.create(channel_order("577001", SubSource="Another shop"))
    found = live.read("Orders/GetOrderDetailsByReferenceId", ReferenceId="577001")
    assert [order["OrderId"] for order in found] == [first, second]


def test_an_unpaid_order_is_parked_until_it_is_paid(live):
    (id,) = live.create(channel_order("577002", PaymentStatus="Unpaid"))
    general = live.order(id)["GeneralInfo"]
    assert (general["Status"], general["IsParked"], general["Marker"]) == (0, True, 7)
    assert live.level("GROC-1") == (50, 2, 48)
    assert "parked" in live.refused("Orders/CancelOrder", {"orderId": id, "note": ""})
    assert live.create(channel_order("577002", ("GROC-1", 3))) == [id]
    order = live.order(id)
    assert (order["GeneralInfo"]["Status"], order["GeneralInfo"]["IsParked"], order["NumOrderId"]) == (1, False, 100001)
    assert live.level("GROC-1") == (50, 3, 47)
    assert live.create(channel_order("577002", ("GROC-1", 9))) == []


def test_a_line_that_links_to_nothing_reserves_nothing(live):
    (id,) = live.create(channel_order("577003", ("UNHEARD-OF", 2)))
    order = live.order(id)
    assert order["Items"][0]["IsUnlinked"] and order["GeneralInfo"]["StockAllocationType"] == "NotAllocated"
    (by_map_only,) = live.create(channel_order("577023", ("BNDL-2", 1), AutomaticallyLinkBySKU=False))
    assert live.order(by_map_only)["Items"][0]["IsUnlinked"]


def test_a_channel_sku_is_linked_by_its_mapping_first(live):
    from sandbox import linnworks

    linnworks.map_channel_sku(live.store, "GROC-4-OLD", "GROC-4")
    (id,) = live.create(channel_order("577004", ("GROC-4-OLD", 1), AutomaticallyLinkBySKU=False))
    assert live.order(id)["Items"][0]["SKU"] == "GROC-4" and live.level("GROC-4") == (7, 1, 6)


def test_a_bundle_reserves_and_takes_its_components(live):
    assert live.level("BNDL-1") == (10, 0, 10)
    (id,) = live.create(channel_order("577005", ("BNDL-1", 3)))
    assert live.level("GROC-1") == (50, 6, 44) and live.level("GROC-2") == (10, 3, 7)
    assert live.level("BNDL-1") == (7, 0, 7)
    (line,) = live.order(id)["Items"]
    parts = sorted((part["SKU"], part["Quantity"], part["CostIncTax"]) for part in line["CompositeSubItems"])
    assert parts == [("GROC-1", 6, 0.0), ("GROC-2", 3, 0.0)] and line["CostIncTax"] == 32.95
    assert live.call("Orders/ProcessOrder", {"orderId": id, "scanPerformed": True, "locationId": DEFAULT})["Processed"]
    assert live.level("GROC-1") == (44, 0, 44) and live.level("GROC-2") == (7, 0, 7)
    (row,) = live.read("Stock/GetItemChangesHistory", stockItemId=live.item("GROC-2"), entriesPerPage=1)["Data"]
    assert (row["ChangeQty"], row["Level"], row["Note"]) == (-3, 7, "Order 100001 processed")


def test_a_processed_order_is_past_cancelling(live):
    (id,) = live.create(channel_order("577006"))
    assert live.call("Orders/ProcessOrder", {"orderId": id, "scanPerformed": True})["Processed"]
    assert "already processed" in live.refused("Orders/CancelOrder", {"orderId": id})
    again = live.call("Orders/ProcessOrder", {"orderId": id, "scanPerformed": True})
    assert (again["Processed"], again["Error"]) == (False, "Order 100001 is already processed.")
    assert live.level("GROC-1") == (48, 0, 48)


def test_failures_of_processing_come_in_a_200(live):
    (short,) = live.create(channel_order("577007", ("GROC-3", 1)))
    assert live.order(short)["GeneralInfo"]["StockAllocationType"] == "Insuffient"
    reported = live.call("Orders/ProcessOrdersInBatch", {"ordersIds": [short, OTHER]})
    assert [row["Processed"] for row in reported] == [False, False]
    assert "Insufficient stock" in reported[0]["Error"] and "not found" in reported[1]["Error"]
    live.switch(scan_required=True)
    assert "scanned" in live.call("Orders/ProcessOrder", {"orderId": short})["Error"]


def test_a_cancelled_order_gives_its_stock_back_and_moves_to_the_processed(live):
    (id,) = live.create(channel_order("577008"))
    wanted = {"orderId": id, "fulfilmentCenter": DEFAULT, "refund": 0, "note": "buyer asked"}
    assert live.call("Orders/CancelOrder", wanted) == id
    order = live.order(id)
    assert order["Processed"] and order["GeneralInfo"]["HoldOrCancel"] and order["Notes"][0]["Note"] == "buyer asked"
    assert live.level("GROC-1") == (50, 0, 50)
    assert live.create(channel_order("577008")) == []
    trail = live.read("Orders/GetOrderAuditTrail", orderId=id)
    assert [row["Type"] for row in trail] == ["Order created", "Order cancelled"]


def test_locking_releases_the_stock_and_forbids_everything(live):
    (id,) = live.create(channel_order("577009"))
    assert live.call("Orders/LockOrder", {"orderIds": [id], "lockOrder": True}) is None
    assert live.level("GROC-1") == (50, 0, 50)
    assert "locked" in live.refused("Orders/CancelOrder", {"orderId": id})
    assert "locked" in live.refused("Orders/SetOrderShippingInfo", {"orderId": id, "info": {}})
    live.call("Orders/LockOrder", {"orderIds": [id], "lockOrder": False})
    assert live.level("GROC-1") == (50, 2, 48)


def test_status_0_parks_and_status_1_unparks(live):
    (id,) = live.create(channel_order("577010"))
    assert live.call("Orders/ChangeStatus", {"orderIds": [id, OTHER], "status": 0}) == [id]
    assert live.order(id)["GeneralInfo"]["IsParked"]
    live.call("Orders/ChangeStatus", {"orderIds": [id], "status": 1})
    assert not live.order(id)["GeneralInfo"]["IsParked"]


def test_shipping_info_that_is_left_out_falls_back_to_its_default(live):
    (id,) = live.create(channel_order("577011"))
    service = next(s for s in live.read("PostalServices/GetPostalServices") if s["Vendor"] == "UPS")
    info = {
        "PostalServiceId": service["pkPostalServiceId"],
        "TrackingNumber": "1Z1",
        "PostageCost": 3,
        "TotalWeight": 1,
    }
    done = live.call("Orders/SetOrderShippingInfo", {"orderId": id, "info": info})
    assert done["ShippingInfo"]["Vendor"] == "UPS" and done["TotalsInfo"]["PostageCost"] == 3
    live.call("Orders/SetOrderShippingInfo", {"orderId": id, "info": {"PostageCost": 3}})
    shipping = live.order(id)["ShippingInfo"]
    assert (shipping["TrackingNumber"], shipping["Vendor"], shipping["TotalWeight"]) == ("", "", 0)


def test_notes_are_appended_and_properties_replaced_or_appended(live):
    (id,) = live.create(channel_order("577012", ExtendedProperties=[{"Name": "run", "Value": "1", "Type": "ORDER"}]))
    added = live.call("Orders/AddOrdersNote", {"OrderIds": [id], "NoteText": "first", "IsInternal": True})
    assert added["OrderNotes"][0]["Note"] == "first"
    live.call("Orders/AddOrdersNote", {"OrderIds": [id], "NoteText": "second"})
    assert [note["Note"] for note in live.read("Orders/GetOrderNotes", orderId=id)] == ["first", "second"]
    more = {"OrderId": id, "ExtendedProperties": [{"Name": "carton", "Value": "2", "Type": "ORDER"}]}
    done = live.call("Orders/AddExtendedProperties", {"request": more})
    assert done == {"ExtendedPropertiesInserted": 1, "Errors": []}
    assert [row["Name"] for row in live.read("Orders/GetExtendedProperties", orderId=id)] == ["run", "carton"]
    only = [{"Name": "carton", "Value": "3", "Type": "ORDER"}]
    live.call("Orders/SetExtendedProperties", {"orderId": id, "extendedProperties": only})
    assert [(row["Name"], row["Value"]) for row in live.order(id)["ExtendedProperties"]] == [("carton", "3")]


def test_moving_an_order_moves_its_reservation_and_reports_errors_for_each(live):
    body = {**live.control("GET", f"/linnworks/locations/{DEFAULT}"), "StockLocationId": OTHER, "LocationName": "Two"}
    live.control("PUT", f"/linnworks/locations/{OTHER}", {k: v for k, v in body.items() if not k.startswith("_")})
    (id,) = live.create(channel_order("577013"))
    reported = live.call("Orders/MoveToLocation", {"orderIds": [id, OTHER], "pkStockLocationId": OTHER})
    assert reported["OrdersMoved"] == [id] and list(reported["KeyedErrors"]) == [OTHER]
    levels = live.read("Stock/GetStockLevel", stockItemId=live.item("GROC-1"))
    assert [(row["Location"]["LocationName"], row["InOrders"]) for row in levels] == [("Default", 0), ("Two", 2)]
    assert live.call("Orders/GetAllOpenOrders", {"fulfilmentCenter": DEFAULT}) == []
    assert live.call("Orders/GetAllOpenOrders", {"fulfilmentCenter": OTHER}) == [id]


def test_what_is_mandatory_and_where_orders_go_is_checked(live):
    wrong = channel_order("577014", DispatchBy="")
    assert "DispatchBy is mandatory" in live.refused("Orders/CreateOrders", {"orders": [wrong]})
    sent = {"orders": [channel_order("577014")], "location": "Nowhere"}
    assert "Nowhere" in live.refused("Orders/CreateOrders", sent)
    live.switch(unknown_location="default", strict_batch=True)
    assert len(live.call("Orders/CreateOrders", sent)) == 1
    many = [channel_order(f"5780{number:02}") for number in range(21)]
    assert "20" in live.refused("Orders/CreateOrders", {"orders": many, "location": "Default"})


@pytest.mark.parametrize("changes", [{"OrderState": "Park"}, {"DeliveryAddress": {"PostCode": "123456789012"}}])
def test_an_order_is_parked_on_demand_or_for_its_postcode(live, changes):
    (id,) = live.create(channel_order("577015", **changes))
    assert live.order(id)["GeneralInfo"]["IsParked"]


def test_a_cancellation_by_the_channel_reaches_an_open_order(live):
    (id,) = live.create(channel_order("577016"))
    live.create(channel_order("577016", PaymentStatus="Cancelled"))
    assert live.order(id)["GeneralInfo"]["HoldOrCancel"] and live.level("GROC-1") == (50, 0, 50)


def test_post_sale_cancels_inside_the_account_only(live):
    (id,) = live.create(channel_order("577017"))
    assert live.read("PostSale/GetCancellationOptions", orderId=id)["CanCancelInternally"]
    outside = live.call("PostSale/CreateCancellation", {"request": {"OrderId": id, "ReasonTag": "OTHER"}})
    assert outside["Status"] == "ERROR" and not outside["Order"]["Processed"]
    inside = {"OrderId": id, "InternalOnly": True, "ReasonTag": "CUSTOMER_REQUEST"}
    done = live.call("PostSale/CreateCancellation", {"request": inside})
    assert done["Status"] == "PROCESSED" and done["Order"]["GeneralInfo"]["HoldOrCancel"]
    again = live.call("PostSale/CreateCancellation", {"request": inside})
    assert again["Status"] == "ERROR" and "already processed" in again["Errors"][0]
