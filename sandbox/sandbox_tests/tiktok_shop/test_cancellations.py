"""Cancellations: by buyer, seller and system; answered, completed, searched."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.tiktok_shop.envelope import ApiError
from sandbox_tests.conftest import GB, START, US

PATH = "/return_refund/202309/cancellations"
OUT_OF_STOCK, PRICE = "seller_cancel_reason_out_of_stock_uk", "seller_cancel_reason_wrong_price_uk"
PACKED = "seller_reject_apply_product_has_been_packed_uk"
EVRI = "6617675021119438849"


def cancel(connected: Any, order: str, reason: str = PRICE, **more: Any) -> Any:
    return connected.call("POST", PATH, {"order_id": order, "cancel_reason": reason, **more})


def asked(connected: Any, order: str = "1") -> str:
    return cancellations.request(connected.store, order, START, "Change of mind", "BUYER")


def answer(connected: Any, id: str, decision: str, **query: Any) -> Any:
    body = {"reject_reason": PACKED} if decision == "reject" else None
    return connected.call("POST", f"{PATH}/{id}/{decision}", body, **query)


@pytest.mark.parametrize("status", ["ON_HOLD", "AWAITING_SHIPMENT"])
def test_seller_cancels_the_order_and_its_stock_comes_back(connected: Any, status: str) -> None:
    connected.list_sku("a", 3, 2)
    connected.order("1", ["a", "a"], status=status)
    reported = cancel(connected, "1")
    order = connected.body("orders", "1")
    assert reported["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert (order["status"], order["cancellation_initiator"], order["cancel_time"]) == ("CANCELLED", "SELLER", START)
    assert order["recipient_address"] == {"name": "****", "region_code": "GB"}
    assert connected.stock("a") == (5, 0)
    assert connected.sent("ORDER_STATUS_CHANGE")[0]["order_status"] == "CANCEL"
    assert connected.sent("CANCELLATION_STATUS_CHANGE")[0]["cancel_id"] == reported["cancel_id"]


def test_refund_of_the_last_lines_includes_shipping(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    cancel(connected, "1", OUT_OF_STOCK, order_line_item_ids=["1-0"])
    cancel(connected, "1", OUT_OF_STOCK)
    rows = connected.call("POST", f"{PATH}/search", {"order_ids": ["1"]})["cancellations"]
    assert [row["refund_amount"]["refund_total"] for row in rows] == ["10", "12.99"]
    assert [len(row["cancel_line_items"]) for row in rows] == [1, 1]


def test_lines_out_of_stock_are_cancelled_and_not_put_back(connected: Any) -> None:
    connected.list_sku("a", 0, 2)
    connected.order("1", ["a", "a", "b"])
    assert cancel(connected, "1", skus=[{"sku_id": "a", "quantity": 1}]) == 25005010
    cancel(connected, "1", OUT_OF_STOCK, skus=[{"sku_id": "a", "quantity": 1}])
    order = connected.body("orders", "1")
    assert (order["status"], connected.stock("a")) == ("AWAITING_SHIPMENT", (0, 1))
    assert [line["display_status"] for line in order["line_items"]].count("CANCELLED") == 1
    assert connected.sent("ORDER_STATUS_CHANGE") == []
    assert cancel(connected, "1", OUT_OF_STOCK, skus=[{"sku_id": "a", "quantity": 2}]) == 25001001


def test_cancelled_rest_of_a_partly_shipped_order_lets_it_await_collection(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    fulfilment.mark_shipped(connected.store, connected.body("orders", "1"), ["1-0"], "H01", EVRI, START)
    cancel(connected, "1", OUT_OF_STOCK, order_line_item_ids=["1-1"])
    assert connected.body("orders", "1")["status"] == "AWAITING_COLLECTION"


def test_package_that_loses_a_line_is_made_anew_under_another_id(connected: Any) -> None:
    connected.order("1", ["a", "b"])
    old = fulfilment.mark_shipped(connected.store, connected.body("orders", "1"), [], "H01", EVRI, START)
    cancel(connected, "1", OUT_OF_STOCK, order_line_item_ids=["1-1"])
    order = connected.body("orders", "1")
    new = order["line_items"][0]["package_id"]
    assert (new != old, order["packages"]) == (True, [{"id": new}])
    assert connected.body("packages", old)["package_status"] == "CANCELLED"
    assert connected.body("packages", new)["order_line_item_ids"] == ["1-0"]
    assert connected.sent("PACKAGE_UPDATE")[0]["package_list"][0]["package_id"] == new


@pytest.mark.parametrize(
    ("status", "code"),
    [("UNPAID", 25001003), ("IN_TRANSIT", 25001045), ("DELIVERED", 25001045), ("CANCELLED", 25001051)],
)
def test_seller_cannot_cancel_too_early_or_too_late(connected: Any, status: str, code: int) -> None:
    connected.order("1", ["a"], status=status)
    assert cancel(connected, "1") == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"cancel_reason": ""}, 25001001),
        ({"order_id": "none"}, 25007006),
        ({"cancel_reason": "seller_cancel_reason_out_of_stock"}, 25001014),
        ({"cancel_reason": "Change of mind"}, 25001015),
        ({"order_line_item_ids": ["9-9"]}, 25001001),
    ],
)
def test_bad_cancellation_is_refused(connected: Any, body: dict[str, Any], code: int) -> None:
    connected.order("1", ["a"])
    assert connected.call("POST", PATH, {"order_id": "1", "cancel_reason": PRICE, **body}) == code
    assert connected.body("orders", "1")["status"] == "AWAITING_SHIPMENT"


def test_buyers_request_waits_two_days_for_the_seller(connected: Any) -> None:
    connected.order("1", ["a"])
    id = asked(connected)
    row = connected.call("POST", f"{PATH}/search", {"cancel_ids": [id]})["cancellations"][0]
    assert (row["cancel_type"], row["cancel_status"]) == ("BUYER_CANCEL", "CANCELLATION_REQUEST_PENDING")
    assert row["seller_next_action_response"] == [
        {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": START + 48 * 3600}
    ]
    order = connected.body("orders", "1")
    assert (order["status"], order["is_buyer_request_cancel"]) == ("AWAITING_SHIPMENT", True)
    assert cancel(connected, "1") == 25001011


def test_buyer_on_hold_cancels_at_once(connected: Any) -> None:
    connected.order("1", ["a"], status="ON_HOLD")
    asked(connected)
    assert connected.body("orders", "1")["status"] == "CANCELLED"


def test_buyer_cannot_cancel_what_is_shipped(connected: Any) -> None:
    connected.order("1", ["a"], status="AWAITING_COLLECTION")
    with pytest.raises(ApiError) as refused:
        asked(connected)
    assert refused.value.code == 25001045


def test_unpaid_order_cancelled_by_the_system_refunds_nothing(connected: Any) -> None:
    connected.order("1", ["a"], status="UNPAID")
    id = cancellations.request(connected.store, "1", START, "system_cancel_unpaid_time_out", "SYSTEM")
    assert connected.body("cancellations", id)["refund_amount"]["refund_total"] == "0"
    assert connected.body("orders", "1")["cancellation_initiator"] == "SYSTEM"


def test_system_cancels_over_a_request_that_waits(connected: Any) -> None:
    connected.order("1", ["a"])
    id = asked(connected)
    cancellations.request(connected.store, "1", START, "system_cancel_order_reason_shipping_timeout", "SYSTEM")
    assert connected.body("cancellations", id)["cancel_status"] == "CANCELLATION_REQUEST_CANCEL"
    assert connected.body("orders", "1")["status"] == "CANCELLED"


def test_approved_request_cancels_and_is_completed_by_the_refund(connected: Any) -> None:
    connected.order("1", ["a"])
    id = asked(connected)
    assert answer(connected, id, "approve") == {}
    assert connected.body("orders", "1")["status"] == "CANCELLED"
    assert answer(connected, id, "approve") == 25001010
    assert answer(connected, id, "reject") == 25020010
    cancellations.complete(connected.store, id, START + 60)
    cancellations.complete(connected.store, id, START + 120)
    body = connected.body("cancellations", id)
    assert (body["cancel_status"], body["update_time"]) == ("CANCELLATION_REQUEST_COMPLETE", START + 60)


def test_rejected_request_lets_the_order_go_on(connected: Any) -> None:
    connected.order("1", ["a"])
    id = asked(connected)
    reasons = connected.call("GET", "/return_refund/202309/reject_reasons", return_or_cancel_id=id)["reasons"]
    assert PACKED in {reason["name"] for reason in reasons}
    assert connected.call("POST", f"{PATH}/{id}/reject", {"reject_reason": "because"}) == 25001014
    assert connected.call("POST", f"{PATH}/{id}/reject", {}) == 25001001
    assert answer(connected, id, "reject") == {}
    order = connected.body("orders", "1")
    assert (order["status"], order["is_buyer_request_cancel"]) == ("AWAITING_SHIPMENT", False)
    assert answer(connected, id, "approve") == 25020009
    with pytest.raises(ApiError):
        cancellations.complete(connected.store, id, START)


def test_request_past_its_deadline_is_accepted_when_completed(connected: Any) -> None:
    connected.order("1", ["a"])
    cancellations.complete(connected.store, asked(connected), START + 48 * 3600)
    assert connected.body("orders", "1")["status"] == "CANCELLED"


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_replayed_idempotency_key_gives_the_first_outcome(connected: Any, decision: str) -> None:
    connected.order("1", ["a"])
    id = asked(connected)
    assert answer(connected, id, decision, idempotency_key="k1") == {}
    assert answer(connected, id, decision, idempotency_key="k1") == {}
    assert answer(connected, id, decision, idempotency_key="k2") in {25001010, 25020009}
    assert len(connected.sent("CANCELLATION_STATUS_CHANGE")) == 1


def test_cancellation_of_another_shop_is_not_found(connected: Any) -> None:
    connected.order("1", ["a"], shop=US)
    id = asked(connected)
    assert answer(connected, id, "approve") == 25007006
    assert connected.call("GET", "/return_refund/202309/reject_reasons", return_or_cancel_id=id) == 25007006
    assert connected.call("GET", "/return_refund/202309/reject_reasons") == 36009004


def test_search_filters_pages_oldest_first_and_lists_none_when_there_is_none(connected: Any) -> None:
    path = f"{PATH}/search"
    assert connected.call("POST", path, {}) == {"total_count": 0, "next_page_token": ""}
    for number in range(12):
        connected.order(str(number), ["a"])
        connected.store.set_now(START + number)
        cancellations.request(connected.store, str(number), START + number, "Change of mind", "BUYER")
    first = connected.call("POST", path, {})
    rest = connected.call("POST", path, {}, page_token=first["next_page_token"])
    assert [row["order_id"] for row in first["cancellations"]] == [str(number) for number in range(10)]
    assert [row["order_id"] for row in rest["cancellations"]] == ["10", "11"]
    recent = connected.call("POST", path, {"create_time_ge": START + 11, "cancel_types": ["BUYER_CANCEL"]})
    assert recent["total_count"] == 1
    assert connected.call("POST", path, {"cancel_status": ["CANCELLATION_REQUEST_SUCCESS"]})["total_count"] == 0
    assert connected.call("POST", path, {}, page_size=51) == 36009004


def test_estimate_of_a_cancelled_order_is_dropped(connected: Any) -> None:
    connected.order("1", ["a"])
    connected.put("unsettled_transactions", "u1", {"id": "u1", "order_id": "1"}, shop=GB)
    cancel(connected, "1")
    assert connected.store.get("tiktok_shop", "unsettled_transactions", "u1") is None
