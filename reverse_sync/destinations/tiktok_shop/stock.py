"""Listed stock on TikTok Shop: the available units of one SKU in its warehouses.

Belongs here: the call, the reading just before it, and reading back. Does not: HTTP (connectors.tiktok_shop), or how
many units may be sold (dbt).

TikTok Shop takes absolute figures of all warehouses of a SKU, the last write wins, and there is no compare-and-set
(fact sheet tiktok_shop 5.2). Units sold between our reading and our write would be offered again. So a change says what
was `seen` with the `quantity` wanted, the listing is read once more immediately before the write, and what went
meanwhile is taken off: a figure can be too small until the next cycle reads it, never too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connectors.transport.errors import RejectedError
from reverse_sync.model import Change, Observation, Proposal
from tieout.errors import DataError
from tieout.numbers import whole_number
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient

MOST_UNITS = 99_999
NOT_LISTED = "NOT_LISTED"
"""The error code when TikTok Shop does not list the SKU in a warehouse that the change names."""


class TikTokStock:
    """Available units of SKUs, one SKU a change."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Write through `client`, which this closes."""
        self._client = client

    def write(self, change: Change) -> str:
        """Set what may be sold, less what was sold since it was seen; returns the SKU's id.

        A warehouse that the change does not name keeps what it has: TikTok Shop wants all of them in every write.

        Raises:
            RejectedError: NOT_LISTED, or TikTok Shop's own code (12052393 a promotion holds more, 12052901 the product
                may not be edited).
            OutcomeUnknownError: when the figures may have been set.
        """
        desired = change.desired
        listed = self._listed(change)
        if absent := sorted(_wanted(change).keys() - listed.keys()):
            message = f"TikTok Shop does not list SKU {desired['sku_id']} in warehouse {', '.join(absent)}"
            raise RejectedError(message, vendor="tiktok_shop", code=NOT_LISTED)
        figures = listed | {id: _corrected(entry, listed[id]) for id, entry in _wanted(change).items()}
        if figures != listed:
            inventory = [{"warehouse_id": id, "quantity": quantity} for id, quantity in sorted(figures.items())]
            skus = [{"id": desired["sku_id"], "inventory": inventory}]
            self._client.update_inventory(change.shop_id, str(desired["product_id"]), skus)
        return str(desired["sku_id"])

    def read_back(self, change: Change) -> Observation | None:
        """Return the SKU when each figure has moved to where we wanted it; None when one has certainly not.

        Sales only lower a figure. One that was to fall has been set when it is no higher than wanted, one that was to
        rise when it is higher than seen. Whatever remains is seen by the next cycle.
        """
        listed = self._listed(change)
        wanted = _wanted(change)
        if wanted.keys() - listed.keys():
            return Observation(str(change.desired["sku_id"]), "TikTok Shop lists the SKU in other warehouses now")
        if all(_has_moved(entry, listed[id]) for id, entry in wanted.items()):
            return Observation(str(change.desired["sku_id"]))
        return None

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _listed(self, change: Change) -> dict[str, int]:
        sku_id = str(change.desired["sku_id"])
        rows = self._client.inventory(change.shop_id, [sku_id]).rows
        places = [place for row in rows if str(row.get("id")) == sku_id for place in row["warehouse_inventory"] or []]
        return {str(place["warehouse_id"]): _units(sku_id, place["available_quantity"]) for place in places}


def _units(sku_id: str, listed: object) -> int:
    """Return a listed count, read as the models read it: with blanks or a point before noughts around it.

    Raises:
        DataError: when it is no count.
    """
    text = str(listed).strip().removeprefix("+")
    whole, _, rest = text.partition(".")
    try:
        return whole_number(whole if not rest.strip("0") else text)
    except ValueError as error:
        raise DataError(
            f"TikTok Shop lists SKU {sku_id} with available_quantity {text[:20]!r}, which is no count: set it in Seller"
            " Center, the next run reads it again"
        ) from error


def _wanted(change: Change) -> dict[str, Mapping[str, int]]:
    return {str(entry["warehouse_id"]): entry for entry in change.desired["warehouses"]}


def _corrected(entry: Mapping[str, int], now: int) -> int:
    return max(0, entry["quantity"] - max(0, entry["seen"] - now))


def _has_moved(entry: Mapping[str, int], now: int) -> bool:
    return now > entry["seen"] if entry["quantity"] > entry["seen"] else now <= entry["quantity"]


def open_stock(settings: Settings, state: State) -> TikTokStock:
    """Open TikTok Shop for setting what it may sell."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokStock(open_tiktok_shop(settings, state))


def refuse_stock(settings: Settings, proposal: Proposal) -> str:
    """Return why figures may not be set: an unknown shop, a part that is missing, or no count of units."""
    settings.shop(proposal.shop_id)
    missing = [name for name in ("product_id", "sku_id", "warehouses") if not proposal.desired.get(name)]
    if missing:
        return f"the stock of the SKU lacks {', '.join(missing)}"
    for entry in proposal.desired["warehouses"]:
        quantity = entry.get("quantity")
        if not isinstance(quantity, int) or not isinstance(entry.get("seen"), int) or not 0 <= quantity <= MOST_UNITS:
            return f"expected 0 to {MOST_UNITS} units in warehouse {entry.get('warehouse_id')}, found {quantity}"
    return ""
