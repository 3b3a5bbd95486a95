"""Parcels that come back on the wire: received, refused, refunded; by the seller, or by the platform."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.envelope import ApiError
from sandbox_tests.conftest import START
from sandbox_tests.tiktok_shop.returning import (
    DAY,
    PATH,
    USED,
    approve,
    asked,
    delivered,
    reject,
    row,
)


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


def test_what_is_left_unanswered_is_approved_by_the_platform(connected: Any) -> None:
    request, parcel = asked(connected, "2"), delivered(connected)
    for id in (request, parcel):
        returns.lapse(connected.store, id, START + 4 * DAY)
        assert connected.call("GET", f"{PATH}/{id}/records")["records"][-1]["role"] == "SYSTEM"
    assert [row(connected, id)["return_status"] for id in (request, parcel)] == [life.AWAITING_SHIP, life.SUCCESS]


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
