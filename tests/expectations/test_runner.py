"""Newly landed rows are checked; a break that would make money wrong blocks, a lone bad row is a warning."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from expectations.result import ExpectationResult, SuiteResult
from expectations.runner import run_expectations, validate
from expectations.suites import SUITES
from ingestion.landing import Landing
from ingestion.raw import create_raw_tables
from ingestion.versions import version_of
from tieout.errors import ConfigError

AT = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = "raw_bank.entries"
GOOD = {"amount": "-1.50", "currency": "GBP", "booking_date": "2026-01-05", "status": "BOOK"}


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        create_raw_tables(connection)
        yield connection


def land(warehouse: duckdb.DuckDBPyConnection, home: Path, load_id: str, *rows: dict[str, str]) -> None:
    landing = Landing(warehouse, home, dataset="raw_bank", load_id=load_id)
    numbered = enumerate(rows)
    landing.add("entries", [version_of(row, f"{load_id}-{number}", observed_at=AT) for number, row in numbered])
    landing.flush()


def checked(frame: pd.DataFrame) -> SuiteResult:
    return validate(frame, SUITES[TABLE].build())


def frame_of(*rows: dict[str, Any]) -> pd.DataFrame:
    identity = [{"shop_id": "", "id": str(number), "observed_at": AT} for number in range(len(rows))]
    return pd.DataFrame([{**known, **row} for known, row in zip(identity, rows, strict=True)])


def test_good_rows_meet_every_expectation():
    result = checked(frame_of(GOOD, {**GOOD, "amount": "12"}))
    assert (result.rows, result.blocking, result.warnings) == (2, [], [])


@pytest.mark.parametrize(
    ("field", "value", "reported"),
    [
        ("amount", "1,50", "amount is a decimal number"),
        ("amount", None, "amount is given"),
        ("currency", "gbp", "three letters"),
        ("status", "GONE", "one of BOOK"),
        ("booking_date", None, "booking_date is given"),
    ],
)
def test_lone_bad_row_is_a_warning_that_names_claim_and_value(field, value, reported):
    result = checked(frame_of(GOOD, {**GOOD, field: value}))
    assert result.blocking == []
    (warning,) = result.warnings
    assert reported in warning and (value is None or value in warning)


def test_changed_format_blocks():
    result = checked(frame_of(*[{**GOOD, "amount": "1,50"}] * 10, *[GOOD] * 90))
    assert any("amount is a decimal number: 10 rows" in text for text in result.blocking)


@pytest.mark.parametrize("column", ["id", "observed_at"])
def test_broken_identity_blocks_at_the_first_row(column):
    frame = frame_of(GOOD, GOOD)
    frame.loc[1, "id"] = None if column == "id" else "0"
    assert checked(frame).blocking


def test_expectation_that_could_not_be_checked_is_an_error_and_no_bad_data():
    result = checked(frame_of(GOOD).drop(columns=["currency"]))
    assert any("could not be checked" in text for text in result.blocking)


def test_only_newly_landed_rows_are_checked(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", {**GOOD, "currency": "gbp"})
    land(warehouse, tmp_path, "2", GOOD, GOOD)
    land(warehouse, tmp_path, "3", {**GOOD, "status": "GONE"})
    (newest,) = run_expectations(warehouse, since="2")
    assert (newest.rows, len(newest.warnings)) == (1, 1)
    (first,) = run_expectations(warehouse, until="1")
    assert first.rows == 1
    (since,) = run_expectations(warehouse, since="1")
    assert (since.rows, len(since.warnings)) == (3, 1)
    assert run_expectations(warehouse, since="3") == []


def test_unknown_table_is_refused_with_the_valid_names(warehouse):
    with pytest.raises(ConfigError, match=r"raw_x\.y.*raw_bank\.entries"):
        run_expectations(warehouse, tables=["raw_x.y"])


@pytest.mark.parametrize("table", SUITES)
def test_every_suite_looks_at_a_raw_table_and_only_at_columns_it_projects(warehouse, table):
    suite = SUITES[table]
    assert warehouse.execute(suite.select("true")).fetchall() == []
    projected = {column[0] for column in warehouse.description}
    used = {getattr(claim, "column", None) for claim in suite.build().expectations}
    assert used - {None} <= projected


def test_rows_that_break_nothing_are_checked_without_great_expectations(warehouse, tmp_path):
    land(warehouse, tmp_path, "1", GOOD, GOOD)
    warehouse.close()
    code = f"""
import sys, duckdb
from expectations.runner import run_expectations
(result,) = run_expectations(duckdb.connect({str(tmp_path / "warehouse.duckdb")!r}))
assert (result.rows, result.blocking, result.warnings) == (2, [], []), result
assert not {{"great_expectations", "pandas"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parent.parent.parent)


@pytest.mark.parametrize(
    ("unexpected", "share", "blocks"), [(9, 1.0, False), (10, 0.04, False), (10, 0.05, True), (500, 0.5, True)]
)
def test_unreadable_values_block_from_ten_rows_and_a_twentieth_on(unexpected, share, blocks):
    row = ExpectationResult("c", is_blocking=True, passed=False, unexpected=unexpected, share=share, is_per_row=True)
    assert bool(SuiteResult("t", 100, (row,)).blocking) is blocks
