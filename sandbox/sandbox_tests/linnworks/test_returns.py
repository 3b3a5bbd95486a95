"""Returns over the wire: booked, actioned into stock once, refused, deleted, listed."""

from __future__ import annotations

import pytest

from sandbox_tests.linnworks.conftest import DEFAULT, channel_order

OTHER = "11111111-2222-3333-4444-555555555555"


def shipped(live, *lines, reference="577001"):
    """A processed order: its id and its lines."""
    (id,) = live.create(channel_order(reference, *lines))
    assert live.call("Orders/ProcessOrder", {"orderId": id, "scanPerformed": True})["Processed"]
    return id, live.order(id)["Items"]


def item(line, quantity, **more):
    return {"OrderItemRowId": line["RowId"], "ReturnLocation": DEFAULT, "ReturnQuantity": quantity, **more}


def book(live, order, *items, reference="RET-1"):
    wanted = {"OrderId": order, "ChannelInitiated": False, "ReturnItems": list(items), "Reference": reference}
    return live.call("ReturnsRefunds/CreateRMABooking", {"request": wanted})


def act(live, order, id):
    return live.call("ReturnsRefunds/ActionRMABooking", {"request": {"RMAHeaderId": id, "OrderId": order}})


def held(live, order):
    return live.call("ReturnsRefunds/GetRMAHeadersByOrderId", {"request": {"OrderId": order}})["RMAHeaders"]


def options(live, order):
    return live.call("ReturnsRefunds/GetReturnOptions", {"request": {"OrderId": order}})["ReturnOptions"]


def test_what_is_not_scrap_comes_into_stock_when_the_booking_is_actioned_and_once(live):
    order, (line,) = shipped(live, ("GROC-1", 5))
    booked = book(live, order, item(line, 3, ScrapQuantity=1))
    assert booked["Errors"] == [] and live.level("GROC-1") == (45, 0, 45)
    assert [row["ReturnItemSKU"] for row in booked["Items"]] == ["GROC-1"]
    done = act(live, order, booked["RMAHeaderId"])
    assert done["SuccessfullyActioned"] and done["Status"]["StatusHeader"] == "PROCESSED"
    assert live.level("GROC-1") == (47, 0, 47)
    (change,) = live.read("Stock/GetItemChangesHistory", stockItemId=live.item("GROC-1"), entriesPerPage=1)["Data"]
    assert (change["ChangeQty"], change["Level"], change["Note"]) == (2, 47, "Order 100001 returned")
    again = act(live, order, booked["RMAHeaderId"])
    assert not again["SuccessfullyActioned"] and "already actioned" in again["Errors"][0]
    assert live.level("GROC-1") == (47, 0, 47)


def test_a_bundle_comes_back_as_its_components(live):
    order, (line,) = shipped(live, ("BNDL-1", 2))
    assert (live.level("GROC-1")[0], live.level("GROC-2")[0]) == (46, 8)
    act(live, order, book(live, order, item(line, 1))["RMAHeaderId"])
    assert (live.level("GROC-1")[0], live.level("GROC-2")[0]) == (48, 9)


