"""Checking raw tables against their suites: what was landed since all was well, and only when more was landed.

A record that breaks a claim is looked at again with every later load until a version of it that is sound, or its
deletion, has been landed. Rows in raw never change, so that what is well stays so.

Belongs here: which tables must be checked again and from where on, and remembering the results. Does not: checking
(expectations), or what a break holds (holds).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
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
alter table tieout.suite_results add column if not exists well_through varchar;
"""
"""What was found. `checked_load`: the newest load then, after a hash of the suites. No result: no rows.

`well_through`: the load up to which no record in force broke a blocking claim of these suites.
"""


def suite_results_of(warehouse: duckdb.DuckDBPyConnection, tables: Collection[str]) -> list[SuiteResult]:
    """Return what is wrong with each of these raw tables since it last was well; those without a suite are skipped."""
    warehouse.execute(_SUITE_RESULTS)
    remembered = {row[0]: row[1:] for row in warehouse.execute("from tieout.suite_results").fetchall()}
    wanted = sorted(SUITES.keys() & set(tables))
    found = [_result(warehouse, table, *remembered.get(table, ("", None, None))) for table in wanted]
    return [result for result in found if result is not None]


def _result(
    warehouse: duckdb.DuckDBPyConnection, table: str, checked: str, result: str | None, well_through: str | None
) -> SuiteResult | None:
    (newest,) = warehouse.execute(f"select max(load_id) from {table}").fetchone() or (None,)  # a key of SUITES
    suites, former, last = _suites(), _read(result), checked.split(" ")[-1]
    if checked == f"{suites} {newest}":
        return former
    is_by_these = checked.startswith(f"{suites} ")
    since = (well_through if is_by_these else None) or ""
    found = _checked(warehouse, table, since=since)
    if is_by_these and former and former.blocking and not (found and found.blocking):
        # A share of many sound rows that came since may be too small to block: the loads that were broken must be well.
        of_before = _checked(warehouse, table, since=since, until=last)
        found = of_before if of_before and of_before.blocking else found
    well = since if found and found.blocking else newest
    kept = [table, f"{suites} {newest}", json.dumps(asdict(found)) if found else None, well]
    warehouse.execute("insert or replace into tieout.suite_results values (?, ?, ?, ?)", kept)
    return found


def _checked(
    warehouse: duckdb.DuckDBPyConnection, table: str, *, since: str, until: str | None = None
) -> SuiteResult | None:
    return next(iter(run_expectations(warehouse, tables=[table], since=since, until=until)), None)


@lru_cache(maxsize=1)
def _suites() -> str:
    folder = Path(expectations.__file__).parent
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).hexdigest()


def _read(text: str | None) -> SuiteResult | None:
    if text is None:
        return None
    result: dict[str, Any] = json.loads(text)
    parts = tuple(ExpectationResult(**one | {"examples": tuple(one["examples"])}) for one in result.pop("results"))
    return SuiteResult(**result | {"results": parts, "shops": tuple(result["shops"])})
