"""Records being written while time passes: read once, changed in memory, stored together.

Belongs here: the write-behind of one slice of time. Does not: what records mean. Unlike `Store.put`, `flush`
leaves a record that a person deleted by hand deleted: the world changes it unseen, and undoing the deletion brings it
back up to date.
"""

from __future__ import annotations

import json

from sandbox.store import Body, Record, Store

_UPSERT = """
insert into record (system, kind, id, shop, parent, created_at, updated_at, body) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (system, kind, id) do update set
    shop = excluded.shop, parent = excluded.parent, created_at = excluded.created_at,
    updated_at = excluded.updated_at, body = excluded.body
"""
Key = tuple[str, str, str]


class UnitOfWork:
    """Unsaved records of a store."""

    def __init__(self, store: Store) -> None:
        """Start with nothing unsaved."""
        self._store = store
        self._known: dict[Key, Record] = {}
        self._unsaved: set[Key] = set()

    def get(self, system: str, kind: str, id: str) -> Record | None:
        """Return a record, also one deleted by hand. Change its body only to `save` it."""
        key = (system, kind, id)
        if key not in self._known:
            record = self._store.get(system, kind, id, deleted=True)
            if record is None:
                return None
            self._known[key] = record
        return self._known[key]

    def body(self, system: str, kind: str, id: str) -> Body:
        """Return the body of a record that must exist.

        Raises:
            LookupError: There is no such record.
        """
        record = self.get(system, kind, id)
        if record is None:
            raise LookupError(f"{system} {kind} {id}: expected a record, found none")
        return record.body

    def save(self, record: Record) -> None:
        """Keep a record for the next `flush`."""
        key = (record.system, record.kind, record.id)
        self._known[key] = record
        self._unsaved.add(key)

    def forget(self, system: str, kind: str, id: str) -> None:
        """Remove a record for good, as a vendor drops a row that is no longer true."""
        key = (system, kind, id)
        self._known.pop(key, None)
        self._unsaved.discard(key)
        self._store.connection.execute("delete from record where system = ? and kind = ? and id = ?", key)

    def flush(self) -> None:
        """Write everything unsaved, in key order."""
        rows = [
            (r.system, r.kind, r.id, r.shop, r.parent, r.created_at, r.updated_at, json.dumps(r.body))
            for r in (self._known[key] for key in sorted(self._unsaved))
        ]
        self._store.connection.executemany(_UPSERT, rows)
        self._unsaved.clear()

    def forget_all(self) -> None:
        """Write everything and read afresh from now on."""
        self.flush()
        self._known.clear()
