"""Plans and applies again and again, each time in a process of its own that dies of SIGKILL where none died before.

Belongs here: a write at a vendor, and the ladder of kills. Does not: which writes there are (fulfilment_kills,
return_kills, order_kills), how work comes about, or any check of what the runs left.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from orchestration.steps.steps import apply_step, plan_step
from reverse_sync import Event
from reverse_sync.dispatch_run import Observe
from tests.support.stepped_tenant import only
from tests.support.worlds import World
from tieout.settings import Settings, load_settings
from tieout.state import State

HEAVY = (
    *("asyncssh", "connectors.gxo.client", "connectors.linnworks.client", "connectors.netsuite.client"),
    *("connectors.newstore.client", "connectors.tiktok_shop.client", "connectors.zigzag.client"),
)
"""Imported once, before the processes part."""
REPLY_AFTER = 5  # seconds; whoever waits for the reply is dead by then
MOST_RUNS = 200

Record = dict[str, Any]


@dataclass(frozen=True)
class Write:
    """A call that changes something at a vendor. `match` and `method` are those of a fault of its wire.

    `done` shows from the vendor's records of `kind` what only this call changes there.
    """

    system: str
    method: str
    match: str
    kind: str
    done: Callable[[list[Record]], Any]

    def fault(self, kind: str, **more: Any) -> dict[str, Any]:
        """Return a fault of this call."""
        return {"system": self.system, "method": self.method, "match": self.match, "kind": kind, **more}

    def seen(self, world: World) -> Any:
        """Return what this call has changed at the vendor."""
        return self.done(world.records(self.system, self.kind))


Work = Callable[[Settings, State, Observe], None]
"""Plans and applies once."""


def planned_by_models(syncs: Collection[str]) -> Work:
    """Return the work of applying what the models propose for some syncs."""

    def work(settings: Settings, state: State, observe: Observe) -> None:
        apply_step(settings, state, only(plan_step(settings, state), syncs), observe=observe)

    return work


def kill_run_after_run(home: Path, control_url: str, writes: Mapping[str, Write], work: Work) -> None:
    """Kill run after run, each at a boundary that none has come to, until one comes to its end; show where.

    A boundary is an event of a sync that `work` applies, or one of `writes` done whose reply has not come.
    """
    for module in HEAVY:
        import_module(module)
    if threading.active_count() != 1:
        raise SystemExit("an import started a thread: processes cannot part safely")
    world = World(home, {"control": control_url})
    faults = {
        world.call("POST", "/_sandbox/faults", write.fault("slow_reply", seconds=REPLY_AFTER))["id"]: name
        for name, write in writes.items()
    }
    visited: list[str] = []
    for _ in range(MOST_RUNS):
        reported = _run_until_killed(world, visited, writes, faults, work)
        if reported == _ENDED:
            sys.stdout.write(json.dumps({"visited": visited}) + "\n")
            return
        visited.append(reported)
    raise SystemExit(f"no end after {MOST_RUNS} runs; killed at {visited}")


_ENDED = "the end"


def _run_until_killed(
    world: World, visited: list[str], writes: Mapping[str, Write], faults: dict[int, str], work: Work
) -> str:
    """Run once and return where it was killed."""
    before = {name: writes[name].seen(world) for name in faults.values()}
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        _run(world.home, set(visited), telling, work)
    os.close(telling)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if committed := _committed(world, writes, faults, before):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
            world.call("DELETE", f"/_sandbox/faults/{committed}")
            return faults.pop(committed)
        time.sleep(0.05)
    with os.fdopen(reading) as reported:
        name = reported.read()
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0:
        return name
    raise SystemExit(f"a run failed: {name}")


def _committed(world: World, writes: Mapping[str, Write], faults: dict[int, str], before: dict[str, Any]) -> int:
    """Return the fault that keeps back the reply to something that has been done, 0 while there is none."""
    struck = [fault["id"] for fault in world.call("GET", "/_sandbox/faults") if fault["hits"] and fault["id"] in faults]
    return next((id for id in struck if writes[faults[id]].seen(world) != before[faults[id]]), 0)


def _run(home: Path, visited: set[str], telling: int, work: Work) -> None:
    """Plan and apply, in a process of its own; dies at the first event that no run has died at."""

    def observe(event: Event) -> None:
        name = f"{event.sync} {event.name}"
        if name not in visited:
            os.write(telling, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        settings = load_settings(home / "config", home)
        state = State(settings.database_url)
        work(settings, state, observe)
        state.close()
    except BaseException as error:
        os.write(telling, f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    os.write(telling, _ENDED.encode())
    os._exit(0)
