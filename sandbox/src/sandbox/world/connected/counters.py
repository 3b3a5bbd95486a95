"""What went wrong in a connected world, counted: the yardstick for whoever fulfils its orders.

Belongs here: the counters. Does not: when they move.
"""

from __future__ import annotations

from sandbox.world.state import World

KEY = "world_counters"


def add(world: World, name: str, count: int = 1) -> None:
    """Raise a counter."""
    if count:
        known = world.store.get_meta(KEY, {})
        world.store.set_meta(KEY, {**known, name: known.get(name, 0) + count})
