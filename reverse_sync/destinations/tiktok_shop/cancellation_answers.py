"""Answers to buyers who ask to cancel: approved while the goods are in the warehouse, refused once they have shipped.

Belongs here: the calls, the reason a refusal gives, and reading the case back. Does not: which answer is right (dbt).

Both calls take an idempotency key (fact sheet tiktok_shop 2.5). A case that is decided already is read again: when it
ended as we wanted, that is our answer; else somebody else's answer counts, and nothing is written over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.transport.errors import RejectedError
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient

APPROVE, REJECT = "approve", "reject"
# How a case ends by each answer (6.3). A request that its buyer withdrew ends as a refused one does.
_ENDS = {
    APPROVE: ("CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_COMPLETE"),
    REJECT: ("CANCELLATION_REQUEST_CANCEL",),
}
_OPEN = "CANCELLATION_REQUEST_PENDING"
# Names of reasons end differently by market (6.5); the first that is offered is given.
_LEFT_ALREADY = (
    "seller_reject_apply_product_has_been_packed",
    "order_manage_list_action_respond_popup_reject_reason_delivered",
)


class TikTokCancellationAnswers:
    """One answer per request."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Answer through `client`, which this closes."""
        self._client = client

    def write(self, change: Change) -> str:
        """Give the answer and return the cancellation's id.

        Raises:
            RejectedError: EDITED (it ended otherwise), NO_REASON (none on offer says that the goods left), or TikTok
                Shop's own code.
            OutcomeUnknownError: when the answer may have been taken.
        """
        try:
            self._answer(change)
        except RejectedError as error:
            seen = self.read_back(change)
            if seen is None:
                raise
            if seen.difference:
                raise RejectedError(seen.difference, vendor="tiktok_shop", code=EDITED) from error
        return str(change.desired["cancel_id"])

    def read_back(self, change: Change) -> Observation | None:
        """Return how the case ended; None while it waits for an answer, or when there is no such case."""
        cancel_id, answer = str(change.desired["cancel_id"]), str(change.desired["answer"])
        found = self._client.cancellation(change.shop_id, cancel_id)
        status = str((found or {}).get("cancel_status") or _OPEN)
        if status == _OPEN:
            return None
        if status in _ENDS[answer]:
            return Observation(cancel_id)
        return Observation(cancel_id, f"the case ended otherwise: it is {status}; our answer was to {answer} it")

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _answer(self, change: Change) -> None:
        cancel_id, key = str(change.desired["cancel_id"]), change.idempotency_key
        if change.desired["answer"] == APPROVE:
            self._client.approve_cancellation(change.shop_id, cancel_id, idempotency_key=key)
            return
        offered = self._client.reject_reasons(change.shop_id, cancel_id)
        reason = next((name for wanted in _LEFT_ALREADY for name in offered if name.startswith(wanted)), "")
        if not reason:
            message = f"no reason on offer says that the goods have left: {', '.join(offered) or 'none at all'}"
            raise RejectedError(message, vendor="tiktok_shop", code="NO_REASON")
        self._client.reject_cancellation(change.shop_id, cancel_id, reason=reason, idempotency_key=key)


def open_cancellation_answers(settings: Settings, state: State) -> TikTokCancellationAnswers:
    """Open TikTok Shop for answering requests to cancel."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokCancellationAnswers(open_tiktok_shop(settings, state))


def refuse_cancellation_answer(settings: Settings, proposal: Proposal) -> str:
    """Return why an answer may not be given: an unknown shop, no case, or an answer there is not."""
    settings.shop(proposal.shop_id)
    desired = proposal.desired
    if desired.get("answer") not in _ENDS:
        return f"expected an answer of {APPROVE} or {REJECT}"
    return "" if desired.get("cancel_id") else "expected a cancel_id"
