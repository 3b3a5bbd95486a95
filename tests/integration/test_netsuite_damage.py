"""Records of a shop whose master NetSuite is that are edited, copied or removed: reported, no wrong write, and cleared.

Belongs here: random damages drawn from the table of fields (tests/support/damage_fields.csv; TIEOUT_DAMAGES=300 draws
that many), and the whole list of chosen ones. Does not: raw rows (tests/dbt_project/test_netsuite_damage).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_goods_maps
from tests.support import netsuite_tenant
from tests.support.damage import field_rules, leaves, rule_for
from tests.support.damage_runs import Finding, Seen, faults_of, known_faults, look, try_damages
from tests.support.damage_world import Records, random_damages
from tests.support.netsuite_damage import CHOSEN, CLOSING, NETSUITE_KINDS, STOCK, netsuite_groups
from tests.support.return_damage import Chosen, chosen_batches
from tests.support.worlds import World, made_once

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.timeout(3600),
]  # each by itself: tests/dbt_project/test_netsuite_damage
DAMAGES = int(os.environ.get("TIEOUT_DAMAGES", "0"))
BATCH = 12
TRADE = {
    **{"baskets": 400, "distinct_baskets": 80, "days": 3, "seed": 3, "fulfilment": "connected", "live_events": 0},
    **{"netsuite_shops": 1, "returns_permille": 0},
}
HOURS = (36, 2, 28, 5)
"""Orders are entered on a Tuesday, leave until Wednesday evening, and the last ones wait for Thursday morning."""
NOT_IN_THIS_WORLD = {"netsuite.itemFulfillment.item.items[].kitMemberOf"}


@pytest.fixture(scope="session")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of the third shop after four cycles; its home folder."""
    return made_once(tmp_path_factory, "direct", _trade)


def _trade(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        world.call("POST", "/_sandbox/trade", TRADE)
        netsuite_tenant.write_tenant(world, home / "config")
        write_goods_maps(home, urls["control"])
        for hours in HOURS:
            world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
            world.run()


@pytest.fixture(scope="module")
def damaged(direct: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Records, Seen]]:
    """The world, its records, and what is said of it and would be written to it while it is sound."""
    home = Path(shutil.copytree(direct, tmp_path_factory.mktemp("damaged") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        yield world, Records(world, NETSUITE_KINDS, netsuite_groups), look(world)


@pytest.mark.parametrize("chosen", [CHOSEN, CLOSING[:1], CLOSING[1:]], ids=["records", "closed", "deleted"])
def test_chosen_damages_are_reported_write_nothing_and_clear_when_undone(
    damaged: tuple[World, Records, Seen], chosen: list[Chosen]
) -> None:
    world, records, sound = damaged
    found = [each for batch in chosen_batches(records, chosen) for each in try_damages(world, batch, sound)]
    assert not _wrong(found), "\n".join(map(str, found))


@pytest.mark.parametrize("seed", range(1, 1 + max(1, DAMAGES // BATCH)))
def test_random_damage_is_reported_writes_nothing_and_clears_when_undone(
    damaged: tuple[World, Records, Seen], seed: int
) -> None:
    """What is known to be reported wrongly must still be so: what was corrected leaves the list (damage_known.csv)."""
    world, records, sound = damaged
    drawn = random_damages(records, seed, BATCH, pairs=[])
    found = try_damages(world, drawn, sound)
    names = {damage.name for damage in drawn}
    wrong = _wrong(found)
    known = {(name, what) for name, what in known_faults() if name in names}
    assert wrong <= known, "\n".join(map(str, found))
    assert known <= wrong, "fixed: take what is reported correctly now out of damage_known.csv"


def _wrong(found: list[Finding]) -> set[tuple[str, str]]:
    """Return the faults. That other stock is written follows from NetSuite's orders and levels."""
    return {(name, what) for name, what in faults_of(found) if not what.startswith(f"wrong write {STOCK} ")}


def test_every_field_of_every_record_is_in_the_table(damaged: tuple[World, Records, Seen]) -> None:
    _world, records, _sound = damaged
    kinds = {kind for kind, weight in NETSUITE_KINDS.items() if weight}
    seen = {
        rule_for(system, kind, path)
        for system, kind in kinds
        for body in records.by_kind[system, kind].values()
        for path, _value in leaves(body)
    }
    rules = {rule for rule in field_rules() if (rule.system, rule.kind) in kinds and rule.name != "(record)"}
    assert {f"{rule.system}.{rule.kind}.{rule.name}" for rule in rules - seen} == NOT_IN_THIS_WORLD
