"""Running dlt: one Parquet file for each entity into the raw tables (append, or merge insert-only).

Belongs here: everything that knows dlt. Does not: which versions have changed (landing), writing them to a file
(parquet_buffer).

dlt's working folder holds nothing we need: what is not in the warehouse is read again, because coverage moves only
after landing. So it is emptied before each run, and a killed process leaves no half-loaded package behind.
"""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from ingestion.raw import KEY, SCHEMA
from tieout.errors import DataError


@dataclass(frozen=True)
class ChangedRows:
    """The changed rows of one entity, as a file, and whether any of its records is in the raw table already."""

    entity: str
    file: Path
    rows: int
    any_known: bool

    @property
    def disposition(self) -> Any:
        """Return how dlt writes it. Records that are not there cannot meet their own key: a merge would only copy."""
        return {"disposition": "merge", "strategy": "insert-only"} if self.any_known else "append"


def load_with_dlt(
    connection: duckdb.DuckDBPyConnection, home: Path, *, dataset: str, changed: Sequence[ChangedRows]
) -> None:
    """Append what is new to the raw tables of `dataset`, through a connection of its own; dlt works under `home`/dlt.

    Raises:
        DataError: when dlt could not.
    """
    dlt = _dlt()
    working = home / "dlt"
    shutil.rmtree(working / dataset, ignore_errors=True)
    resources = [
        dlt.resource(
            [dlt.mark.with_file_import(str(new.file), "parquet", new.rows, hints=SCHEMA.empty_table())],
            name=new.entity,
            write_disposition=new.disposition,
            primary_key=list(KEY),
            columns={"payload": {"data_type": "json"}},
        )
        for new in changed
    ]
    with connection.cursor() as own, _in_order(own):  # dlt changes the search path of the connection that it is given
        pipeline = dlt.pipeline(
            pipeline_name=dataset,
            dataset_name=dataset,
            destination=_destination(dlt, own),
            pipelines_dir=str(working),
        )
        try:
            pipeline.run(resources, loader_file_format="parquet")
        except import_module("dlt.pipeline.exceptions").PipelineStepFailed as error:
            cause = _root_cause(error)
            raise DataError(f"landing into {dataset} failed, nothing of it is lost: {cause}; run it again") from None
    shutil.rmtree(working / dataset, ignore_errors=True)  # it still names the files, and they hold what buyers wrote


def _destination(dlt: ModuleType, connection: duckdb.DuckDBPyConnection) -> Any:
    """Return dlt's destination on this connection. A run asks ten times what it can do: a third of its time."""
    destination = dlt.destinations.duckdb(connection)
    work_out, known = destination.capabilities, {}

    def capabilities(config: Any = None, naming: Any = None) -> Any:
        if config is not None:
            return work_out(config, naming)
        if type(naming) not in known:
            known[type(naming)] = work_out(None, naming)
        return known[type(naming)].copy()

    destination.capabilities = capabilities
    return destination


@contextmanager
def _in_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let rows keep their order: otherwise each thread leaves part-filled row groups, which are packed again later."""
    row = connection.execute("select current_setting('preserve_insertion_order')").fetchone()
    connection.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute("set preserve_insertion_order = $before", {"before": bool(row and row[0])})


def _root_cause(error: BaseException) -> str:
    """Return the first line of what began a chain of errors: the rest may quote rows."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@cache
def _dlt() -> ModuleType:
    """Import dlt with its telemetry, state restoring and chatter off; importing it costs most of a second.

    It leaves several 100,000 objects for good. Frozen, they are not walked again by every full garbage collection,
    which would take a tenth of the time of landing many rows.
    """
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
    os.environ.setdefault("RESTORE_FROM_DESTINATION", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its SQL parser announces a successor on every import
        dlt = import_module("dlt")
    gc.freeze()
    return dlt
