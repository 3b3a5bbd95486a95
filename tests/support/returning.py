"""A connected world in which most of what arrives goes back, after two weeks; tests go on with copies of it.

Belongs here: the world of returns, and its fixture, which tests/conftest.py offers. Does not: what a test asks of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_goods_maps, write_tenant
from tests.support.connected import cycle
from tests.support.worlds import CONFIG, World, made_once
from tieout.settings import load_settings

TRADE = {
    **{"baskets": 300, "distinct_baskets": 80, "days": 20, "seed": 3, "fulfilment": "connected", "live_events": 0},
    "returns_permille": 700,
}
HOURS = (12, *[24] * 13)
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
        folder = write_tenant(CONFIG, home, urls["control"])
        write_goods_maps(home, urls["control"])
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
            cycle(load_settings(folder, home))
