"""Our operational state as a source: its records land in raw like those of any system.

Belongs here: which columns of state go to raw. Does not: the rules of those tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
from sqlalchemy import Table, select

from ingestion.landing import Landing, next_load_id
from ingestion.load_result import LoadResult
from ingestion.raw import create_raw_tables
from ingestion.versions import Version, version_of
from tieout.clock import Clock, utc_now
from tieout.settings import Settings
from tieout.state import State, acknowledgements, coverage, outbox, stamp, webhook_counts

Row = Mapping[str, Any]

OVERLAP = timedelta(days=1)


@dataclass(frozen=True)
class _Source:
    table: Table
    key: Callable[[Row], str]
    parent: str
    updated: str
    only_gains_rows: bool = False


_SOURCES = {
    "acknowledgements": _Source(
        acknowledgements,
        lambda row: f"{row['sync']}/{row['entity_key']}/{row['idempotency_key']}",
        "sync",
        "acknowledged_at",
        only_gains_rows=True,
    ),
    "outbox": _Source(outbox, lambda row: str(row["id"]), "sync", "updated_at"),
    "coverage": _Source(coverage, lambda row: str(row["id"]), "entity", "verified_at", only_gains_rows=True),
    "webhook_counts": _Source(
        webhook_counts,
        lambda row: "/".join(row[name] for name in ("system", "day", "outcome", "shop_id", "entity")),
        "system",
        "counted_at",
    ),
}


def load(
    settings: Settings, state: State, connection: duckdb.DuckDBPyConnection, *, clock: Clock = utc_now
) -> list[LoadResult]:
    """Land what changed in our state since the last time, through the open warehouse `connection`.

    Acknowledgements and coverage only ever gain rows, and are read from the last landed one on. Other rows change, and
    are read from a day before the last landed change on.
    """
    create_raw_tables(connection)
    now = clock()
    landing = Landing(connection, settings.home, dataset="raw_tieout", load_id=next_load_id(connection, now))
    for entity, source in _SOURCES.items():
        landing.add(entity, _versions(_changed_rows(state, connection, entity, source), source, now))
    landing.flush()
    return [
        LoadResult("tieout", entity, shop, read=read, landed=landing.landed[entity, shop])
        for (entity, shop), read in sorted(landing.read.items())
    ]


def _changed_rows(state: State, connection: duckdb.DuckDBPyConnection, entity: str, source: _Source) -> list[Row]:
    columns = source.table.c
    if source.only_gains_rows:
        changed, order = columns.id > _last_row(connection, entity), columns.id
    else:
        order = columns[source.updated]
        changed = order >= _last_update(connection, entity)
    with state.reading() as open_state:
        query = select(source.table).where(changed).order_by(order)
        return [dict(row) for row in open_state.execute(query).mappings()]


def _last_update(connection: duckdb.DuckDBPyConnection, entity: str) -> str:
    row = connection.execute(f"select max(updated_at) from raw_tieout.{entity}").fetchone()
    return stamp(row[0] - OVERLAP) if row and row[0] else ""


def _last_row(connection: duckdb.DuckDBPyConnection, entity: str) -> int:
    table = f"raw_tieout.{entity}"  # one of ours; its rows come in order, so that the newest load holds the last
    newest = f"load_id = (select max(load_id) from {table})"
    row = connection.execute(f"select max((payload ->> 'id')::bigint) from {table} where {newest}").fetchone()
    return row[0] if row and row[0] else 0


def _versions(rows: list[Row], source: _Source, now: datetime) -> Iterator[Version]:
    for row in rows:
        yield version_of(
            row,
            source.key(row),
            observed_at=now,
            shop_id=str(row["shop_id"]),
            parent_id=str(row[source.parent]),
            updated_at=datetime.fromisoformat(row[source.updated]),
        )
