"""A load of a raw table is checked once; a newer load and other suites are checked again, and so is what was broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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


def land(warehouse: duckdb.DuckDBPyConnection, home: Path, load_id: str, *rows: dict[str, str], ids: str = "") -> None:
    """Land rows under ids of this prefix, or else of the load."""
    landing = Landing(warehouse, home, dataset="raw_bank", load_id=load_id)
    at = AT + timedelta(hours=int(load_id))
    numbered = enumerate(rows)
    landing.add("entries", [version_of(row, f"{ids or load_id}-{number}", observed_at=at) for number, row in numbered])
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


MANGLED = [{**GOOD, "currency": "gbp"}] * 10


def is_blocked(warehouse: duckdb.DuckDBPyConnection) -> bool:
    return any(result.blocking for result in suite_results_of(warehouse, [TABLE]))


def test_what_breaks_a_claim_does_so_until_its_own_versions_are_sound(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", GOOD, ids="sound")
    assert not is_blocked(warehouse)
    land(warehouse, tmp_path, "2", *MANGLED, ids="mangled")
    assert is_blocked(warehouse)
    land(warehouse, tmp_path, "3", {**GOOD, "amount": "2.00"}, ids="sound")
    assert is_blocked(warehouse)
    land(warehouse, tmp_path, "4", *[GOOD] * 500, ids="many")
    assert is_blocked(warehouse)
    land(warehouse, tmp_path, "5", *[GOOD] * 10, ids="mangled")
    assert not is_blocked(warehouse)


def test_a_first_load_that_breaks_a_claim_is_not_made_well_by_many_sound_rows(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", *MANGLED)
    assert is_blocked(warehouse)
    land(warehouse, tmp_path, "2", *[GOOD] * 500)
    assert is_blocked(warehouse)


def test_loads_between_two_checks_are_all_checked(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", *MANGLED)
    land(warehouse, tmp_path, "2", GOOD)
    assert is_blocked(warehouse)


def test_what_an_earlier_version_remembered_is_checked_again(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", *MANGLED)
    assert is_blocked(warehouse)
    warehouse.execute("alter table tieout.suite_results drop column well_through")
    assert is_blocked(warehouse)
    land(warehouse, tmp_path, "2", GOOD)
    assert is_blocked(warehouse)
