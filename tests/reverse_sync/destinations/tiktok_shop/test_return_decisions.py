"""Decisions on returns: given once in TikTok Shop's own words, and what is decided already is taken or reported."""

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.tiktok_shop.return_decisions import TikTokReturnDecisions, refuse_return_decision
from reverse_sync.model import Change, Proposal

SHOP = "7495000000000000101"
DECIDED = RejectedError("decided already", vendor="tiktok_shop", code="25011001")
REQUEST_REASON, PARCEL_REASON = "reverse_reject_request_reason_1_uk", "reverse_reject_return_parcel_reason_2_uk"


@dataclass
class FakeShop:
    """One return; `refusal` is what deciding on it raises."""

    status: str = "RETURN_OR_REFUND_REQUEST_PENDING"
    refusal: Exception | None = None
    more: dict = field(default_factory=dict)
    reasons: list = field(default_factory=lambda: ["other_uk", REQUEST_REASON, PARCEL_REASON])
    reported: list = field(default_factory=list)
    offers: tuple = (Decimal("0.01"), Decimal("9.00"))
    takes_photos: bool = True

    def uploaded(self, shop_id, return_id, addresses):
        return [{"image_id": address} for address in addresses]

    def returns_by_id(self, shop_id, ids):
        rows = [{"return_id": ids[0], "return_status": self.status, **self.more}] if self.status else []
        yield SimpleNamespace(rows=rows)

    def approve_return(self, shop_id, return_id, decision, *, idempotency_key, **details):
        self._tell(decision, return_id, idempotency_key, details)

    def reject_return(self, shop_id, return_id, decision, *, idempotency_key, **details):
        self._tell(decision, return_id, idempotency_key, details)

    def partial_refund_range(self, shop_id, return_id):
        return self.offers

    def reject_reasons(self, shop_id, case_id):
        return self.reasons

    def _tell(self, *reported):
        if self.refusal:
            raise self.refusal
        if not self.takes_photos and "images" in reported[-1]:
            raise RejectedError("no such image", vendor="tiktok_shop", code="25001001")
        self.reported.append(reported)

    def close(self):
        self.reported.clear()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def decisions(shop):
    return TikTokReturnDecisions(shop, shop)


def desired(decision="approve", step="request", return_type="RETURN_AND_REFUND"):
    return {
        **{"return_id": "r1", "order_id": "o1", "decision": decision, "step": step, "return_type": return_type},
        **{"amount": "4.50", "currency": "GBP"},
    }


def change(*args, **kwargs):
    return Change("tiktok_shop__return_decisions", "r1", SHOP, desired(*args, **kwargs), "hash", "key")


PART = {"amount": "4.50", "currency": "GBP"}


@pytest.mark.parametrize(
    ("decided", "word", "details"),
    [
        (("approve", "request", "REFUND"), "APPROVE_REFUND", {}),
        (("approve", "request", "RETURN_AND_REFUND"), "APPROVE_RETURN", {}),
        (("approve", "request", "REPLACEMENT"), "APPROVE_REPLACEMENT", {}),
        (("refund_without_return", "request", "RETURN_AND_REFUND"), "APPROVE_RETURN", {"buyer_keep_item": True}),
        (("refund_without_return", "request", "REPLACEMENT"), "ISSUE_REPLACEMENT_REFUND", {}),
        (("offer_partial", "request", "REFUND"), "OFFER_PARTIAL_REFUND", {"partial_refund": PART}),
        (("reject", "request", "RETURN_AND_REFUND"), "REJECT_RETURN", {"reject_reason": REQUEST_REASON}),
        (("approve", "parcel", "RETURN_AND_REFUND"), "APPROVE_RECEIVED_PACKAGE", {}),
        (("reject", "parcel", "RETURN_AND_REFUND"), "REJECT_RECEIVED_PACKAGE", {"reject_reason": PARCEL_REASON}),
        (
            ("offer_partial", "parcel", "RETURN_AND_REFUND"),
            "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG",
            {
                "reject_reason": PARCEL_REASON,
                "partial_refund_amount": {"partial_refund_total": "4.50", "currency": "GBP"},
            },
        ),
    ],
)
def test_a_decision_is_said_in_tiktok_shops_words_with_the_intents_key(decisions, shop, decided, word, details):
    assert decisions.write(change(*decided)) == "r1"
    assert shop.reported == [(word, "r1", "key", details)]


BACKED = {"comment": "1 x A: damaged.", "photo_urls": ["u1", "u2"]}
SAID = {"reject_reason": PARCEL_REASON, "comment": "1 x A: damaged."}
SHOWN = {**SAID, "images": [{"image_id": "u1"}, {"image_id": "u2"}]}


def backed(decision="reject"):
    wanted = desired(decision, "parcel") | BACKED
    return Change("tiktok_shop__return_decisions", "r1", SHOP, wanted, "hash", "key")


def test_a_refusal_carries_its_comment_and_photos(decisions, shop):
    shop.status = "BUYER_SHIPPED_ITEM"
    decisions.write(backed())
    decisions.write(backed("offer_partial"))
    assert [said[:3] for said in shop.reported] == [
        ("REJECT_RECEIVED_PACKAGE", "r1", "key"),
        ("OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG", "r1", "key"),
    ]
    assert shop.reported[0][3] == SHOWN
    assert shop.reported[1][3].items() > SHOWN.items()


def test_a_refusal_that_is_not_taken_with_photos_goes_without_them(decisions, shop, caplog):
    shop.status, shop.takes_photos = "BUYER_SHIPPED_ITEM", False
    assert decisions.write(backed()) == "r1"
    assert shop.reported == [("REJECT_RECEIVED_PACKAGE", "r1", "key", SAID)]
    assert "return r1: its refusal is sent again without photos" in caplog.text


