"""Orders, eligibility, creation, labels, cancellation and search: the rules of the calls."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import zigzag
from sandbox.zigzag import hub
from sandbox_tests.zigzag.conftest import DAY, HOUR, MONDAY, ORDER, REF, Live, order


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"orderNumber": "5" * 21}, "orderNumber"),
        ({"orderDate": "soon"}, "orderDate"),
        ({"email": ""}, "email"),
        ({"phone": None}, "phone"),
        ({"country": "GBR"}, "country"),
        ({"county": 5}, "county"),
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "A", "quantity": 0, "unitPrice": "1", "currency": "GBP"}]}, "lines[0].quantity"),
        ({"lines": [{"sku": "A", "quantity": 1, "unitPrice": "NaN", "currency": "GBP"}]}, "lines[0].unitPrice"),
        ({"lines": [{"sku": "A", "quantity": 1, "unitPrice": "1", "currency": "£"}]}, "lines[0].currency"),
    ],
)
def test_an_order_names_the_field_that_is_wrong(live: Live, changes: dict[str, Any], text: str) -> None:
    reply = live.send("POST", "/orders", {**order("577000000000000009"), **changes})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_request") and text in reply.json()["detail"]


def test_returnable_units_go_down_with_returns_and_up_with_cancellations(live: Live) -> None:
    made = live.returned(("GROC-1", 1))
    shown = live.call("GET", f"/orders/{ORDER}")
    assert [line["returnableQuantity"] for line in shown["lines"]] == [1, 1]
    assert live.call("DELETE", f"/returns/{made['returnId']}")["status"] == "cancelled"
    assert live.call("DELETE", f"/returns/{made['returnId']}")["status"] == "cancelled"
    assert live.call("GET", f"/orders/{ORDER}")["returnableQuantity"] == 3


def test_eligibility_says_which_skus_cannot_be_returned(live: Live) -> None:
    live.returned(("GROC-2", 1))
    asked = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "skus": ["GROC-1", "GROC-2", "X"]}
    found = live.call("POST", "/return-orders", asked)
    assert [(error["sku"], error["code"]) for error in found["errors"]] == [
        ("GROC-2", "nothing_returnable"),
        ("X", "unknown_sku"),
    ]
    assert {reason["reasonId"] for reason in found["reasons"]} >= {1, 2, 3}
    assert live.refused("POST", "/return-orders", {**asked, "skus": ["X"]}) == (422, "not_returnable")
    assert live.refused("POST", "/return-orders", {**asked, "orderNumber": "1"}) == (422, "unknown_order")
    assert live.refused("POST", "/return-orders", {**asked, "retailerCode": "ACME"}) == (422, "unknown_retailer")


@pytest.mark.parametrize(
    ("product", "status", "code"),
    [
        ({"quantity": 3}, 422, "quantity_above_returnable"),
        ({"quantity": True}, 400, "invalid_request"),
        ({"quantity": 0}, 400, "invalid_request"),
        ({"productSku": "X"}, 422, "unknown_sku"),
        ({"productSku": None}, 400, "invalid_request"),
        ({"returnReasonId": 99}, 422, "unknown_reason"),
        ({"returnReasonId": "1"}, 422, "unknown_reason"),
        ({"returnOption": "cash"}, 422, "unknown_return_option"),
    ],
)
def test_a_return_that_contradicts_the_records_is_refused(
    live: Live, product: dict[str, Any], status: int, code: str
) -> None:
    wanted = live.wanted()
    wanted["products"] = [{**wanted["products"][0], **product}]
    assert live.refused("POST", "/returns", wanted) == (status, code)
    assert live.call("GET", "/returns")["totalCount"] == 0


def test_a_return_needs_a_return_order_of_its_own(live: Live) -> None:
    wanted = live.wanted()
    assert live.refused("POST", "/returns", {**wanted, "returnOrderId": None}) == (400, "invalid_request")
    assert live.refused("POST", "/returns", {**wanted, "returnOrderId": 1}) == (422, "unknown_return_order")
    live.call("POST", "/returns", wanted)
    assert live.refused("POST", "/returns", {**wanted, "externalReturnRef": "7"}) == (409, "return_order_used")
    assert live.refused("POST", "/returns", wanted) == (409, "duplicate_reference")


def test_one_return_order_makes_a_return_for_each_warehouse(live: Live) -> None:
    live.call("POST", "/products", {"products": [{"sku": "GROC-2", "warehouseDC": "Default"}]})
    made = live.call("POST", "/returns", live.wanted(ORDER, ("GROC-1", 1), ("GROC-2", 1)))["returns"]
    assert [(body["warehouseDC"], body["lines"][0]["sku"]) for body in made] == [
        ("Default", "GROC-2"),
        ("NTH1", "GROC-1"),
    ]
    reply = live.send("POST", "/returns", live.wanted())
    assert reply.json()["returnIds"] == [body["returnId"] for body in made]


def test_labels_are_issued_or_recorded_once(live: Live) -> None:
    id = live.returned(("GROC-1", 1))["returnId"]
    place = f"/returns/{id}/complete"
    assert live.refused("POST", place, {"carrierServiceId": 99}) == (422, "unknown_carrier_service")
    assert live.refused("POST", place, {"trackingNumber": "H1"}) == (400, "invalid_request")
    label = live.call("POST", place, {"trackingNumber": "H1", "carrier": "Evri"})
    assert label == {**label, "trackingNumber": "H1", "carrier": "Evri", "labelUrl": None, "warehouseDC": "NTH1"}
    again = live.send("POST", place, {"carrierServiceId": 1})
    assert (again.status_code, again.json()["shipmentNumber"]) == (409, label["shipmentNumber"])
    assert live.refused("DELETE", f"/returns/{id}") == (409, "label_exists")
    assert live.call("DELETE", f"/shipments/{label['shipmentNumber']}")["status"] == "cancelled"
    assert live.refused("POST", place, {"carrierServiceId": 1}) == (409, "return_cancelled")


def test_a_cancelled_return_leaves_its_reference_free(live: Live) -> None:
    first = live.returned(("GROC-1", 1))["returnId"]
    live.call("DELETE", f"/returns/{first}")
    second = live.returned(("GROC-1", 1))["returnId"]
    found = live.call("GET", f"/returns?externalReturnRef={REF}")["returns"]
    assert [body["returnId"] for body in found] == [first, second]


def test_a_return_that_no_carrier_has_seen_expires_and_its_units_can_be_returned(live: Live) -> None:
    ids = [live.returned((sku, 1), tracking=sku, externalReturnRef=sku)["returnId"] for sku in ("GROC-1", "GROC-2")]
    hub.carrier_scan(live.store, "GROC-2", "collected", MONDAY, None)
    for day in (0, 45, 46):
        live.store.set_now(MONDAY + day * DAY)
        zigzag.wave(live.store, live.store.now)
    assert [live.read(id)["status"] for id in ids] == ["expired", "in_transit"]
    assert live.call("GET", f"/orders/{ORDER}")["returnableQuantity"] == 2


def test_pages_are_in_order_of_update_and_bounded_by_their_window(live: Live) -> None:
    ids = []
    for number in range(3):
        live.store.set_now(MONDAY + number * HOUR)
        ids.append(live.returned(("GROC-1", 1) if number < 2 else ("GROC-2", 1), externalReturnRef=str(number)))
    pages = [live.call("GET", f"/returns?pageSize=2&page={page}") for page in (1, 2, 3)]
    assert [[body["returnId"] for body in page["returns"]] for page in pages] == [
        [ids[0]["returnId"], ids[1]["returnId"]],
        [ids[2]["returnId"]],
        [],
    ]
    assert {page["totalCount"] for page in pages} == {3}
    window = "updatedFrom=2026-01-05T01:00:00Z&updatedTo=2026-01-05T02:00:00Z"
    assert [body["returnId"] for body in live.call("GET", f"/returns?{window}")["returns"]] == [ids[1]["returnId"]]


def test_lists_are_the_tenants_own(live: Live) -> None:
    assert [each["code"] for each in live.call("GET", "/conditions")] == ["A", "B", "C", "D", "E", "F"]
    assert "return_to_customer" in [each["code"] for each in live.call("GET", "/dispositions")]
    live.control("PUT", "/zigzag/reasons/GIFT", {"code": "GIFT", "text": "An unwanted gift", "reasonId": 10})
    assert {"code": "GIFT", "text": "An unwanted gift", "reasonId": 10} in live.call("GET", "/reasons")
    wanted = live.wanted()
    wanted["products"][0]["returnReasonId"] = 10
    assert live.call("POST", "/returns", wanted)["returns"][0]["lines"][0]["reasonCode"] == "GIFT"


def test_stock_and_products_are_kept(live: Live) -> None:
    items = [{"sku": "GROC-1", "warehouseDC": "NTH1", "quantity": 5}]
    assert live.call("POST", "/stock", {"items": items}) == {"updated": 1}
    assert live.control("GET", "/zigzag/stock/GROC-1.NTH1")["quantity"] == 5
    assert live.refused("POST", "/stock", {"items": [{**items[0], "quantity": -1}]}) == (400, "invalid_request")
    assert live.refused("POST", "/products", {"products": [{}]}) == (400, "invalid_request")


def test_a_request_that_comes_twice_is_done_twice_and_answered_as_the_second(live: Live) -> None:
    wanted = live.wanted()
    live.control("POST", "/faults", {"system": "zigzag", "kind": "doubled_request", "match": "/return", "count": 2})
    asked = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "skus": ["GROC-1"]}
    before = live.store.count("zigzag", "return_orders")
    live.call("POST", "/return-orders", asked)
    assert live.store.count("zigzag", "return_orders") == before + 2
    assert live.refused("POST", "/returns", wanted) == (409, "duplicate_reference")
    assert [each["externalReturnRef"] for each in live.call("GET", "/returns")["returns"]] == [REF]
