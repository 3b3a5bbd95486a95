"""The sandbox's records: every vendor object as one JSON body in one SQLite table.

Belongs here: storing, finding, changing, doubling and restoring records, and the world's clock. Does not: any
vendor's rules. Bodies are in the vendor's own wire shape; top-level keys that start with "_" are private to the
sandbox and never leave on a wire (`wire_body`). Instants are epoch seconds, UTC.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.store_sql import SCHEMA, where_clause

Body = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One vendor object. `shop` scopes it (a TikTok shop id, or ''); `parent` is its owner (a statement's id)."""

    system: str
    kind: str
    id: str
    body: Body
    shop: str = ""
    parent: str = ""
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True)
class Kind:
    """How a kind's index columns follow from its body, so that a patched body moves its record too."""

    id_field: str = "id"
    parent_field: str = ""
    created_field: str = ""
    updated_field: str = ""


@dataclass
class Store:
    """Records of all systems. `path` None keeps them in memory; a file survives a restart of the sandbox."""

    path: Path | None = None
    kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    listeners: list[Callable[[str, str], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the file (created with its folder when missing)."""
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._writer: int | None = None
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._db = sqlite3.connect(self.path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=off;" + SCHEMA)

    @property
    def connection(self) -> sqlite3.Connection:
        """The raw connection, for vendors that answer SQL over their records."""
        return self._db

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group many writes; nested uses join the outer one."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._writer = threading.get_ident()
                self._db.execute("begin")
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("rollback")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("commit")
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._writer = None

    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Read without waiting for a long write of another thread: each thread reads what was last committed."""
        if self.path is None or self._writer == threading.get_ident():
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        reader: sqlite3.Connection | None = getattr(self._readers, "db", None)
        if reader is None:
            reader = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            self._readers.db = reader
            self._opened.append(reader)
        return reader.execute(sql, values).fetchall()

    def register(self, system: str, kinds: dict[str, Kind]) -> None:
        """Register how the kinds of a system index themselves."""
        self.kinds.update({(system, name): kind for name, kind in kinds.items()})

    def put(self, record: Record) -> None:
        """Insert or overwrite a record."""
        self.put_many([record])

    def put_many(self, records: Iterable[Record]) -> None:
        """Insert or overwrite records in one transaction."""
        rows = [
            (r.system, r.kind, r.id, r.shop, r.parent, r.created_at, r.updated_at, json.dumps(r.body)) for r in records
        ]
        with self.transaction():
            self._db.executemany(
                "insert or replace into record (system, kind, id, shop, parent, created_at, updated_at, body)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def get(self, system: str, kind: str, id: str, *, deleted: bool = False) -> Record | None:
        """Return a record, or None; with `deleted` also one that was removed."""
        rows = self._rows(
            "select system, kind, id, body, shop, parent, created_at, updated_at from record"
            " where system = ? and kind = ? and id = ? and deleted <= ?",
            (system, kind, str(id), int(deleted)),
        )
        return _record(rows[0]) if rows else None

    def select(
        self,
        system: str,
        kind: str,
        *,
        shop: str | None = None,
        parent: str | None = None,
        ids: list[str] | None = None,
        created: tuple[int | None, int | None] = (None, None),
        updated: tuple[int | None, int | None] = (None, None),
        matching: Mapping[str, Any] | None = None,
        after: tuple[int, str] | None = None,
        order_by: str = "id",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Record]:
        """Return live records. Ranges are (from inclusive, until exclusive); ties in `order_by` fall to id.

        `matching` asks for equal values of top-level body keys (a list: any of them). `after` (value of `order_by`,
        id) resumes behind a row already seen; it needs an order by time.
        """
        where, values = where_clause(system, kind, shop, parent, ids, created, updated, matching or {})
        way = "desc" if descending else "asc"
        if order_by not in {"id", "created_at", "updated_at"}:
            raise ValueError(f"order_by {order_by!r}: expected id, created_at or updated_at")
        if after is not None and order_by != "id":
            where += f" and ({order_by}, id) {'<' if descending else '>'} (?, ?)"
            values.extend(after)
        order = f"{order_by} {way}, id {way}" if order_by != "id" else f"id {way}"
        if parent is not None:
            # A plus keeps the planner on the parent's few rows; it would rather walk the whole shop in order.
            order = f"+{order}"
        sql = (
            "select system, kind, id, body, shop, parent, created_at, updated_at from record"
            f" where {where} order by {order} limit ? offset ?"
        )
        rows = self._rows(sql, [*values, -1 if limit is None else limit, offset])
        return [_record(row) for row in rows]

    def count(self, system: str, kind: str, **filters: Any) -> int:
        """Count live records; the filters of `select`."""
        where, values = where_clause(
            system,
            kind,
            filters.get("shop"),
            filters.get("parent"),
            filters.get("ids"),
            filters.get("created", (None, None)),
            filters.get("updated", (None, None)),
            filters.get("matching") or {},
        )
        return int(self._rows(f"select count(*) from record where {where}", values)[0][0])

    def patch(self, system: str, kind: str, id: str, changes: Body) -> Record | None:
        """Merge `changes` into a body (objects merge, lists and scalars replace, None removes).

        A removed record comes back with its last body and the changes: that is how a deletion is undone.
        Returns None when no such record ever was.
        """
        record = self.get(system, kind, id, deleted=True)
        if record is None:
            return None
        changed = self.indexed(record, _merged(record.body, changes))
        self.put(changed)
        self.notify(system, kind)
        return changed

    def delete(self, system: str, kind: str, id: str) -> bool:
        """Remove a record; False when there is none. It stays restorable by `patch`."""
        with self.transaction():
            done = self._db.execute(
                "update record set deleted = 1 where system = ? and kind = ? and id = ? and deleted = 0",
                (system, kind, str(id)),
            ).rowcount
        self.notify(system, kind)
        return done > 0

    def duplicate(self, system: str, kind: str, id: str) -> Record | None:
        """Store a second record with the same body under a new id of the same form; None when there is none."""
        record = self.get(system, kind, id)
        if record is None:
            return None
        new_id = self.free_id(system, kind, record.id)
        body = copy.deepcopy(record.body)
        id_field = self.kinds.get((system, kind), Kind()).id_field
        if id_field in body:
            body[id_field] = new_id if isinstance(body[id_field], str) else int(new_id)
        twin = Record(system, kind, new_id, body, record.shop, record.parent, record.created_at, record.updated_at)
        self.put(twin)
        self.notify(system, kind)
        return twin

    def free_id(self, system: str, kind: str, like: str) -> str:
        """Return an unused id near `like`: digits count up, anything else gets a numbered suffix."""
        step = 1
        while True:
            candidate = str(int(like) + step).zfill(len(like)) if like.isdigit() else f"{like}-{step + 1}"
            if self.get(system, kind, candidate, deleted=True) is None:
                return candidate
            step += 1

    def indexed(self, record: Record, body: Body) -> Record:
        """Return the record with a new body and the index columns that follow from it."""
        kind = self.kinds.get((record.system, record.kind), Kind())

        def column(name: str, old: Any) -> Any:
            return body.get(name, old) if name else old

        return Record(
            record.system,
            record.kind,
            record.id,
            body,
            record.shop,
            str(column(kind.parent_field, record.parent) or ""),
            _instant(column(kind.created_field, record.created_at), record.created_at),
            _instant(column(kind.updated_field, record.updated_at), record.updated_at),
        )

    def notify(self, system: str, kind: str) -> None:
        """Notify listeners (the bank's file writer, say) that records of a kind changed by hand."""
        for listener in self.listeners:
            listener(system, kind)

    def get_meta(self, key: str, default: Any = None) -> Any:
        """Return a JSON value kept beside the records (clock, seed, faults, truth)."""
        rows = self._rows("select value from meta where key = ?", (key,))
        return json.loads(rows[0][0]) if rows else default

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value beside the records."""
        with self.transaction():
            self._db.execute("insert or replace into meta values (?, ?)", (key, json.dumps(value)))

    @property
    def now(self) -> int:
        """The world's clock: epoch seconds UTC. It moves only when somebody advances it."""
        return int(self.get_meta("now", 0))

    def set_now(self, instant: int) -> None:
        """Set the world's clock."""
        self.set_meta("now", instant)

    def close(self) -> None:
        """Close the file."""
        for reader in self._opened:
            reader.close()
        self._db.close()


def wire_body(record: Record) -> Body:
    """Return the body as a vendor would send it: without the sandbox's private keys."""
    return {key: value for key, value in record.body.items() if not key.startswith("_")}


def _record(row: tuple[Any, ...]) -> Record:
    system, kind, id, body, shop, parent, created_at, updated_at = row
    return Record(system, kind, id, json.loads(body), shop, parent, created_at, updated_at)


def _merged(old: Body, changes: Body) -> Body:
    body = dict(old)
    for key, value in changes.items():
        if value is None:
            body.pop(key, None)
        elif isinstance(value, dict) and isinstance(body.get(key), dict):
            body[key] = _merged(body[key], value)
        else:
            body[key] = value
    return body


def _instant(value: Any, default: int) -> int:
    """Return epoch seconds of a number or of an ISO 8601 text with its zone, else the default."""
    try:
        return int(value)
    except (TypeError, ValueError):
        pass
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except (TypeError, ValueError):
        return default
