"""The SQL of the sandbox's store: its tables and indexes, and the tests of a selection.

Belongs here: SQL text. Does not: running it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA = """
create table if not exists record (
    system text not null, kind text not null, id text not null,
    shop text not null default '', parent text not null default '',
    created_at integer not null default 0, updated_at integer not null default 0,
    deleted integer not null default 0, body text not null,
    primary key (system, kind, id)
);
create index if not exists record_by_update on record (system, kind, shop, updated_at, id) where deleted = 0;
create index if not exists record_by_creation on record (system, kind, shop, created_at, id) where deleted = 0;
create index if not exists record_by_parent on record (system, kind, parent, id) where deleted = 0;
create table if not exists meta (key text primary key, value text not null);
"""


def where_clause(
    system: str,
    kind: str,
    shop: str | None,
    parent: str | None,
    ids: list[str] | None,
    created: tuple[int | None, int | None],
    updated: tuple[int | None, int | None],
    matching: Mapping[str, Any],
) -> tuple[str, list[Any]]:
    """Return the tests of `Store.select` and `Store.count`, and their values.

    Raises:
        ValueError: A `matching` key is not a plain name.
    """
    tests: list[str] = ["system = ?", "kind = ?", "deleted = 0"]
    values: list[Any] = [system, kind]
    for test, value in (
        ("shop = ?" if parent is None else "+shop = ?", shop),
        ("parent = ?", parent),
        ("created_at >= ?", created[0]),
        ("created_at < ?", created[1]),
        ("updated_at >= ?", updated[0]),
        ("updated_at < ?", updated[1]),
    ):
        if value is not None:
            tests.append(test)
            values.append(value)
    if ids is not None:
        tests.append(f"id in ({', '.join('?' * len(ids))})")
        values.extend(ids)
    for key, wanted in matching.items():
        if not key.isidentifier():
            raise ValueError(f"matching key {key!r}: expected the plain name of a top-level body key")
        options = wanted if isinstance(wanted, list) else [wanted]
        tests.append(f"json_extract(body, '$.{key}') in ({', '.join('?' * len(options))})")
        values.extend(options)
    return " and ".join(tests), values
