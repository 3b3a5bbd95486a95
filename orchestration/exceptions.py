"""Exceptions from conditions to episodes: what the models see now, since when, and how it ended.

Belongs here: handing the models' present conditions to tieout.episodes and writing `exceptions.open` and
`exceptions.history` for publishing. Does not: any condition (dbt's), or the life of an episode (tieout.episodes).
"""

from __future__ import annotations

import json
from datetime import datetime

import duckdb
from sqlalchemy import select

from tieout.episodes import ExceptionRow, record_episodes
from tieout.state import State, episodes

_CONDITIONS = "exceptions_build.exc_all"
_COLUMNS = (
    "exception_id, code, shop_id, entity_type, entity_id, severity, owner, money_at_risk_amount, currency, due_at,"
    " expected, actual, evidence, cause"
)
_TABLE = """
create schema if not exists exceptions;
create or replace table exceptions.{name} (
    exception_id varchar, code varchar, shop_id varchar, entity_type varchar, entity_id varchar, severity varchar,
    owner varchar, money_at_risk_amount decimal(18, 4), currency varchar, due_at timestamptz,
    first_seen_at timestamptz, last_seen_at timestamptz, expected varchar, actual varchar, evidence varchar,
    cause varchar{more}
)
"""


def record(state: State, warehouse: duckdb.DuckDBPyConnection, *, seen_at: datetime) -> dict[str, int]:
    """Open, keep and clear episodes by the conditions of this build; returns how many of each."""
    cursor = warehouse.execute(f"select {_COLUMNS} from {_CONDITIONS} order by exception_id")
    names = [column[0] for column in cursor.description]
    current = [ExceptionRow(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    opened, cleared, still_open = record_episodes(state, current, seen_at=seen_at)
    _write_tables(state, warehouse)
    return {"exceptions_opened": opened, "exceptions_cleared": cleared, "exceptions_open": opened + still_open}


def _write_tables(state: State, warehouse: duckdb.DuckDBPyConnection) -> None:
    with state.reading() as connection:
        rows = connection.execute(select(episodes).order_by(episodes.c.exception_id, episodes.c.episode)).all()
    live = [_columns(row) for row in rows if not row.cleared_at]
    past = [[*_columns(row), row.episode, row.cleared_at, row.proof] for row in rows if row.cleared_at]
    warehouse.execute(_TABLE.format(name="open", more=""))
    warehouse.execute(_TABLE.format(name="history", more=", episode integer, cleared_at timestamptz, proof varchar"))
    if live:
        warehouse.executemany(f"insert into exceptions.open values ({', '.join('?' * 16)})", live)
    if past:
        warehouse.executemany(f"insert into exceptions.history values ({', '.join('?' * 19)})", past)


def _columns(row: object) -> list[object]:
    said = json.loads(row.record)  # type: ignore[attr-defined]
    return [
        row.exception_id,  # type: ignore[attr-defined]
        row.code,  # type: ignore[attr-defined]
        row.shop_id,  # type: ignore[attr-defined]
        row.entity_type,  # type: ignore[attr-defined]
        row.entity_id,  # type: ignore[attr-defined]
        said["severity"],
        said["owner"],
        said["money_at_risk_amount"],
        said["currency"],
        said["due_at"],
        row.first_seen_at,  # type: ignore[attr-defined]
        row.last_seen_at,  # type: ignore[attr-defined]
        said["expected"],
        said["actual"],
        said["evidence"],
        said["cause"],
    ]
