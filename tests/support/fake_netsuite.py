"""NetSuite's journals in a SQLite file: what it has committed survives whatever happens to who called it.

Belongs here: the client calls that the journal destination makes, with NetSuite's answers. Does not: HTTP.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.transport.errors import RejectedError

ACCOUNT_ROWS = [
    {"id": "210", "acctnumber": "1010", "isinactive": "F"},
    {"id": "401", "acctnumber": "4000", "isinactive": "F"},
    {"id": "402", "acctnumber": "4100", "isinactive": "T"},
    {"id": "501", "acctnumber": "5000", "isinactive": "F"},
    {"id": "502", "acctnumber": "5000", "isinactive": "F"},
    {"id": "600", "isinactive": "F"},
]
CURRENCY_ROWS = [{"id": "1", "symbol": "GBP"}, {"id": "2", "symbol": "USD"}]


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    as_of: datetime


class FakeNetSuite:
    """A client of one account. `on_commit` is called when a journal is stored and its answer not yet given."""

    def __init__(
        self, path: Path, *, refuses_doubles: bool = True, on_commit: Callable[[], None] = lambda: None
    ) -> None:
        self.path, self.refuses_doubles, self.on_commit = path, refuses_doubles, on_commit
        self.queries: list[str] = []
        self.closed_period = False
        with self._open() as connection:
            connection.execute("create table if not exists journals (id integer primary key, eid text, body text)")

    def suiteql(self, query: str, params: Sequence[str] = ()) -> Iterator[Page]:
        del params
        self.queries.append(query)
        rows = ACCOUNT_ROWS if " from account " in query else CURRENCY_ROWS
        for start in range(0, len(rows), 4):
            yield Page(rows[start : start + 4], datetime(2026, 3, 2, tzinfo=UTC))

    def create(self, record_type: str, body: dict[str, Any]) -> str:
        assert record_type == "journalEntry"
        if self.closed_period:
            raise RejectedError("HTTP 400: The accounting period Mar 2026 is closed.", code="PERIOD_CLOSED")
        if self.refuses_doubles and self.find_by_external_id(record_type, body["externalId"]):
            raise RejectedError("HTTP 400: This record already exists.", code="DUPLICATE_RECORD")
        with self._open() as connection:
            text = json.dumps(body, default=str)
            stored = connection.execute("insert into journals (eid, body) values (?, ?)", (body["externalId"], text))
            number = stored.lastrowid
        self.on_commit()
        return str(number)

    def find_by_external_id(self, record_type: str, external_id: str) -> dict[str, Any] | None:
        assert record_type == "journalEntry"
        query = "select id, body from journals where eid = ? order by id"
        with self._open() as connection:
            found = connection.execute(query, (external_id,)).fetchone()
        return None if found is None else _as_read(str(found[0]), json.loads(found[1]))

    def edit(self, external_id: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a journal as a person does in NetSuite."""
        with self._open() as connection:
            query = "select body from journals where eid = ?"
            body = json.loads(connection.execute(query, (external_id,)).fetchone()[0])
            change(body)
            connection.execute("update journals set body = ? where eid = ?", (json.dumps(body), external_id))

    def external_ids(self) -> list[str]:
        """Every journal's external id: one held twice is a journal posted twice."""
        with self._open() as connection:
            return [row[0] for row in connection.execute("select eid from journals order by eid")]

    def close(self) -> None:
        """Nothing is kept open."""

    def _open(self) -> _Committed:
        return _Committed(self.path)


class _Committed:
    """One connection for one short transaction, closed afterwards."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=30)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self._connection.commit()
        self._connection.close()


def _as_read(number: str, body: dict[str, Any]) -> dict[str, Any]:
    """NetSuite's own form: references with links, amounts as numbers, lines in a collection with line keys."""
    items = []
    for key, line in enumerate(body["line"]["items"], 1):
        amounts = {side: Decimal(str(line[side])) for side in ("debit", "credit") if side in line}
        account = {"links": [], "id": line["account"]["id"], "refName": "An account"}
        items.append({"line": key, "account": account, "memo": line.get("memo", ""), **amounts})
    lines = {"links": [], "items": items, "count": len(items), "hasMore": False}
    currency = {"links": [], **body["currency"], "refName": "A currency"}
    return {
        "id": number,
        "externalId": body["externalId"],
        "tranDate": body["tranDate"],
        "currency": currency,
        "line": lines,
    }
