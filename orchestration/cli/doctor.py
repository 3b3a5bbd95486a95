"""`tieout doctor`: what is misconfigured or unreachable, and how to correct it.

Belongs here: the order in which things are looked at, and what a thing that cannot be looked at ends in. Does not:
mending anything, or comparing (doctor_config, orchestration.systems).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from connectors.transport.errors import ConnectorError, CredentialError
from ingestion.config.loader import read_config
from orchestration.cli.doctor_config import configured
from orchestration.cli.webhook_inbox import received, senders
from orchestration.systems.findings import Finding, Looked
from tieout.clock import utc_now
from tieout.errors import TieoutError
from tieout.settings import Settings, load_settings
from tieout.state import State
from tieout.state_loss import open_state
from tieout.systems import parts
from tieout.tenancy import claim_home
from tieout.warehouse import open_warehouse, warehouse_lock

__all__ = ["Finding", "examine"]


def examine(config: Path | None) -> list[Finding]:
    """Look at settings, maps, folders, state, warehouse and every vendor; never raises for what it finds."""
    try:
        settings = load_settings(config)
    except TieoutError as error:
        head, *each = str(error).splitlines()
        source = head.removesuffix(" cannot be used:")
        remedy = "correct it there, then run `tieout doctor` again"
        return [Finding("settings", "wrong", f"{source}: {reported.strip()}", remedy) for reported in each] or [
            Finding("settings", "wrong", head, remedy)
        ]
    return list(_examined(settings))


def _examined(settings: Settings) -> Iterator[Finding]:
    found = read_config(settings)
    yield from configured(settings, found)
    try:
        claim_home(settings)
    except TieoutError as error:
        yield Finding(
            "home", "wrong", str(error), "set TIEOUT_HOME to a folder of this tenant alone, where tieout may write"
        )
        return
    try:
        state = open_state(settings)
    except TieoutError as error:
        yield Finding(
            "operational state",
            "unreachable",
            str(error),
            "correct state_url in tieout.toml or TIEOUT_STATE_URL, or start its database",
        )
        return
    try:
        yield Finding("operational state", "ok", settings.database_url.split("@")[-1])
        yield from _finding("warehouse", partial(_warehouse, settings), "end the process that holds it, or wait")
        yield from _webhooks(settings, state)
        for name, asked in parts("orchestration.systems").items():
            if hasattr(asked, "examine") and getattr(settings, name) is not None:
                yield from _finding(name, partial(asked.examine, settings, state, found), asked.ACCESS)
    finally:
        state.close()


def _finding(subject: str, look: Callable[[], Looked], remedy: str) -> Iterator[Finding]:
    try:
        seen, wrong = look()
    except TieoutError as error:
        is_refused = isinstance(error, CredentialError) or not isinstance(error, ConnectorError)
        yield Finding(subject, "wrong" if is_refused else "unreachable", str(error), remedy)
    else:
        yield from wrong or [Finding(subject, "ok", seen)]


def _webhooks(settings: Settings, state: State) -> Iterator[Finding]:
    """Say of each system that sends webhooks whether any came; wrong when all since yesterday were refused."""
    for system in senders(settings):
        last, counts = received(state, system, since=utc_now() - timedelta(days=1))
        stored = f"last one stored at {last[:16].replace('T', ' ')} UTC" if last else "none came yet; none is needed"
        refused = {reason: number for reason, number in sorted(counts.items()) if reason != "stored"}
        numbers = "".join(f", {number} refused as {reason.replace('_', ' ')}" for reason, number in refused.items())
        is_wrong = refused and not counts["stored"]
        remedy = "see docs/runbooks/SYS-05.md" if is_wrong else ""
        found = f"{stored}{numbers} since yesterday" if numbers else stored
        yield Finding(f"webhooks of {system}", "wrong" if is_wrong else "ok", found, remedy)


def _warehouse(settings: Settings) -> Looked:
    with warehouse_lock(settings, wait_seconds=5):
        if not settings.warehouse_path.exists():
            return "none yet: the first run creates it", []
        with open_warehouse(settings) as warehouse:
            tables = warehouse.execute("select count(*) from duckdb_tables()").fetchone()
    return f"{settings.warehouse_path}: {tables[0] if tables else 0} tables", []
