"""A connected world in which most of what arrives goes back, after two weeks; tests go on with copies of it.

Belongs here: the world of returns, and its fixture, which tests/conftest.py offers. Does not: what a test asks of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.shops import UK
from orchestration.demo.tenant import write_goods_maps, write_tenant
from sandbox.server import opened
from sandbox.tiktok_shop import returns
from tests.support.connected import cycle
from tests.support.worlds import CONFIG, World, made_once
from tieout.settings import load_settings

TRADE = {
    **{"baskets": 300, "distinct_baskets": 80, "days": 20, "seed": 3, "fulfilment": "connected", "live_events": 0},
    "returns_permille": 700,
}
FIRST_HOURS, LATER_HOURS = (12, *[24] * 4), [24] * 9
QUICK = {"linnworks": {"per_minute": {"*": 100_000}}}


@pytest.fixture(scope="session")
def returning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world after two weeks of trade with a cycle a day; returns its home folder."""
    return made_once(tmp_path_factory, "returning", _trade)


def _trade(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        world.call("PUT", "/_sandbox/limits", QUICK)
        write_tenant(CONFIG, home, urls["control"])
        write_goods_maps(home, urls["control"])
        _go_on(world, FIRST_HOURS)
    _send_a_bundle_back(home)
    with running_sandbox(home, port=0) as urls:
        _go_on(World(home, urls), LATER_HOURS)


def _go_on(world: World, hours: Sequence[int]) -> None:
    for each in hours:
        world.call("POST", "/_sandbox/clock", {"advance_hours": each})
        cycle(load_settings(world.home / "config", world.home))


def _send_a_bundle_back(home: Path) -> None:
    """Let the buyer of the first bundle that was delivered ask to return it, for so few of all orders hold one."""
    with opened(home / "sandbox") as sandbox:
        store = sandbox.store
        order, line = next(
            (order, line)
            for order in store.select("tiktok_shop", "orders", shop=UK, matching={"status": "DELIVERED"})
            for line in order.body["line_items"]
            if line.get("combined_listing_skus")
        )
        reason = "ecom_order_delivered_reason_wrong_size_uk"
        asked = {"type": "RETURN_AND_REFUND", "reason": reason}
        returns.announce(store, returns.request(store, order.id, [line["id"]], now=store.now, **asked))
