"""Live events: for an hour, fifty times the usual orders, all for a few products.

Belongs here: when they are and what is bought. Does not: whether there is stock for it.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, market
from sandbox.world.agenda import Payload
from sandbox.world.baskets import Unit
from sandbox.world.order_body import Purchase
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import World

EVERY_DAYS, AT_HOUR, TIMES = 30, 19, 50
KEY = "world_live"


def plan(world: World, units: list[Body]) -> None:
    """Plan the world's live events: from a day on every thirty days, at 19:00 of the shop's local time.

    When they are and that they sell `units` is kept for who asks: a brand knows its own plans.
    """
    events = []
    for number in range(world.live_events):
        day = world.first_live_day + number * EVERY_DAYS
        for shop in world.shops:
            at = world.start + day * days.DAY + (AT_HOUR - shop.utc_offset_hours) * days.HOUR
            world.agenda.add(at, "live_event", shop.id)
            events.append({"shop": shop.id, "at": at})
    world.store.set_meta(KEY, {"live_events": events, "live_skus": [unit["seller_sku"] for unit in units]})


def orders(world: World, shop: Shop) -> int:
    """Return how many orders an event brings a shop: fifty times the usual ones of the hour, 25 at least."""
    share = shop.share_permille * market.HOUR_WEIGHTS[AT_HOUR]
    return max(TIMES * world.baskets * share // (1000 * sum(market.HOUR_WEIGHTS) * world.days), TIMES // 2)


def begin(world: World, shop_id: str, payload: Payload) -> None:
    """Plan the orders of the hour that begins now."""
    draw = world.draw("live event", shop_id, world.now)
    for index in range(orders(world, SHOPS[shop_id])):
        at = world.now + draw.below(days.HOUR)
        world.agenda.add(at, "order_created", f"57{at}8{index:05d}", {"live": draw.below(1000), "shop": shop_id})


def purchase_of(world: World, order_id: str, payload: Payload, known: Body) -> Purchase:
    """Return one or two units of one of the event's products."""
    units, draw = known["live"], world.draw("live order", order_id)
    unit = Unit(**units[payload["live"] % len(units)])
    buyer = world.new_id("749", "live", order_id)
    return Purchase(order_id, SHOPS[payload["shop"]], buyer, [unit] * draw.between(1, 2), world.now)
