"""Quarantine: records that cannot be used as they are, each with its place, its fault and what to do about it.

A row stays until the record is read again and found valid, or its scope (a listing, a statement, a file) is read
completely and the record is no longer in it. Belongs here: that life cycle. Does not: validating a record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.landing import Landing
from ingestion.versions import Version, deletion_of, version_of

MAX_EXCERPT = 2_000
MAX_VALUE = 80
_PERSONAL = re.compile(r"address|buyer|name|phone|email|cpf|user_id|message|note|counterparty|owner", re.IGNORECASE)

_LIVE = """
select shop_id, id, arg_max(parent_id, observed_at) as parent_id, arg_max(updated_at, observed_at) as updated_at
from raw_tieout.quarantine
group by shop_id, id
having not arg_max(is_deleted, observed_at)
"""

# What the models exclude from every figure, as they were last built; absent before the first build.
_HELD_TABLE = "select 1 from information_schema.tables where table_schema = 'audit' and table_name = 'quarantine'"
_HELD = """
select distinct entity, record_id, parent_id
from audit.quarantine
where source = 'staging' and system = $system and shop_id = $shop_id
"""
_NAMELESS = "without-id-"


@dataclass(frozen=True)
class Held:
    """A record that is excluded from every figure; `parent_id` is the statement or order it belongs to, if any."""

    entity: str
    record_id: str
    parent_id: str


@dataclass(frozen=True)
class Rejected:
    """A record that was quarantined. `record_id` names the record, file or line as people can find it."""

    system: str
    entity: str
    shop_id: str
    record_id: str
    field: str
    value: str
    reason: str
    remedy: str
    excerpt: str = ""

    @property
    def key(self) -> str:
        """Return the id of its row in quarantine."""
        return f"{self.system}/{self.entity}/{self.record_id}"


class Quarantine:
    """The rows in quarantine before a load, and what the load adds to and takes from them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read which rows are in quarantine now."""
        live = connection.execute(_LIVE).fetchall()
        self._connection = connection
        self._live: dict[tuple[str, str], str] = {(shop, key): parent for shop, key, parent, _ in live}
        self._since: dict[tuple[str, str], datetime | None] = {(shop, key): at for shop, key, _, at in live}
        self._rejected: dict[tuple[str, str], Version] = {}
        self._cleared: set[tuple[str, str]] = set()
        self._scopes: set[tuple[str, str]] = set()

    def reject(
        self, rejected: Rejected, *, observed_at: datetime, scope: str = "", updated_at: datetime | None = None
    ) -> None:
        """Quarantine a record. `scope`: the listing, statement or file it was read from; `updated_at`: its own time."""
        short = {"value": rejected.value[:MAX_VALUE], "excerpt": rejected.excerpt[:MAX_EXCERPT]}
        content = {**asdict(rejected), **short, "parent_id": scope}
        parent = _scope(rejected.system, rejected.entity, scope)
        self._rejected[rejected.shop_id, rejected.key] = version_of(
            content,
            rejected.key,
            observed_at=observed_at,
            shop_id=rejected.shop_id,
            parent_id=parent,
            updated_at=updated_at,
        )

    def passed(self, system: str, entity: str, *, shop_id: str, record_id: str) -> None:
        """Release a record that was read and found valid."""
        key = (shop_id, f"{system}/{entity}/{record_id}")
        if key in self._live:
            self._cleared.add(key)

    def scope_read(self, system: str, entity: str, *, shop_id: str, scope: str = "") -> None:
        """Release records that a completely read scope no longer holds."""
        self._scopes.add((shop_id, _scope(system, entity, scope)))

    def held(self, system: str, *, shop_id: str) -> list[Held]:
        """Return what was excluded from every figure before this load, here or by the models: it is read again."""
        mine = [(key, parent) for (shop, key), parent in self._live.items() if shop == shop_id]
        here = [
            Held(key.split("/")[1], key.split("/", 2)[2], parent.split("/", 2)[-1])
            for key, parent in mine
            if key.startswith(f"{system}/")
        ]
        if not self._connection.execute(_HELD_TABLE).fetchone():
            return here
        binds = {"system": system, "shop_id": shop_id}
        return here + [Held(*row) for row in self._connection.execute(_HELD, binds).fetchall()]

    def without_id_since(self, system: str, entity: str, *, shop_id: str) -> datetime | None:
        """Return the earliest time of an entity's records in quarantine without an id to request them by."""
        found = (
            at for key, at in self._since.items() if key[0] == shop_id and _has_surrogate_id(key[1], system, entity)
        )
        return min((at for at in found if at is not None), default=None)

    def without_id_read(self, system: str, entity: str, *, shop_id: str, start: datetime | None) -> None:
        """Release records without id after all of an entity was read from `start` on (None: ever)."""
        for key, at in self._since.items():
            if (
                key[0] == shop_id
                and _has_surrogate_id(key[1], system, entity)
                and (start is None or (at and at >= start))
            ):
                self._cleared.add(key)

    def count(self, system: str, entity: str, *, shop_id: str) -> int:
        """Return how many records of an entity this load quarantined."""
        prefix = f"{system}/{entity}/"
        return sum(shop == shop_id and key.startswith(prefix) for shop, key in self._rejected)

    def rejecting(self, system: str) -> set[tuple[str, str]]:
        """Return the (entity, shop) pairs of a system of which this load quarantined records."""
        return {(key.split("/")[1], shop) for shop, key in self._rejected if key.startswith(f"{system}/")}

    def live_scopes(self, system: str, entity: str, *, shop_id: str) -> set[str]:
        """Return the scopes that had records in quarantine before this load."""
        prefix = _scope(system, entity, "")
        found = (parent for (shop, _), parent in self._live.items() if shop == shop_id)
        return {parent.removeprefix(prefix) for parent in found if parent.startswith(prefix)}

    def land(self, landing: Landing, *, observed_at: datetime) -> None:
        """Land what was quarantined, and the deletion of what left quarantine."""
        gone = self._cleared | {key for key, parent in self._live.items() if (key[0], parent) in self._scopes}
        landing.add("quarantine", self._rejected.values())
        landing.add(
            "quarantine",
            [
                deletion_of(shop, key, observed_at=observed_at, parent_id=self._live[shop, key])
                for shop, key in sorted(gone - self._rejected.keys())
            ],
        )


def excerpt_of(row: object) -> str:
    """Return a record as short text for people, without what it says about a person."""
    shown = _impersonal(row) if isinstance(row, Mapping) else row
    return json.dumps(shown, default=str, ensure_ascii=False)[:MAX_EXCERPT].encode("utf-8", "backslashreplace").decode()


def value_of(field: str, value: str) -> str:
    """Return the value of a field for people; none of a field that is about a person."""
    return "" if _PERSONAL.search(field) else value


def surrogate_id(row: object) -> str:
    """Return a stable surrogate id for a record that has none."""
    content = json.dumps(row, default=str, sort_keys=True)
    return _NAMELESS + hashlib.sha256(content.encode()).hexdigest()[:16]


def is_surrogate(record_id: str) -> bool:
    """Return whether an id is such a surrogate: its record cannot be asked for by id."""
    return record_id.startswith(_NAMELESS)


def _impersonal(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "…" if _PERSONAL.search(str(key)) else _impersonal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_impersonal(item) for item in value[:5]]
    return value


def _has_surrogate_id(key: str, system: str, entity: str) -> bool:
    return key.startswith(f"{system}/{entity}/{_NAMELESS}")


def _scope(system: str, entity: str, scope: str) -> str:
    return f"{system}/{entity}/{scope}"
