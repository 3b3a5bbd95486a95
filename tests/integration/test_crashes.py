"""Killed anywhere, run again: the same journals, once each."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.conftest import CONFIG, World

ROOT = Path(__file__).resolve().parent.parent.parent
EVENTS_PER_JOURNAL = 4  # leased, sent, replied, acknowledged


def run_until(world: World, number: int) -> int:
    command = [sys.executable, "-m", "tests.support.crashing_cycle", str(CONFIG), str(world.home), str(number)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300).returncode


def signature(world: World) -> list[tuple[str, str]]:
    return [(journal["externalId"], str(lines(journal))) for journal in world.journals()]


def lines(journal: dict) -> list[tuple]:
    return [(item["account"], item.get("debit"), item.get("credit")) for item in journal["line"]["items"]]


def test_a_cycle_killed_at_every_boundary_leaves_each_journal_once(fresh_world, tied_out, world):
    expected = signature(world)
    steps_before_writing = 5  # ingest, build, check, publish, plan
    points = [*range(1, steps_before_writing + 1)]
    points += [steps_before_writing + step for step in range(1, EVENTS_PER_JOURNAL + 1)]
    for number in points:
        assert run_until(fresh_world, number) == -signal.SIGKILL, number
    assert run_until(fresh_world, 10**6) == 0
    assert signature(fresh_world) == expected
    fresh_world.run()
    assert signature(fresh_world) == expected
