"""Exported files hold what is published to the last digit, nothing in them runs, and none is half or lost."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from orchestration.warehouse.export import export_marts
from orchestration.warehouse.publish import publish
from tieout.errors import DataError
from tieout.reading import Reading

ID = "576123456789012345"
LONG = Decimal("12345678901234.5678")
FORMULAS = ('=HYPERLINK("x")', "+44 20", "-", "@sum", "\ttab", "\uff1d1")
PLAIN = ("", 'Tea, "green"\nloose', "café", "\\u000dreturn")
"""The last one is how a carriage return is published."""
TABLE = """
create schema finance; create schema operations; create schema raw_bank;
create table finance.payouts (
    payment_id varchar, amount decimal(18, 4), exchange_rate decimal(18, 6), product_name varchar, tied boolean,
    booking_date date, paid_at timestamptz, payment_ids varchar[], loaded_through bigint);
create table finance.payout_lines as select 'P' || i as payment_id, 'GBP' as currency from range(3) t(i);
create table operations.orders (order_id varchar);
"""


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(TABLE)
        paid = datetime(2026, 1, 31, 23, 30, 5, tzinfo=UTC)
        rows = [
            [f"{ID[:-2]}{number:02}", Decimal("9.95"), "0.000001", text, True, date(2026, 1, 31), paid, [ID, "b"], 7]
            for number, text in enumerate((*FORMULAS, *PLAIN[:-1], "\rreturn"))
        ]
        rows += [
            ["99", LONG, "1.25", None, False, date(1899, 12, 31), None, [], 17_700_000_000_000_001],
            ["A"] + [None] * 8,
        ]
        connection.executemany("insert into finance.payouts values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        yield connection


@pytest.fixture
def settings(make_settings, warehouse):
    settings = make_settings()
    publish(settings, warehouse)
    return settings


@pytest.fixture
def export(settings, tmp_path):
    """Exports into a folder of its own; returns the rows of the outcome, and keeps what was reported."""
    reported = []

    def run(*names, to, form=None, force=False):
        return export_marts(settings, names, to=tmp_path / to, format=form, force=force, report=reported.append)

    run.reported = reported
    return run


def cells(path, sheet):
    """Return the header, and each row by its first value."""
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows()
    names = [cell.value for cell in header]
    return names, {row[0].value: dict(zip(names, row, strict=True)) for row in rows}


def test_a_workbook_holds_ids_as_text_amounts_as_numbers_and_days_as_dates(export, tmp_path):
    (done,) = export("finance.payouts", to="payouts.xlsx")
    assert done == {"mart": "finance.payouts", "rows": 12, "format": "xlsx", "file": str(tmp_path / "payouts.xlsx")}
    names, rows = cells(tmp_path / "payouts.xlsx", "finance.payouts")
    assert names[:3] == ["payment_id", "amount", "exchange_rate"] and len(rows) == 12
    first = rows[f"{ID[:-2]}00"]
    assert first["payment_id"].data_type == "s"
    assert (first["amount"].value, first["amount"].number_format) == (9.95, "#,##0.00##")
    assert first["exchange_rate"].value == 0.000001
    assert first["booking_date"].is_date and first["booking_date"].value.isoformat() == "2026-01-31T00:00:00"
    assert first["paid_at"].is_date and first["paid_at"].value.isoformat() == "2026-01-31T23:30:05"
    assert first["payment_ids"].value == f"{ID}, b"
    assert first["tied"].value is True
    assert all(cell.value is None for name, cell in rows["A"].items() if name != "payment_id")


def test_no_digit_of_a_number_goes_through_float(export, tmp_path):
    export("finance.payouts", to="payouts.xlsx")
    _names, rows = cells(tmp_path / "payouts.xlsx", "finance.payouts")
    long = rows["99"]
    assert (long["amount"].value, long["amount"].data_type) == (str(LONG), "s")
    assert long["loaded_through"].value == "17700000000000001"
    assert long["booking_date"].value == "1899-12-31"
    with zipfile.ZipFile(tmp_path / "payouts.xlsx") as parts:
        written = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>9.9500</v>" in written and "<v>0.000001</v>" in written
    assert [line for line in export.reported if "amount" in line] == [
        "finance.payouts, amount: Excel would round 1 numbers of more than 15 digits; they are cells of text"
    ]


def test_a_text_is_no_formula_in_a_workbook(export, tmp_path):
    export("finance.payouts", to="payouts.xlsx")
    _names, rows = cells(tmp_path / "payouts.xlsx", "finance.payouts")
    reported = [row["product_name"] for row in rows.values()]
    assert {cell.data_type for row in rows.values() for cell in row.values()} <= {"s", "n", "d", "b"}
    assert {cell.number_format for cell in reported if cell.value} == {"@"}  # stays text when somebody edits it
    assert {cell.value for cell in reported} >= {'=HYPERLINK("x")', "+44 20", "-", "@sum", "café"}


def test_a_workbook_of_a_schema_has_a_sheet_for_each_mart_and_one_of_meanings(export, tmp_path):
    export("finance", to="all.xlsx")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert book.sheetnames == ["finance.payout_lines", "finance.payouts", "columns"]
    assert all(sheet.freeze_panes == "A2" for sheet in book)
    meanings = {row[:2]: row[2:] for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert meanings["finance.payouts", "amount"] == (
        "DECIMAL(18,4)",
        "what reached, or is to reach, the bank, in `currency`",
    )


def test_csv_quotes_texts_alone_and_defuses_those_that_a_spreadsheet_would_run(export, tmp_path):
    export("finance.payouts", to="payouts.csv")
    text = (tmp_path / "payouts.csv").read_bytes().decode("utf-8")
    rows = {row["payment_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    names = [rows[f"{ID[:-2]}{number:02}"]["product_name"] for number in range(len(FORMULAS) + len(PLAIN))]
    assert names == [*(f"'{formula}" for formula in FORMULAS), *PLAIN]
    assert f'"{ID[:-2]}00",9.9500,0.000001,' in text
    assert f',"2026-01-31T23:30:05+00:00","{ID}, b",7\n' in text
    assert f'"99",{LONG},1.250000,,false,1899-12-31,,"",17700000000000001\n' in text


def test_parquet_is_what_is_published_with_its_types(export, warehouse, tmp_path):
    export("finance.payouts", to="payouts.parquet")
    source = f"'{tmp_path / 'payouts.parquet'}'"
    assert (
        warehouse.execute(f"describe from {source}").fetchall()
        == warehouse.execute("describe finance.payouts").fetchall()
    )
    assert (
        warehouse.execute(f"from {source} order by all").fetchall()
        == warehouse.execute(
            "select * replace (replace(product_name, chr(13), '\\u000d') as product_name)"
            " from finance.payouts order by all"
        ).fetchall()
    )


def test_a_set_is_a_folder_of_files_and_every_mart_of_it_once(export, tmp_path):
    done = export("finance", "finance.payouts", "operations.orders", to="marts", form="csv")
    assert {row["mart"]: row["rows"] for row in done} == {
        "finance.payout_lines": 3,
        "finance.payouts": 12,
        "operations.orders": 0,
    }
    assert (tmp_path / "marts" / "finance.payout_lines.csv").read_text() == (
        '"payment_id","currency"\n"P0","GBP"\n"P1","GBP"\n"P2","GBP"\n'
    )
    assert sorted(path.name for path in (tmp_path / "marts").iterdir()) == sorted(f"{row['mart']}.csv" for row in done)
    export("finance.payouts", to="marts", form="parquet")
    assert (tmp_path / "marts" / "finance.payouts.parquet").exists()


def test_what_is_there_is_replaced_only_when_reported_so(export, tmp_path):
    (tmp_path / "marts").mkdir()
    mine = tmp_path / "marts" / "finance.payouts.csv"
    mine.write_text("mine")
    with pytest.raises(DataError, match=r"finance.payouts.csv is there already.*--force"):
        export("finance", to="marts", form="csv")
    assert [path.name for path in mine.parent.iterdir()] == [mine.name] and mine.read_text() == "mine"
    export("finance", to="marts", form="csv", force=True)
    assert mine.read_text().startswith('"payment_id"')


def test_neither_what_is_published_nor_what_is_no_file_is_replaced(export, settings, tmp_path):
    published = settings.published_dir / "current.duckdb"
    before = published.read_bytes()
    with pytest.raises(DataError, match=r"in the folder of what is published"):
        export("finance.payouts", to=published, form="parquet", force=True)
    assert published.read_bytes() == before
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match=r"pipe is no file"):
        export("finance.payouts", to="pipe", form="csv", force=True)
    assert (tmp_path / "pipe").is_fifo()
    with pytest.raises(DataError, match=r"cannot be written: File name too long"):
        export("finance.payouts", to="x" * 300 + ".csv")


@pytest.mark.parametrize(
    ("names", "to", "form", "reported"),
    [
        (
            ["finance.payout"],
            "a.csv",
            None,
            r"no mart 'finance.payout': did you mean finance.payouts\? Expected one of",
        ),
        (["raw_bank"], "a.csv", None, "no mart 'raw_bank'"),
        ([], "a.csv", None, "name the marts to export, or a whole schema: finance, operations, finance.payout_lines"),
        (["finance.payouts"], "a.csv", "xlsx", "say different formats"),
        (["finance.payouts"], "a", None, "says no format: end it in .csv, .xlsx or .parquet"),
        (["finance.payouts"], "nowhere/a.csv", None, r"nowhere/a.csv cannot be written: No such file.*--to"),
        (["finance"], "nowhere/marts", "csv", r"the folder .*nowhere/marts cannot be made: No such file"),
        (["finance"], ".", "xlsx", "is a folder: name a file in it"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_the_remedy(export, tmp_path, names, to, form, reported):
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DataError, match=reported):
        export(*names, to=to, form=form)
    assert sorted(tmp_path.iterdir()) == before


def test_what_a_sheet_has_no_room_for_is_reported_and_leaves_no_file(export, settings, warehouse, tmp_path):
    warehouse.execute("create table operations.stock as select i::varchar as sku_id from range(1048576) t(i)")
    warehouse.execute("insert into operations.orders values (repeat('x', 32768))")
    publish(settings, warehouse)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(
        DataError, match=r"operations.stock has 1,048,576 rows, a sheet holds 1,048,575: --format parquet"
    ):
        export("operations.stock", to="stock.xlsx")
    with pytest.raises(
        DataError, match=r"operations.orders, row 1: order_id has 32,768 characters, a cell holds 32,767"
    ):
        export("operations.orders", to="orders.xlsx")
    assert sorted(tmp_path.iterdir()) == before
    assert export("operations.stock", to="stock.parquet")[0]["rows"] == 1_048_576
    assert export.reported[0] == "operations.stock: 100,000 of 1,048,576 rows"


def test_too_little_memory_is_reported_as_that(settings, warehouse, tmp_path):
    warehouse.execute(
        "create table finance.order_lines as select i::varchar as order_id, repeat(md5(i::varchar), 40) as product_name"
        " from range(200000) t(i)"
    )
    publish(settings, warehouse)
    small = Reading(home=settings.home, config_dir=settings.config_dir, memory_limit="20MB")
    with pytest.raises(DataError, match=r"^20MB of memory, .* raise memory_limit in tieout.toml"):
        export_marts(small, ["finance"], to=tmp_path / "out", format="csv", force=False, report=lambda _reported: None)


def test_a_kill_leaves_no_half_file_and_what_was_there_before(settings, warehouse, tmp_path):
    warehouse.execute(
        "create table finance.order_lines as select i::varchar as order_id, i as n from range(900000) t(i)"
    )
    publish(settings, warehouse)
    target = tmp_path / "out" / "lines.xlsx"
    target.parent.mkdir()
    target.write_text("before")
    arguments = ["export", "finance.order_lines", "--to", str(target), "--force"]
    program = Path(sys.executable).parent / "tieout"
    with subprocess.Popen([program, *arguments], env={"TIEOUT_HOME": str(settings.home)}, cwd=tmp_path) as process:
        until = time.monotonic() + 60
        while len(list(target.parent.iterdir())) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert target.read_text() == "before"
    assert [path.suffix for path in target.parent.iterdir() if path != target] == [".unfinished"]
