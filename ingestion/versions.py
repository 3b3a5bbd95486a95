"""One version of one record: its content at an instant, as canonical JSON with a hash.

Belongs here: turning a received row into a version. Does not: deciding whether it is new (landing).
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

import orjson
import pyarrow as pa

from connectors.transport.exact_json import Unusable, unusable_in
from ingestion.raw import SCHEMA
from tieout.errors import DataError

MAX_PAYLOAD_BYTES = 2_000_000
DELETED_HASH = "deleted"


class UnusableError(DataError):
    """A record holds a value that cannot be used; `field` is its path in the record."""

    def __init__(self, field: str, found: Unusable) -> None:
        """Name the field and the value."""
        self.field, self.value = field, found.value
        super().__init__(found.reason)


@dataclass(slots=True)
class Version:
    """A record as a system gave it. `payload` is canonical JSON (UTF-8), None for a deletion; instants are UTC."""

    shop_id: str
    id: str
    parent_id: str
    updated_at: datetime | None
    observed_at: datetime
    api_version: str
    payload: bytes | None
    content_hash: str


def version_of(
    row: Mapping[str, Any],
    record_id: str,
    *,
    observed_at: datetime,
    shop_id: str = "",
    parent_id: str = "",
    updated_at: datetime | None = None,
    api_version: str = "",
) -> Version:
    """Return the version that `row` is.

    Two rows that differ only in the order of their keys are the same version. Exact decimals are kept as text.

    Raises:
        DataError: when the row cannot be written as JSON, or its JSON exceeds 2 MB.
    """
    content = canonical_json(row)
    if len(content) > MAX_PAYLOAD_BYTES:
        raise DataError(f"record of {len(content)} bytes: expected at most {MAX_PAYLOAD_BYTES}")
    digest = hashlib.sha256(content).hexdigest()
    return Version(shop_id, record_id, parent_id, updated_at, observed_at, api_version, content, digest)


def deletion_of(
    shop_id: str, record_id: str, *, observed_at: datetime, parent_id: str, updated_at: datetime | None = None
) -> Version:
    """Return the version that marks a record as deleted (tombstone)."""
    return Version(shop_id, record_id, parent_id, updated_at, observed_at, "", None, DELETED_HASH)


def canonical_json(row: object) -> bytes:
    """Return JSON with sorted keys and no spaces, so that equal content has equal bytes.

    Raises:
        UnusableError: when the row holds a value that could not be used as it was sent.
        DataError: when it holds text that is no Unicode, or a value that JSON has no form for.
    """
    try:
        return orjson.dumps(row, default=_exact, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        refuse_unusable(row)
        return _canonical_json_slowly(row)


def refuse_unusable(row: object) -> None:
    """Let a record pass that holds no value that could not be used.

    Raises:
        UnusableError: naming the first.
    """
    if found := unusable_in(row):
        raise UnusableError(*found)


def _canonical_json_slowly(row: object) -> bytes:
    try:
        text = json.dumps(row, default=_exact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()
    except (TypeError, ValueError) as error:
        raise DataError(f"record cannot be written as JSON: {error}") from None


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_table(versions: Sequence[Version], load_id: str) -> pa.Table:
    """Return versions as an Arrow table in the raw layer's columns. Their payloads together must stay below 2 GB."""
    columns = {
        "shop_id": _mostly_one([v.shop_id for v in versions], "shop_id"),
        "id": pa.array([v.id for v in versions], pa.string()),
        "parent_id": _mostly_one([v.parent_id for v in versions], "parent_id"),
        "updated_at": _mostly_one([v.updated_at for v in versions], "updated_at"),
        "observed_at": _mostly_one([v.observed_at for v in versions], "observed_at"),
        "is_deleted": _mostly_one([v.payload is None for v in versions], "is_deleted"),
        "api_version": _mostly_one([v.api_version for v in versions], "api_version"),
        "payload": _payloads([v.payload for v in versions]),
        "content_hash": pa.array([v.content_hash for v in versions], pa.string()),
        "load_id": _mostly_one([load_id] * len(versions), "load_id"),
    }
    return pa.Table.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _mostly_one(values: Sequence[Any], name: str) -> pa.Array:
    """Return a column that as a rule holds one value throughout: converted once, a third of the time of a table."""
    kind = SCHEMA.field(name).type
    if values and values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)


def _payloads(texts: Sequence[bytes | None]) -> pa.StringArray:
    """Return texts known to be UTF-8 as Arrow strings: joined once, instead of copied and checked one by one."""
    if None in texts:
        return pa.array(texts, pa.string())
    known = [text for text in texts if text is not None]
    offsets = array("i", accumulate(map(len, known), initial=0))
    return pa.StringArray.from_buffers(len(known), pa.py_buffer(offsets), pa.py_buffer(b"".join(known)))