def test_a_refusal_is_not_sent_again_where_the_return_is_decided_already(decisions, shop):
    shop.takes_photos, shop.status = False, "RETURN_OR_REFUND_REQUEST_SUCCESS"
    with pytest.raises(RejectedError) as caught:
        decisions.write(backed())
    assert (caught.value.code, shop.reported) == ("EDITED", [])


@pytest.mark.parametrize(("reasons", "said"), [([], "it offers none"), (["other_uk"], "it offers other_uk")])
def test_a_refusal_needs_a_fitting_reason_that_is_offered(decisions, shop, reasons, said):
    shop.reasons = reasons
    with pytest.raises(RejectedError, match=said) as caught:
        decisions.write(change("reject"))
    assert (caught.value.code, shop.reported) == ("NO_REASON", [])


@pytest.mark.parametrize("offers", [("4.51", "9.00"), ("0.01", "4.49")])
def test_an_offer_outside_of_what_tiktok_shop_takes_is_not_sent(decisions, shop, offers):
    shop.status, shop.offers = "BUYER_SHIPPED_ITEM", tuple(map(Decimal, offers))
    with pytest.raises(RejectedError, match=f"{offers[0]} to {offers[1]} GBP, found 4.50") as caught:
        decisions.write(change("offer_partial", "parcel"))
    assert (caught.value.code, shop.reported) == ("OUT_OF_RANGE", [])


@pytest.mark.parametrize(
    ("decided", "status", "code"),
    [
        (("approve", "request"), "AWAITING_BUYER_SHIP", None),
        (("approve", "request"), "RETURN_OR_REFUND_REQUEST_COMPLETE", None),
        (("approve", "request"), "REFUND_OR_RETURN_REQUEST_REJECT", "EDITED"),
        (("approve", "request"), "RETURN_OR_REFUND_REQUEST_CANCEL", "EDITED"),
        (("approve", "request"), "RETURN_OR_REFUND_REQUEST_PENDING", "25011001"),
        (("approve", "request"), "", "25011001"),
        (("reject", "request"), "REFUND_OR_RETURN_REQUEST_REJECT", None),
        (("reject", "request"), "AWAITING_BUYER_SHIP", "EDITED"),
        (("offer_partial", "request"), "AWAITING_BUYER_RESPONSE", None),
        (("approve", "parcel"), "RETURN_OR_REFUND_REQUEST_SUCCESS", None),
        (("approve", "parcel"), "REJECT_RECEIVE_PACKAGE", "EDITED"),
        (("approve", "parcel"), "BUYER_SHIPPED_ITEM", "25011001"),
        (("reject", "parcel"), "REJECT_RECEIVE_PACKAGE", None),
    ],
)
def test_a_return_decided_already_counts_when_it_ended_as_wanted(decisions, shop, decided, status, code):
    shop.refusal, shop.status = DECIDED, status
    if code is None:
        assert decisions.write(change(*decided)) == "r1"
        return
    with pytest.raises(RejectedError) as caught:
        decisions.write(change(*decided))
    assert caught.value.code == code


PART_OFFERED = {"partial_refund": {"currency": "GBP", "amount": "4.5"}}


@pytest.mark.parametrize(
    ("status", "more", "is_ours"),
    [
        ("AWAITING_BUYER_RESPONSE", PART_OFFERED, True),
        ("RETURN_OR_REFUND_REQUEST_SUCCESS", PART_OFFERED, True),
        ("RETURN_OR_REFUND_REQUEST_SUCCESS", {}, False),
        ("AWAITING_BUYER_SHIP", {}, False),
        ("RETURN_OR_REFUND_REQUEST_PENDING", {**PART_OFFERED, "buyer_rejected_partial_refund": True}, True),
        ("RETURN_OR_REFUND_REQUEST_PENDING", {}, None),
    ],
)
def test_an_offer_was_made_where_tiktok_shop_shows_one(decisions, shop, status, more, is_ours):
    shop.status, shop.more = status, more
    seen = decisions.read_back(change("offer_partial"))
    assert (seen and seen.difference == "") is is_ours


def test_goods_that_are_to_come_back_are_not_kept(decisions, shop):
    shop.status = "AWAITING_BUYER_SHIP"
    assert "decided otherwise" in decisions.read_back(change("refund_without_return")).difference
    assert decisions.read_back(change("approve")).difference == ""


def test_an_unknown_outcome_is_settled_by_the_return_itself(decisions, shop):
    shop.refusal = OutcomeUnknownError("no answer came", vendor="tiktok_shop")
    with pytest.raises(OutcomeUnknownError):
        decisions.write(change())
    assert decisions.read_back(change()) is None
    shop.status = "AWAITING_BUYER_SHIP"
    assert decisions.read_back(change()).vendor_id == "r1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        ({"decision": "perhaps"}, "no call to perhaps"),
        ({"return_type": "EXCHANGE"}, "of a EXCHANGE"),
        ({"return_id": ""}, "expected a return_id"),
        ({"decision": "offer_partial", "amount": "0.00"}, "above 0"),
        ({"decision": "offer_partial", "amount": "9.01"}, "up to 9.00"),
    ],
)
def test_a_decision_that_is_none_is_refused(make_settings, changed, reason):
    wanted = desired() | changed
    proposal = Proposal("tiktok_shop__return_decisions", "r1", SHOP, wanted, "hash", Decimal("9.00"), "GBP")
    refused = refuse_return_decision(make_settings(), proposal)
    assert reason in refused if reason else refused == ""
