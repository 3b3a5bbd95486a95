"""A connected world being served, and the product's cycle over it: what tests of warehouses begin with.

Belongs here: serving, the tenant's home and one quiet cycle. Does not: a tenant's configuration (gxo_tenant,
linnworks_tenant), or what a test asks of the world.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.cycle import CycleOutcome, run_cycle
from orchestration.demo import running_sandbox
from tests.support.worlds import World
from tieout.settings import Settings
from tieout.state import State

SEED = 3


@contextmanager
def connected_world(
    factory: pytest.TempPathFactory, write_tenant: Callable[[World, Path], None], *, baskets: int, days: int
) -> Iterator[tuple[World, Path]]:
    """Serve a world that trades through warehouses; give it and the folder of its tenant's configuration."""
    home = factory.mktemp("connected")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        trade = {"baskets": baskets, "days": days, "seed": SEED, "fulfilment": "connected"}
        world.call("POST", "/_sandbox/trade", trade)
        folder = factory.mktemp("config") / "tenant"
        write_tenant(world, folder)
        yield world, folder


def cycle(settings: Settings, **arguments: Any) -> CycleOutcome:
    """Run one cycle, or with `only` the quick lane of one sync, and tell nobody."""
    state = State(settings.database_url)
    try:
        return run_cycle(settings, state, report=lambda _text: None, **arguments)
    finally:
        state.close()


def components(world: World) -> dict[str, Counter[str]]:
    """Return what one unit of each seller SKU is made of: itself, or a bundle's parts as TikTok Shop lists them."""
    made_of = {}
    for product in world.records("tiktok_shop", "products"):
        for sku in product["skus"]:
            parts = {part["seller_sku"]: part["sku_count"] for part in sku.get("combined_skus") or []}
            made_of[sku["seller_sku"]] = Counter(parts or {sku["seller_sku"]: 1})
    return made_of
