"""What the world sees of NetSuite, who is master of the third shop's stock and orders.

Belongs here: reading its records. Does not: how it works. It is imported late: it draws its chances from this package.
An order for which stock is missing stays open there; what it still lacks a day after it came in counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.store import Store
from sandbox.world.connected.parcel import Parcel
from sandbox.world.shops import DIRECT

WAVE = ("netsuite_wave", "Leeds DC")
MODULE = "sandbox.netsuite"
_LISTING = "world_listing"


def seed(store: Store, levels: Mapping[str, int]) -> None:
    """Set the opening stock by SKU, and make the shop's bundles kits."""
    from sandbox.netsuite import trading

    store.set_meta(trading.SHOP, DIRECT.id)
    bundles = (store.get_meta(_LISTING) or {}).get("bundles", [])
    kits = {
        str(bundle["unit"]["seller_sku"]): {str(part["seller_sku"]): int(part["count"]) for part in bundle["parts"]}
        for bundle in bundles
    }
    trading.seed_shop(store, levels, kits)


def consume(store: Store, sku: str, units: int) -> None:
    """Let another channel sell."""
    from sandbox.netsuite import trading

    trading.consume(store, sku, units)


def parcels(store: Store, since: int, until: int) -> list[Parcel]:
    """Return what left from an instant on, before another one."""
    from sandbox.netsuite import trading

    return [Parcel(*each) for each in trading.shipped(store, since, until)]


def short_units(store: Store, since: int, until: int) -> int:
    """Return how many units orders lack that have waited for a day between two instants."""
    from sandbox.netsuite import trading

    return trading.short_units(store, since, until)
