"""Answers to requests to cancel: given once, and what is decided already is taken as it is or reported."""

from dataclasses import dataclass, field

import pytest

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.tiktok_shop.cancellation_answers import (
    TikTokCancellationAnswers,
    refuse_cancellation_answer,
)
from reverse_sync.model import Change, Proposal

SHOP = "7495000000000000101"
DECIDED = RejectedError("answered already", vendor="tiktok_shop", code="25001010")
PACKED = "seller_reject_apply_product_has_been_packed_uk"


@dataclass
class FakeShop:
    """One request to cancel; `refusal` is what answering it raises."""

    status: str = "CANCELLATION_REQUEST_PENDING"
    refusal: Exception | None = None
    reasons: list = field(default_factory=lambda: ["order_manage_invalid_uk", PACKED])
    reported: list = field(default_factory=list)

    def cancellation(self, shop_id, cancel_id):
        return {"cancel_id": cancel_id, "cancel_status": self.status} if self.status else None

    def approve_cancellation(self, shop_id, cancel_id, *, idempotency_key):
        self._tell("approve", cancel_id, idempotency_key)

    def reject_cancellation(self, shop_id, cancel_id, *, reason, idempotency_key):
        self._tell("reject", cancel_id, idempotency_key, reason)

    def reject_reasons(self, shop_id, cancel_id):
        return self.reasons

    def _tell(self, *reported):
        if self.refusal:
            raise self.refusal
        self.reported.append(reported)

    def close(self):
        self.reported.clear()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def answers(shop):
    return TikTokCancellationAnswers(shop)


def change(answer="approve"):
    desired = {"cancel_id": "c1", "order_id": "o1", "answer": answer}
    return Change("tiktok_shop__cancellation_answers", "c1", SHOP, desired, "hash", "key")


def test_an_answer_is_given_with_the_intents_key(answers, shop):
    assert answers.write(change()) == "c1"
    assert shop.reported == [("approve", "c1", "key")]


def test_a_refusal_gives_the_markets_name_for_goods_that_have_left(answers, shop):
    answers.write(change("reject"))
    assert shop.reported == [("reject", "c1", "key", PACKED)]


def test_a_refusal_without_a_fitting_reason_names_what_is_on_offer(answers, shop):
    shop.reasons = ["something_else"]
    with pytest.raises(RejectedError, match="something_else") as caught:
        answers.write(change("reject"))
    assert (caught.value.code, shop.reported) == ("NO_REASON", [])


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ("approve", "CANCELLATION_REQUEST_SUCCESS", None),
        ("approve", "CANCELLATION_REQUEST_COMPLETE", None),
        ("approve", "CANCELLATION_REQUEST_CANCEL", "EDITED"),
        ("reject", "CANCELLATION_REQUEST_CANCEL", None),
        ("reject", "CANCELLATION_REQUEST_SUCCESS", "EDITED"),
        ("approve", "CANCELLATION_REQUEST_PENDING", "25001010"),
        ("approve", "", "25001010"),
    ],
)
def test_a_case_decided_already_counts_when_it_ended_as_wanted(answers, shop, answer, status, code):
    shop.refusal, shop.status = DECIDED, status
    if code is None:
        assert answers.write(change(answer)) == "c1"
        return
    with pytest.raises(RejectedError) as caught:
        answers.write(change(answer))
    assert caught.value.code == code


def test_an_unknown_outcome_is_settled_by_the_case_itself(answers, shop):
    shop.refusal = OutcomeUnknownError("no answer came", vendor="tiktok_shop")
    with pytest.raises(OutcomeUnknownError):
        answers.write(change())
    assert answers.read_back(change()) is None
    shop.status = "CANCELLATION_REQUEST_SUCCESS"
    assert answers.read_back(change()).vendor_id == "c1"


def test_an_answer_that_is_none_is_refused(make_settings):
    def refused(**desired):
        proposal = Proposal("tiktok_shop__cancellation_answers", "c1", SHOP, desired, "hash", amount=0, currency="")
        return refuse_cancellation_answer(make_settings(), proposal)

    assert refused(cancel_id="c1", answer="approve") == ""
    assert refused(cancel_id="c1", answer="perhaps") == "expected an answer of approve or reject"
    assert refused(answer="reject") == "expected a cancel_id"
