"""Which of Linnworks' orders are a TikTok Shop order: one, or the parts that it was split into.

Belongs here: knowing an order by Source, SubSource and reference (fact sheet linnworks 5), for a reference alone is not
unique. Does not: what is sent, or what is done to an order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reverse_sync.destinations.linnworks.order_body import SOURCE
from reverse_sync.model import Change
from tieout.numbers import whole_number
from tieout.settings import Linnworks

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.linnworks.client import LinnworksClient

Row = dict[str, Any]
Identity = tuple[str, str, str]
"""Source, SubSource and reference."""


def identity_of(linnworks: Linnworks, change: Change) -> Identity:
    """Return what Linnworks knows the order of a change by."""
    return (SOURCE, linnworks.shops[change.shop_id], str(change.desired["order_id"]))


def held_orders(book: LinnworksClient, identity: Identity) -> list[Row]:
    """Return the orders that Linnworks holds of a channel's order, oldest first."""
    return grouped(book.orders_by_reference(identity[2])).get(identity, [])


def grouped(rows: Sequence[Row]) -> dict[Identity, list[Row]]:
    """Return orders by their identity, oldest first."""
    found: dict[Identity, list[Row]] = {}
    for row in sorted(rows, key=lambda row: whole_number(row.get("NumOrderId") or 0)):
        found.setdefault(_identity(row), []).append(row)
    return found


def is_cancelled(row: Row) -> bool:
    """Return whether an order was cancelled: it is among the processed ones, and held."""
    return bool(row.get("Processed")) and bool((row.get("GeneralInfo") or {}).get("HoldOrCancel"))


def _identity(row: Row) -> Identity:
    general: Mapping[str, Any] = row.get("GeneralInfo") or {}
    return (
        str(general.get("Source")).upper(),
        str(general.get("SubSource")),
        str(general.get("ReferenceNum")),
    )
