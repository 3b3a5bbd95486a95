"""What the world sees of Linnworks, who ships for the US shop.

Belongs here: reading its records. Does not: how it works. It is imported late: it draws its chances from this package.
An order for which stock is missing stays open there; what it still lacks a day after it came in counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.store import Store
from sandbox.world import days
from sandbox.world.connected.parcel import Parcel

WAVE = ("linnworks_wave", "Default")
MODULE = "sandbox.linnworks"
PATIENCE = days.DAY


def seed(store: Store, levels: Mapping[str, int]) -> None:
    """Set the opening stock by SKU."""
    from sandbox import linnworks

    linnworks.seed_stock(store, levels)


def consume(store: Store, sku: str, units: int) -> None:
    """Let another channel sell."""
    from sandbox import linnworks

    linnworks.consume(store, sku, units, at=store.now)


def parcels(store: Store, since: int, until: int) -> list[Parcel]:
    """Return what left from an instant on, before another one."""
    closed = [record.body for record in store.select("linnworks", "orders", parent="processed", updated=(since, until))]
    return [
        Parcel(_reference(body), (str(body["ShippingInfo"].get("TrackingNumber") or ""),), int(body["_closed_at"]))
        for body in closed
        if not body.get("_cancelled_at")
    ]


def short_units(store: Store, since: int, until: int) -> int:
    """Return how many units orders lack that have waited for a day between two instants."""
    bodies = [record.body for record in store.select("linnworks", "orders", parent="open")]
    waited = [body for body in bodies if since <= int(body.get("_saved_at") or 0) + PATIENCE < until]
    return sum(_short(store, body) for body in waited)


def _reference(body: dict[str, Any]) -> str:
    return str(body["GeneralInfo"].get("ReferenceNum") or "")


def _short(store: Store, body: dict[str, Any]) -> int:
    held: dict[str, int] = {}
    for each in body.get("_held") or []:
        held[each["item"]] = held.get(each["item"], 0) + int(each["units"])
    place = body.get("FulfilmentLocationId")
    levels = {item: store.get("linnworks", "stock_levels", f"{item}.{place}") for item in held}
    return sum(
        max(0, units - int(level.body.get("StockLevel") or 0))
        for item, units in held.items()
        if (level := levels[item]) is not None
    )
