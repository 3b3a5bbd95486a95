"""Decisions on returns: on what a buyer asks for, and on the parcel that came back.

Belongs here: which call says a decision, the reason that a refusal gives, and reading the return back. Does not: which
decision is right (the tenant's policy, by dbt), or getting its photos (return_photos).

Both calls take an idempotency key (fact sheet tiktok_shop 6.1). A return that is decided already is read again: when it
ended as we wanted, that is our answer; else somebody else's counts, and nothing is written over it.
"""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from connectors.transport.rows import Row
from reverse_sync.destinations.tiktok_shop.return_photos import ReturnPhotos, open_return_photos
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient

log = logging.getLogger(__name__)

APPROVE, REJECT, KEEP, OFFER = "approve", "reject", "refund_without_return", "offer_partial"
_REFUND, _RETURN, _REPLACEMENT = "REFUND", "RETURN_AND_REFUND", "REPLACEMENT"
# By step, return type and decision: TikTok Shop's own word (6.1). What is not here cannot be decided by a call.
_WORDS = {
    ("request", _REFUND, APPROVE): "APPROVE_REFUND",
    ("request", _REFUND, KEEP): "APPROVE_REFUND",
    ("request", _REFUND, OFFER): "OFFER_PARTIAL_REFUND",
    ("request", _REFUND, REJECT): "REJECT_REFUND",
    ("request", _RETURN, APPROVE): "APPROVE_RETURN",
    ("request", _RETURN, KEEP): "APPROVE_RETURN",
    ("request", _RETURN, OFFER): "OFFER_PARTIAL_REFUND",
    ("request", _RETURN, REJECT): "REJECT_RETURN",
    ("request", _REPLACEMENT, APPROVE): "APPROVE_REPLACEMENT",
    ("request", _REPLACEMENT, KEEP): "ISSUE_REPLACEMENT_REFUND",
    ("request", _REPLACEMENT, REJECT): "REJECT_REPLACEMENT",
    **{("parcel", kind, APPROVE): "APPROVE_RECEIVED_PACKAGE" for kind in (_RETURN, _REPLACEMENT)},
    **{("parcel", kind, REJECT): "REJECT_RECEIVED_PACKAGE" for kind in (_RETURN, _REPLACEMENT)},
    **{("parcel", kind, OFFER): "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG" for kind in (_RETURN, _REPLACEMENT)},
}
_UNDECIDED = {
    "request": ("RETURN_OR_REFUND_REQUEST_PENDING", "REPLACEMENT_REQUEST_PENDING", "EXCHANGE_REQUEST_PENDING"),
    "parcel": ("BUYER_SHIPPED_ITEM", "AWAITING_BUYER_SHIP"),
}
_REFUSED = ("_REJECT", "REJECT_RECEIVE_PACKAGE")
_OFFERED, _TO_COME_BACK = "AWAITING_BUYER_RESPONSE", "AWAITING_BUYER_SHIP"
_WITHDRAWN = ("_CANCEL", "_CANCELLED")
# Names of reasons end differently by market (6.5); the first of these that is offered is given.
_REASONS = {
    "request": ("seller_reject_apply_item_is_correct", "reverse_reject_request_reason_"),
    "parcel": ("reverse_reject_return_parcel_reason_",),
}


