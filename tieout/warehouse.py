"""The warehouse file: one writer at a time, under an operating-system lock that waits.

Belongs here: locking and opening `warehouse.duckdb`, and the engine settings every opener shares. Does not: any
table. DuckDB refuses a second opener at once, so every step that touches the file holds `warehouse_lock` first;
readers outside the pipeline never open this file (they use tieout.published).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from filelock import FileLock, Timeout

from tieout.errors import LockedError
from tieout.settings import Settings


@contextmanager
def warehouse_lock(settings: Settings, *, wait_seconds: float = 900) -> Iterator[None]:
    """Hold the one right to open the warehouse file; waits for whoever holds it.

    Raises:
        LockedError: when it is still held after `wait_seconds`.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.home / "warehouse.lock", timeout=wait_seconds)
    try:
        with lock:
            yield
    except Timeout:
        raise LockedError(
            f"the warehouse is still in use after {wait_seconds:.0f} s: another tieout run holds"
            f" {settings.home / 'warehouse.lock'}; wait for it, or end it"
        ) from None


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse file for writing. Call it inside `warehouse_lock`."""
    connection = duckdb.connect(str(settings.warehouse_path), config=engine_config(settings))
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


def engine_config(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    """Return DuckDB settings: bounded memory with spilling, and nothing fetched from anywhere."""
    spill = settings.home / "spill"
    return {
        "storage_compatibility_version": "v1.5.0",
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
