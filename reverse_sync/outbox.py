"""The planner's side of the outbox: what is in it, what was acknowledged, what is taken in and out.

Belongs here: SQL that finds, enqueues, replaces, withdraws and offers again. Does not: leases and their ends
(leases), or deciding what to enqueue (planning). Works alike on SQLite and Postgres.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from reverse_sync.model import OutboxState, Proposal, idempotency_key
from reverse_sync.outbox_row import COLUMNS, FREE, OutboxRow, check_transition, note, store, typed
from tieout.state import acknowledgements, approvals, outbox, stamp

_CHUNK = 400


def find(
    connection: Connection,
    sync: str,
    keys: Sequence[str] | None = None,
    *,
    states: Iterable[str] | None = None,
    lock: bool = True,
) -> dict[str, OutboxRow]:
    """Return a sync's rows by entity key: those named, or all; only in `states` when given.

    With `lock`, no other transaction changes them before this one ends.
    """
    rows: dict[str, OutboxRow] = {}
    for part in [None] if keys is None else chunks(keys):
        query = select(*COLUMNS).where(outbox.c.sync == sync).order_by(outbox.c.id)
        if part is not None:
            query = query.where(outbox.c.entity_key.in_(part))
        if states is not None:
            query = query.where(outbox.c.state.in_(list(states)))
        query = query.with_for_update() if lock else query
        rows.update((row.entity_key, row) for row in map(typed, connection.execute(query)))
    return rows


def last_acknowledged(connection: Connection, sync: str, keys: Sequence[str]) -> dict[str, str]:
    """Return by entity key the desired hash that its vendor acknowledged last."""
    known: dict[str, str] = {}
    table = acknowledgements.c
    for part in chunks(keys):
        query = (
            select(table.entity_key, table.desired_hash)
            .where(table.sync == sync, table.entity_key.in_(part))
            .order_by(table.id)
        )
        known.update((row.entity_key, row.desired_hash) for row in connection.execute(query))
    return known


def approved(connection: Connection, sync: str, keys: Sequence[str]) -> set[tuple[str, str, str]]:
    """Return which contents, (shop, entity key, desired hash), a person has approved: two shops may have one key."""
    found: set[tuple[str, str, str]] = set()
    table = approvals.c
    for part in chunks(keys):
        query = select(table.shop_id, table.entity_key, table.desired_hash).where(
            table.sync == sync, table.entity_key.in_(part)
        )
        found.update((row.shop_id, row.entity_key, row.desired_hash) for row in connection.execute(query))
    return found


def enqueue(
    connection: Connection,
    wanted: Sequence[tuple[Proposal, OutboxRow | None]],
    *,
    lane: int,
    now: datetime,
    guarded: set[str],
    there: Container[str] = (),
) -> None:
    """Store intents as pending: new rows, or in place of a row's earlier intent that is not under way.

    `guarded` holds the entity keys that need approval; `there` those that the vendor holds already: they are unknown
    until they are read back.

    Raises:
        IllegalTransitionError: when a row to replace is leased, sent or unknown.
    """
    fresh, changed = [], []
    for proposal, row in wanted:
        values = {**_values(proposal, now), "lane": lane, "needs_approval": proposal.entity_key in guarded}
        if proposal.entity_key in there:
            values["state"] = OutboxState.UNKNOWN
        if row is None:
            fresh.append({**values, "created_at": stamp(now)})
        else:
            check_transition(row.state, OutboxState.PENDING, replacing=True)
            changed.append({**values, "row_id": row.id})
    if fresh:
        connection.execute(insert(outbox), fresh)
    for values in changed:
        connection.execute(update(outbox).where(outbox.c.id == values.pop("row_id")).values(values))


def guard(connection: Connection, row: OutboxRow, *, needs_approval: bool, now: datetime) -> None:
    """Set or clear a pending row's need for approval; nothing changes when it is set already."""
    if row.needs_approval != needs_approval:
        values = {"needs_approval": needs_approval, "updated_at": stamp(now)}
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))


def withdraw(connection: Connection, row: OutboxRow, *, reason: str, now: datetime) -> None:
    """Withdraw a row that is not in flight and cannot have happened; an audit row says why."""
    store(connection, row, OutboxState.WITHDRAWN, {"next_attempt_at": "", "updated_at": stamp(now)})
    note(connection, "withdraw", row, detail=f"{row.state} {row.desired_hash}: {reason}", now=now)


def again(connection: Connection, row: OutboxRow, *, now: datetime) -> None:
    """Offer a rejected, dead or waiting row again at once, with all its attempts; an unknown one stays unknown."""
    to = row.state if row.state == OutboxState.UNKNOWN else OutboxState.PENDING
    store(connection, row, to, {"attempts": 0, "next_attempt_at": "", "updated_at": stamp(now)})


def _values(proposal: Proposal, now: datetime) -> dict[str, Any]:
    return {
        "sync": proposal.sync,
        "entity_key": proposal.entity_key,
        "shop_id": proposal.shop_id,
        "state": OutboxState.PENDING,
        "desired": json.dumps(proposal.desired, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "desired_hash": proposal.desired_hash,
        "idempotency_key": idempotency_key(proposal.sync, proposal.entity_key, proposal.desired_hash),
        "amount": str(proposal.amount),
        "currency": proposal.currency,
        "attempts": 0,
        "next_attempt_at": "",
        "error_code": "",
        "last_error": "",
        "vendor_id": "",
        "updated_at": stamp(now),
        **FREE,
    }


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split keys into parts that fit one statement."""
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
