"""Requests to return on the wire: searched, decided, started by the seller; and what their states allow."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.envelope import ApiError
from sandbox_tests.conftest import GB, START, US
from sandbox_tests.tiktok_shop.returning import (
    GOODWILL,
    HOUR,
    PATH,
    approve,
    asked,
    create,
    reject,
    row,
)


def test_search_pages_oldest_first_and_lists_none_when_there_is_none(connected: Any) -> None:
    path = f"{PATH}/search"
    assert connected.call("POST", path, {}) == {"total_count": 0, "next_page_token": ""}
    ids = [asked(connected, str(number), now=START + number) for number in range(12)]
    first = connected.call("POST", path, {})
    rest = connected.call("POST", path, {}, page_token=first["next_page_token"])
    assert [each["return_id"] for each in first["return_orders"] + rest["return_orders"]] == ids
    assert connected.call("POST", path, {"create_time_ge": START + 11})["total_count"] == 1
    assert connected.call("POST", path, {"buyer_user_ids": ["749"], "order_ids": ["3"]})["total_count"] == 1
    assert connected.call("POST", path, {"return_status": [life.COMPLETE]})["total_count"] == 0
    assert connected.call("POST", path, {}, page_size=9) == 36009004
    assert connected.call("POST", path, {}, page_size=51) == 36009004
    assert connected.call("POST", path, {"update_time_le": START}) == 36009004
    assert connected.call("POST", path, {}, shop=US) == {"total_count": 0, "next_page_token": ""}


def test_a_request_waits_two_days_and_says_what_it_refunds(connected: Any) -> None:
    tax = [{"tax_type": "SALES_TAX", "tax_amount": "0.70"}]
    connected.order("1", ["a", "b"], status="DELIVERED", shop=US)
    order = connected.body("orders", "1")
    order["line_items"][0]["item_tax"] = tax
    connected.put("orders", "1", order, shop=US)
    body = connected.body("returns", asked(connected))
    assert body["return_status"] == life.PENDING
    assert body["seller_next_action_response"] == [{"action": "SELLER_RESPOND_RETURN", "deadline": START + 48 * HOUR}]
    money = body["refund_amount"]
    assert (money["currency"], money["refund_total"], money["refund_tax"]) == ("USD", "20.7", "0.7")
    assert [line["refund_amount"]["refund_total"] for line in body["return_line_items"]] == ["10.7", "10"]


def test_each_decision_is_announced(connected: Any) -> None:
    id = asked(connected)
    reject(connected, id, "REJECT_RETURN")
    assert connected.sent("RETURN_STATUS_CHANGE") == [
        {
            "order_id": "1",
            "return_role": "BUYER",
            "return_type": "RETURN_AND_REFUND",
            "return_status": life.REQUEST_REJECTED,
            "return_id": id,
            "create_time": START,
            "update_time": START,
        }
    ]
    returns.cancel(connected.store, id, START, role="BUYER", why="")
    returns.announce(connected.store, id)
    assert connected.sent("RETURN_STATUS_CHANGE")[-1]["return_status"] == "RETURN_OR_REFUND_REQUEST_CANCELLED"


def test_replayed_idempotency_key_does_nothing_again(connected: Any) -> None:
    id = asked(connected)
    assert approve(connected, id, "APPROVE_RETURN", idempotency_key="k1") == {}
    assert approve(connected, id, "APPROVE_RETURN", idempotency_key="k1") == {}
    assert approve(connected, id, "APPROVE_RETURN", idempotency_key="k2") == 25011012
    assert len(connected.sent("RETURN_STATUS_CHANGE")) == 1
    assert approve(connected, id, "APPROVE_RETURN", idempotency_key="k" * 256) == 36009004


@pytest.mark.parametrize(
    ("decision", "type", "status", "keep"),
    [
        ("APPROVE_REFUND", "REFUND", life.SUCCESS, True),
        ("APPROVE_RETURN", "RETURN_AND_REFUND", life.AWAITING_SHIP, False),
        ("DIRECT_REFUND", "RETURN_AND_REFUND", life.SUCCESS, True),
        ("APPROVE_REPLACEMENT", "REPLACEMENT", "REPLACEMENT_REQUEST_COMPLETE", False),
        ("ISSUE_REPLACEMENT_REFUND", "REPLACEMENT", "REPLACEMENT_REQUEST_REFUND_SUCCESS", True),
        ("APPROVE_REPLACEMENT", "EXCHANGE", "EXCHANGE_REQUEST_COMPLETE", False),
    ],
)
def test_an_approval_leads_to_its_state(connected: Any, decision: str, type: str, status: str, keep: bool) -> None:
    id = asked(connected, type=type)
    assert approve(connected, id, decision) == {}
    found = row(connected, id)
    assert (found["return_status"], found["can_buyer_keep_item"]) == (status, keep)
    assert found["seller_next_action_response"] == []


def test_a_buyer_may_keep_what_he_wanted_to_return(connected: Any) -> None:
    id = asked(connected)
    approve(connected, id, "APPROVE_RETURN", {"buyer_keep_item": True})
    assert (row(connected, id)["return_status"], row(connected, id)["can_buyer_keep_item"]) == (life.SUCCESS, True)


@pytest.mark.parametrize(
    ("decision", "type", "status"),
    [
        ("REJECT_REFUND", "REFUND", life.REQUEST_REJECTED),
        ("REJECT_RETURN", "RETURN_AND_REFUND", life.REQUEST_REJECTED),
        ("REJECT_REPLACEMENT", "REPLACEMENT", "REPLACEMENT_REQUEST_REJECT"),
    ],
)
def test_a_rejection_leads_to_its_state(connected: Any, decision: str, type: str, status: str) -> None:
    id = asked(connected, type=type)
    assert reject(connected, id, decision, comment="No") == {}
    assert row(connected, id)["return_status"] == status
    last = connected.call("GET", f"{PATH}/{id}/records")["records"][-1]
    assert (last["note"], last["images"], last["reason_text"] != "") == ("No", [], True)


@pytest.mark.parametrize(
    ("decision", "code"),
    [("APPROVE_REFUND", 25020004), ("APPROVE_RECEIVED_PACKAGE", 25011013), ("APPROVE_REPLACEMENT", 25020004)],
)
def test_an_approval_that_does_not_fit_is_refused(connected: Any, decision: str, code: int) -> None:
    assert approve(connected, asked(connected), decision) == code


def test_an_offered_part_is_taken_or_brings_the_request_back(connected: Any) -> None:
    taken, refused = asked(connected), asked(connected, "2")
    part = {"partial_refund": {"amount": "5.01", "currency": "GBP"}}
    for id in (taken, refused):
        assert approve(connected, id, "OFFER_PARTIAL_REFUND", part) == {}
        assert approve(connected, id, "OFFER_PARTIAL_REFUND", part) == 25007007
        assert row(connected, id)["seller_proposed_return_type"] == "PARTIAL_REFUND"
    returns.change(connected.store, taken, lambda body: life.answer_offer(body, START, accepts=True))
    returns.change(connected.store, refused, lambda body: life.answer_offer(body, START, accepts=False))
    found = row(connected, taken)
    assert (found["return_status"], found["refund_amount"]["refund_total"]) == (life.SUCCESS, "5.01")
    lines = [Decimal(line["refund_amount"]["refund_total"]) for line in found["return_line_items"]]
    assert sum(lines) == Decimal("5.01")
    found = row(connected, refused)
    assert (found["return_status"], found["buyer_rejected_partial_refund"]) == (life.PENDING, True)
    assert found["refund_amount"]["refund_total"] == "20"
    assert approve(connected, refused, "OFFER_PARTIAL_REFUND", part) == 25011032


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"amount": "20.01", "currency": "GBP"}, 25005005),
        ({"amount": "0", "currency": "GBP"}, 25001001),
        ({"amount": "five", "currency": "GBP"}, 25001001),
        ({"amount": "5", "currency": "USD"}, 25001001),
        ({}, 25001001),
    ],
)
def test_a_wrong_part_is_refused(connected: Any, part: dict[str, str], code: int) -> None:
    id = asked(connected)
    assert approve(connected, id, "OFFER_PARTIAL_REFUND", {"partial_refund": part}) == code
    assert row(connected, id)["return_status"] == life.PENDING


def test_the_platform_decides_for_buyer_or_seller(connected: Any) -> None:
    ids = [asked(connected, order) for order in "123"]
    for id in ids:
        reject(connected, id, "REJECT_RETURN")
        returns.change(connected.store, id, lambda body: life.arbitrate(body, START))
        assert approve(connected, id, "APPROVE_RETURN") == 25011010
    returns.change(connected.store, ids[0], lambda body: life.rule(body, START, for_buyer=True))
    returns.change(connected.store, ids[1], lambda body: life.rule(body, START, for_buyer=False))
    found = [(row(connected, id)["arbitration_status"], row(connected, id)["return_status"]) for id in ids]
    assert found == [
        ("SUPPORT_BUYER", life.AWAITING_SHIP),
        ("SUPPORT_SELLER", life.CANCEL),
        ("IN_PROGRESS", life.REQUEST_REJECTED),
    ]
    with pytest.raises(ApiError) as refused:
        asked(connected, "3")
    assert refused.value.code == 25001011


def test_a_line_is_returned_once_but_may_be_asked_for_again_after_a_rejection(connected: Any) -> None:
    first = asked(connected, "1", "1-0")
    with pytest.raises(ApiError) as refused:
        asked(connected, "1", "1-0")
    assert refused.value.code == 25001011
    asked(connected, "1", "1-1")
    reject(connected, first, "REJECT_RETURN")
    again = asked(connected, "1", "1-0")
    assert [row(connected, id)["return_status"] for id in (first, again)] == [life.CANCEL, life.PENDING]


def test_an_edited_request_and_its_successor_name_each_other(connected: Any) -> None:
    old = asked(connected)
    new = returns.edit(connected.store, old, ["1-1"], type="REFUND", reason="x", now=START + 60)
    assert (row(connected, old)["next_return_id"], row(connected, new)["pre_return_id"]) == (new, old)
    assert row(connected, old)["return_status"] == life.CANCEL
    combined = returns.combine(connected.store, [new, asked(connected, "2")])
    assert (row(connected, new)["is_combined_return"], row(connected, new)["combined_return_id"]) == (True, combined)


@pytest.mark.parametrize(
    ("status", "type", "code"),
    [
        ("AWAITING_SHIPMENT", "REFUND", 25001003),
        ("IN_TRANSIT", "RETURN_AND_REFUND", 25001003),
        ("COMPLETED", "REFUND", 25001051),
        ("CANCELLED", "REFUND", 25001051),
    ],
)
def test_nothing_is_returned_too_early_or_too_late(connected: Any, status: str, type: str, code: int) -> None:
    connected.order("1", ["a"], status=status)
    with pytest.raises(ApiError) as refused:
        asked(connected, type=type)
    assert refused.value.code == code
    assert create(connected, return_type=type) == code


def test_seller_refunds_a_part_at_once(connected: Any) -> None:
    connected.order("1", ["a", "b"], status="DELIVERED")
    answer = create(connected, order_line_item_ids=["1-0"], refund_total="2.50", currency="GBP")
    assert answer["return_status"] == life.SUCCESS
    found = row(connected, answer["return_id"])
    assert (found["role"], found["refund_amount"]["refund_total"], found["can_buyer_keep_item"]) == (
        "SELLER",
        "2.5",
        True,
    )
    assert create(connected, order_line_item_ids=["1-1"], refund_total="10.01") == 25005005
    assert create(connected, order_line_item_ids=["1-1"], refund_total="0") == 25001001
    assert create(connected, return_type="RETURN_AND_REFUND")["return_status"] == life.AWAITING_SHIP


def test_replayed_creation_gives_the_first_return(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    body = {"order_id": "1", "return_reason": GOODWILL, "return_type": "REFUND"}
    first = connected.call("POST", PATH, body, idempotency_key="k")
    assert connected.call("POST", PATH, body, idempotency_key="k") == first
    assert connected.call("POST", PATH, body, idempotency_key="other") == 25001011


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"return_reason": ""}, 25001001),
        ({"return_reason": "seller_return_reason_goodwill"}, 25001014),
        ({"return_reason": "No longer needed"}, 25001015),
        ({"return_type": "REPLACEMENT"}, 25001001),
        ({"order_id": "none"}, 25007006),
        ({"order_line_item_ids": ["9-9"]}, 25001001),
    ],
)
def test_bad_creation_is_refused(connected: Any, body: dict[str, Any], code: int) -> None:
    connected.order("1", ["a"], status="DELIVERED")
    assert create(connected, **body) == code
    assert connected.store.count("tiktok_shop", "returns") == 0


def test_return_of_another_shop_is_not_found(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED", shop=US)
    id = asked(connected)
    assert approve(connected, id, "APPROVE_RETURN") == 25007006
    assert connected.call("GET", f"{PATH}/{id}/records") == 25007006
    assert connected.call("GET", f"{PATH}/{id}/records", shop=US)["records"][0]["role"] == "BUYER"
    assert connected.body("returns", id)["order_id"] == "1" and GB != US
