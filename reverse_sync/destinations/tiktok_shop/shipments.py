"""Shipments on TikTok Shop: which line items left, with which carrier's tracking number.

Belongs here: the call, and reading the order back. Does not: HTTP (connectors.tiktok_shop), or what a warehouse's
advice must hold before it may be passed on (dbt).

Marking as shipped has no idempotency key (fact sheet tiktok_shop 2.5). A repetition is refused as already shipped: then
the order says whether our tracking number is there, and only that counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.transport.errors import RejectedError
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient


class TikTokShipments:
    """Packages of seller-shipped orders."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Write through `client`, which this closes."""
        self._client = client

    def write(self, change: Change) -> str:
        """Mark the line items as shipped and return the package's id.

        Raises:
            RejectedError: EDITED (the lines carry another tracking number), or TikTok Shop's own code.
            OutcomeUnknownError: when the package may exist.
        """
        desired = change.desired
        try:
            return self._client.mark_shipped(
                change.shop_id,
                str(desired["order_id"]),
                line_ids=[str(line) for line in desired["order_line_ids"]],
                tracking_number=str(desired["tracking_number"]),
                provider_id=str(desired["provider_id"]),
            )
        except RejectedError as error:
            seen = self.read_back(change)
            if seen is None:
                raise
            if seen.difference:
                raise RejectedError(seen.difference, vendor="tiktok_shop", code=EDITED) from error
            return seen.vendor_id

    def read_back(self, change: Change) -> Observation | None:
        """Return the package that holds the line items now; None when none of them has shipped."""
        desired = change.desired
        rows = self._client.orders(change.shop_id, [str(desired["order_id"])]).rows
        wanted = {str(line) for line in desired["order_line_ids"]}
        lines = [line for row in rows for line in row.get("line_items") or [] if str(line.get("id")) in wanted]
        shipped = [line for line in lines if line.get("tracking_number") or line.get("package_id")]
        if not shipped:
            return None
        numbers = {str(line.get("tracking_number") or "none") for line in shipped}
        package = next((str(line["package_id"]) for line in shipped if line.get("package_id")), "")
        if numbers == {str(desired["tracking_number"])} and len(shipped) == len(wanted):
            return Observation(package)
        other = f"{len(shipped)} of {len(wanted)} line items are shipped, under {', '.join(sorted(numbers))}"
        return Observation(package, f"TikTok Shop has another shipment: {other}; ours is {desired['tracking_number']}")

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def open_shipments(settings: Settings, state: State) -> TikTokShipments:
    """Open TikTok Shop for marking orders as shipped."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokShipments(open_tiktok_shop(settings, state))


def refuse_shipment(settings: Settings, proposal: Proposal) -> str:
    """Return why a shipment may not be sent: an unknown shop, or a part of it that is missing."""
    settings.shop(proposal.shop_id)
    desired = proposal.desired
    needed = ("order_id", "order_line_ids", "tracking_number", "provider_id")
    missing = [name for name in needed if not desired.get(name)]
    return f"the shipment lacks {', '.join(missing)}" if missing else ""
