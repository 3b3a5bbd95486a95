"""A connected world that went through its first days once; every module of tests goes on with a copy of its own.

Belongs here: the world, its first days, serving a copy, and the product's cycle over it. Does not: a tenant's
configuration (gxo_tenant, linnworks_tenant), or what a test asks of the world.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.steps.cycle import CycleOutcome, run_cycle
from tests.support import gxo_tenant, linnworks_tenant
from tests.support.worlds import World, made_once
from tieout.settings import Settings, load_settings
from tieout.state import State

TRADE = {"baskets": 1100, "distinct_baskets": 150, "days": 20, "seed": 3, "fulfilment": "connected"}
HOURS = (36, 12, 12, 0)  # from a midnight to a morning; the last cycle sees what the one before it wrote
CREATE = "/api/Orders/CreateOrders"
CALLS = "linnworks_calls.json"


@pytest.fixture(scope="session")
def shipping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world whose UK shop ships from GXO and whose US shop from Linnworks, after four cycles; its home folder."""
    return made_once(tmp_path_factory, "shipping", _ship)


def _ship(home: Path) -> None:
    """Trade and run the cycles; the reply to the first orders that Linnworks takes is lost."""
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        gxo_tenant.write_tenant(world, home / "config")
        linnworks_tenant.add_account(world, home / "config")
        fault = {"system": "linnworks", "match": CREATE, "kind": "lost_reply", "rate": 1, "count": 1}
        world.call("POST", "/_sandbox/faults", fault)
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
            cycle(load_settings(home / "config", home))
        calls = world.call("GET", "/_sandbox/linnworks/calls?limit=100000")
        (home / CALLS).write_text(json.dumps(calls))


@contextmanager
def copy_of(shipping: Path, factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    """Serve a copy of the world; give it and the folder of its tenant's configuration."""
    home = Path(shutil.copytree(shipping, factory.mktemp("shipping") / "home"))
    with running_sandbox(home, port=0) as urls:
        yield World(home, urls), home / "config"


def cycle(settings: Settings, **arguments: Any) -> CycleOutcome:
    """Run one cycle, or with `only` the quick lane of one sync, and report nothing."""
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
