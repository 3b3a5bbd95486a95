"""Ingesting: every system's records into raw; a failing system is listed, the others are loaded all the same.

Belongs here: what a load of all systems is. Does not: which there are (tieout.systems), or what one reads (its folder).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.landing import Landing, next_load_id
from ingestion.load_context import LoadContext, Report
from ingestion.load_result import LoadResult
from ingestion.quarantine import Quarantine
from ingestion.raw import create_raw_tables
from ingestion.state.loader import load as load_state
from tieout.clock import Clock, utc_now
from tieout.errors import ConfigError, TieoutError
from tieout.settings import Settings
from tieout.state import State
from tieout.systems import NAMES, part
from tieout.warehouse import open_warehouse

Loader = Callable[[LoadContext], None]


def loaders() -> dict[str, Loader]:
    """Return how each system is loaded, in the order in which they are read."""
    return {name: part("ingestion", name).open_and_load for name in NAMES}


@dataclass(frozen=True)
class Sources:
    """How each system is loaded, in this order, and the clock for sources that have none of their own."""

    loaders: dict[str, Loader] = field(default_factory=loaders)
    clock: Clock = utc_now


def ingest(
    settings: Settings,
    state: State,
    *,
    systems: Sequence[str] | None = None,
    tables: Collection[str] | None = None,
    report: Report,
    since: datetime | None = None,
    sources: Sources | None = None,
) -> list[LoadResult]:
    """Load every system, or the named ones, into raw; the caller holds the warehouse lock.

    A system that fails ends with its problem in its result and does not block the others. What it had read by then is
    kept; windows that were not read completely are read again next time. `since` (UTC) reads from there on again, where
    a system reads by time. `tables` names the raw tables that are needed, as "raw_bank.entries": a system
    that can leaves out what none of them needs.

    Raises:
        ConfigError: when a named system does not exist.
    """
    sources = sources or Sources()
    unknown = sorted(set(systems or ()) - sources.loaders.keys())
    if unknown:
        raise ConfigError(f"system {', '.join(unknown)}; expected any of {', '.join(sources.loaders)}")
    settings.home.mkdir(parents=True, exist_ok=True)
    results: list[LoadResult] = []
    with open_warehouse(settings) as connection:
        create_raw_tables(connection)
        for system in [name for name in sources.loaders if systems is None or name in systems]:
            load_id = next_load_id(connection, sources.clock())
            landing = Landing(connection, settings.home, dataset=f"raw_{system}", load_id=load_id)
            quarantine = Quarantine(connection)
            context = LoadContext(
                system, settings, state, connection, landing, quarantine, report, sources.clock, since
            )
            context.entities = None if tables is None else _entities_of(system, tables)
            results += _load(context, sources.loaders[system])
        results += load_state(settings, state, connection, clock=sources.clock)
    return results


def _entities_of(system: str, tables: Collection[str]) -> frozenset[str]:
    return frozenset(table.split(".")[1] for table in tables if table.split(".")[0] == f"raw_{system}")


def _load(context: LoadContext, loader: Loader) -> list[LoadResult]:
    try:
        loader(context)
    except TieoutError as error:
        context.fail("*", error)
    try:
        context.land()
    except TieoutError as error:
        context.windows.clear()
        context.fail("*", error)
    return context.results()
