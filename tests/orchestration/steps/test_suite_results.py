"""A load of a raw table is checked once; a newer load and other suites are checked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.landing import Landing
from ingestion.raw import create_raw_tables
from ingestion.versions import version_of
from orchestration.steps.suite_results import suite_results_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = "raw_bank.entries"
GOOD = {"amount": "-1.50", "currency": "GBP", "booking_date": "2026-01-05", "status": "BOOK"}
REMEMBERED = "a break that only what is remembered shows"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        create_raw_tables(connection)
        yield connection


def land(warehouse: duckdb.DuckDBPyConnection, home: Path, load_id: str, row: dict[str, str]) -> None:
    landing = Landing(warehouse, home, dataset="raw_bank", load_id=load_id)
    landing.add("entries", [version_of(row, load_id, observed_at=AT)])
    landing.flush()


def remember_another_break(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Change what is remembered, so that it shows whether a table was checked again."""
    warehouse.execute(
        "update tieout.suite_results set result = replace(result::varchar, 'status is one of', ?)", [REMEMBERED]
    )


def warnings(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    return [warning for result in suite_results_of(warehouse, [TABLE]) for warning in result.warnings]


def test_a_load_is_checked_once_and_a_newer_one_again(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", {**GOOD, "status": "GONE"})
    (first,) = suite_results_of(warehouse, [TABLE])
    assert suite_results_of(warehouse, [TABLE]) == [first]
    remember_another_break(warehouse)
    assert REMEMBERED in warnings(warehouse)[0]
    land(warehouse, tmp_path, "2", GOOD)
    assert warnings(warehouse) == []


def test_a_load_is_checked_again_by_other_suites(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", {**GOOD, "status": "GONE"})
    reported = warnings(warehouse)
    remember_another_break(warehouse)
    warehouse.execute("update tieout.suite_results set checked_load = 'other suites ' || checked_load")
    assert warnings(warehouse) == reported


def test_a_table_without_rows_has_no_result_and_is_not_looked_at_again(warehouse, tmp_path):
    assert suite_results_of(warehouse, [TABLE]) == []
    assert warehouse.execute("select relation, result from tieout.suite_results").fetchall() == [(TABLE, None)]
    assert suite_results_of(warehouse, [TABLE]) == []
    land(warehouse, tmp_path, "1", {**GOOD, "status": "GONE"})
    assert len(warnings(warehouse)) == 1


def test_a_table_without_a_suite_is_passed_over(warehouse):
    assert suite_results_of(warehouse, ["raw_x.y"]) == []
