"""Published marts as an Excel workbook: a sheet per mart, and one that says what the columns are.

Belongs here: what a value becomes in a cell, and what a sheet cannot hold. Does not: which marts, and where the file is
put (export).

Excel computes with 15 digits, and reads a text as formula or number only where a cell has no type. So ids and other
texts are cells of type text, and an amount of more than 15 digits is one too. XlsxWriter writes a Decimal digit by
digit, never through float.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import duckdb

from orchestration.warehouse.marts import BATCH, Column, Mart
from tieout.errors import DataError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header; this and the next two are Excel's own limits."""

LONGEST_TEXT = 32_767
FIRST_YEAR = 1900
_FETCHED = BATCH // 10  # as Python objects they take ten times the room
_OTHERWISE = "--format parquet or csv has room for it"
_MEANINGS = ("mart", "column", "type", "meaning")

_Kind = Literal["text", "amount", "count", "date", "instant", "truth"]
_SHAPES: dict[_Kind, tuple[str, int]] = {
    "text": ("@", 22),
    "amount": ("#,##0.00##", 14),
    "count": ("0", 10),
    "date": ("yyyy-mm-dd", 11),
    "instant": ("yyyy-mm-dd hh:mm:ss", 19),
    "truth": ("General", 8),
}
"""How each kind is shown, and how wide: an amount with two decimals, and with those beyond that it has."""


def write_workbook(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart], file: IO[bytes], *, report: Callable[[str], None]
) -> None:
    """Write each mart to a sheet of its name, in the order of its columns, and what they mean to a last sheet.

    Instants are UTC. Rows are sorted by DuckDB within its memory limit, and wait beside the file, not in memory.

    Raises:
        DataError: when a mart has more rows, or a text more characters, than Excel allows.
    """
    from xlsxwriter.exceptions import FileCreateError
    from xlsxwriter.workbook import Workbook

    for mart in marts:
        if mart.rows > MOST_ROWS:
            raise DataError(f"{mart.name} has {mart.rows:,} rows, a sheet holds {MOST_ROWS:,}: {_OTHERWISE}")
    beside = str(Path(file.name).parent)  # rows wait here until the file is put together, a sheet at a time
    try:
        with Workbook(file, {"constant_memory": True, "tmpdir": beside}) as book:
            book.use_zip64()
            shapes = {kind: book.add_format({"num_format": shown}) for kind, (shown, _width) in _SHAPES.items()}
            for mart in marts:
                _write_mart(book.add_worksheet(mart.name), connection, mart, shapes=shapes, report=report)
            _write_meanings(book, marts)
    except FileCreateError as error:
        (cause,) = error.args
        raise cause from None


def _write_mart(
    sheet: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    mart: Mart,
    *,
    shapes: dict[_Kind, Format],
    report: Callable[[str], None],
) -> None:
    _write_header(sheet, [column.name for column in mart.columns], [_SHAPES[_kind(c)][1] for c in mart.columns])
    sheet.autofilter(0, 0, mart.rows, len(mart.columns) - 1)
    writers = [_writer(sheet, column, shapes) for column in mart.columns]
    as_text: Counter[str] = Counter()
    for number, row in enumerate(_rows(connection, mart, report), start=1):
        for place, (column, value, write) in enumerate(zip(mart.columns, row, writers, strict=True)):
            if value is not None and write(number, place, value):
                as_text[column.name] += 1
    for name, count in as_text.items():
        report(
            f"{mart.name}, {name}: Excel would round {count:,} numbers of more than 15 digits; they are cells of text"
        )


def _write_header(sheet: Worksheet, names: Sequence[str], widths: Sequence[int]) -> None:
    for place, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(place, place, max(width, min(len(name), 24) + 2))
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name)


def _rows(
    connection: duckdb.DuckDBPyConnection, mart: Mart, report: Callable[[str], None]
) -> Iterator[tuple[Any, ...]]:
    found = connection.execute(mart.select(_selected))
    done = 0
    while batch := found.fetchmany(_FETCHED):
        yield from batch
        done += len(batch)
        if mart.rows > BATCH and (done % BATCH == 0 or done == mart.rows):
            report(f"{mart.name}: {done:,} of {mart.rows:,} rows")


def _selected(column: Column) -> str:
    if _kind(column) == "instant":
        return f"timezone('UTC', {column.quoted})"
    return column.as_text() if _kind(column) == "text" else column.quoted


def _kind(column: Column) -> _Kind:
    if column.type.startswith("DECIMAL"):
        return "amount"
    known: dict[str, _Kind] = {
        **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "count"),
        **{"DATE": "date", "TIMESTAMP WITH TIME ZONE": "instant", "BOOLEAN": "truth"},
    }
    return known.get(column.type, "text")


def _writer(sheet: Worksheet, column: Column, shapes: dict[_Kind, Format]) -> Callable[[int, int, Any], bool]:
    """Return what writes a value of a column, and notes whether a number had to become a text not to be rounded."""
    shape, text = shapes[_kind(column)], shapes["text"]
    surely_exact = 10 ** (15 - _decimals(column))

    def number(row: int, place: int, value: Decimal | int) -> bool:
        if abs(value) < surely_exact:
            sheet.write_number(row, place, value, shape)
            return False
        digits = f"{value:f}" if isinstance(value, Decimal) else str(value)
        is_exact = len(digits.lstrip("-").replace(".", "").strip("0")) <= 15
        sheet.write_number(row, place, value, shape) if is_exact else sheet.write_string(row, place, digits, text)
        return not is_exact

    def day(row: int, place: int, value: date) -> bool:
        if value.year < FIRST_YEAR:
            sheet.write_string(row, place, value.isoformat(), text)
        else:
            sheet.write_datetime(row, place, value, shape)
        return False

    def truth(row: int, place: int, value: bool) -> bool:
        sheet.write_boolean(row, place, value, shape)
        return False

    def words(row: int, place: int, value: str) -> bool:
        if len(value) > LONGEST_TEXT:
            raise DataError(
                f"{sheet.get_name()}, row {row:,}: {column.name} has {len(value):,} characters, a cell holds"
                f" {LONGEST_TEXT:,}; {_OTHERWISE}"
            )
        sheet.write_string(row, place, value, text)
        return False

    writers: dict[_Kind, Callable[[int, int, Any], bool]] = {"date": day, "instant": day, "truth": truth, "text": words}
    return writers.get(_kind(column), number)


def _decimals(column: Column) -> int:
    return int(column.type.rstrip(")").split(",")[1]) if column.type.startswith("DECIMAL") else 0


def _write_meanings(book: Workbook, marts: Sequence[Mart]) -> None:
    sheet = book.add_worksheet("columns")
    _write_header(sheet, _MEANINGS, (28, 28, 26, 100))
    reported = [(mart.name, column.name, column.type, column.meaning) for mart in marts for column in mart.columns]
    for number, texts in enumerate(reported, start=1):
        for place, text in enumerate(texts):
            sheet.write_string(number, place, text)
