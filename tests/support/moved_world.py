"""A world whose third shop moves from GXO to NetSuite on its second day, and is paid for what both have shipped.

Belongs here: the world, its tenant and the stops of the product's cycle. Does not: what tests ask of either.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.shops import DIRECT
from orchestration.demo.tenant import write_tenant
from tests.support.connected import cycle
from tests.support.worlds import CONFIG, World, made_once
from tieout.settings import load_settings

TRADE = {"days": 3, "seed": 3, "fulfilment": "connected", "netsuite_shops": 1, "live_events": 0, "returns_permille": 0}
BASKETS, MORE_BASKETS = 160, 1200
LAST_DAY_BEFORE, FIRST_DAY_AFTER = "2026-01-05", "2026-01-06"
HOURS = (34, 46, 58, 82, 106, 130, 22 * 24, 29 * 24, 29 * 24 + 1)
"""Since the world's beginning: mornings and an evening of the days of trade, then until all is settled and paid."""


@pytest.fixture(scope="session")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world after its last cycle; returns its home folder."""
    return made_once(tmp_path_factory, "moved", lambda home: trade(home, BASKETS))


def trade(home: Path, baskets: int) -> None:
    """Let the world trade, and run the product's cycle at each stop."""
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        start = world.call("POST", "/_sandbox/trade", {**TRADE, "baskets": baskets})["now"]
        folder = write_tenant(CONFIG, home, urls["control"])
        move(folder)
        settings = load_settings(folder, home)
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"to": start + hours * 3600})
            if hours == HOURS[2]:
                world.call("POST", "/_sandbox/incidents", {"code": "CAN-03", "count": 4})
            cycle(settings)


def move(folder: Path) -> None:
    """Let the shop be GXO's until a day, and NetSuite's from the next one on."""
    settings, locations, services = (folder / name for name in ("tieout.toml", "locations.csv", "services.csv"))
    ours = '[gxo]\nsite = "NTH1"\nshops = ["7495000000000000101"'
    assert ours in settings.read_text()
    settings.write_text(settings.read_text().replace(ours, f'{ours}, "{DIRECT}"'))
    since = f"{DIRECT},7395000000000000303,netsuite,3,"
    assert f"\n{since},\n" in locations.read_text()
    before = f"{DIRECT},7395000000000000303,gxo,NTH1,,{LAST_DAY_BEFORE}"
    locations.write_text(locations.read_text().replace(f"{since},", f"{before}\n{since}{FIRST_DAY_AFTER},"))
    seller = f"{DIRECT},SELLER,*,Royal Mail Tracked 48,"
    assert f"\n{seller},\n" in services.read_text()
    former = f"{DIRECT},SELLER,*,STD,,{LAST_DAY_BEFORE}"
    services.write_text(services.read_text().replace(f"{seller},", f"{former}\n{seller}{FIRST_DAY_AFTER},"))
