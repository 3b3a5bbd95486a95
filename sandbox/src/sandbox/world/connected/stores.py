"""What people do in the stores of a connected world: order from them, walk in and buy, and bring things back.

Belongs here: which orders stores ship, who walks in, and what comes back to a till. Does not: the associates' work
(`sandbox.newstore.staff`). Who brings an order to a till asks TikTok Shop for nothing: its refund is still to be given.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body, Record
from sandbox.tiktok_shop import inventory
from sandbox.world import days, market
from sandbox.world.connected import at_newstore, listing
from sandbox.world.connected.return_parcels import units_of
from sandbox.world.order_body import Purchase
from sandbox.world.shops import SHOPS
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import remember, truth

FOUND = ("right", "fewer", "other item")
_FOUND_PERMILLE = (860, 80, 60)


def ships(world: World, purchase: Purchase) -> bool:
    """Whether the stores are to ship an order: by chance, as long as they have all of it listed."""
    shop = purchase.shop
    if not at_newstore.has_stores(world, shop):
        return False
    share = int(world.stores["store_orders_permille"])
    if not world.draw("from a store", purchase.order_id).happens(share):
        return False
    place = at_newstore.warehouse_id(shop)
    return share == 1000 or all(
        _is_listed(world, listing.sku_id(shop, unit.product_id), place) for unit in purchase.units
    )


def sell_over_the_counter(world: World, milli_per_hour: int) -> None:
    """Let people walk in and buy, in opening hours; `milli_per_hour` is what the shop sells online, in thousandths."""
    from sandbox.newstore import profile, staff, till  # not above: they draw their chances from this package

    if not staff.is_open(world.now):
        return
    draw, hours = world.draw("walk in", world.now), (profile.CLOSES - profile.OPENS) // days.HOUR
    milli = milli_per_hour * int(world.stores["walk_ins_permille"]) * 24 // (1000 * hours)
    for _ in range(milli // 1000 + draw.happens(milli % 1000)):
        unit = draw.pick(market.any_basket(world, draw.below(world.stored_baskets)).units)
        till.sell(world.store, unit.seller_sku, draw, at=world.now)


def goes_to_a_till(world: World, order: Record) -> bool:
    """Whether the buyer of an order brings it to a store when he wants to return it."""
    if not at_newstore.has_stores(world, SHOPS[order.shop]):
        return False
    return world.draw("to a till", order.id).happens(int(world.stores["till_returns_permille"]))


def bring_back(world: World, order: Record, lines: list[Body]) -> int:
    """Bring lines of an order to a store; return 0, or the instant at which it opens when it is closed."""
    from sandbox.newstore import staff, till

    opens_at = staff.next_opening(world.now)
    if opens_at != world.now:
        return opens_at
    draw = world.draw("at the till", order.id)
    units = sorted(units_of(lines).elements())
    found = FOUND[draw.weighted(_FOUND_PERMILLE)]
    products = units[1:] if found == "fewer" and units[1:] else units
    if found == "other item":
        stocked = world.store.select("newstore", "stock", limit=40)
        products = [*units[1:], draw.pick([str(record.body["product_id"]) for record in stocked] or units)]
    back = till.take_back(world.store, order.id, products, draw)
    about, detail = ("newstore", "returns", str(back["return_id"])), {"return_id": back["return_id"], "found": found}
    entry = truth("RET-10", about, ("order", order.id), shop_id=order.shop, **detail)
    remember(world.store, [entry], origin="trade", at=world.now)
    return 0


def _is_listed(world: World, sku_id: str, place_id: str) -> bool:
    record = world.store.get(TIKTOK, "inventory", sku_id)
    places: list[Any] = (record.body.get("warehouse_inventory") or []) if record else []
    return any(
        place.get("warehouse_id") == place_id and inventory.counted(place, "available_quantity") > 0
        for place in places
        if isinstance(place, dict)
    )
