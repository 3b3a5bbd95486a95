"""Records as a dlt resource yields them, for pipelines of dlt's users. Importing this imports dlt: a second.

Belongs here: what all systems' sources have in common. Does not: how a system is read (its folder), our own landing of
versions (landing, dlt_load).

A row is the record as received, in canonical form (decimals as text), with its `id`, and where they are known
`shop_id`, `parent_id` and `updated_at` (UTC). What cannot be used goes to the table `quarantine`, in the words of ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import dlt

from ingestion.load_context import Origin, rejected_record, version_in
from ingestion.versions import Version
from tieout.errors import DataError

Row = dict[str, Any]

_NEWEST = {"updated_at": {"data_type": "timestamp", "dedup_sort": "desc"}}
_QUARANTINE_KEY = ("system", "entity", "shop_id", "record_id")


def usable(
    system: str,
    origin: Origin,
    rows: Iterable[object],
    *,
    parent: Callable[[Mapping[str, Any]], str] = lambda _row: "",
    updated_at: Callable[[Mapping[str, Any]], datetime | None] = lambda _row: None,
) -> tuple[list[Version], list[Any]]:
    """Return the versions of the rows that can be used, and of each other row its item for the quarantine."""
    versions, rejected = [], []
    for row in rows:
        try:
            versions.append(version_in(origin, row, parent=parent, updated_at=updated_at))
        except DataError as error:
            rejected.append(quarantined(system, origin, row, error))
    return versions, rejected


def quarantined(system: str, origin: Origin, row: object, fault: DataError) -> Any:
    """Return the item that dlt puts into the table `quarantine`."""
    return in_table("quarantine", asdict(rejected_record(system, origin, row, fault)), _QUARANTINE_KEY)


def in_table(table: str, row: Row, key: Sequence[str] = ("shop_id", "id"), *, disposition: str = "merge") -> Any:
    """Return a row that dlt puts into another table than its resource's."""
    columns = _NEWEST if "updated_at" in row else None
    hints = dlt.mark.make_hints(table_name=table, write_disposition=disposition, primary_key=list(key), columns=columns)
    return dlt.mark.with_hints(row, hints, create_table_variant=True)


def record(version: Version) -> Row:
    """Return a version as a row of its table."""
    known = {"shop_id": version.shop_id, "parent_id": version.parent_id, "updated_at": version.updated_at}
    return {**json.loads(version.payload or b"{}"), "id": version.id, **{k: v for k, v in known.items() if v}}


def records_in(item: object) -> list[Row]:
    """Return the records that a resource passes on to a transformer: they come as lists, what is quarantined alone."""
    return item if isinstance(item, list) else []


def changed_since(lag: timedelta) -> Any:
    """Return dlt's cursor over `updated_at` that goes back by `lag` each time; records without a time pass."""
    return dlt.sources.incremental("updated_at", lag=lag.total_seconds(), on_cursor_value_missing="include")


def whole(name: str, read: Callable[[], Iterator[Any]], key: Sequence[str] = ("id",)) -> Any:
    """Return a resource that is read whole each time and replaces what was there: so what is gone leaves it."""
    return dlt.resource(read, name=name, write_disposition="replace", primary_key=list(key))


def merged(name: str, read: Callable[..., Iterator[Any]], key: Sequence[str] = ("id",)) -> Any:
    """Return a resource whose records replace those of the same key; of several in one run the newest counts."""
    return dlt.resource(read, name=name, write_disposition="merge", primary_key=list(key), columns=_NEWEST)
