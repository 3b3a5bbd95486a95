"""One whole cycle: ingest, build, check, publish, plan, apply, and what it left wrong.

Belongs here: the order of the steps and the tally of a run. Does not: any step's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from orchestration.accelerator.lineage import models_before, raw_tables_of, systems_of
from orchestration.steps.steps import (
    Report,
    StepResult,
    apply_step,
    build_for_step,
    build_step,
    check_step,
    ingest_step,
    plan_step,
    publish_step,
    sync_named,
)
from reverse_sync import ApplyReport, Plan
from tieout.settings import Settings
from tieout.state import State
from tieout.systems import READ_BACK


@dataclass
class CycleOutcome:
    """What a cycle did, step by step."""

    steps: list[StepResult] = field(default_factory=list)
    planned: Plan | None = None
    applied: ApplyReport | None = None

    @property
    def problems(self) -> list[str]:
        """What the cycle left wrong, one sentence each."""
        return [f"{step.name}: {problem}" for step in self.steps for problem in step.problems]

    def rows(self) -> list[dict[str, Any]]:
        """One row per step, for a table."""
        return [
            {
                "step": step.name,
                "seconds": f"{step.seconds:.1f}",
                "did": ", ".join(f"{name} {value}" for name, value in step.facts.items()),
                "left_wrong": len(step.problems),
            }
            for step in self.steps
        ]


def run_cycle(
    settings: Settings,
    state: State,
    *,
    only: str | None = None,
    dry_run: bool = False,
    report: Report,
    observe: Callable[..., None] | None = None,
) -> CycleOutcome:
    """Run one cycle. After writes the acknowledged state is built and published once more, so that readers see it.

    With `only`, the quick lane of one sync: its sources are read, the models that it is made of are built and checked,
    and it alone is planned and applied. Nothing is published, for readers would see some marts newer than others; the
    next whole cycle does that, and checks exceptions. `observe` hears every event of the sending engine and, as a plain
    string, the end of every step.

    Raises:
        DataError: when `only` names no sync.
    """
    outcome = CycleOutcome()
    notify = observe or (lambda _event: None)

    def done(result: StepResult) -> None:
        outcome.steps.append(result)
        notify(f"{result.name} done")

    facts = _all_facts(settings, state, report) if only is None else bring_up_to_date(settings, state, [only], report)
    for step in facts:
        done(step)
    started = monotonic()
    outcome.planned = plan_step(settings, state, only=only, record=not dry_run)
    done(StepResult("plan", monotonic() - started, outcome.planned.facts()))
    if dry_run:
        return outcome
    started = monotonic()
    report("writing")
    outcome.applied = apply_step(settings, state, outcome.planned, only=only, observe=notify)
    done(StepResult("apply", monotonic() - started, outcome.applied.facts(), outcome.applied.problems))
    if outcome.applied.acknowledged and only is None:
        done(ingest_step(settings, state, systems=READ_BACK, report=report)[0])
        done(build_step(settings, state, report=report))
        done(publish_step(settings, report=report))
    return outcome


def _all_facts(settings: Settings, state: State, report: Report) -> Iterator[StepResult]:
    yield ingest_step(settings, state, report=report)[0]
    yield build_step(settings, state, report=report)
    yield check_step(settings, state, report=report)
    yield publish_step(settings, report=report)


def bring_up_to_date(settings: Settings, state: State, syncs: Sequence[str], report: Report) -> Iterator[StepResult]:
    """Bring what the models of some syncs are made of up to date, and check that."""
    found = (model for sync in syncs for model in models_before(settings.home, sync_named(sync).model))
    wanted = list({model.relation: model for model in found}.values())
    tables = raw_tables_of(wanted)
    yield ingest_step(settings, state, systems=systems_of(tables), tables=tables, report=report)[0]
    yield build_for_step(settings, state, wanted, report=report)
    yield check_step(settings, state, of=wanted, report=report)