def test_a_booking_that_is_not_actioned_claims_its_units_until_it_is_deleted(live):
    order, (line,) = shipped(live, ("GROC-1", 2))
    first = book(live, order, item(line, 2))["RMAHeaderId"]
    second = book(live, order, item(line, 1), reference="RET-2")
    assert second["RMAHeaderId"] is None and "returned already" in second["Errors"][0]
    assert options(live, order)["CannotReturnReason"] == "AlreadyReturnedInLinnworks"
    assert live.call("ReturnsRefunds/DeleteRMA", {"request": {"RMAHeaderId": first}}) == {}
    assert held(live, order) == [] and options(live, order)["CanReturnInternally"]
    third = book(live, order, item(line, 1), reference="RET-2")["RMAHeaderId"]
    act(live, order, third)
    live.call("ReturnsRefunds/DeleteRMA", {"request": {"RMAHeaderId": third}})
    assert [(row["RMAHeaderId"], row["Actioned"]) for row in held(live, order)] == [(third, True)]
    assert live.level("GROC-1")[0] == 49


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"ReturnQuantity": 3}, "more than the 2 that can still be returned"),
        ({"ReturnQuantity": 0}, "at least 1"),
        ({"ScrapQuantity": 3}, "between 0 and ReturnQuantity"),
        ({"ReturnLocation": OTHER}, f"Location {OTHER} was not found"),
        ({"OrderItemRowId": OTHER}, f"Item {OTHER} is not in the order"),
        ({"RefundAmount": 1.5}, "Refunds are not supported"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_a_200_and_nothing_is_booked(live, changes, text):
    order, (line, other) = shipped(live, ("GROC-1", 2), ("GROC-2", 1))
    answer = book(live, order, item(other, 1), {**item(line, 2), **changes})
    assert answer["RMAHeaderId"] is None
    assert [text in error for error in answer["Errors"]] == [True]
    assert [bool(row["ValidationError"]) for row in answer["Items"]] == [False, True]
    assert held(live, order) == []


def test_one_line_given_twice_counts_together(live):
    order, (line,) = shipped(live, ("GROC-1", 2))
    assert "more than the 1" in book(live, order, item(line, 1), item(line, 2))["Errors"][0]
    assert len(book(live, order, item(line, 1), item(line, 1))["Items"]) == 2


def test_an_order_that_is_open_cancelled_or_unknown_takes_nothing_back(live):
    (order,) = live.create(channel_order("577001"))
    (line,) = live.order(order)["Items"]
    assert "not processed" in book(live, order, item(line, 1))["Errors"][0]
    assert options(live, order)["CannotReturnReason"] == "OpenOrderInLinnworks"
    live.call("Orders/CancelOrder", {"orderId": order, "note": ""})
    assert "cancelled" in book(live, order, item(line, 1))["Errors"][0]
    assert "not found" in book(live, OTHER, item(line, 1))["Errors"][0]
    assert options(live, OTHER)["CannotReturnReason"] == "MissingOrderInLinnworks"
    assert held(live, OTHER) == []


def test_exchanges_are_refused_and_so_is_a_booking_of_nothing(live):
    order, (line,) = shipped(live, ("GROC-1", 2))
    wanted = {"OrderId": order, "ReturnItems": [item(line, 1)], "ExchangeItems": [{}]}
    assert "ExchangeItems are not supported" in live.call("ReturnsRefunds/CreateRMABooking", wanted)["Errors"][0]
    assert "No new return items" in book(live, order)["Errors"][0]


def test_a_booking_is_actioned_with_the_order_it_is_of(live):
    order, (line,) = shipped(live, ("GROC-1", 2))
    other, _lines = shipped(live, ("GROC-1", 1), reference="577002")
    id = book(live, order, item(line, 1))["RMAHeaderId"]
    answer = act(live, other, id)
    assert not answer["SuccessfullyActioned"] and "not found for the order" in answer["Errors"][0]
    assert "not found" in act(live, order, 999)["Errors"][0]
    assert "not found" in live.refused("ReturnsRefunds/DeleteRMA", {"request": {"RMAHeaderId": 999}})


def test_bookings_are_listed_by_state_and_found_by_reference(live):
    order, (line,) = shipped(live, ("GROC-1", 3))
    first, second = (book(live, order, item(line, 1), reference=name)["RMAHeaderId"] for name in ("RET-1", "RET-2"))
    named = book(live, order, item(line, 1), reference="")["RMAHeaderId"]
    act(live, order, second)

    def listed(method, **request):
        page = live.call(f"ReturnsRefunds/{method}", {"request": {"Page": 1, **request}})
        assert page["TotalHeaders"] == len(page["RMAHeaders"])
        return [row["RMAHeaderId"] for row in page["RMAHeaders"]]

    assert listed("GetActionableRMAHeaders") == [first, named]
    assert listed("GetProcessedOrAckedErrorRMAHeaders") == [second]
    assert listed("GetActionableRMAHeaders", Filters={"Type": "HEADER_REFERENCE", "Value": "RET-1"}) == [first]
    assert listed("GetActionableRMAHeaders", Filters={"Type": "ORDER_REFERENCES", "Value": "577001"}) == [first, named]
    assert [row["ExternalReference"] for row in held(live, order)] == ["RET-1", "RET-2", str(named)]
    kept = live.control("GET", f"/linnworks/returns/{first}")
    assert kept["OrderId"] == order
