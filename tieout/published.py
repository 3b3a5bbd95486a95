"""The published warehouse: what people and tools read.

Belongs here: opening it, read-only and shut off from the rest of the machine. Does not: publishing
(orchestration.publish), or which statements a person may run (orchestration.reading_sql). `current.duckdb` is a small
file of views over immutable Parquet; it is replaced as a whole, so an open reader keeps what it has and never blocks a
run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tieout.errors import DataError
from tieout.settings import Settings

LARGEST_SPILL = "10GB"
_PARQUET = re.compile(r"'((?:[^']|'')*/published/data)/")


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the newest published generation, read-only.

    The connection reaches the published Parquet files and no other: no file, network or extension. Its memory is
    bounded by `memory_limit`, its spilling to disk by 10 GB, and no statement can change either.

    Raises:
        DataError: when nothing was published yet, or what is published cannot be opened.
    """
    path = settings.published_dir / "current.duckdb"
    if not path.exists():
        raise DataError(f"nothing is published in {settings.published_dir} yet: run `tieout run` first")
    connection = _connect(settings)
    try:
        _shut_off(connection, settings)
        yield connection
    except duckdb.Error as error:
        raise _fault(error, path) from None
    finally:
        connection.close()


def _connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.home / "spill"),
        "max_temp_directory_size": LARGEST_SPILL,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    path = settings.published_dir / "current.duckdb"
    try:
        return duckdb.connect(str(path.resolve()), read_only=True, config=config)
    except duckdb.Error as error:
        raise _fault(error, path) from None


def _fault(error: duckdb.Error, path: Path) -> DataError:
    told = str(error).splitlines()[0]
    return DataError(f"what is published in {path} cannot be read: {told}; `tieout publish` writes it again")


def _shut_off(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Close the connection's way to anything but the published files; a second reader in a process finds it closed."""
    row = connection.execute("select current_setting('lock_configuration')").fetchone()
    if row and row[0]:
        return
    folders = {str(settings.published_dir / "data"), *_folders_of_views(connection)}
    allowed = ", ".join("'" + folder.replace("'", "''") + "/'" for folder in sorted(folders))
    connection.execute("set global timezone = 'UTC'")
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _folders_of_views(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return where the views look: a copy of a home reads what it was copied from until it publishes itself."""
    views = connection.execute("select sql from duckdb_views() where not internal").fetchall()
    found = (_PARQUET.search(str(row[0])) for row in views)
    return {match.group(1).replace("''", "'") for match in found if match}
