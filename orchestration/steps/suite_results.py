"""Holding raw tables to their suites, each load of a table once: rows in raw never change, nor does what was found.

Belongs here: which tables must be judged again, and remembering what was found. Does not: judging (expectations), or
what a break holds (holds).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

import expectations
from expectations.result import ExpectationResult, SuiteResult
from expectations.runner import run_expectations
from expectations.suites import SUITES

_JUDGED = """
create schema if not exists tieout;
create table if not exists tieout.judged (relation varchar primary key, judged_of varchar not null, result json);
"""
"""What came of a table's newest load. `judged_of`: that load and the suites' own code; no result: it had no rows."""


def judge(warehouse: duckdb.DuckDBPyConnection, tables: Collection[str]) -> list[SuiteResult]:
    """Return what came of the newest load of each of these raw tables; those without a suite are passed over."""
    wanted = sorted(SUITES.keys() & set(tables))
    newest = {table: _newest(warehouse, table) for table in wanted}
    found = _remembered(warehouse, newest)
    if unjudged := [table for table in wanted if table not in found]:
        results = {result.table: result for result in run_expectations(warehouse, tables=unjudged)}
        found |= {table: results.get(table) for table in unjudged}
        _remember(warehouse, ((table, newest[table], results.get(table)) for table in unjudged))
    return [result for table in wanted if (result := found[table]) is not None]


def _newest(warehouse: duckdb.DuckDBPyConnection, table: str) -> str:
    row = warehouse.execute(f"select max(load_id) from {table}").fetchone()  # a key of SUITES
    return f"{_suites()} {row}"


@lru_cache(maxsize=1)
def _suites() -> str:
    folder = Path(expectations.__file__).parent
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).hexdigest()


def _remembered(warehouse: duckdb.DuckDBPyConnection, newest: dict[str, str]) -> dict[str, SuiteResult | None]:
    warehouse.execute(_JUDGED)
    rows = warehouse.execute("select relation, judged_of, result from tieout.judged").fetchall()
    return {table: _read(result) for table, judged_of, result in rows if newest.get(table) == judged_of}


def _remember(warehouse: duckdb.DuckDBPyConnection, judged: Iterable[tuple[str, str, SuiteResult | None]]) -> None:
    rows = [(table, of, json.dumps(asdict(result)) if result else None) for table, of, result in judged]
    warehouse.executemany("insert or replace into tieout.judged values (?, ?, ?)", rows)


def _read(text: str | None) -> SuiteResult | None:
    if text is None:
        return None
    result: dict[str, Any] = json.loads(text)
    parts = tuple(ExpectationResult(**one | {"examples": tuple(one["examples"])}) for one in result.pop("results"))
    return SuiteResult(**result | {"results": parts, "shops": tuple(result["shops"])})
