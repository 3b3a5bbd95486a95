"""Shipping: marked by the seller, labelled by the platform, corrected, collected."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.tiktok_shop import cancellations, fulfilment, labels
from sandbox_tests.conftest import GB, START, US

EVRI, ROYAL_MAIL, USPS = "6617675021119438849", "6617675021119438850", "7117858858072016686"
NUMBER = "H012345678901234"
DAY = 86400


def ship(connected: Any, order: str, *lines: str, number: Any = NUMBER, provider: str = EVRI, shop: str = GB) -> Any:
    body = {"order_line_item_ids": list(lines), "tracking_number": number, "shipping_provider_id": provider}
    return connected.call("POST", f"/fulfillment/202309/orders/{order}/packages", body, shop=shop)


def label(connected: Any, order: str, shop: str = GB, **more: Any) -> Any:
    body = {"ship_type": "1", "order_id": order, **more}
    return connected.call("POST", "/fulfillment/202512/packages", body, shop=shop)


def correct(connected: Any, path: str, number: str = "H099999999999999") -> Any:
    body = {"tracking_number": number, "shipping_provider_id": EVRI}
    return connected.call("POST", f"/fulfillment/202309/{path}/shipping_info/update", body)


def test_shipped_order_awaits_collection_with_its_tracking(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    answer = ship(connected, "1")
    order = connected.body("orders", "1")
    assert answer["order_line_item_ids"] == ["1-0", "1-1"]
    assert (order["status"], order["tracking_number"], order["rts_time"]) == ("AWAITING_COLLECTION", NUMBER, START)
    assert order["packages"] == [{"id": answer["package_id"]}]
    assert {line["display_status"] for line in order["line_items"]} == {"AWAITING_COLLECTION"}
    assert connected.sent("ORDER_STATUS_CHANGE")[0]["order_status"] == "AWAITING_COLLECTION"
    package = connected.call("GET", f"/fulfillment/202309/packages/{answer['package_id']}")
    assert (package["package_status"], package["shipping_provider_name"]) == ("PROCESSING", "Evri")
    assert not [key for key in package if key.startswith("_")]


def test_some_lines_make_an_order_partially_shipping_until_the_rest_follows(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    first = ship(connected, "1", "1-0")
    assert connected.body("orders", "1")["status"] == "PARTIALLY_SHIPPING"
    assert ship(connected, "1", "1-0") == 21011006
    second = ship(connected, "1", number="H012345678901235")
    assert connected.body("orders", "1")["status"] == "AWAITING_COLLECTION"
    assert first["package_id"] != second["package_id"]
    assert [row["sc_type"] for row in connected.sent("PACKAGE_UPDATE")] == ["SPLIT", "SPLIT"]


def test_newer_shape_ships_too(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    body = {
        "order_line_list": [{"order_line_id": "1-1"}],
        "shipping_info_list": [{"tracking_number": NUMBER, "shipping_provider_id": EVRI}],
    }
    answer = connected.call("POST", "/fulfillment/202610/orders/1/packages", body)
    assert answer["order_line_item_ids"] == ["1-1"]


def test_number_that_is_not_the_carriers_is_taken_with_a_warning(connected: Any) -> None:
    connected.order("1", ["a"])
    assert "Royal Mail" in ship(connected, "1", provider=ROYAL_MAIL)["warning"]["message"]
    connected.order("2", ["a"])
    assert "warning" not in ship(connected, "2", number="AB123456785GB", provider=ROYAL_MAIL)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"status": "ON_HOLD"}, 21011044),
        ({"status": "CANCELLED"}, 21011041),
        ({"status": "UNPAID"}, 21042057),
        ({"status": "DELIVERED"}, 21011006),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, 21008025),
        ({"shipping_type": "TIKTOK"}, 21011004),
    ],
)
def test_order_that_may_not_be_shipped_is_refused(connected: Any, order: dict[str, Any], code: int) -> None:
    connected.order("1", ["a"], **order)
    assert ship(connected, "1") == code


@pytest.mark.parametrize(
    ("number", "provider", "code"),
    [
        ("", EVRI, 21004015),
        (None, EVRI, 21004015),
        ("H0 12345", EVRI, 21004012),
        (NUMBER, "none", 21011022),
        (NUMBER, USPS, 21011022),
    ],
)
def test_bad_tracking_is_refused_and_nothing_is_shipped(connected: Any, number: Any, provider: str, code: int) -> None:
    connected.order("1", ["a"])
    assert ship(connected, "1", number=number, provider=provider) == code
    assert connected.body("orders", "1")["status"] == "AWAITING_SHIPMENT"


def test_shipping_twice_or_a_foreign_order_is_refused(connected: Any) -> None:
    connected.order("1", ["a"])
    ship(connected, "1")
    assert ship(connected, "1") == 21011006
    assert ship(connected, "1", shop=US) == 21008111
    assert connected.store.count("tiktok_shop", "packages") == 1


def test_twenty_orders_share_a_tracking_number_and_no_more(connected: Any) -> None:
    for number in range(21):
        connected.order(str(number), ["a"])
    answers = [ship(connected, str(number)) for number in range(21)]
    assert answers[20] == 21011026
    assert all(isinstance(answer, dict) for answer in answers[:20])


def test_open_cancel_request_stops_shipping_but_in_the_us_is_rejected_by_it(connected: Any) -> None:
    connected.order("1", ["a"])
    connected.order("2", ["a"], shop=US)
    for order in ("1", "2"):
        cancellations.request(connected.store, order, START, "Change of mind", "BUYER")
    assert ship(connected, "1") == 21011007
    assert isinstance(ship(connected, "2", number="94" + "0" * 14, provider=USPS, shop=US), dict)
    order = connected.body("orders", "2")
    assert (order["status"], order["is_buyer_request_cancel"]) == ("AWAITING_COLLECTION", False)
    assert connected.sent("CANCELLATION_STATUS_CHANGE")[0]["cancel_status"] == "CANCELLATION_REQUEST_CANCELLED"


def test_collected_order_is_in_transit_and_its_units_have_left(connected: Any) -> None:
    connected.list_sku("a", 5, 2)
    connected.order("1", ["a", "a"])
    first = ship(connected, "1", "1-0")["package_id"]
    assert not fulfilment.mark_collected(connected.store, "1", START + 60)
    assert (connected.stock("a"), connected.body("packages", first)["package_status"]) == ((5, 1), "FULFILLING")
    ship(connected, "1", number="H012345678901235")
    assert fulfilment.mark_collected(connected.store, "1", START + 120)
    assert fulfilment.mark_collected(connected.store, "1", START + 180)
    assert connected.stock("a") == (5, 0)
    order = connected.body("orders", "1")
    assert (order["status"], order["collection_time"]) == ("IN_TRANSIT", START + 120)
    fulfilment.mark_delivered(connected.store, "1", START + 240)
    assert connected.body("packages", first)["package_status"] == "COMPLETED"


def test_order_is_not_in_transit_before_every_package_is_collected(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    packages = [ship(connected, "1", "1-0")["package_id"], ship(connected, "1")["package_id"]]
    assert not fulfilment.mark_collected(connected.store, "1", START, package_ids=packages[:1])
    assert fulfilment.mark_collected(connected.store, "1", START, package_ids=packages[1:])


def test_unknown_order_is_not_collected(connected: Any) -> None:
    assert not fulfilment.mark_collected(connected.store, "none", START)


@pytest.mark.parametrize("path", ["orders/1", "packages/{}"])
def test_tracking_is_corrected_once_within_72_hours(connected: Any, path: str) -> None:
    connected.order("1", ["a"])
    package = ship(connected, "1")["package_id"]
    updated = connected.body("orders", "1")["update_time"]
    connected.store.set_now(START + 3 * DAY)
    assert correct(connected, path.format(package)) == {}
    order = connected.body("orders", "1")
    assert (order["tracking_number"], order["line_items"][0]["tracking_number"]) == ("H099999999999999",) * 2
    assert order["update_time"] == updated
    assert correct(connected, path.format(package)) in {21011050, 21011052}


@pytest.mark.parametrize(("path", "code"), [("orders/1", 21011049), ("packages/{}", 21011051)])
def test_tracking_is_not_corrected_after_72_hours(connected: Any, path: str, code: int) -> None:
    connected.order("1", ["a"])
    package = ship(connected, "1")["package_id"]
    connected.store.set_now(START + 3 * DAY + 1)
    assert correct(connected, path.format(package)) == code


def test_tracking_of_what_is_not_shipped_or_delivered_is_not_corrected(connected: Any) -> None:
    connected.order("1", ["a"])
    assert correct(connected, "orders/1") == 21011043
    ship(connected, "1")
    fulfilment.mark_collected(connected.store, "1", START)
    fulfilment.mark_delivered(connected.store, "1", START)
    assert correct(connected, "orders/1") == 21011030
    assert correct(connected, "packages/none") == 21011028


def test_tracking_of_several_packages_is_corrected_by_package_only(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    ship(connected, "1", "1-0")
    package = ship(connected, "1")["package_id"]
    assert correct(connected, "orders/1") == 21011048
    assert correct(connected, f"packages/{package}") == {}


def test_bought_label_gives_tracking_and_a_pdf_for_a_day(connected: Any) -> None:
    connected.order("1", ["a"], shipping_type="TIKTOK")
    offers = connected.call("POST", "/fulfillment/202309/orders/1/shipping_services/query", {})["shipping_services"]
    answer = label(connected, "1", shipping_service_id=offers[1]["id"], weight={"value": "1", "unit": "GRAM"})
    assert answer["shipping_service_info"]["shipping_provider_name"] == "Royal Mail"
    assert connected.body("orders", "1")["status"] == "AWAITING_COLLECTION"
    path = f"/fulfillment/202309/packages/{answer['package_id']}/shipping_documents"
    document = connected.call("GET", path, document_type="SHIPPING_LABEL")
    assert document["tracking_number"] == connected.body("orders", "1")["tracking_number"]
    expires, token = [part.split("=")[1] for part in document["doc_url"].split("?")[1].split("&")]
    pdf = labels.label(connected.store, answer["package_id"], expires, token)
    assert pdf is not None
    assert pdf.startswith(b"%PDF-")
    assert labels.label(connected.store, answer["package_id"], expires, "forged") is None
    connected.store.set_now(START + DAY + 1)
    assert labels.label(connected.store, answer["package_id"], expires, token) is None


def test_label_for_some_lines_leaves_the_others_waiting(connected: Any) -> None:
    connected.order("1", ["a", "b"], shipping_type="TIKTOK")
    label(connected, "1", ship_type="2", order_line_item=[{"order_line_id": "1-0"}])
    assert connected.body("orders", "1")["status"] == "PARTIALLY_SHIPPING"
    label(connected, "1")
    numbers = {line["tracking_number"] for line in connected.body("orders", "1")["line_items"]}
    assert len(numbers) == 2


def test_where_packages_wait_they_are_shipped_and_none_is_created(connected: Any) -> None:
    connected.store.set_meta("limits", {"tiktok_shop": {"labels": {GB: "ship_package"}}})
    for id, shop in (("1", GB), ("2", US)):
        connected.order(id, ["a", "b"], shop=shop, shipping_type="TIKTOK")
    waiting = fulfilment.wait_in_package(connected.store, connected.body("orders", "1"), START)
    assert fulfilment.wait_in_package(connected.store, connected.body("orders", "2"), START) is None
    order = connected.call("GET", "/order/202507/orders", ids="1")["orders"][0]
    assert order["packages"] == [{"id": waiting}] and order["status"] == "AWAITING_SHIPMENT"
    path = f"/fulfillment/202309/packages/{waiting}"
    document = {"document_type": "SHIPPING_LABEL"}
    assert connected.call("GET", path)["package_status"] == "TO_FULFILL"
    assert connected.call("GET", f"{path}/shipping_documents", **document) == 21023035
    assert label(connected, "1") == 21008106
    assert label(connected, "2", shop=US)["package_id"]
    assert connected.call("POST", f"{path}/ship", {"handover_method": "DROP_OFF"}) == {}
    number = connected.call("GET", f"{path}/shipping_documents", **document)["tracking_number"]
    shipped = connected.body("orders", "1")
    assert (shipped["status"], {line["tracking_number"] for line in shipped["line_items"]}) == (
        "AWAITING_COLLECTION",
        {number},
    )
    assert connected.call("POST", f"{path}/ship", {"handover_method": "DROP_OFF"}) == 21011006


def test_a_waiting_package_that_loses_a_line_waits_under_another_id(connected: Any) -> None:
    connected.store.set_meta("limits", {"tiktok_shop": {"labels": {GB: "ship_package"}}})
    connected.order("1", ["a", "b"], shipping_type="TIKTOK")
    waiting = fulfilment.wait_in_package(connected.store, connected.body("orders", "1"), START)
    cancellations.request(connected.store, "1", START, "Out of stock", "SELLER", line_ids=["1-0"])
    (other,) = connected.body("orders", "1")["packages"]
    assert other["id"] != waiting and connected.body("packages", waiting)["package_status"] == "CANCELLED"
    path = f"/fulfillment/202309/packages/{other['id']}/ship"
    assert connected.call("POST", path, {"handover_method": "PICKUP"}) == {}
    assert connected.body("orders", "1")["line_items"][1]["display_status"] == "AWAITING_COLLECTION"


def test_the_older_version_labels_the_lines_it_names(connected: Any) -> None:
    connected.order("1", ["a", "b"], shipping_type="TIKTOK")
    path, body = "/fulfillment/202309/packages", {"order_id": "1", "order_line_item_ids": ["1-1"]}
    assert connected.call("POST", path, {**body, "order_line_item_ids": ["other"]}) == 36009004
    answer = connected.call("POST", path, body)
    assert (answer["order_id"], answer["order_line_item_ids"]) == ("1", ["1-1"])
    assert connected.body("packages", answer["package_id"])["order_line_item_ids"] == ["1-1"]
    assert connected.body("orders", "1")["status"] == "PARTIALLY_SHIPPING"
    assert connected.call("POST", path, {"order_id": "1"})["order_line_item_ids"] == ["1-0"]


def test_label_is_refused_where_the_seller_ships_and_for_documents_without_one(connected: Any) -> None:
    connected.order("1", ["a"])
    assert label(connected, "1") == 21008017
    assert label(connected, "1", ship_type="3") == 36009004
    package = ship(connected, "1")["package_id"]
    path = f"/fulfillment/202309/packages/{package}/shipping_documents"
    assert connected.call("GET", path, document_type="SHIPPING_LABEL") == 11034002
    assert connected.call("GET", path) == 36009004


def test_label_is_fetched_over_http(client: Any, store: Any) -> None:
    body = {"package_id": "77", "_order_id": "1", "tracking_number": NUMBER, "package_status": "PROCESSING"}
    fulfilment.put_package(store, GB, {**body, "_platform_label": True}, START)
    path = "/fulfillment/202309/packages/77/shipping_documents"
    url = client.data("GET", path, document_type="SHIPPING_LABEL")["doc_url"]
    reply = client.http.get(url)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf")
    assert client.http.get(f"{url}0").status_code == 403


def test_package_that_waits_is_shipped_by_id_once(connected: Any) -> None:
    connected.order("1", ["a"])
    waiting = {"package_id": "77", "package_status": "TO_FULFILL", "_order_id": "1", "order_line_item_ids": ["1-0"]}
    connected.put("packages", "77", waiting)
    sent = {"self_shipment": {"tracking_number": NUMBER, "shipping_provider_id": EVRI}}
    assert connected.call("POST", "/fulfillment/202309/packages/77/ship", {}) == 36009004
    assert connected.call("POST", "/fulfillment/202309/packages/77/ship", sent) == {}
    assert connected.body("orders", "1")["status"] == "AWAITING_COLLECTION"
    assert connected.call("POST", "/fulfillment/202309/packages/77/ship", sent) == 21011006


def test_package_search_filters_and_pages(connected: Any) -> None:
    for number in range(3):
        connected.order(str(number), ["a"])
        connected.store.set_now(START + number)
        ship(connected, str(number))
    fulfilment.mark_collected(connected.store, "0", START + 10)
    path = "/fulfillment/202309/packages/search"
    under_way = connected.call("POST", path, {"package_status": "FULFILLING"}, page_size=50)
    assert [row["orders"][0]["id"] for row in under_way["packages"]] == ["0"]
    first = connected.call("POST", path, {}, page_size=2)
    rest = connected.call("POST", path, {}, page_size=2, page_token=first["next_page_token"])
    rows = [*first["packages"], *rest["packages"]]
    assert ([row["orders"][0]["id"] for row in rows], first["total_count"]) == (["2", "1", "0"], 3)
    assert connected.call("POST", path, {}) == 36009004
    assert connected.call("POST", path, {}, page_size=51) == 36009004


def test_tracking_and_split_attributes_tell_how_far_an_order_is(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    assert connected.call("GET", "/fulfillment/202309/orders/1/tracking") == {}
    path = "/fulfillment/202309/orders/split_attributes"
    assert connected.call("GET", path, order_ids="1")["split_attributes"][0]["can_split"]
    ship(connected, "1")
    fulfilment.mark_collected(connected.store, "1", START + 60)
    scans = connected.call("GET", "/fulfillment/202309/orders/1/tracking")["tracking"]
    assert [scan["update_time_millis"] for scan in scans] == [(START + 60) * 1000, START * 1000]
    assert not connected.call("GET", path, order_ids="1")["split_attributes"][0]["can_split"]


def test_shipping_an_order_that_is_not_stored_is_an_error(connected: Any) -> None:
    with pytest.raises(LookupError, match="expected it to be stored"):
        fulfilment.mark_shipped(connected.store, {"id": "none"}, [], NUMBER, EVRI, START)
