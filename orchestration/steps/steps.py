"""The steps of a cycle: ingest, build, check, publish, plan, apply. CLI and Dagster call the same functions.

Belongs here: the order of work inside a step, and what a step reports. Does not: business rules, or how results are
shown. Every step can be killed at any point and run again; each opens the warehouse only for as long as it works.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import duckdb

from expectations.result import SuiteResult
from expectations.suites import SUITES
from ingestion import LoadResult, ingest
from ingestion.coverage import has_read
from ingestion.state.loader import load as load_state
from orchestration.accelerator.data_tests import TestResult, data_tests, readers_of, results_of
from orchestration.accelerator.lineage import (
    Model,
    changed_models,
    forget_built,
    models,
    raw_tables_of,
    remember_built,
    requires_full_refresh,
)
from orchestration.accelerator.replay import build_by_dbt, send_noted
from orchestration.steps import exceptions, holds
from orchestration.steps.go_live import is_live, only_observed
from orchestration.steps.proposals import read_proposals
from orchestration.steps.suite_results import suite_results_of
from orchestration.warehouse.publish import publish
from reverse_sync import ApplyReport, Plan, apply, plan
from reverse_sync.registry import SYNCS
from reverse_sync.sync import Sync
from tieout.clock import utc_now
from tieout.errors import DataError, LockedError
from tieout.settings import Settings
from tieout.state import State
from tieout.warehouse import open_warehouse, warehouse_lock

Report = Callable[[str], None]


@dataclass(frozen=True)
class StepResult:
    """What a step did. `facts` are figures for people; `problems` are what it left wrong, one sentence each."""

    name: str
    seconds: float
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def ingest_step(
    settings: Settings,
    state: State,
    *,
    systems: Sequence[str] | None = None,
    tables: Collection[str] | None = None,
    since: datetime | None = None,
    report: Report,
) -> tuple[StepResult, list[LoadResult]]:
    """Load every system (or the named ones) into raw. A system that fails is reported; the others still load.

    `tables`: the raw tables that are waited for; what none of them needs may be left unread.

    `since` (UTC) reads from there on again, as if nothing later had been verified.
    """
    started = monotonic()
    is_lost = not settings.warehouse_path.exists() and has_read(state)
    with _turn(settings, report):
        loads = ingest(settings, state, systems=systems, tables=tables, since=since, report=report)
    facts = {
        "read": sum(load.read for load in loads),
        "landed": sum(load.landed for load in loads),
        "deleted": sum(load.deleted for load in loads),
        "quarantined": sum(load.quarantined for load in loads),
    }
    problems = [f"{load.system} {load.entity}: {load.problem}" for load in loads if load.problem]
    if is_lost and since is None:
        problems.append(
            f"the warehouse {settings.warehouse_path} was gone, and only what is new was read: `tieout backfill --since"
            " DAY` reads again from the day that the books begin with; until then figures and exceptions lack the rest"
        )
    return StepResult("ingest", monotonic() - started, facts, problems), loads


def build_step(settings: Settings, state: State, *, report: Report) -> StepResult:
    """Build the models whose raw tables have changed, and turn present breaks into exception episodes."""
    started = monotonic()
    report("building the models")
    with _turn(settings, report):
        facts = _build_all(settings, state)
    return StepResult("build", monotonic() - started, facts)


def _build_all(settings: Settings, state: State) -> dict[str, Any]:
    with _built(settings, state, list(models(settings.home).values())) as (warehouse, count):
        return {"models": count, **exceptions.record(state, warehouse, seen_at=utc_now())}


@contextmanager
def _built(settings: Settings, state: State, wanted: list[Model]) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """Build those of the models that are not what they would be made of now; give the warehouse and how many."""
    with open_warehouse(settings) as warehouse:
        load_state(settings, state, warehouse)
        changed = changed_models(warehouse, wanted)
        is_anew = requires_full_refresh(warehouse, wanted)
        due = [model for model in wanted if model.relation in changed]
        if send_noted(settings, warehouse, due, is_anew=is_anew):
            remember_built(warehouse, changed)
            yield warehouse, len(changed)
            return
    build_by_dbt(settings, due, is_anew=is_anew)
    with open_warehouse(settings) as warehouse:
        remember_built(warehouse, changed)
        yield warehouse, len(changed)


def build_for_step(settings: Settings, state: State, wanted: list[Model], *, report: Report) -> StepResult:
    """Build these models alone, where their raw tables have changed; exceptions and marts stay as they were."""
    started = monotonic()
    report(f"building what has changed of {len(wanted)} models")
    with _turn(settings, report), _built(settings, state, wanted) as (_warehouse, count):
        return StepResult("build", monotonic() - started, {"models": count, "of": len(wanted)})


def check_step(settings: Settings, state: State, *, of: list[Model] | None = None, report: Report) -> StepResult:
    """Hold raw to its expectations and the models to their tests: all of them, or those `of` some models.

    What fails holds the payout, order, SKU or shop that it is about, under SYS-14; everything else goes on.
    """
    started = monotonic()
    report("checking expectations and tests")
    with _turn(settings, report):
        wanted = data_tests(settings, models=None if of is None else [model.unique_id for model in of])
        with open_warehouse(settings) as warehouse:
            _require_built(warehouse)
            suites = suite_results_of(warehouse, SUITES if of is None else raw_tables_of(of))
            tests = results_of(settings, warehouse, wanted)
            is_changed = _remember_held(settings, warehouse, suites, tests, is_all=of is None)
            if is_changed and of is None:
                exceptions.record(state, warehouse, seen_at=utc_now())
    problems = [f"{s.table}: {problem}" for s in suites for problem in (*s.blocking, *s.warnings)]
    problems += [test.text for test in tests if test.status in ("fail", "warn")]
    held = sum(len(test.holds) for test in tests)
    facts = {"expectation_suites": len(suites), "tests": len(tests), "held": held}
    return StepResult("check", monotonic() - started, facts, problems)


def _remember_held(
    settings: Settings, warehouse: Any, suites: list[SuiteResult], tests: list[TestResult], *, is_all: bool
) -> bool:
    found = [hold for test in tests for hold in test.holds]
    for suite in [suite for suite in suites if suite.blocking]:
        readers = readers_of(settings, [f"source.tieout.{suite.table}"])
        found += holds.holds_of_suite(suite, readers)
    checked = {holds.suite_name(suite.table) for suite in suites} | {test.test.name for test in tests}
    return holds.remember(warehouse, found, checked=None if is_all else checked)


def publish_step(settings: Settings, *, report: Report) -> StepResult:
    """Publish the marts for readers, atomically."""
    started = monotonic()
    report("publishing the marts")
    with _turn(settings, report), open_warehouse(settings) as warehouse:
        _require_built(warehouse)
        published = publish(settings, warehouse)
    facts = {
        "generation": published.generation,
        "tables": published.tables,
        "partitions": published.partitions,
        "written": published.written,
    }
    return StepResult("publish", monotonic() - started, facts)


def plan_step(settings: Settings, state: State, *, only: str | None = None, record: bool = True) -> Plan:
    """Return what would be written, row by row. With `record` the outbox takes the intents; without, nothing moves."""
    syncs = SYNCS if only is None else [sync_named(only)]
    with warehouse_lock(settings), open_warehouse(settings) as warehouse:
        _require_built(warehouse)
        proposals = list(read_proposals(warehouse, syncs))
    if not is_live(settings, state):
        proposals = [only_observed(proposal) for proposal in proposals]
    return plan(settings, state, proposals, record=record, only=only)


def apply_step(
    settings: Settings, state: State, planned: Plan, *, only: str | None = None, observe: Callable[..., None]
) -> ApplyReport:
    """Write what was planned; every row ends acknowledged, waiting with a reason, or unknown until read back."""
    return apply(settings, state, planned, sync=only, observe=observe)


def rebuild_step(settings: Settings, state: State, *, report: Report) -> StepResult:
    """Rebuild every mart from raw."""
    started = monotonic()
    report("rebuilding every model from raw")
    with _turn(settings, report):
        with open_warehouse(settings) as warehouse:
            forget_built(warehouse)
        facts = _build_all(settings, state)
    return StepResult("rebuild", monotonic() - started, facts)


def sync_named(name: str) -> Sync:
    """Return a sync by its name.

    Raises:
        DataError: when there is none, naming those there are.
    """
    for sync in SYNCS:
        if sync.name == name:
            return sync
    raise DataError(f"no sync {name!r}: expected {' or '.join(sync.name for sync in SYNCS)}")


@contextmanager
def _turn(settings: Settings, report: Report) -> Iterator[None]:
    """Hold the warehouse; a wait for another run is printed."""
    with ExitStack() as held:
        try:
            held.enter_context(warehouse_lock(settings, wait_seconds=0.5))
        except LockedError:
            report("waiting: another run holds the warehouse")
            held.enter_context(warehouse_lock(settings))
        yield


def _require_built(warehouse: Any) -> None:
    known = {
        row[0] for row in warehouse.execute("select distinct table_schema from information_schema.tables").fetchall()
    }
    if not known >= {sync.model.split(".")[0] for sync in SYNCS}:
        raise DataError("nothing is built yet: run `tieout run` first, or `tieout ingest` and `tieout build`")
