"""The warehouse file: one writer at a time, under an operating-system lock that waits.

Belongs here: locking and opening `warehouse.duckdb`, and the engine settings every opener shares. Does not: any
table. DuckDB refuses a second opener at once, so every step that touches the file holds `warehouse_lock` first;
readers outside the pipeline never open this file (they use tieout.published).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from tieout.errors import LockedError, WarehouseError
from tieout.reading import Reading

FILE_FAULTS = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.OutOfMemoryException)
"""What goes wrong with the file, the disk or the memory, whatever the statement was."""
LONGEST_REPORTED = 200


@contextmanager
def warehouse_lock(settings: Reading, *, wait_seconds: float = 900) -> Iterator[None]:
    """Hold the one right to open the warehouse file; waits for whoever holds it.

    Raises:
        LockedError: when it is still held after `wait_seconds`.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.home / "warehouse.lock", timeout=wait_seconds)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"the warehouse is still in use after {wait_seconds:.0f} s: another tieout run holds"
            f" {settings.home / 'warehouse.lock'}; wait for it, or end it"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def open_warehouse(settings: Reading) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse file for writing. Call it inside `warehouse_lock`.

    Raises:
        WarehouseError: when the file is damaged, in use elsewhere, or cannot be written.
    """
    try:
        connection = duckdb.connect(str(settings.warehouse_path), config=engine_config(settings))
    except duckdb.Error as error:
        raise fault_of(error, settings.warehouse_path) from None
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    except FILE_FAULTS as error:
        raise fault_of(error, settings.warehouse_path) from None
    finally:
        connection.close()


def fault_of(error: duckdb.Error, path: Path) -> WarehouseError:
    """Return what an error of the file itself means, and the way back from it; `path` is the warehouse's."""
    found = str(error).splitlines()[0][:LONGEST_REPORTED]
    if any(sign in found for sign in ("Could not set lock", "Conflicting lock")):
        return WarehouseError(
            f"{path} is held by another program: close it (people and tools read published/current.duckdb instead)"
        )
    if any(sign in found for sign in ("No space left", "File too large", "Could not write", "disk")):
        return WarehouseError(f"{path} cannot be written ({found}): free disk space and run it again; nothing is lost")
    if isinstance(error, duckdb.OutOfMemoryException):
        return WarehouseError(f"{path}: not enough memory ({found}): raise memory_limit in tieout.toml")
    return WarehouseError(
        f"{path} is damaged or no warehouse ({found}): restore it from its backup and run `tieout run`, which reads on"
        " from there (`tieout backfill --since DAY` from a day you choose). Without a backup, move it away and run"
        " `tieout backfill --since DAY`: what vendors and files still hold is read again, what they have deleted is not"
    )


def engine_config(settings: Reading) -> dict[str, str | bool | int | float | list[str]]:
    """Return DuckDB settings: bounded memory with spilling, and nothing fetched from anywhere."""
    spill = settings.home / "spill"
    return {
        "storage_compatibility_version": "v1.5.0",
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
