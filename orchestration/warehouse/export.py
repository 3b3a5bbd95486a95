"""`tieout export`: published marts as CSV, XLSX or Parquet files.

Belongs here: which files, each written whole or not at all, and the rows of CSV and Parquet. Does not: the cells of a
workbook (workbook), or a choice of rows, which is what `tieout query` is for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Literal, get_args

import duckdb

from orchestration.warehouse.marts import BATCH, Column, Mart, chosen_marts
from orchestration.warehouse.queries import Row, reading
from orchestration.warehouse.workbook import write_workbook
from tieout.errors import DataError
from tieout.reading import Reading

Format = Literal["csv", "xlsx", "parquet"]

_FORMULA = r"^[=+\-@\t\r\n\x00\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""A text that a spreadsheet takes for a formula, whether or not it is in quotes; the last four are full-width."""


def export_marts(
    settings: Reading,
    names: Sequence[str],
    *,
    to: Path,
    format: Format | None,
    force: bool,
    report: Callable[[str], None],
) -> list[Row]:
    """Write marts to `to` and return what was written: one row per mart, with its rows and file.

    XLSX is one workbook. CSV and Parquet are a file of one mart, or in a folder one for each, named by it. All are of
    one generation. A file appears when it is whole, and no file that is there is replaced unless `force` says so.

    Raises:
        DataError: when a mart does not exist, a file is there already or cannot be written, or Excel has no room.
    """
    kind = _format(format, to)
    require_ours(to, settings.published_dir)
    with reading(settings) as connection:
        marts = chosen_marts(connection, names)
        files = _files(marts, to, kind)
        for path in files:
            require_free(path, force)
        if to not in files:
            made_folder(to)
        for path, held in files.items():
            with whole_file(path, force) as file:
                _write(connection, held, file, kind=kind, report=report)
    return [
        {"mart": mart.name, "rows": mart.rows, "format": kind, "file": str(path)}
        for path, held in files.items()
        for mart in held
    ]


def _format(asked: Format | None, to: Path) -> Format:
    said = next((one for one in get_args(Format) if to.suffix.lower() == f".{one}"), None)
    if asked and said and asked != said:
        raise DataError(f"--format {asked} and --to {to} say different formats: leave one of them out")
    found: Format | None = asked or said
    if found is None:
        raise DataError(f"--to {to} says no format: end it in .csv, .xlsx or .parquet, or name one with --format")
    return found


def _files(marts: list[Mart], to: Path, kind: Format) -> dict[Path, list[Mart]]:
    if kind == "xlsx" or (len(marts) == 1 and not to.is_dir()):
        return {to: marts}
    return {to / f"{mart.name}.{kind}": [mart] for mart in marts}


def require_ours(path: Path, published: Path) -> None:
    """Refuse what an export must not take the place of: what readers read, and what is no file."""
    try:
        if path.resolve().is_relative_to(published.resolve()):
            raise DataError(f"{path} is in the folder of what is published: name a file elsewhere with --to")
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise DataError(f"{path} is no file: name one with --to")
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}; name another file with --to") from None


def require_free(path: Path, force: bool) -> None:
    """Refuse a folder, and without `force` a file that is there. Raises DataError."""
    if path.is_dir():
        raise DataError(f"{path} is a folder: name a file in it with --to")
    if path.exists() and not force:
        raise DataError(f"{path} is there already: write elsewhere with --to, or replace it with --force")


def made_folder(folder: Path) -> None:
    """Make a folder where there is none. Raises DataError."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise DataError(f"the folder {folder} cannot be made: {error.strerror}; name another one with --to") from None


@contextmanager
def whole_file(path: Path, force: bool) -> Iterator[IO[bytes]]:
    """Give a new file, which takes the place of `path` once all is written and on disk, and is gone otherwise."""
    try:
        with TemporaryDirectory(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            with unfinished.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            require_free(path, force)
            os.replace(unfinished, path)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise DataError(f"{path} cannot be written: {error.strerror}; name another file with --to") from None


def _write(
    connection: duckdb.DuckDBPyConnection,
    marts: list[Mart],
    file: IO[bytes],
    *,
    kind: Format,
    report: Callable[[str], None],
) -> None:
    if kind == "xlsx":
        write_workbook(connection, marts, file, report=report)
        return
    import pyarrow.csv
    import pyarrow.parquet

    (mart,) = marts
    selected = _csv_value if kind == "csv" else _as_is
    batches = connection.execute(mart.select(selected)).to_arrow_reader(BATCH)
    writer: Any = (
        pyarrow.csv.CSVWriter(file, batches.schema)
        if kind == "csv"
        else pyarrow.parquet.ParquetWriter(file, batches.schema, compression="zstd")
    )
    done = 0
    with writer:
        for batch in batches:
            writer.write_batch(batch)
            done += batch.num_rows
            if mart.rows > BATCH:
                report(f"{mart.name}: {done:,} of {mart.rows:,} rows")


def _as_is(column: Column) -> str:
    return column.quoted


def _csv_value(column: Column) -> str:
    """Return SQL of a value as CSV holds it: numbers, days and truths bare, all else as text in quotes.

    Instants are ISO 8601 in UTC. A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    if (
        column.type.startswith("DECIMAL")
        or column.type.endswith("INT")
        or column.type in ("INTEGER", "DATE", "BOOLEAN")
    ):
        return column.quoted
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"replace(cast({column.quoted} as varchar), ' ', 'T') || ':00'"
    text = column.as_text()
    return f"if(regexp_matches({text}, '{_FORMULA}'), '''' || {text}, {text})"
