"""What would be allowed after a sale, asked before it is done."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.store import Store
from sandbox.tiktok_shop import returns
from sandbox_tests.conftest import GB, START, US
from sandbox_tests.tiktok_shop.test_damaged_records import DAMAGES, damaged

REASON = "ecom_order_delivered_reason_damaged_uk"


def asked(connected: Any, order: str = "1", *lines: str, type: str = "RETURN_AND_REFUND") -> str:
    return returns.request(connected.store, order, lines, type=type, reason=REASON, now=START)


def test_reasons_differ_by_market_and_by_what_is_refused(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    id, path = asked(connected), "/return_refund/202309/reject_reasons"
    of_request = {each["name"] for each in connected.call("GET", path, return_or_cancel_id=id)["reasons"]}
    returns.decide(connected.store, id, "APPROVE_RETURN", START)
    returns.mark_shipped(connected.store, id, "H1", START)
    of_parcel = {each["name"] for each in connected.call("GET", path, return_or_cancel_id=id)["reasons"]}
    assert "reverse_reject_request_reason_1_uk" in of_request
    assert "reverse_reject_return_parcel_reason_1_uk" in of_parcel and not of_parcel & of_request
    assert connected.call("GET", path, return_or_cancel_id=id, shop=US) == 25007006
    assert connected.call("GET", path, return_or_cancel_id="none") == 25007006
    assert connected.call("GET", path) == 36009004


def test_eligibility_names_lines_reasons_and_refusals(connected: Any) -> None:
    connected.order("1", ["a", "a", "b"], status="DELIVERED")
    asked(connected, "1", "1-2")
    new = "/return_refund/202602/orders/1/aftersale_eligibility"
    by_sku = {row["sku_id"]: row["line_item_eligibility"] for row in connected.call("GET", new)["sku_eligibility"]}
    refund = by_sku["a"][0]
    assert (refund["request_type"], refund["eligible"]) == ("REFUND", True)
    assert refund["order_line_items_ids"] == ["1-0", "1-1"]
    assert "seller_return_reason_goodwill_uk" in refund["available_reason_names"]
    assert [row["ineligible_code"] for row in by_sku["b"]] == [25001011, 25001011]
    old = connected.call("GET", "/return_refund/202309/orders/1/aftersale_eligibility", initiate_aftersale_user="BUYER")
    assert "available_reason_names" not in old["sku_eligibility"][0]["line_item_eligibility"][0]
    connected.order("2", ["a"], status="UNPAID")
    path = "/return_refund/202602/orders/2/aftersale_eligibility"
    found = connected.call("GET", path, request_types="REFUND")["sku_eligibility"][0]["line_item_eligibility"]
    assert [(row["request_type"], row["ineligible_code"]) for row in found] == [("REFUND", 25001003)]


def test_a_refund_is_calculated_and_changes_nothing(connected: Any) -> None:
    connected.order("1", ["a", "b"], status="DELIVERED")
    body = {"order_id": "1", "request_type": "REFUND", "reason_name": REASON}
    path = "/return_refund/202602/refunds/calculate"
    assert connected.call("POST", path, body)["order_refund_amount"]["refund_total"] == "20"
    one = connected.call("POST", path, {**body, "skus": [{"sku_id": "a", "quantity": 1}]})
    assert (one["order_refund_amount"]["refund_total"], one["order_refund_amount"]["currency"]) == ("10", "GBP")
    assert connected.call("POST", path, {**body, "reason_name": ""}) == 25001001
    assert connected.store.count("tiktok_shop", "returns") == 0


def test_decisions_are_checked_one_by_one(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    id, path = asked(connected), "/return_refund/202601/decision_eligibility"
    query = {"return_or_cancel_id": id, "check_decisions": "APPROVE_RETURN,REJECT_RETURN,APPROVE_RECEIVED_PACKAGE"}
    found = connected.call("GET", path, **query)["decisions"]
    assert [(row["decision"], row["eligible"]) for row in found] == [
        ("APPROVE_RETURN", True),
        ("REJECT_RETURN", True),
        ("APPROVE_RECEIVED_PACKAGE", False),
    ]
    assert found[1]["available_reject_reasons"][0]["name"] == "reverse_reject_request_reason_1_uk"
    assert found[2]["ineligible_code"] == 25011013
    assert connected.call("GET", path, return_or_cancel_id=id, check_decisions="WHATEVER") == 36009004
    assert connected.call("GET", path, return_or_cancel_id=id) == 36009004


def test_a_review_shows_the_range_of_a_partial_refund(connected: Any) -> None:
    connected.order("1", ["a", "b"], status="DELIVERED")
    id, path = asked(connected), "/return_refund/202606/review_decision"
    lines = connected.call("GET", path, return_or_cancel_id=id, seller_id="7")["line_items"]
    assert {"APPROVE_RETURN", "REJECT_RETURN", "OFFER_PARTIAL_REFUND", "DIRECT_REFUND"} == {
        each["decision"] for each in lines[0]["decisions"]
    }
    assert connected.call("GET", path, return_or_cancel_id=id) == 36009004
    returns.decide(connected.store, id, "APPROVE_RETURN", connected.store.now)
    returns.mark_shipped(connected.store, id, "T", connected.store.now)
    returns.mark_delivered(connected.store, id, connected.store.now)
    lines = connected.call("GET", path, return_or_cancel_id=id, seller_id="7")["line_items"]
    ranges = [each["partial_refund_amount_range"] for row in lines for each in row["decisions"] if len(each) > 3]
    assert ranges == [{"min_amount": "0.01", "max_amount": "10", "currency": "GBP"}] * 2


CALLS: list[tuple[str, str, dict[str, str]]] = [
    ("POST", "/return_refund/202602/returns/search", {}),
    ("GET", "/return_refund/202309/returns/{}/records", {}),
    ("GET", "/return_refund/202309/reject_reasons", {"return_or_cancel_id": "{}"}),
    (
        "GET",
        "/return_refund/202601/decision_eligibility",
        {"return_or_cancel_id": "{}", "check_decisions": "DIRECT_REFUND"},
    ),
    ("GET", "/return_refund/202606/review_decision", {"return_or_cancel_id": "{}", "seller_id": "7"}),
    ("GET", "/return_refund/202602/orders/1/aftersale_eligibility", {}),
]


def test_any_field_may_hold_anything_and_every_call_answers(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    id = asked(connected)
    sound, store = connected.body("returns", id), connected.store
    places = [(name,) for name in sound if name not in {"return_id", "order_id"}]
    places += [("refund_amount", name) for name in sound["refund_amount"]]
    places += [("return_line_items", name) for name in sound["return_line_items"][0]]
    for place in places:
        for damage in DAMAGES:
            put(store, id, damaged(sound, place, damage))
            for method, path, query in CALLS:
                texts = {key: value.format(id) for key, value in query.items()}
                assert isinstance(connected.call(method, path.format(id), **texts), dict), (place, damage, path)


@pytest.mark.parametrize("decision", ["APPROVE_RETURN", "OFFER_PARTIAL_REFUND", "DIRECT_REFUND"])
def test_a_decision_on_a_damaged_return_is_taken_or_refused(connected: Any, decision: str) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    id, part = asked(connected), {"amount": "1", "currency": "GBP"}
    sound = connected.body("returns", id)
    for name in (name for name in sound if name not in {"return_id", "order_id"}):
        for damage in DAMAGES:
            put(connected.store, id, damaged(sound, (name,), damage))
            body = {"decision": decision, "partial_refund": part}
            answer = connected.call("POST", f"/return_refund/202309/returns/{id}/approve", body)
            assert answer == {} or isinstance(answer, int), (name, damage)


def put(store: Store, id: str, body: dict[str, Any]) -> None:
    """Store a return as the control API would."""
    record = store.get("tiktok_shop", "returns", id)
    assert record is not None and record.shop == GB
    store.put(store.indexed(record, body))
