"""Random damage of a tied world is always reported, crashes nothing, writes nothing, and clears when undone.

Belongs here: damages drawn from the table of fields (tests/support/damage_fields.csv). TIEOUT_DAMAGES=300 in the
environment draws that many over the three seeds; the suite draws few. Does not: damage that is chosen (test_damage,
test_damage_matrix).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from tests.support.damage import field_rules, leaves, rule_for
from tests.support.damage_pairs import PAIRS
from tests.support.damage_runs import Seen, faults_of, known_faults, said, try_damages
from tests.support.damage_world import PAYOUT_KINDS, Records, payout_groups, random_damages
from tests.support.worlds import World

SEEDS = (1, 2, 3)
DAMAGES = int(os.environ.get("TIEOUT_DAMAGES", "0"))
BATCH = 24


@pytest.fixture(scope="module")
def damaged(tied_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Records, Seen]]:
    """The tied world, its records, and what is said of it while it is sound."""
    home = Path(shutil.copytree(tied_out, tmp_path_factory.mktemp("damaged") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        yield world, Records(world, PAYOUT_KINDS, payout_groups), Seen(said(world), frozenset())


def batches(seed: int) -> list[int]:
    """Return the seeds of the batches that are drawn for one seed: one, or as many as DAMAGES asks for."""
    return [seed + 1000 * number for number in range(max(1, -(-DAMAGES // len(SEEDS) // BATCH)))]


@pytest.mark.parametrize("seed", [each for seed in (SEEDS if DAMAGES else SEEDS[:1]) for each in batches(seed)])
def test_damage_is_reported_writes_nothing_and_clears_when_undone(
    damaged: tuple[World, Records, Seen], seed: int
) -> None:
    """What is known to be reported wrongly must still be so: what was corrected leaves the list (damage_known.csv)."""
    world, records, sound = damaged
    drawn = random_damages(records, seed, BATCH, pairs=list(PAIRS.values()))
    found = try_damages(world, drawn, sound)
    names = {damage.name for damage in drawn}
    known = {(name, what) for name, what in known_faults() if name in names}
    assert faults_of(found) <= known, "\n".join(map(str, found))
    assert known <= faults_of(found), "fixed: take what is reported correctly now out of damage_known.csv"


def test_every_field_of_every_record_is_in_the_table(damaged: tuple[World, Records, Seen]) -> None:
    _world, records, _sound = damaged
    seen = {
        rule_for(system, kind, path)
        for system, kind in PAYOUT_KINDS
        for body in records.by_kind[system, kind].values()
        for path, _value in leaves(body)
    }
    rules = {rule for rule in field_rules() if (rule.system, rule.kind) in PAYOUT_KINDS and rule.name != "(record)"}
    assert {f"{rule.system}.{rule.kind}.{rule.name}" for rule in rules - seen} == NOT_IN_THIS_WORLD


NOT_IN_THIS_WORLD = {"netsuite.journalEntry.reversalDate", "tiktok_shop.statement_transactions._**"}
