"""A world in which every system has records: five weeks of orders, payouts and deposits, then two warehouses at work.

Belongs here: the world, its days, and a tenant of all systems. Does not: what a test does to its records (chaos).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_goods_maps, write_tenant
from tests.support.connected import cycle
from tests.support.worlds import CONFIG, World, made_once
from tieout.settings import load_settings

DAYS_BY_HAND = 35  # a Monday follows
TRADE = {
    **{"baskets": 1100, "days": DAYS_BY_HAND + 3, "seed": 3, "fulfilment": "connected"},
    **{"connected_from_day": DAYS_BY_HAND, "live_events": 0},
}
HOURS = (14, 30, 0)  # the last cycle sees what the one before it wrote
QUICK = {"linnworks": {"per_minute": {"*": 100_000}}}
BUNDLES = 3


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world after three cycles; returns its home folder."""
    return made_once(tmp_path_factory, "whole", _trade)


def _trade(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        world.call("PUT", "/_sandbox/limits", QUICK)
        now = world.call("POST", "/_sandbox/clock", {"advance_days": DAYS_BY_HAND})["now"]
        folder = write_tenant(CONFIG, home, urls["control"], ships_from=datetime.fromtimestamp(now, UTC).date())
        write_goods_maps(home, urls["control"])
        add_bundles(world)
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
            if hours:
                world.call("POST", "/_sandbox/incidents", {"code": "CAN-03", "count": 2})
            cycle(load_settings(folder, home))


def add_bundles(world: World) -> None:
    """Make bundles of items that Linnworks has."""
    items = world.records("linnworks", "stock_items")
    for parent, part in zip(items[:BUNDLES], items[-BUNDLES:], strict=True):
        world.call("PATCH", _path("stock_items", parent["StockItemId"]), {"IsCompositeParent": True})
        body = {"LinkedStockItemId": part["StockItemId"], "SKU": part["ItemNumber"], "Quantity": 2}
        made = {**body, "StockItemId": parent["StockItemId"], "StockItemIntId": parent["StockItemIntId"]}
        world.call("PUT", _path("compositions", f"{parent['StockItemId']}.{part['StockItemId']}"), made)


def _path(kind: str, id: Any) -> str:
    return f"/_sandbox/linnworks/{kind}/{id}"
