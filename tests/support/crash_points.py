"""Kills a run at its n-th step, for every n, and lets the next run carry on. Started as a process of its own.

Belongs here: `python -m tests.support.crash_points STATE_URL VENDOR_FILE REFUSES_DOUBLES LOSES_REPLIES`. It prints one
JSON line per crash point, `{"killed_at", "journals", "expected", "states"}`, until a run ends before its n-th step.

Every run is a forked process that kills itself with SIGKILL: nothing of it is tidied up.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from connectors.transport.errors import OutcomeUnknownError
from reverse_sync import Event, OutboxState, RetryPolicy, apply, list_rows, plan
from reverse_sync.destinations.netsuite.journals import NetSuiteJournals
from tests.support.fake_netsuite import FakeNetSuite
from tests.support.journals import SYNC, propose
from tieout.settings import load_settings
from tieout.state import State


class _Bomb:
    """Kills the process at the n-th step; 0 never."""

    def __init__(self, number: int, reported: Path) -> None:
        self.left, self.reported = number, reported

    def step(self, name: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.reported.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


def main(state_url: str, vendor_file: str, refuses_doubles: bool, loses_replies: bool) -> None:
    """Go through every crash point."""
    number = 0
    while True:
        number += 1
        keys = [f"TTS-1-P{number}x{row}-202603-R0" for row in (1, 2)]
        reported = Path(f"{vendor_file}.{number}")
        run = _runner(state_url, Path(vendor_file), keys, refuses_doubles=refuses_doubles, loses_replies=loses_replies)
        was_killed = _in_child(run, _Bomb(number, reported))
        _in_child(run, _Bomb(0, reported))
        if not was_killed:
            return
        point = {"killed_at": reported.read_text(), **_facts(state_url, Path(vendor_file), keys)}
        sys.stdout.write(json.dumps(point) + "\n")


def _runner(
    state_url: str, vendor_file: Path, keys: list[str], *, refuses_doubles: bool, loses_replies: bool
) -> Callable[[_Bomb], None]:
    def run(bomb: _Bomb) -> None:
        lost = set(keys[:1]) if loses_replies else set()

        def committed() -> None:
            bomb.step("committed by NetSuite")
            if lost:
                lost.clear()
                raise OutcomeUnknownError("the reply was lost")

        def observe(event: Event) -> None:
            bomb.step(event.name)

        state = State(state_url)
        vendor = FakeNetSuite(vendor_file, refuses_doubles=refuses_doubles, on_commit=committed)
        settings = load_settings()
        retry_policy = RetryPolicy(first_delay=0.01)
        planned = plan(settings, state, [propose(key) for key in keys], retry_policy=retry_policy, observe=observe)
        bomb.step("planned")
        apply(
            settings,
            state,
            planned,
            destinations={SYNC: lambda: NetSuiteJournals(vendor)},
            retry_policy=retry_policy,
            observe=observe,
        )

    return run


def _in_child(run: Callable[[_Bomb], None], bomb: _Bomb) -> bool:
    """Run in a forked process; return whether it was killed. Any other end than a good one ends us too."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            run(bomb)
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"a run failed with exit {os.WEXITSTATUS(status)}")
    return os.WIFSIGNALED(status)


def _facts(state_url: str, vendor_file: Path, keys: list[str]) -> dict[str, object]:
    found = [eid for eid in FakeNetSuite(vendor_file).external_ids() if eid in keys]
    state = State(state_url)
    rows = [row for row in list_rows(state, states=list(OutboxState)) if row.entity_key in keys]
    state.close()
    return {"journals": sorted(found), "expected": sorted(keys), "states": sorted({str(row.state) for row in rows})}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] == "1", sys.argv[4] == "1")
