"""TikTok's own labels: bought for released orders that TikTok ships, so that the warehouse gets the tracking number.

Belongs here: the last check of the order, buying or arranging, and reading the package back. Does not: which orders may
have one (dbt). No call takes an idempotency key (fact sheet tiktok_shop 2.5): an order whose line items are in a
package has its label, whoever bought it, and gets no second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError, TransientError
from reverse_sync.destinations.release_check import not_released
from reverse_sync.model import Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient

CANCELLED = "CANCELLED"
WAITING = "TO_FULFILL"
HANDOVER = "DROP_OFF"


class TikTokLabels:
    """One label per order."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Buy through `client`, which this closes."""
        self._client = client

    def write(self, change: Change) -> str:
        """Buy the order's label and return the package's id.

        Raises:
            TransientError: NOT_RELEASED (the order is not AWAITING_SHIPMENT now); the next plan knows better.
            RejectedError: TikTok Shop's own code.
            OutcomeUnknownError: when the label may be bought.
        """
        order = self._order(change)
        if packed := _packages(order):
            return packed[0]
        if why := not_released(order, ""):
            message = f"no label bought: {why} on TikTok Shop"
            raise TransientError(message, vendor="tiktok_shop", code="NOT_RELEASED")
        try:
            return self._arrange(change, order)
        except RejectedError:
            seen = self.read_back(change)
            if seen is None:
                raise
            return seen.vendor_id

    def read_back(self, change: Change) -> Observation | None:
        """Return the package that holds the order's line items; None while none does."""
        packed = _packages(self._order(change))
        return Observation(packed[0]) if packed else None

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _order(self, change: Change) -> Mapping[str, Any]:
        found = self._client.orders(change.shop_id, [str(change.desired["order_id"])]).rows
        return found[0] if found else {}

    def _arrange(self, change: Change, order: Mapping[str, Any]) -> str:
        for package_id in _ids(order.get("packages")):
            if self._client.package(change.shop_id, package_id).data.get("package_status") == WAITING:
                self._client.ship_package(change.shop_id, package_id, handover_method=HANDOVER)
                return package_id
        return self._client.create_package(change.shop_id, str(change.desired["order_id"]))


def open_labels(settings: Settings, state: State) -> TikTokLabels:
    """Open TikTok Shop for buying its labels."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokLabels(open_tiktok_shop(settings, state))


def refuse_label(settings: Settings, proposal: Proposal) -> str:
    """Return why no label may be bought: an unknown shop, or no order."""
    settings.shop(proposal.shop_id)
    return "" if proposal.desired.get("order_id") else "expected an order_id"


def _packages(order: Mapping[str, Any]) -> list[str]:
    """Return the packages that line items are in by number: one that merely waits has none yet."""
    lines = [line for line in order.get("line_items") or [] if line.get("display_status") != CANCELLED]
    numbered = (str(line["package_id"]) for line in lines if line.get("package_id") and line.get("tracking_number"))
    return list(dict.fromkeys(numbered))


def _ids(packages: object) -> Iterable[str]:
    rows = packages if isinstance(packages, list) else []
    return [str(row["id"]) for row in rows if isinstance(row, Mapping) and row.get("id")]
