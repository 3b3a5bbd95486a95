"""Returns on the wire: searched, decided, started by the seller; and what their states allow."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.signing import request_signature
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET
from sandbox_tests.conftest import GB, START, US

PATH = "/return_refund/202309/returns"
HOUR, DAY = 3600, 86_400
NOT_VALID, USED = "reverse_reject_request_reason_1_uk", "reverse_reject_return_parcel_reason_2_uk"
GOODWILL, EVRI = "seller_return_reason_goodwill_uk", "6617675021119438849"


def asked(connected: Any, order: str = "1", *lines: str, type: str = "RETURN_AND_REFUND", **more: Any) -> str:
    if connected.store.get("tiktok_shop", "orders", order) is None:
        connected.order(order, ["a", "b"], status="DELIVERED", user_id="749")
    reason = "ecom_order_delivered_reason_damaged_uk"
    now = more.pop("now", START)
    return returns.request(connected.store, order, lines, type=type, reason=reason, now=now, **more)


def row(connected: Any, id: str) -> dict[str, Any]:
    return connected.call("POST", f"{PATH}/search", {"return_ids": [id]})["return_orders"][0]


def approve(connected: Any, id: str, decision: str, body: Any = None, **query: Any) -> Any:
    return connected.call("POST", f"{PATH}/{id}/approve", {"decision": decision, **(body or {})}, **query)


def reject(connected: Any, id: str, decision: str, reason: str = NOT_VALID, **body: Any) -> Any:
    path = f"/return_refund/202606/returns/{id}/reject"
    return connected.call("POST", path, {"decision": decision, "reject_reason": reason, **body})


def create(connected: Any, order: str = "1", **body: Any) -> Any:
    base = {"order_id": order, "return_reason": GOODWILL, "return_type": "REFUND"}
    return connected.call("POST", PATH, {**base, **body})


def delivered(connected: Any, **more: Any) -> str:
    id = asked(connected, **more)
    approve(connected, id, "APPROVE_RETURN")
    returns.mark_shipped(connected.store, id, "H0123", START + DAY)
    returns.mark_delivered(connected.store, id, START + 2 * DAY)
    return id


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


def test_a_return_goes_from_request_to_refund(connected: Any) -> None:
    id = delivered(connected)
    assert row(connected, id)["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_RECEIVE_PACKAGE"
    assert approve(connected, id, "APPROVE_RECEIVED_PACKAGE") == {}
    assert row(connected, id)["return_status"] == life.SUCCESS
    returns.complete(connected.store, id, START + 3 * DAY)
    found = row(connected, id)
    assert (found["return_status"], found["update_time"]) == (life.COMPLETE, START + 3 * DAY)
    assert not [key for key in found if key.startswith("_")]
    records = connected.call("GET", f"{PATH}/{id}/records")["records"]
    assert [each["role"] for each in records] == ["BUYER", "SELLER", "BUYER", "SYSTEM", "SELLER", "SYSTEM"]
    assert {each["event"] for each in records} == {"ORDER_RETURN"}


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


def test_a_parcel_can_be_refused_only_once_it_is_there(connected: Any) -> None:
    id = asked(connected)
    approve(connected, id, "APPROVE_RETURN")
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED) == 25011011
    returns.mark_shipped(connected.store, id, "", START)
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED) == 25011035
    returns.mark_delivered(connected.store, id, START)
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE") == 25001016
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", "because") == 25001014
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED) == {}
    assert row(connected, id)["return_status"] == life.PARCEL_REJECTED


@pytest.mark.parametrize(
    ("decision", "code"),
    [("APPROVE_REFUND", 25020004), ("APPROVE_RECEIVED_PACKAGE", 25011013), ("APPROVE_REPLACEMENT", 25020004)],
)
def test_an_approval_that_does_not_fit_is_refused(connected: Any, decision: str, code: int) -> None:
    assert approve(connected, asked(connected), decision) == code


def test_what_is_over_stays_over(connected: Any) -> None:
    id = delivered(connected)
    approve(connected, id, "APPROVE_RECEIVED_PACKAGE")
    assert approve(connected, id, "APPROVE_RECEIVED_PACKAGE") == 25020011
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED) == 25020012
    assert approve(connected, id, "APPROVE_RETURN") == 25001010
    assert reject(connected, id, "REJECT_RETURN") == 25020010
    other = asked(connected, "2")
    returns.cancel(connected.store, other, START, role="BUYER", why="")
    assert approve(connected, other, "APPROVE_RETURN") == 25020009
    with pytest.raises(ApiError):
        returns.complete(connected.store, other, START)


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


def test_a_part_is_offered_for_a_parcel_that_is_there(connected: Any) -> None:
    id, part = delivered(connected), {"partial_refund_total": "12", "currency": "GBP"}
    decision = "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG"
    old = connected.call("POST", f"{PATH}/{id}/reject", {"decision": decision, "reject_reason": USED})
    assert old == 25001001
    assert reject(connected, id, decision, USED, partial_refund_amount=part) == {}
    returns.change(connected.store, id, lambda body: life.answer_offer(body, START, accepts=False))
    assert row(connected, id)["return_status"] == life.SHIPPED
    assert approve(connected, id, "APPROVE_RECEIVED_PACKAGE") == {}


def test_a_quick_refund_is_paid_at_the_scan_and_cannot_be_refused(connected: Any) -> None:
    id = asked(connected, is_quick_refund=True)
    assert reject(connected, id, "REJECT_RETURN") == 25011025
    approve(connected, id, "APPROVE_RETURN")
    returns.mark_shipped(connected.store, id, "H1", START)
    assert (row(connected, id)["return_status"], row(connected, id)["is_quick_refund"]) == (life.SUCCESS, True)


def test_a_parcel_that_the_platform_receives_is_not_the_sellers_to_decide(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED", fulfillment_type="FULFILLMENT_BY_TIKTOK")
    id = delivered(connected)
    assert row(connected, id)["seller_next_action_response"] == []
    assert approve(connected, id, "APPROVE_RECEIVED_PACKAGE") == 25011026
    assert reject(connected, id, "REJECT_RECEIVED_PACKAGE", USED) == 25011026


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


def test_what_is_left_unanswered_is_approved_by_the_platform(connected: Any) -> None:
    request, parcel = asked(connected, "2"), delivered(connected)
    for id in (request, parcel):
        returns.lapse(connected.store, id, START + 4 * DAY)
        assert connected.call("GET", f"{PATH}/{id}/records")["records"][-1]["role"] == "SYSTEM"
    assert [row(connected, id)["return_status"] for id in (request, parcel)] == [life.AWAITING_SHIP, life.SUCCESS]


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


@pytest.mark.parametrize(
    "step",
    [
        lambda body: life.ship(body, START),
        lambda body: life.complete(body, START),
        lambda body: life.arbitrate(body, START),
        lambda body: life.answer_offer(body, START, accepts=True),
    ],
)
def test_a_step_needs_its_state(connected: Any, step: Any) -> None:
    id = asked(connected)
    with pytest.raises(ApiError) as refused:
        returns.change(connected.store, id, step)
    assert (refused.value.code, row(connected, id)["return_status"]) == (25001003, life.PENDING)


def test_seller_provides_the_label(connected: Any) -> None:
    id, path = asked(connected), "/return_refund/202405/returns/shipping_documents"
    label = {"tracking_number": "H0123456789ABCDE", "return_provider_id": EVRI}
    assert connected.call("POST", path, label, return_ids=id) == 25001003
    approve(connected, id, "APPROVE_RETURN")
    assert connected.call("POST", path, {**label, "return_provider_id": "none"}, return_ids=id) == 25001001
    assert connected.call("POST", path, label, return_ids=id) == {}
    found = row(connected, id)
    assert (found["return_tracking_number"], found["return_provider_name"]) == ("H0123456789ABCDE", "Evri")
    assert found["return_method"] == "SELLER_SHIPPED"


def test_return_of_another_shop_is_not_found(connected: Any) -> None:
    connected.order("1", ["a"], status="DELIVERED", shop=US)
    id = asked(connected)
    assert approve(connected, id, "APPROVE_RETURN") == 25007006
    assert connected.call("GET", f"{PATH}/{id}/records") == 25007006
    assert connected.call("GET", f"{PATH}/{id}/records", shop=US)["records"][0]["role"] == "BUYER"
    assert connected.body("returns", id)["order_id"] == "1" and GB != US


def test_an_app_reads_decides_and_sends_a_label_over_http(client: Any, store: Any) -> None:
    order = store.get("tiktok_shop", "orders", "5770000000000000001")
    store.put(store.indexed(order, {**order.body, "status": "DELIVERED"}))
    id = returns.request(store, order.id, type="RETURN_AND_REFUND", reason="damaged", now=START)
    found = client.data("POST", f"{PATH}/search", body={"return_status": [life.PENDING]}, page_size=50)
    assert [each["return_id"] for each in found["return_orders"]] == [id]
    assert client.data("POST", f"{PATH}/{id}/approve", body={"decision": "APPROVE_RETURN"}, idempotency_key="k") == {}
    path = "/return_refund/202405/returns/shipping_documents"
    query = [("app_key", APP_KEY), ("return_ids", id), ("shop_cipher", "ROW_GB"), ("timestamp", str(int(time.time())))]
    sign = request_signature(APP_SECRET, path, query=query, content_type="multipart/form-data")
    reply = client.http.post(
        client.tiktok + path,
        params=[*query, ("sign", sign)],
        data={"tracking_number": "H0123456789ABCDE", "return_provider_id": EVRI},
        files={"return_shipping_label": ("label.pdf", b"%PDF-1.4", "application/pdf")},
        headers={"x-tts-access-token": client.access_token()},
    )
    assert reply.json()["code"] == 0, reply.text
    assert returns.get(store, id).body["return_tracking_number"] == "H0123456789ABCDE"
