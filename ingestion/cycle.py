"""One ingest: every system's records into raw, a failing system listed and the others loaded all the same.

Belongs here: the order of systems, and opening and closing what they need. Does not: what any of them reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from connectors.linnworks.client import open_linnworks
from connectors.netsuite.client import open_netsuite
from connectors.tiktok_shop.client import open_tiktok_shop
from ingestion import bank, config, gxo, linnworks, netsuite, operations, tiktok_shop
from ingestion.landing import Landing, next_load_id
from ingestion.quarantine import Quarantine
from ingestion.raw import create_raw_tables
from ingestion.run import Report, Run
from ingestion.summary import LoadSummary
from tieout.clock import Clock, utc_now
from tieout.errors import ConfigError, TieoutError
from tieout.settings import Settings
from tieout.state import State
from tieout.warehouse import open_warehouse

Loader = Callable[[Run], None]


def load_tiktok_shop(run: Run) -> None:
    """Load TikTok Shop over its own wire."""
    with closing(open_tiktok_shop(run.settings, run.state)) as client:
        tiktok_shop.load(run, client)


def load_netsuite(run: Run) -> None:
    """Load NetSuite over its own wire."""
    with closing(open_netsuite(run.settings, run.state)) as client:
        netsuite.load(run, client)


def load_gxo(run: Run) -> None:
    """Load GXO over SFTP, where a site of it is configured."""
    if run.settings.gxo is None:
        return
    from connectors.gxo.client import open_gxo  # only who loads pays for loading SSH

    with closing(open_gxo(run.settings.gxo)) as client:
        gxo.load(run, client, run.settings.gxo)


def load_linnworks(run: Run) -> None:
    """Load Linnworks over its own wire, where an account of it is configured."""
    if run.settings.linnworks is None:
        return
    with closing(open_linnworks(run.settings, run.state)) as client:
        linnworks.load(run, client, run.settings.linnworks)


SYSTEMS: dict[str, Loader] = {
    "config": config.load,
    "tiktok_shop": load_tiktok_shop,
    "gxo": load_gxo,
    "linnworks": load_linnworks,
    "netsuite": load_netsuite,
    "bank": bank.load,
}


@dataclass(frozen=True)
class Sources:
    """How each system is loaded, in this order, and the clock for sources that have none of their own."""

    loaders: dict[str, Loader] = field(default_factory=lambda: SYSTEMS)
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
) -> list[LoadSummary]:
    """Load every system, or the named ones, into raw; the caller holds the warehouse lock.

    A system that fails ends with its problem in its summary and does not block the others. What it had read by then is
    kept; windows that were not read completely are read again next time. `since` (UTC) reads from there on again, where
    a system reads by time. `tables` names the raw tables that someone waits for, as "raw_gxo.stock_levels": a system
    that can leaves out what none of them needs.

    Raises:
        ConfigError: when a named system does not exist.
    """
    sources = sources or Sources()
    unknown = sorted(set(systems or ()) - sources.loaders.keys())
    if unknown:
        raise ConfigError(f"system {', '.join(unknown)}; expected any of {', '.join(sources.loaders)}")
    settings.home.mkdir(parents=True, exist_ok=True)
    summaries: list[LoadSummary] = []
    with open_warehouse(settings) as connection:
        create_raw_tables(connection)
        for system in [name for name in sources.loaders if systems is None or name in systems]:
            load_id = next_load_id(connection, sources.clock())
            landing = Landing(connection, settings.home, dataset=f"raw_{system}", load_id=load_id)
            quarantine = Quarantine(connection)
            run = Run(system, settings, state, connection, landing, quarantine, report, sources.clock, since)
            run.entities = None if tables is None else _entities_of(system, tables)
            summaries += _load(run, sources.loaders[system])
        summaries += operations.load(settings, state, connection, clock=sources.clock)
    return summaries


def _entities_of(system: str, tables: Collection[str]) -> frozenset[str]:
    return frozenset(table.split(".")[1] for table in tables if table.split(".")[0] == f"raw_{system}")


def _load(run: Run, loader: Loader) -> list[LoadSummary]:
    try:
        loader(run)
    except TieoutError as error:
        run.fail("*", error)
    try:
        run.land()
    except TieoutError as error:
        run.windows.clear()
        run.fail("*", error)
    return run.summaries()
