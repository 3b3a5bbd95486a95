"""The published warehouse: what people and tools read.

Belongs here: opening it, read-only. Does not: publishing (orchestration.publish). `current.duckdb` is a small file of
views over immutable Parquet; it is replaced as a whole, so an open reader keeps what it has and never blocks a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tieout.errors import DataError
from tieout.settings import Settings


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the newest published generation, read-only.

    Raises:
        DataError: when nothing was published yet.
    """
    path = settings.published_dir / "current.duckdb"
    if not path.exists():
        raise DataError(f"nothing is published in {settings.published_dir} yet: run `tieout run` first")
    connection = duckdb.connect(str(path.resolve()), read_only=True, config={"autoinstall_known_extensions": False})
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()
