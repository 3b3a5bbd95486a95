"""Refunds of what buyers brought back to a till: started in the seller's name, paid the way the buyer had paid.

Belongs here: the call, its reason, and reading it back. Does not: which lines came back, and what they are worth (dbt).

The call takes an idempotency key (fact sheet tiktok_shop 6.1), and a line that is in a return is in no other: so
an order's returns are read before the call, and after one whose reply was lost.

Desired: `{"till_return_id", "order_id", "order_line_ids", "amount", "currency"}`; the amount is of all lines together.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from connectors.transport.rows import Row
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient

REFUND = "REFUND"
_OVER_WITHOUT_REFUND = ("_CANCEL", "_CANCELLED", "_REJECT", "REJECT_RECEIVE_PACKAGE")
# Names of reasons end differently by market (6.5); the first of these that is offered is given.
_REASONS = ("seller_return_reason_buyer_requested", "")


class TikTokTillRefunds:
    """One refund for each return at a till."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Refund through `client`; this closes it."""
        self._client = client

    def write(self, change: Change) -> str:
        """Start the refund and return the id of its return.

        Raises:
            RejectedError: EDITED (a line is in a return already), NOT_ELIGIBLE, NO_REASON, or TikTok Shop's own code.
            OutcomeUnknownError: when the refund may have been started.
        """
        if (seen := self.read_back(change)) is not None:
            return _as_desired(seen)
        desired, order_id = change.desired, str(change.desired["order_id"])
        lines = [str(line) for line in desired["order_line_ids"]]
        wanted = {
            "return_type": REFUND,
            "return_reason": self._reason(change.shop_id, order_id, lines),
            "order_line_item_ids": lines,
            "refund_total": desired["amount"],
            "currency": desired["currency"],
        }
        made = self._client.create_return(change.shop_id, order_id, wanted, idempotency_key=change.idempotency_key)
        return str(made.get("return_id") or "")

    def read_back(self, change: Change) -> Observation | None:
        """Return the return that the lines are in; None while they are in none that refunds, or may."""
        wanted = {str(line) for line in change.desired["order_line_ids"]}
        pages = self._client.returns_of_order(change.shop_id, str(change.desired["order_id"]))
        held = [row for page in pages for row in page.rows if _is_alive(row) and _lines_of(row) & wanted]
        if not held:
            return None
        ours = [row for row in held if _is_as_desired(row, wanted, change.desired)]
        if len(held) == 1 and ours:
            return Observation(str(ours[0].get("return_id")))
        ids = ", ".join(sorted(str(row.get("return_id")) for row in held))
        return Observation(str(held[0].get("return_id")), f"lines of it are in return {ids} already, as another refund")

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _reason(self, shop_id: str, order_id: str, lines: list[str]) -> str:
        offered = self._client.refund_reasons(shop_id, order_id, lines)
        fitting = (name for wanted in _REASONS for name in offered if name.startswith(wanted))
        if reason := next(fitting, ""):
            return reason
        message = "TikTok Shop offers no reason for which the seller may refund it: refund it in Seller Center"
        raise RejectedError(message, vendor="tiktok_shop", code="NO_REASON")


def open_till_refunds(settings: Settings, state: State) -> TikTokTillRefunds:
    """Open TikTok Shop for refunding what came back to a till."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokTillRefunds(open_tiktok_shop(settings, state))


def refuse_till_refund(settings: Settings, proposal: Proposal) -> str:
    """Return why a refund may not be started: an unknown shop, no order or lines, or an amount that is none."""
    shop, desired = settings.shop(proposal.shop_id), proposal.desired
    lines = desired.get("order_line_ids") or []
    if not desired.get("order_id") or not lines or len(set(lines)) < len(lines):
        return "expected an order_id, and each of its lines once"
    if desired.get("currency") != shop.currency:
        return f"the refund is in {desired.get('currency')}, and shop {shop.shop_id} sells in {shop.currency}"
    if not 0 < _amount(desired.get("amount")) == proposal.amount:
        return f"expected a refund above 0, and of {proposal.amount}, found {desired.get('amount')!r}"
    return ""


def _as_desired(seen: Observation) -> str:
    if seen.difference:
        raise RejectedError(seen.difference, vendor="tiktok_shop", code=EDITED)
    return seen.vendor_id


def _is_alive(row: Row) -> bool:
    return not str(row.get("return_status") or "").endswith(_OVER_WITHOUT_REFUND)


def _lines_of(row: Row) -> set[str]:
    listed = row.get("return_line_items")
    lines = [line for line in listed if isinstance(line, Mapping)] if isinstance(listed, list) else []
    return {str(line.get("order_line_item_id")) for line in lines}


def _is_as_desired(row: Row, wanted: set[str], desired: Mapping[str, Any]) -> bool:
    total = (row.get("refund_amount") or {}).get("refund_total")
    is_same = _lines_of(row) == wanted and _amount(total) == _amount(desired["amount"])
    return is_same and row.get("role") == "SELLER" and row.get("return_type") == REFUND


def _amount(text: Any) -> Decimal:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return Decimal(0)
