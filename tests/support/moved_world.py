"""A world whose third shop moves from GXO to NetSuite on its second day, and is paid for what both have shipped.

The product runs every day of the first ones, then once a fortnight and a week after: orders go on coming meanwhile and
are late, which TikTok Shop charges for. A reimbursement makes up for that, so that there is something to pay.

Belongs here: the world, its tenant and the stops of the product's cycle. Does not: what tests ask of either.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.shops import DIRECT
from orchestration.demo.tenant import write_tenant
from tests.support.connected import cycle
from tests.support.worlds import CONFIG, World, made_once
from tieout.settings import load_settings

TRADE = {
    "baskets": 160,
    "days": 3,
    "seed": 3,
    "fulfilment": "connected",
    "netsuite_shops": 1,
    "live_events": 0,
    "returns_permille": 0,
}
LAST_DAY_BEFORE, FIRST_DAY_AFTER, FIRST_DAY_WITHOUT_CYCLES = "2026-01-05", "2026-01-06", "2026-01-10"
HOURS = (34, 46, 58, 82, 106, 130, 22 * 24, 29 * 24)
"""Since the world's beginning: mornings and an evening of its first days, then until these are settled."""
PAID_HOURS = (33 * 24, 33 * 24 + 1)
REIMBURSED = Decimal("2000.00")


@pytest.fixture(scope="session")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world after its last cycle; returns its home folder."""
    return made_once(tmp_path_factory, "moved", trade)


def trade(home: Path) -> None:
    """Let the world trade, and run the product's cycle at each stop."""
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        start = world.call("POST", "/_sandbox/trade", TRADE)["now"]
        folder = write_tenant(CONFIG, home, urls["control"])
        move(folder)
        settings = load_settings(folder, home)
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"to": start + hours * 3600})
            if hours == HOURS[2]:
                world.call("POST", "/_sandbox/incidents", {"code": "CAN-03", "count": 4})
            cycle(settings)
        reimburse(world)
        for hours in PAID_HOURS:
            world.call("POST", "/_sandbox/clock", {"to": start + hours * 3600})
            cycle(settings)


def reimburse(world: World) -> None:
    """Let the shop's newest statement hold a reimbursement in place of a penalty."""
    statements = [each for each in world.records("tiktok_shop", "statements") if each["_record"]["shop"] == DIRECT]
    newest = max(statements, key=lambda each: int(each["statement_time"]))
    charged = next(
        each
        for each in world.records("tiktok_shop", "statement_transactions")
        if each["_statement_id"] == newest["id"] and each["type"] == "PLATFORM_PENALTY"
    )
    more = REIMBURSED - Decimal(charged["settlement_amount"])
    amounts = dict.fromkeys(("adjustment_amount", "settlement_amount"), f"{REIMBURSED}")
    path = f"/_sandbox/tiktok_shop/statement_transactions/{charged['id']}"
    world.call("PATCH", path, {"type": "PLATFORM_REIMBURSEMENT", **amounts})
    sums = {name: str(Decimal(newest[name]) + more) for name in amounts}
    world.call("PATCH", f"/_sandbox/tiktok_shop/statements/{newest['id']}", sums)


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
