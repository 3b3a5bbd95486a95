"""Demand: how many baskets are bought on a day, when, and in which shop.

Belongs here: the rhythm of the week and of the day. Does not: what is in a basket or what becomes of it.
"""

from __future__ import annotations

import json

from sandbox.world import days
from sandbox.world.agenda import Payload
from sandbox.world.baskets import Basket
from sandbox.world.shops import DIRECT, GB, US, Shop
from sandbox.world.state import World

_WEEKDAY_WEIGHTS = (92, 90, 94, 100, 118, 112, 104)
_USUAL_BASKET = 1500
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 1, 2, 4, 6, 7, 7, 8, 10, 8, 7, 7, 8, 9, 11, 14, 16, 14, 9, 4)


def open_day(world: World, key: str, payload: Payload) -> None:
    """Plan the day's orders and the next day's opening. `key` is the day's number, 0 the first."""
    day = int(key)
    for n in range(_orders_before(world, day), _orders_before(world, day + 1)):
        draw = world.draw("demand", n)
        shop = _shop(world, n, GB if draw.happens(GB.share_permille) else US)
        hour = (draw.weighted(HOUR_WEIGHTS) - shop.utc_offset_hours) % 24
        at = days.midnight(world.now) + hour * days.HOUR + draw.below(days.HOUR)
        world.agenda.add(at, "order_created", order_id(at, n), {"n": n, "shop": shop.id})
    world.agenda.add(world.start + (day + 1) * days.DAY, "market_day", f"{day + 1:06d}")


def _shop(world: World, n: int, usual: Shop) -> Shop:
    """Return where the n-th basket is bought: as usual, or in a third shop where there is one."""
    if DIRECT in world.shops and world.draw("third shop", n).happens(DIRECT.share_permille):
        return DIRECT
    return usual


def order_id(at: int, n: int) -> str:
    """Return the 18-digit id of the n-th order; ids grow with time, as the platform's do."""
    return f"57{at}{n:06d}"


def basket(world: World, n: int) -> Basket:
    """Return the n-th basket; after the last one the first listed one is bought again, by somebody else."""
    if n >= world.stored_baskets:
        first = first_listed(world)
        n = first + (n - first) % (world.stored_baskets - first)
    row = world.store.connection.execute("select body from world_basket where n = ?", (n,)).fetchone()
    return Basket.from_json(json.loads(row[0]))


def first_listed(world: World) -> int:
    """Return the number of the first basket that is bought from listed stock: the first, or the first after go-live."""
    days_before = max(0, world.connected_from - world.start) // days.DAY
    first = _orders_before(world, max(0, days_before - 1))
    return first if first < world.stored_baskets else 0


def listed_baskets(world: World) -> list[Basket]:
    """Return the baskets that are bought from listed stock, in order."""
    every = "select body from world_basket where n >= ? order by n"
    rows = world.store.connection.execute(every, (first_listed(world),))
    return [Basket.from_json(json.loads(row[0])) for row in rows]


def any_basket(world: World, number: int) -> Basket:
    """Return one of the baskets that are bought from listed stock, by any number."""
    first = first_listed(world)
    return basket(world, first + number % (world.stored_baskets - first))


def buyer_id(world: World, household_id: int, n: int) -> str:
    """Return a pseudonymous buyer: the same for all baskets of a household, until the baskets start over."""
    return world.new_id("749", "buyer", household_id, n // world.stored_baskets)


def weekly_turnover(world: World, shop: Shop) -> int:
    """Return roughly what a week's baskets of a shop come to, in minor units: the scale of its other bills."""
    return world.baskets * 7 * _USUAL_BASKET * shop.share_permille // (1000 * world.days)


def _orders_before(world: World, day: int) -> int:
    """Orders of all days before `day`: exactly the world's baskets at the end of its planned days."""
    return world.baskets * _weight_before(world, day) // _weight_before(world, world.days)


def _weight_before(world: World, day: int) -> int:
    first = days.weekday(world.start)
    weeks, rest = divmod(day, 7)
    return weeks * sum(_WEEKDAY_WEIGHTS) + sum(_WEEKDAY_WEIGHTS[(first + i) % 7] for i in range(rest))
