"""The connected world: buyers compete for stock, warehouses ship, carriers collect, deadlines punish.

Belongs here: how a connected world opens, and which of its happenings differ. Does not: what they do (the modules
beside), nor the warehouses themselves. Orders reserve listed stock; they move on only by what a warehouse ships and
by what TikTok Shop is informed of it. The product's own doings on the wire are never done here.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import market
from sandbox.world.agenda import Payload
from sandbox.world.connected import (
    buying,
    deadlines,
    hour,
    listing,
    live,
    order_steps,
    return_parcels,
    return_steps,
    returning,
    warehouses,
)
from sandbox.world.days import HOUR
from sandbox.world.notices import hand_over
from sandbox.world.state import World

__all__ = ["HAPPENINGS", "open_world"]

Happening = Callable[[World, str, Payload], None]


def open_world(world: World) -> None:
    """List what the baskets hold, fill the warehouses, and plan the first hour, waves and live events."""
    listing.seed(world, market.listed_baskets(world))
    warehouses.plan_waves(world)
    live.plan(world, listing.settings(world)["live"])
    world.agenda.add(world.now + HOUR, "fulfilment_hour", "all")
    world.agenda.add(world.now + HOUR, "zigzag_wave", "hub")


def _begin(world: World, key: str, payload: Payload) -> None:
    """Open the world on the day on which warehouse shipping goes live."""
    open_world(world)


def _on_the_store(happening: Happening) -> Happening:
    """Let a happening, and TikTok Shop's functions that it calls, work on the stored records."""

    def run(world: World, key: str, payload: Payload) -> None:
        world.unit_of_work.forget_all()
        happening(world, key, payload)
        world.unit_of_work.forget_all()
        hand_over(world)

    return run


HAPPENINGS: dict[str, Happening] = {
    kind: _on_the_store(happening)
    for kind, happening in {
        "fulfilment_begins": _begin,
        "order_created": buying.create_order,
        "order_moves": order_steps.move_order,
        "order_deadline": deadlines.pass_deadline,
        "fulfilment_hour": hour.work,
        "live_event": live.begin,
        "buyer_asks": returning.ask,
        "return_step": return_steps.step,
        "parcel_returns": return_parcels.move,
    }.items()
}
