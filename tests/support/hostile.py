"""Every field of every kind of raw record, with values that nobody expects there.

Belongs here: making the records. Does not: what should come of them. The payloads are of the sandbox's world, one a table
(payloads.json), with the fields that a model reads.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

PAYLOADS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "payloads.json").read_text())
HOSTILE: tuple[Any, ...] = (
    *(None, "", " ", "x", "-1", "0", "1e400", "NaN", "-0.00001", "9" * 40, "99999-12-31", "2026-02-30"),
    *("99999999999999", "\uff11\uff12\uff13", "\u0000", "'; drop table x; --", '{"a": 1}'),
    *(-1, 0, 2147483647, 10**17, 10**40, 1.5, 1e300, True, False, [], [None], [[1]], ["x"], {}, {"a": {"b": 1}}),
)
_ABSENT = object()
Place = tuple[str | int, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every part of a payload, the whole of it first."""
    yield at
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*at, key))


def changed(payload: Any, at: Place, value: Any) -> Any:
    """Return the payload with another value at a place, or without what is there."""
    if not at:
        return value
    result = copy.deepcopy(payload)
    holder = result
    for key in at[:-1]:
        holder = holder[key]
    if value is _ABSENT:
        del holder[at[-1]]
    else:
        holder[at[-1]] = value
    return result


def hostile_records(table: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield id, parent and payload text of a sound record, and of one for each place and value."""
    known = PAYLOADS[table]
    sound, parent = known["payload"], known["parent"] or ""
    yield str(sound.get("id", "sound")), parent, json.dumps(sound)
    for number, at in enumerate(places(sound)):
        for which, value in enumerate((*HOSTILE, _ABSENT)):
            if at or value is not _ABSENT:
                yield f"{number}9{which:02}", parent, json.dumps(changed(sound, at, value))


def land_hostile(warehouse: duckdb.DuckDBPyConnection, *, shop: str, load: tuple[str, str]) -> int:
    """Land all of them under one shop, as one load; return how many."""
    rows = []
    for table in PAYLOADS:
        own = (
            ""
            if table.split(".")[0] in ("raw_config", "raw_bank", "raw_netsuite", "raw_gxo", "raw_linnworks")
            else shop
        )
        found = [
            (table, own, key, parent, text, hashlib.sha256(str(text).encode()).hexdigest())
            for key, parent, text in hostile_records(table)
        ]
        warehouse.execute(
            f"insert into {table} select unnest($shop), unnest($id), unnest($parent), $at, $at, false, '202501',"
            " unnest($payload), unnest($hash), $load",
            {
                "shop": [row[1] for row in found],
                "id": [row[2] for row in found],
                "parent": [row[3] for row in found],
                "payload": [row[4] for row in found],
                "hash": [row[5] for row in found],
                "at": load[0],
                "load": load[1],
            },
        )
        rows += found
    return len(rows)
