"""The commands of `tieout` that are a step each; those that query, operate, set up a tenant or run the demo are beside.

Belongs here: options, and turning results into output and exit codes. Does not: the work itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.app import Config, Json
from orchestration.cli.terminal import err, progress, show_rows
from tieout.reading import load_reading
from tieout.settings import Settings, is_demo_by_default, load_settings
from tieout.state import State
from tieout.state_loss import WAIT_SECONDS, open_state
from tieout.systems import NAMES

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Here = Annotated[
    bool, typer.Option("--here", help="Only let the views of a moved or copied folder name its files where they are.")
]
Only = Annotated[str | None, typer.Option("--only", help="Only this sync, for example tiktok_shop__stock.")]


@contextmanager
def opened(config: Path | None, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[tuple[Settings, State]]:
    """Load settings and open the operational state for one command; `wait_seconds` is for its other writers."""
    settings = load_settings(config)
    if config is None and is_demo_by_default(settings):
        progress(f"with the demo's settings, {settings.config_dir}: name your own by --config DIR or TIEOUT_CONFIG")
    state = open_state(settings, wait_seconds=wait_seconds)
    try:
        yield settings, state
    finally:
        state.close()


def register(app: typer.Typer) -> None:
    """Add every command to the application."""
    from orchestration.cli import demo_commands, operator_commands, query_commands, tenant_commands

    for command in (run, ingest, build, check, publish, plan, apply, doctor, rebuild):
        app.command()(command)
    query_commands.register(app)
    demo_commands.register(app)
    operator_commands.register(app)
    tenant_commands.register(app)


def run(config: Config = None, only: Only = None, dry_run: DryRun = False, json: Json = False) -> None:
    """Ingest, build, check, publish, plan and apply: one whole cycle."""
    from orchestration.steps.cycle import run_cycle

    with opened(config) as (settings, state):
        outcome = run_cycle(settings, state, only=only, dry_run=dry_run, report=progress)
    show_rows(outcome.rows(), as_json=json, title="This cycle")
    tell_quarantined(outcome.steps[0].facts.get("quarantined", 0), json)
    tell_problems(outcome.problems, json)
    raise typer.Exit(1 if outcome.problems else 0)


def ingest(
    systems: Annotated[list[str] | None, typer.Argument(help=f"Any of {', '.join(NAMES)} [default: all].")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Load what the systems say into raw."""
    from orchestration.steps.steps import ingest_step

    check_systems(systems)
    with opened(config) as (settings, state):
        result, loads = ingest_step(settings, state, systems=systems or None, report=progress)
    show_rows([vars(load) for load in loads], as_json=json, title="Loaded into raw")
    tell_quarantined(result.facts["quarantined"], json)
    tell_problems(result.problems, json)
    raise typer.Exit(1 if result.problems else 0)


def build(config: Config = None, json: Json = False) -> None:
    """Build the models from raw."""
    from orchestration.steps.steps import build_step

    with opened(config) as (settings, state):
        result = build_step(settings, state, report=progress)
    show_rows([{"step": result.name, **result.facts}], as_json=json)


def check(config: Config = None, json: Json = False) -> None:
    """Hold raw to its expectations and the models to their tests."""
    from orchestration.steps.steps import check_step

    with opened(config) as (settings, state):
        result = check_step(settings, state, report=progress)
    show_rows([{"step": result.name, **result.facts}], as_json=json)
    tell_problems(result.problems, json)
    raise typer.Exit(1 if result.problems else 0)


def publish(config: Config = None, here: Here = False, json: Json = False) -> None:
    """Publish the marts for readers."""
    if here:
        from orchestration.warehouse.publish import publish_here

        show_rows([{"step": "publish", "views": publish_here(load_reading(config))}], as_json=json)
        return
    from orchestration.steps.steps import publish_step

    with opened(config) as (settings, _state):
        result = publish_step(settings, report=progress)
    show_rows([{"step": result.name, **result.facts}], as_json=json)


def plan(config: Config = None, only: Only = None, json: Json = False) -> None:
    """Show what would be written, row by row, with its money effect."""
    from orchestration.steps.steps import plan_step
    from orchestration.warehouse.queries import plan_rows

    with opened(config) as (settings, state):
        planned = plan_step(settings, state, only=only, record=False)
    show_rows(plan_rows(planned), as_json=json, title="Planned writes", empty="nothing to write: all is acknowledged")


def apply(config: Config = None, only: Only = None, json: Json = False) -> None:
    """Write what `plan` shows; rows that wait for approval stay."""
    from orchestration.steps.steps import apply_step, plan_step
    from orchestration.warehouse.queries import apply_rows

    with opened(config) as (settings, state):
        planned = plan_step(settings, state, only=only)
        report = apply_step(settings, state, planned, only=only, observe=_observe)
    show_rows(apply_rows(report), as_json=json, title="Written", empty="nothing to write: all is acknowledged")
    raise typer.Exit(1 if report.problems else 0)


def doctor(config: Config = None, json: Json = False) -> None:
    """Say what is misconfigured or unreachable, and how to correct it."""
    from orchestration.cli.doctor import examine

    findings = examine(config)
    show_rows([vars(finding) for finding in findings], as_json=json, title="Doctor")
    raise typer.Exit(1 if any(finding.verdict != "ok" for finding in findings) else 0)


def rebuild(config: Config = None, json: Json = False) -> None:
    """Rebuild every mart from raw, and publish it."""
    from orchestration.steps.steps import publish_step, rebuild_step

    with opened(config) as (settings, state):
        result = rebuild_step(settings, state, report=progress)
        publish_step(settings, report=progress)
    show_rows([{"step": result.name, **result.facts}], as_json=json)


def check_systems(systems: list[str] | None) -> None:
    """Refuse a system that does not exist, naming those that do."""
    unknown = sorted(set(systems or []) - set(NAMES))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: expected any of {', '.join(NAMES)}")


def tell_quarantined(count: int, as_json: bool) -> None:
    """Print, unless a machine reads the output, that a load put records or files aside, and who names them."""
    if count and not as_json:
        text = "1 record or file counts" if count == 1 else f"{count} records or files count"
        err.print(
            f"[yellow]quarantined:[/yellow] {text} in no figure; `tieout exceptions --code SYS-03` names each, and its"
            " remedy, once the models are built"
        )


def tell_problems(problems: list[str], as_json: bool) -> None:
    """Print what was left wrong on standard error, unless a machine reads the output."""
    if not as_json:
        for problem in problems:
            err.print(f"[yellow]left wrong:[/yellow] {problem.replace('[', chr(92) + '[')}")


def _observe(event: Any) -> None:
    if event.name in {"acknowledged", "rejected", "unknown", "dead"}:
        progress(f"{event.sync} {event.entity_key}: {event.name}")