class TikTokReturnDecisions:
    """One decision per return and step."""

    def __init__(self, client: TikTokShopClient, photos: ReturnPhotos) -> None:
        """Decide through `client`, with what `photos` brings; this closes both."""
        self._client, self._photos = client, photos

    def write(self, change: Change) -> str:
        """Give the decision and return the return's id.

        Raises:
            RejectedError: EDITED (it was decided otherwise), NO_REASON (none is offered for a refusal), OUT_OF_RANGE
                (it takes no offer of this amount), or TikTok Shop's own code.
            OutcomeUnknownError: when the decision may have been taken.
        """
        try:
            self._decide(change)
        except RejectedError as error:
            seen = self.read_back(change)
            if seen is None:
                raise
            if seen.difference:
                raise RejectedError(seen.difference, vendor="tiktok_shop", code=EDITED) from error
        return str(change.desired["return_id"])

    def read_back(self, change: Change) -> Observation | None:
        """Return how the return was decided; None while it waits, or when there is no such return."""
        return_id, decision = str(change.desired["return_id"]), str(change.desired["decision"])
        rows = [row for page in self._client.returns_by_id(change.shop_id, [return_id]) for row in page.rows]
        status = str(rows[0].get("return_status") or "") if rows else ""
        if not status:
            return None
        if status in _UNDECIDED[str(change.desired["step"])]:
            return Observation(return_id) if _is_declined_offer(change, rows[0]) else None
        if _is_as_wanted(decision, rows[0]):
            return Observation(return_id)
        return Observation(return_id, f"it was decided otherwise: it is {status}; our decision was {decision}")

    def close(self) -> None:
        """Close what was opened."""
        self._photos.close()
        self._client.close()

    def _decide(self, change: Change) -> None:
        desired, return_id, key = change.desired, str(change.desired["return_id"]), change.idempotency_key
        step, decision = str(desired["step"]), str(desired["decision"])
        word = _WORDS[step, str(desired["return_type"]), decision]
        money = {"amount": desired["amount"], "currency": desired["currency"]}
        if decision == REJECT or (decision == OFFER and step == "parcel"):
            details: dict[str, Any] = {"reject_reason": self._reason(change.shop_id, return_id, step)}
            if decision == OFFER:
                self._check_offer(change)
                offered = {"partial_refund_total": money["amount"], "currency": money["currency"]}
                details["partial_refund_amount"] = offered
            self._refuse(change, word, details)
            return
        details = {"partial_refund": money} if decision == OFFER else {}
        if decision == KEEP and word == "APPROVE_RETURN":
            details["buyer_keep_item"] = True
        self._client.approve_return(change.shop_id, return_id, word, idempotency_key=key, **details)

    def _refuse(self, change: Change, word: str, details: dict[str, Any]) -> None:
        """Send a refusal with its comment and photos; one that is not taken with photos is sent without them."""
        shop_id, return_id, key = change.shop_id, str(change.desired["return_id"]), change.idempotency_key
        if comment := change.desired.get("comment"):
            details["comment"] = comment
        images = self._photos.uploaded(shop_id, return_id, change.desired.get("photo_urls") or ())
        if not images:
            self._client.reject_return(shop_id, return_id, word, idempotency_key=key, **details)
            return
        try:
            self._client.reject_return(shop_id, return_id, word, idempotency_key=key, images=images, **details)
        except RejectedError as error:
            if self.read_back(change) is not None:
                raise
            log.warning("return %s: its refusal is sent again without photos: %s", return_id, error)
            self._client.reject_return(shop_id, return_id, word, idempotency_key=key, **details)

    def _check_offer(self, change: Change) -> None:
        offer, currency = Decimal(str(change.desired["amount"])), change.desired["currency"]
        least, most = self._client.partial_refund_range(change.shop_id, str(change.desired["return_id"]))
        if not least <= offer <= most:
            message = f"it takes an offer of {least} to {most} {currency}, found {offer}: correct percent of its row in"
            message += " return_policy.csv, or offer in Seller Center"
            raise RejectedError(message, vendor="tiktok_shop", code="OUT_OF_RANGE")

    def _reason(self, shop_id: str, return_id: str, step: str) -> str:
        offered = self._client.reject_reasons(shop_id, return_id)
        fitting = (name for wanted in _REASONS[step] for name in offered if name.startswith(wanted))
        if reason := next(fitting, ""):
            return reason
        message = f"no reason that TikTok Shop offers refuses a {step}: refuse it in Seller Center; it offers"
        raise RejectedError(f"{message} {', '.join(offered) or 'none'}", vendor="tiktok_shop", code="NO_REASON")


def open_return_decisions(settings: Settings, state: State) -> TikTokReturnDecisions:
    """Open TikTok Shop for deciding on returns."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    client = open_tiktok_shop(settings, state)
    return TikTokReturnDecisions(client, open_return_photos(settings, client))


def has_call(step: str, return_type: str, decision: str) -> bool:
    """Return whether TikTok Shop takes this decision on a request or a parcel of this type of return by a call."""
    return (step, return_type, decision) in _WORDS


def refuse_return_decision(settings: Settings, proposal: Proposal) -> str:
    """Return why a decision may not be given: an unknown shop, no return, no such decision, or no money in an offer."""
    settings.shop(proposal.shop_id)
    desired = proposal.desired
    step, kind, decision = (str(desired.get(name) or "") for name in ("step", "return_type", "decision"))
    if not desired.get("return_id"):
        return "expected a return_id"
    if not has_call(step, kind, decision):
        return (
            f"TikTok Shop has no call to {decision} the {step} of a {kind or 'return without type'}; use Seller Center"
        )
    if decision == OFFER and not 0 < Decimal(str(desired.get("amount") or 0)) <= proposal.amount:
        return f"expected an offer above 0 and up to {proposal.amount}, found {desired.get('amount')!r}"
    return ""


def _is_as_wanted(decision: str, row: Row) -> bool:
    status = str(row["return_status"])
    if decision == REJECT:
        return status.endswith(_REFUSED) or status.endswith(_WITHDRAWN)
    if decision == OFFER and (status == _OFFERED or not _was_offered(row)):
        return status == _OFFERED  # whoever refunds all of it has offered nothing
    if decision == KEEP and status == _TO_COME_BACK:
        return False
    return not status.endswith((*_REFUSED, *_WITHDRAWN, _OFFERED))


def _is_declined_offer(change: Change, row: Row) -> bool:
    """Return whether the buyer has declined an offer since we wanted to make the first: the return waits as before."""
    is_first = change.desired["decision"] == OFFER and not change.desired.get("was_offered")
    return is_first and _was_offered(row) and row.get("buyer_rejected_partial_refund") is True


def _was_offered(row: Row) -> bool:
    """Return whether the seller has offered a part of the refund."""
    offered = row.get("partial_refund")
    return isinstance(offered, dict) and bool(offered.get("amount"))
