"""Checking the newest load of raw tables against their suites, once: rows in raw never change, nor do the results.

Belongs here: which tables must be checked again, and remembering the results. Does not: checking (expectations), or
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

_SUITE_RESULTS = """
create schema if not exists tieout;
create table if not exists tieout.suite_results (
    relation varchar primary key, checked_load varchar not null, result json
);
"""
"""The result of a table's newest load. `checked_load`: that load and a hash of the suites. No result: no rows."""


def suite_results_of(warehouse: duckdb.DuckDBPyConnection, tables: Collection[str]) -> list[SuiteResult]:
    """Return the results of the newest load of each of these raw tables; those without a suite are skipped."""
    wanted = sorted(SUITES.keys() & set(tables))
    newest = {table: _newest(warehouse, table) for table in wanted}
    found = _remembered(warehouse, newest)
    if unchecked := [table for table in wanted if table not in found]:
        results = {result.table: result for result in run_expectations(warehouse, tables=unchecked)}
        found |= {table: results.get(table) for table in unchecked}
        _remember(warehouse, ((table, newest[table], results.get(table)) for table in unchecked))
    return [result for table in wanted if (result := found[table]) is not None]


def _newest(warehouse: duckdb.DuckDBPyConnection, table: str) -> str:
    row = warehouse.execute(f"select max(load_id) from {table}").fetchone()  # a key of SUITES
    return f"{_suites()} {row}"


@lru_cache(maxsize=1)
def _suites() -> str:
    folder = Path(expectations.__file__).parent
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).hexdigest()


def _remembered(warehouse: duckdb.DuckDBPyConnection, newest: dict[str, str]) -> dict[str, SuiteResult | None]:
    warehouse.execute(_SUITE_RESULTS)
    rows = warehouse.execute("select relation, checked_load, result from tieout.suite_results").fetchall()
    return {table: _read(result) for table, checked_load, result in rows if newest.get(table) == checked_load}


def _remember(warehouse: duckdb.DuckDBPyConnection, results: Iterable[tuple[str, str, SuiteResult | None]]) -> None:
    rows = [(table, of, json.dumps(asdict(result)) if result else None) for table, of, result in results]
    warehouse.executemany("insert or replace into tieout.suite_results values (?, ?, ?)", rows)


def _read(text: str | None) -> SuiteResult | None:
    if text is None:
        return None
    result: dict[str, Any] = json.loads(text)
    parts = tuple(ExpectationResult(**one | {"examples": tuple(one["examples"])}) for one in result.pop("results"))
    return SuiteResult(**result | {"results": parts, "shops": tuple(result["shops"])})
