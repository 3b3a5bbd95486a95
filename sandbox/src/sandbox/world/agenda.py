"""What is still to happen: events and money waiting for its statement, in the same file as the records.

Belongs here: keeping and handing out future events in one fixed order. Does not: what an event does.
"""

from __future__ import annotations

import heapq
import json
from typing import Any

from sandbox.store import Store

Payload = dict[str, Any]

_SCHEMA = """
create table if not exists world_event (
    due integer not null, rank integer not null, kind text not null, key text not null, payload text not null,
    primary key (due, rank, kind, key)
) without rowid;
create table if not exists world_claim (
    shop text not null, due integer not null, id text not null, payload text not null,
    primary key (shop, due, id)
) without rowid;
create table if not exists world_basket (n integer primary key, body text not null);
"""

RANKS = (
    "fulfilment_begins",
    "market_day",
    "order_created",
    "order_moves",
    "parcel_lost",
    "unsettled_ends",
    "campaign_week",
    "statement_closes",
    "statement_restated",
    "payout_run",
    "payout_paid",
    "deposit_arrives",
    "bank_day",
    "gxo_wave",
    "linnworks_wave",
    "fulfilment_hour",
    "order_deadline",
    "live_event",
    "zigzag_wave",
    "return_moves",
    "buyer_asks",
    "return_step",
    "parcel_returns",
    "netsuite_wave",
    "newstore_wave",
)
_RANK = {kind: rank for rank, kind in enumerate(RANKS)}
Event = tuple[int, int, str, str, str]


class Agenda:
    """Future events. Those of the open slice are in memory, the rest in the store's file.

    Two events of one instant run in the order of `RANKS`, then of their keys, never in the order they were added:
    that is why slicing time differently changes nothing.
    """

    def __init__(self, store: Store) -> None:
        """Create the tables when the store has none."""
        self._db = store.connection
        for statement in filter(str.strip, _SCHEMA.split(";")):
            self._db.execute(statement)
        self._open: list[Event] = []
        self._open_until = -1
        self._later: list[Event] = []

    def add(self, due: int, kind: str, key: str, payload: Payload | None = None) -> None:
        """Plan an event at an instant (epoch seconds). The same (due, kind, key) twice is one event."""
        event = (due, _RANK[kind], kind, key, json.dumps(payload or {}))
        if due < self._open_until:
            heapq.heappush(self._open, event)
        else:
            self._later.append(event)

    def next_due(self) -> int | None:
        """Return the instant of the next event outside the open slice, or None."""
        self.save()
        row = self._db.execute("select min(due) from world_event").fetchone()
        return None if row[0] is None else int(row[0])

    def open(self, until: int) -> None:
        """Take all events before `until` into memory."""
        self.save()
        self._open = list(
            self._db.execute("select due, rank, kind, key, payload from world_event where due < ?", (until,))
        )
        self._db.execute("delete from world_event where due < ?", (until,))
        heapq.heapify(self._open)
        self._open_until = until

    def pop(self) -> tuple[int, str, str, Payload] | None:
        """Return the next event of the open slice, or None when it is empty."""
        if not self._open:
            return None
        due, _, kind, key, payload = heapq.heappop(self._open)
        return due, kind, key, json.loads(payload)

    def save(self) -> None:
        """Write events planned beyond the open slice."""
        self._db.executemany("insert or replace into world_event values (?, ?, ?, ?, ?)", self._later)
        self._later.clear()

    def claim(self, shop: str, due: int, id: str, payload: Payload) -> None:
        """Put money down for the first statement that closes after `due`."""
        self._db.execute("insert or replace into world_claim values (?, ?, ?, ?)", (shop, due, id, json.dumps(payload)))

    def get_claim(self, shop: str, id: str) -> Payload | None:
        """Return a claim that waits for its statement, None when there is none."""
        sql = "select payload from world_claim where shop = ? and id = ?"
        row = self._db.execute(sql, (shop, id)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def take_claims(self, shop: str, before: int) -> list[tuple[int, str, Payload]]:
        """Remove and return a shop's claims due before an instant, as (due, id, payload), oldest first."""
        rows = self._db.execute(
            "select due, id, payload from world_claim where shop = ? and due < ? order by due, id", (shop, before)
        ).fetchall()
        self._db.execute("delete from world_claim where shop = ? and due < ?", (shop, before))
        return [(int(due), str(id), json.loads(payload)) for due, id, payload in rows]
