"""The published warehouse: what people and tools read.

Belongs here: opening it, read-only and shut off from the rest of the machine, wherever its folder lies now. Does not:
publishing, or which statements a person may run (orchestration.warehouse). `current.duckdb` is a small file of views
over immutable Parquet; it is replaced as a whole, so an open reader keeps what it has and never blocks a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tieout.errors import DataError
from tieout.reading import Reading

LARGEST_SPILL = "10GB"
_FOLDER = re.compile(r"'((?:[^']|'')*)/data/(?=[a-z_]+[.][a-z0-9_]+/[0-9]{2,}-[0-9a-f]{16}-)")
_VIEWS = "select schema_name, view_name, sql from duckdb_views() where not internal"
_COMMENTS = """
select 'view' as kind, schema_name, view_name, null as column_name, comment from duckdb_views()
where not internal and comment is not null
union all
select 'column', schema_name, table_name, column_name, comment from duckdb_columns()
where not internal and comment is not null
"""


@contextmanager
def open_published(settings: Reading) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the newest published generation, read-only, of a folder that may have been moved or copied since.

    The connection reaches the published Parquet files and no other: no file, network or extension. Its memory is
    bounded by `memory_limit`, its spilling to disk by 10 GB, and no statement can change either.

    Raises:
        DataError: when nothing was published yet, or what is published cannot be opened.
        duckdb.Error: as the caller's own statements on the connection raise it.
    """
    path = settings.published_dir / "current.duckdb"
    if not path.exists():
        raise DataError(f"nothing is published in {settings.published_dir} yet: run `tieout run` first")
    with ExitStack() as held:
        try:
            connection = _opened(settings, path, held)
        except duckdb.Error as error:
            reported = str(error).splitlines()[0]
            raise DataError(
                f"what is published in {path} cannot be read: {reported}; `tieout publish` writes it again"
            ) from None
        yield connection


def write_views(connection: duckdb.DuckDBPyConnection, *, folder: Path, target: Path) -> int:
    """Write the views that a connection sees to a new file, over the Parquet files of `folder`; return how many."""
    found = connection.execute(_VIEWS).fetchall()
    with duckdb.connect(str(target)) as written:
        written.execute("begin")  # one write for all: there are hundreds of comments
        for schema, _name, sql in found:
            written.execute(f'create schema if not exists "{schema}"')
            written.execute(_FOLDER.sub(lambda _found: f"'{_quoted(folder)}/data/", sql))
        for kind, schema, name, column, comment in connection.execute(_COMMENTS).fetchall():
            place = f'"{schema}"."{name}"' + (f'."{column}"' if kind == "column" else "")
            written.execute(f"comment on {kind} {place} is '{comment.replace(chr(39), chr(39) * 2)}'")
        written.execute("commit")
    return len(found)


def _opened(settings: Reading, path: Path, held: ExitStack) -> duckdb.DuckDBPyConnection:
    connection = _connect(settings, path)
    held.callback(connection.close)
    if not _lies_at(connection, settings.published_dir):
        elsewhere = Path(held.enter_context(TemporaryDirectory(prefix="tieout-views-"))) / path.name
        write_views(connection, folder=settings.published_dir, target=elsewhere)
        connection = _connect(settings, elsewhere)
        held.callback(connection.close)
    _shut_off(connection, settings)
    return connection


def _connect(settings: Reading, path: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(settings.home / "spill"),
        "max_temp_directory_size": LARGEST_SPILL,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    return duckdb.connect(str(path.resolve()), read_only=True, config=config)


def _lies_at(connection: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    """Return whether the views look into this folder, as they do until it is moved or copied."""
    named = (_FOLDER.search(str(sql)) for _schema, _name, sql in connection.execute(_VIEWS).fetchall())
    return {match.group(1) for match in named if match} <= {_quoted(folder)}


def _shut_off(connection: duckdb.DuckDBPyConnection, settings: Reading) -> None:
    """Close the connection's way to anything but the published files; a second reader in a process finds it closed."""
    row = connection.execute("select current_setting('lock_configuration')").fetchone()
    if row and row[0]:
        return
    connection.execute("set global timezone = 'UTC'")
    connection.execute(f"set allowed_directories = ['{_quoted(settings.published_dir / 'data')}/']")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
