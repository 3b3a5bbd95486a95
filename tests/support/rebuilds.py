"""Incremental models against their whole builds, after loads of raw rows that a test makes up.

Belongs here: landing made-up rows, and the comparison. Does not: which rows (the tests).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.accelerator.project import parsed_project
from tests.support.raw_world import ROOT

Payload = dict[str, Any]


@dataclass
class Row:
    """A version of a raw record; `payload` None says that it was deleted."""

    table: str
    key: str
    payload: Payload | None
    shop: str = ""
    parent: str = ""
    reported_at: datetime | None = None


Maker = Callable[[random.Random, datetime], list[Row]]


def iso(instant: datetime) -> str:
    """Return an instant (UTC) as records have it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def load_id(now: datetime) -> str:
    """Return the id of the load of that instant."""
    return now.strftime("%Y%m%dT%H%M%S.%fZ")


def land(home: Path, rows: list[Row], now: datetime) -> None:
    """Land the last of each record's versions, as one load."""
    latest = {(row.table, row.shop, row.key): row for row in rows}
    with open_made(home) as warehouse:
        for row in latest.values():
            text = None if row.payload is None else json.dumps(row.payload)
            known = [row.shop, row.key, row.parent, row.reported_at, now, row.payload is None, "202501", text]
            content_hash = hashlib.sha256(str(text).encode()).hexdigest()
            places = ", ".join("?" * (len(known) + 2))
            warehouse.execute(f"insert into {row.table} values ({places})", [*known, content_hash, load_id(now)])


def open_made(home: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse of `home`, in UTC."""
    warehouse = duckdb.connect(home / "warehouse.duckdb")
    warehouse.execute("set timezone = 'UTC'")
    return warehouse


def _dbt(home: Path, *arguments: str) -> Any:
    flags = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target-path", str(home / "dbt")]
    flags += ["--quiet", "--log-level", "none", "--log-level-file", "none", "--log-path", str(home), "--no-write-json"]
    try:
        done = dbtRunner(manifest=parsed_project(home)).invoke([*arguments, *flags])
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception or [row.message for row in done.result if row.status == "error"]
    return done.result


def built_anew(home: Path, names: list[str]) -> dict[str, str]:
    """Return what builds each incremental model as a whole, by its table."""
    compiled = _dbt(home, "compile", "--full-refresh", "--select", *names)
    nodes = [result.node for result in compiled if result.node.config.materialized == "changed_keys_incremental"]
    return {f"{node.schema}.{node.alias}": node.compiled_code for node in nodes}


def differences(home: Path, anew: dict[str, str]) -> dict[str, list[Any]]:
    """Return the rows that only one of the ways holds, by table. What is read is compared as well, so all of it."""
    found = {}
    with open_made(home) as warehouse:
        for table, query in anew.items():
            one, other = f"select * from {table}", f"select * from ({query})"
            apart = f"({one} except all {other}) union all ({other} except all {one})"
            if rows := warehouse.execute(apart).fetchall():
                found[table] = rows
    return found
