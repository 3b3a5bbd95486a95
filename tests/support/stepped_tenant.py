"""A tenant over a world of stand-ins whose steps a test takes one by one: look, plan, apply.

Belongs here: these steps, and plans of some syncs only. Does not: whole cycles (connected), or any world.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.accelerator.lineage import models_before, raw_tables_of, systems_of
from orchestration.demo.demo import running_sandbox
from orchestration.steps.steps import apply_step, build_for_step, ingest_step, plan_step
from reverse_sync import ApplyReport, OutboxState, Plan, list_rows
from reverse_sync.model import fingerprint
from reverse_sync.registry import SYNCS
from tests.support.worlds import World
from tieout.settings import load_settings
from tieout.state import State


class Tenant:
    """A world, and the product that looks after its shops."""

    def __init__(self, home: Path, urls: dict[str, str]) -> None:
        self.world = World(home, urls)
        self.settings = load_settings(home / "config", home)
        self.state = State(self.settings.database_url)

    def look(self) -> None:
        """Read and build what the syncs are made of, and no more."""
        wanted = list({m.relation: m for s in SYNCS for m in models_before(self.settings.home, s.model)}.values())
        tables = raw_tables_of(wanted)
        ingest_step(self.settings, self.state, systems=systems_of(tables), tables=tables, report=quiet)
        build_for_step(self.settings, self.state, wanted, report=quiet)

    def plan(self, syncs: Collection[str] = ()) -> Plan:
        """Plan; of some syncs alone, when they are named."""
        planned = plan_step(self.settings, self.state)
        return only(planned, syncs) if syncs else planned

    def apply(self, plan: Plan) -> ApplyReport:
        return apply_step(self.settings, self.state, plan, observe=quiet)

    def states(self, syncs: Collection[str] = ()) -> set[OutboxState]:
        rows = list_rows(self.state, states=list(OutboxState))
        return {row.state for row in rows if not syncs or row.sync in syncs}

    def now(self) -> int:
        return int(self.world.call("GET", "/_sandbox/clock")["now"])

    def advance(self, **time: float) -> None:
        self.world.call("POST", "/_sandbox/clock", time)


@contextmanager
def served(home: Path) -> Iterator[Tenant]:
    """Serve a world, and give its tenant."""
    with running_sandbox(home, port=0) as urls:
        tenant = Tenant(home, urls)
        try:
            yield tenant
        finally:
            tenant.state.close()


def only(plan: Plan, syncs: Collection[str]) -> Plan:
    """Return the rows of a plan that are of these syncs, as a plan: the others go on waiting."""
    rows = tuple(row for row in plan.rows if row.sync in syncs)
    return Plan(rows, plan.planned_at, fingerprint(rows), plan.is_recorded)


def quiet(*_reported: Any) -> None:
    """Watch nothing."""
