"""Exceptions from conditions to episodes: what the models and checks see now, since when, and how it ended.

Belongs here: handing the present conditions to tieout.exception_lifecycle, whatever state a row is in, and writing
`exceptions.open` and `exceptions.history` for publishing. Does not: any condition (dbt's, or a check's), or the life of
an episode (tieout.exception_lifecycle).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
from sqlalchemy import ColumnElement, Select, func, select

from orchestration.steps.holds import CODE, Hold, held
from tieout.exception_lifecycle import ExceptionRow, record_episodes
from tieout.state import State, episodes, stamp

_CONDITIONS = "exceptions_build.exc_all"
_COLUMNS = (
    "exception_id, code, shop_id, entity_type, entity_id, severity, owner, money_at_risk_amount, currency, due_at,"
    " expected, actual, evidence, cause"
)
_TABLE = """
create schema if not exists exceptions;
create {how} exceptions.{name} (
    exception_id varchar, code varchar, shop_id varchar, entity_type varchar, entity_id varchar, severity varchar,
    owner varchar, money_at_risk_amount decimal(18, 4), currency varchar, due_at timestamptz,
    first_seen_at timestamptz, last_seen_at timestamptz, expected varchar, actual varchar, evidence varchar,
    cause varchar{more}
)
"""
_HISTORY_MORE = ", episode integer, cleared_at timestamptz, proof varchar"
_SEVERITY, _OWNER = "S2", "ENG"
"""Of a condition whose row cannot say: somebody has to look at the model that made it."""


def record(state: State, warehouse: duckdb.DuckDBPyConnection, *, seen_at: datetime) -> dict[str, int]:
    """Turn what this build and the last checks found into episodes; return how many opened, cleared and are open.

    Whatever a row lacks, it is recorded: a row without code comes under SYS-14, one without an id under its content.
    """
    cursor = warehouse.execute(f"select {_COLUMNS} from {_CONDITIONS} order by all")
    names = [column[0] for column in cursor.description]
    current = [condition(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    current += [_failed_check(hold) for hold in held(warehouse)]
    opened, cleared, still_open = record_episodes(state, current, seen_at=seen_at)
    _write_tables(state, warehouse)
    return {"exceptions_opened": opened, "exceptions_cleared": cleared, "exceptions_open": opened + still_open}


def condition(row: Mapping[str, Any]) -> ExceptionRow:
    """Return a model's row as a condition; what it lacks is said, and never stops the others."""
    seen = hashlib.md5(repr(sorted(row.items())).encode(), usedforsecurity=False).hexdigest()
    missing = [name for name in ("code", "entity_type", "entity_id") if row[name] in (None, "")]
    reported = f"the model gives no {', '.join(missing)}" if missing else None
    entity_id = _fitted(row["entity_id"] or f"unnamed {seen[:12]}", 200)
    code, shop, kind = row["code"] or CODE, _fitted(row["shop_id"] or "", 40), row["entity_type"] or "row"
    return ExceptionRow(
        exception_id=_id(code, shop, kind, entity_id) if missing else str(row["exception_id"] or seen),
        code=code,
        shop_id=shop,
        entity_type=kind,
        entity_id=entity_id,
        severity=row["severity"] or _SEVERITY,
        owner=row["owner"] or _OWNER,
        money_at_risk_amount=_amount(row["money_at_risk_amount"]),
        currency=row["currency"] or "",
        due_at=row["due_at"],
        expected=row["expected"],
        actual="; ".join(part for part in (row["actual"], reported) if part) or None,
        evidence=row["evidence"],
        cause=row["cause"],
    )


def _failed_check(hold: Hold) -> ExceptionRow:
    kind = hold.kind.removesuffix("_id")
    return ExceptionRow(
        exception_id=_id(CODE, hold.shop_id, kind, f"{hold.test} {hold.key}"),
        code=CODE,
        shop_id=hold.shop_id,
        entity_type=kind,
        entity_id=_fitted(hold.key, 200),
        severity=_SEVERITY,
        owner=_OWNER,
        money_at_risk_amount=Decimal(0),
        currency="",
        due_at=None,
        expected=f"passes {hold.test}",
        actual=hold.message,
        evidence=json.dumps({"test": hold.test, "holds": hold.syncs.split() or "all syncs of it"}),
        cause="test failed",
    )


def _id(*parts: str) -> str:
    return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()


def _fitted(text: str, longest: int) -> str:
    """Return a text as the state can keep it: what is too long ends in a digest of the whole."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return text if len(text) <= longest else f"{text[: longest - 13]} {digest[:12]}"


def _amount(value: Any) -> Decimal | None:
    return value if value is None or (isinstance(value, Decimal) and value.is_finite()) else Decimal(0)


def _write_tables(state: State, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Replace what is open; append to the history what has cleared since, or write it again where the two differ."""
    warehouse.execute(_TABLE.format(how="or replace table", name="open", more=""))
    warehouse.execute(_TABLE.format(how="table if not exists", name="history", more=_HISTORY_MORE))
    kept, until = warehouse.execute("select count(*), max(cleared_at) from exceptions.history").fetchall()[0]
    through = stamp(until) if until else ""
    with state.reading() as connection:
        live = connection.execute(_query(episodes.c.cleared_at == "")).all()
        known = (episodes.c.cleared_at != "") & (episodes.c.cleared_at <= through)
        if connection.execute(select(func.count()).where(known)).scalar_one() != kept:
            warehouse.execute("delete from exceptions.history")
            through = ""
        past = connection.execute(_query(episodes.c.cleared_at > through)).all()
    _append(warehouse, "open", [_columns(row) for row in live])
    _append(warehouse, "history", [[*_columns(row), row.episode, row.cleared_at, row.proof] for row in past])


def _query(which: ColumnElement[bool]) -> Select[Any]:
    return select(episodes).where(which).order_by(episodes.c.exception_id, episodes.c.episode)


def _append(warehouse: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        warehouse.executemany(f"insert into exceptions.{name} values ({', '.join('?' * len(rows[0]))})", rows)


def _columns(row: Any) -> list[object]:
    said = json.loads(row.record)
    return [
        row.exception_id,
        row.code,
        row.shop_id,
        row.entity_type,
        row.entity_id,
        said["severity"],
        said["owner"],
        said["money_at_risk_amount"],
        said["currency"],
        said["due_at"],
        row.first_seen_at,
        row.last_seen_at,
        said["expected"],
        said["actual"],
        said["evidence"],
        said["cause"],
    ]
