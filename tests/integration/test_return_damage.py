"""Records of returns that are edited, doubled or removed: reported fittingly, no wrong write, and clear when undone.

Belongs here: damages of a world of returns, chosen ones, and random ones drawn from the table of fields
(tests/support/damage_fields.csv); TIEOUT_DAMAGES=300 draws that many. Does not: payouts (test_random_damage).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from tests.support.damage import field_rules, leaves, rule_for
from tests.support.damage_runs import Seen, faults_of, known_faults, look, try_damages
from tests.support.damage_world import Records, random_damages
from tests.support.return_damage import CHOSEN, RETURN_KINDS, chosen_batches, return_groups
from tests.support.worlds import World, made_once

DAMAGES = int(os.environ.get("TIEOUT_DAMAGES", "0"))
BATCH = 12
PARTS = 5
GRADED = 4
FOLLOWED = {
    **dict.fromkeys(
        ("return_tracking_number", "return_provider_name", "return_type", "can_buyer_keep_item", "return_reason"),
        "zigzag__returns",
    ),
    "return_status": "zigzag__returns tiktok_shop__return_decisions netsuite__credit_memos linnworks__restocks",
}
"""Fields of a return on TikTok Shop that others are brought to agree with, and by which syncs."""
NOT_IN_THIS_WORLD: set[str] = set()


@pytest.fixture(scope="session")
def inspected(returning: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world of returns with parcels that are graded and refunds that are booked; its home folder."""
    return made_once(tmp_path_factory, "inspected", lambda home: _go_on(returning, home))


def _go_on(returning: Path, home: Path) -> None:
    shutil.copytree(returning, home, dirs_exist_ok=True)
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        _grade(world)
        world.run()


def _grade(world: World) -> None:
    """Let the portal have inspected the first parcels that it has labels for."""
    labelled = [body for body in world.records("zigzag", "returns") if body["status"] in ("received", "label_issued")]
    now = world.call("GET", "/_sandbox/clock")["now_iso"]
    for body in [body for body in labelled if body["externalReturnRef"]][:GRADED]:
        grades = {"condition": "A", "disposition": "restock", "gradedAt": now}
        lines = [line | grades | {"quantityReceived": line["quantityRequested"]} for line in body["lines"]]
        inspected = body | {"status": "graded", "updatedAt": now, "lines": lines}
        world.call("PUT", f"/_sandbox/zigzag/returns/{body['returnId']}", inspected)


@pytest.fixture(scope="module")
def damaged(inspected: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Records, Seen]]:
    """The world, its records, and what is said of it and would be written to it while it is sound."""
    home = Path(shutil.copytree(inspected, tmp_path_factory.mktemp("damaged") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        yield world, Records(world, RETURN_KINDS, return_groups), look(world)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.exhaustive) for part in range(1, PARTS))])
def test_chosen_damages_are_reported_write_nothing_and_clear_when_undone(
    damaged: tuple[World, Records, Seen], part: int
) -> None:
    world, records, sound = damaged
    batches = chosen_batches(records, CHOSEN[part::PARTS])
    found = [each for batch in batches for each in try_damages(world, batch, sound)]
    followed = {each.name: each.syncs for each in CHOSEN}
    wrong = {(name, what) for name, what in faults_of(found) if not _follows(what, followed.get(name, frozenset()))}
    assert not wrong, "\n".join(map(str, found))


@pytest.mark.parametrize("seed", range(1, 1 + max(1, DAMAGES // BATCH)))
def test_random_damage_is_reported_writes_nothing_and_clears_when_undone(
    damaged: tuple[World, Records, Seen], seed: int
) -> None:
    """What is known to be reported wrongly must still be so: what was corrected leaves the list (damage_known.csv)."""
    world, records, sound = damaged
    drawn = random_damages(records, seed, BATCH, pairs=[])
    found = try_damages(world, drawn, sound)
    followed = {
        f"tiktok_shop.returns.{field} {way}": frozenset(syncs.split())
        for field, syncs in FOLLOWED.items()
        for way in ("change", "swap", "blank", "remove")
    }
    wrong = {(name, what) for name, what in faults_of(found) if not _follows(what, followed.get(name, frozenset()))}
    names = {damage.name for damage in drawn}
    known = {(name, what) for name, what in known_faults() if name in names}
    assert wrong <= known, "\n".join(map(str, found))
    assert known <= wrong, "fixed: take what is reported correctly now out of damage_known.csv"


def _follows(what: str, syncs: frozenset[str]) -> bool:
    """Whether a fault is but a write that the damaged field rightly leads to."""
    return what.startswith("wrong write ") and what.split()[2] in syncs


def test_every_field_of_every_record_is_in_the_table(damaged: tuple[World, Records, Seen]) -> None:
    _world, records, _sound = damaged
    seen = {
        rule_for(system, kind, path)
        for system, kind in RETURN_KINDS
        for body in records.by_kind[system, kind].values()
        for path, _value in leaves(body)
    }
    rules = {rule for rule in field_rules() if (rule.system, rule.kind) in RETURN_KINDS and rule.name != "(record)"}
    assert {f"{rule.system}.{rule.kind}.{rule.name}" for rule in rules - seen} == NOT_IN_THIS_WORLD
