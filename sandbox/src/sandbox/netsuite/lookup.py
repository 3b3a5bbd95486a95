"""Finding records: by internal id, by external id, by display name; and what a reference to one looks like.

Belongs here: reading the store. Does not: writing it, or rules about what may refer to what.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.netsuite.errors import WireError, invalid_content, not_found
from sandbox.netsuite.schema import FAMILIES, SYSTEM, TYPES, RecordType, kinds_of
from sandbox.store import Record, Store

_ID = re.compile(r"-?\d{1,18}")
_INDEX = (
    "create index if not exists netsuite_by_external_id on record"
    " (kind, json_extract(body, '$.externalId')) where system = 'netsuite'"
)


def index_external_ids(store: Store) -> None:
    """Let external ids be found without reading every body."""
    with store.transaction():
        store.connection.execute(_INDEX)


def id_of_external(store: Store, kind: str, external_id: str) -> str | None:
    """Return the internal id behind an external id, unique per record type (fact sheet netsuite 4.6)."""
    with store.transaction():
        row = store.connection.execute(
            "select id from record where system = 'netsuite' and kind = ? and json_extract(body, '$.externalId') = ?"
            " and deleted = 0 order by id limit 1",
            (kind, external_id),
        ).fetchone()
    return str(row[0]) if row else None


def find(store: Store, record_type: RecordType, segment: str) -> Record:
    """Return the record a URL segment names: an internal id or `eid:<externalId>`. Raises WireError 400, 404."""
    found: str | None = segment
    if not segment.lower().startswith("eid:") and not _ID.fullmatch(segment):
        raise WireError(400, "INVALID_ID", f"Invalid record instance identifier '{segment[:60]}'.")
    if segment.lower().startswith("eid:"):
        found = id_of_external(store, record_type.name, segment[4:])
    record = store.get(SYSTEM, record_type.name, found) if found else None
    if record is None:
        raise not_found()
    return record


def find_in(store: Store, kind: str, id: str) -> Record | None:
    """Return the record of this internal id among the types of a family, or of one type; None when there is none."""
    found = (store.get(SYSTEM, name, id) for name in kinds_of(kind) if name in TYPES)
    return next((record for record in found if record), None)


def resolve(store: Store, kind: str, value: Any, *, path: str) -> dict[str, str]:
    """Return the stored form of a reference given as {id}, {externalId}, {refName}, or a bare id.

    Raises WireError 400 INVALID_CONTENT when nothing, or only an inactive record, answers to it.
    """
    record = _target(store, kind, value)
    if record is None:
        label = TYPES[kind].label if kind in TYPES else kind.strip("_").capitalize()
        raise invalid_content(f"Invalid reference: {_shown(value)} is not a valid {label}.", path)
    if record.body.get("isInactive") is True:
        raise invalid_content(f"Invalid reference: {TYPES[record.kind].label} {_shown(value)} is inactive.", path)
    return {"id": record.id, "refName": TYPES[record.kind].title(record.body)}


def next_id(store: Store, record_type: RecordType) -> str:
    """Return a fresh internal id; all types of a family draw from one row of numbers."""
    names = (name for name, kinds in FAMILIES.items() if record_type.name in kinds)
    target = next(names, record_type.name)
    family, kinds = target.strip("_"), kinds_of(target)
    number = int(store.get_meta(f"netsuite.next_id.{family}", 1001))
    while any(store.get(SYSTEM, kind, str(number), deleted=True) for kind in kinds):
        number += 1
    # Numbers skip, as the vendor's do: a record doubled by hand finds a free number beside its original.
    store.set_meta(f"netsuite.next_id.{family}", number + 10)
    return str(number)


def next_number(store: Store, prefix: str) -> str:
    """Return the next document number of a transaction type: JE1, JE2, ..."""
    number = int(store.get_meta(f"netsuite.next_number.{prefix}", 1))
    store.set_meta(f"netsuite.next_number.{prefix}", number + 1)
    return f"{prefix}{number}"


def _target(store: Store, kind: str, value: Any) -> Record | None:
    if not isinstance(value, dict):
        return find_in(store, kind, str(value))
    if value.get("id") not in (None, ""):
        return find_in(store, kind, str(value["id"]))
    if value.get("externalId"):
        ids = (id_of_external(store, name, str(value["externalId"])) for name in kinds_of(kind))
        return next((find_in(store, kind, id) for id in ids if id), None)
    named = [r for name in kinds_of(kind) for r in store.select(SYSTEM, name)
             if TYPES[name].title(r.body) == value.get("refName")]  # fmt: skip
    return named[0] if len(named) == 1 else None


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("id") or value.get("externalId") or value.get("refName") or "(empty)"
    return str(value)[:100]
