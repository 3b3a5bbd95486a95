"""Refunds of what came back to a till: once per return, never of a line that is in a return already."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.tiktok_shop.till_refunds import TikTokTillRefunds, refuse_till_refund
from reverse_sync.model import Change, Proposal

UK = "7495000000000000101"
DESIRED = {
    **{"till_return_id": "t-1", "order_id": "571", "order_line_ids": ["L1", "L2"]},
    **{"amount": "19.50", "currency": "GBP"},
}


class FakeShop:
    """A shop with an order's returns; `made` are the refunds that it was asked for, with their keys."""

    def __init__(self):
        self.returns, self.made, self.lost, self.is_closed = [], [], False, False
        self.reasons = ["seller_return_reason_goodwill_uk", "seller_return_reason_buyer_requested_uk"]

    def returns_of_order(self, shop_id, order_id):
        yield SimpleNamespace(rows=self.returns)

    def refund_reasons(self, shop_id, order_id, lines):
        return self.reasons

    def create_return(self, shop_id, order_id, wanted, *, idempotency_key):
        self.made.append((order_id, wanted, idempotency_key))
        self.returns.append(held(amount=wanted["refund_total"]))
        if self.lost:
            raise OutcomeUnknownError("lost")
        return {"return_id": "r-1", "return_status": "RETURN_OR_REFUND_REQUEST_SUCCESS"}

    def close(self):
        self.is_closed = True


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def refunds(shop):
    return TikTokTillRefunds(shop)


def change(**changes):
    return Change("tiktok_shop__till_refunds", "t-1", UK, {**DESIRED, **changes}, "hash", "key-of-the-intent")


def held(id="r-1", lines=("L1", "L2"), amount="19.50", **changes):
    rows = [{"order_line_item_id": line} for line in lines]
    shown = {"return_id": id, "return_type": "REFUND", "role": "SELLER", "return_line_items": rows}
    return {**shown, "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE", "refund_amount": {"refund_total": amount},
            **changes}  # fmt: skip


def test_the_lines_are_refunded_in_the_sellers_name_for_what_came_back_under_the_intents_key(refunds, shop):
    assert refunds.write(change()) == "r-1"
    [(order_id, wanted, key)] = shop.made
    assert (order_id, key) == ("571", "key-of-the-intent")
    assert wanted == {
        "return_type": "REFUND",
        "return_reason": "seller_return_reason_buyer_requested_uk",
        "order_line_item_ids": ["L1", "L2"],
        "refund_total": "19.50",
        "currency": "GBP",
    }


def test_a_refund_that_is_there_is_not_started_again(refunds, shop):
    shop.lost = True
    with pytest.raises(OutcomeUnknownError):
        refunds.write(change())
    assert refunds.read_back(change()).difference == ""
    assert refunds.write(change()) == "r-1"
    assert len(shop.made) == 1


@pytest.mark.parametrize(
    "found",
    [
        held(amount="19.49"),
        held(lines=("L1",)),
        held(lines=("L1", "L2", "L3")),
        held(role="BUYER"),
        held(return_type="RETURN_AND_REFUND", return_status="AWAITING_BUYER_SHIP"),
        held(refund_amount=None),
    ],
)
def test_a_line_that_is_in_another_return_is_not_refunded_again(refunds, shop, found):
    shop.returns = [found]
    with pytest.raises(RejectedError, match="lines of it are in return r-1 already") as caught:
        refunds.write(change())
    assert (caught.value.code, shop.made) == ("EDITED", [])


def test_two_returns_of_its_lines_are_none_of_ours(refunds, shop):
    shop.returns = [held(), held("r-2", lines=("L2",))]
    assert "in return r-1, r-2 already" in refunds.read_back(change()).difference


@pytest.mark.parametrize(
    "found",
    [
        held(return_status="RETURN_OR_REFUND_REQUEST_CANCEL"),
        held(return_status="RETURN_OR_REFUND_CANCEL"),
        held(return_status="REFUND_OR_RETURN_REQUEST_REJECT"),
        held(lines=("L3",)),
    ],
)
def test_what_was_refused_withdrawn_or_of_other_lines_is_in_nobodys_way(refunds, shop, found):
    shop.returns = [found]
    assert refunds.read_back(change()) is None
    refunds.write(change())
    assert len(shop.made) == 1


def test_without_a_fitting_name_any_reason_that_is_offered_is_given_and_without_one_a_person_decides(refunds, shop):
    shop.reasons = ["seller_return_reason_other"]
    refunds.write(change())
    assert shop.made[0][1]["return_reason"] == "seller_return_reason_other"
    shop.reasons, shop.returns = [], []
    with pytest.raises(RejectedError) as caught:
        refunds.write(change())
    assert caught.value.code == "NO_REASON"


@pytest.mark.parametrize(
    ("changes", "amount", "reason"),
    [
        ({}, "19.50", ""),
        ({"order_id": ""}, "19.50", "expected an order_id"),
        ({"order_line_ids": []}, "19.50", "each of its lines once"),
        ({"order_line_ids": ["L1", "L1"]}, "19.50", "each of its lines once"),
        ({"currency": "USD"}, "19.50", "the refund is in USD"),
        ({"amount": "0.00"}, "0.00", "expected a refund above 0"),
        ({"amount": "x"}, "19.50", "expected a refund above 0"),
        ({"amount": "19.51"}, "19.50", "and of 19.50, found '19.51'"),
    ],
)
def test_what_must_never_go_out_is_refused(make_settings, changes, amount, reason):
    made = change(**changes)
    proposed = Proposal(made.sync, "t-1", UK, made.desired, "hash", Decimal(amount), "GBP")
    said = refuse_till_refund(make_settings(), proposed)
    assert reason in said and bool(reason) == bool(said)


def test_the_client_is_closed(refunds, shop):
    refunds.close()
    assert shop.is_closed
