"""What the world sees of NewStore: stores that ship orders of the GB shop, and sell and take back over the counter.

Belongs here: opening the stores, and reading their records. Does not: what people do in them (`stores`), nor how
NewStore works. It is imported late: it draws its chances from this package. TikTok Shop lists what lies in all stores
together as stock of one more warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.store import Body, Record, Store
from sandbox.world import days
from sandbox.world.connected.parcel import Parcel
from sandbox.world.shops import GB, Shop
from sandbox.world.state import World

WAVE = ("newstore_wave", "stores")
PATIENCE = days.DAY
CARRIED_PERMILLE = 600
"""Of a thousand products, how many a store carries."""


def has_stores(world: World, shop: Shop) -> bool:
    """Whether orders of a shop may be shipped from stores in this world."""
    return shop.id == GB.id and bool(world.stores)


def warehouse_id(shop: Shop) -> str:
    """Return the id under which TikTok Shop lists the stores' stock."""
    return f"{shop.warehouse_id[:-1]}3"


def open_stores(world: World, levels: Mapping[str, int]) -> dict[str, int]:
    """Open the stores and lay stock in, for what a warehouse holds of each SKU; return what can be promised by SKU."""
    from sandbox import newstore
    from sandbox.newstore import lists, profile

    count, share = int(world.stores["stores"]), int(world.stores["store_orders_permille"])
    lists.open_nodes(world.store, count)
    kept_back = int(profile.limits(world.store)["safety_stock"])
    filled: dict[tuple[str, str], int] = {}
    free: dict[str, int] = {}
    for sku, units in levels.items():
        for place in profile.STORES[:count]:
            draw = world.draw("store carries", place.id, sku)
            if draw.happens(CARRIED_PERMILLE):
                there = 1 + units * share // (1000 * count) + draw.below(3)
                filled[place.id, sku] = there + kept_back
                free[sku] = free.get(sku, 0) + there
    newstore.seed_stock(world.store, filled)
    return free


def listed(world: World, shop: Shop, free: Mapping[str, int], records: Iterable[Record]) -> list[Record]:
    """Return TikTok Shop's records of the stores' warehouse, with their stock added to the listings of a shop."""
    changed = []
    for record in records:
        sku = str(record.body.get("seller_sku"))
        if record.kind == "inventory" and sku in free:
            place = {"warehouse_id": warehouse_id(shop), "available_quantity": free[sku], "committed_quantity": 0}
            body = {**record.body, "warehouse_inventory": [*record.body["warehouse_inventory"], place]}
            changed.append(world.store.indexed(record, body))
    return changed


def parcels(store: Store, since: int, until: int) -> list[Parcel]:
    """Return what left the stores from an instant on, before another one."""
    records = store.select("newstore", "shipments", shop="", created=(since, until))
    return [_parcel(record.body, record.created_at) for record in records if record.body.get("external_id")]


def short_units(store: Store, since: int, until: int) -> int:
    """Return how many units orders lack that have waited for a day between two instants."""
    records = store.select("newstore", "orders", parent="on_hold")
    waited = [record for record in records if since <= record.created_at + PATIENCE < until]
    return sum(item.get("status") == "on_hold" for record in waited for item in record.body.get("items") or [])


def _parcel(body: Body, at: int) -> Parcel:
    return Parcel(str(body["external_id"]), (str(body.get("tracking_code") or ""),), at)
