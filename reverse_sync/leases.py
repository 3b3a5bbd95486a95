"""The dispatcher's side of the outbox: lease, sent, acknowledged or failed, each in one short transaction.

Belongs here: SQL between a lease and its end, the attempts log, acknowledgements. Does not: calling anyone, or deciding
what follows a failure (engine).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from reverse_sync.model import OutboxState, PlanRow
from reverse_sync.outbox_row import COLUMNS, OutboxRow, check_transition, store, typed
from tieout.process_identity import is_gone
from tieout.state import acknowledgements, approvals, attempts, outbox, stamp


@dataclass(frozen=True)
class Failure:
    """Why a call brought no acknowledgement; `counts` is 1 when it counts against the row's attempts, else 0."""

    message: str
    code: str = ""
    counts: int = 0
    next_attempt_at: datetime | None = None


def recover(connection: Connection, *, now: datetime) -> list[OutboxRow]:
    """Free the rows of ended leases: leased ones are pending again, sent ones unknown. Returns those now unknown."""
    query = select(*COLUMNS).where(outbox.c.lease_owner != "").with_for_update(skip_locked=True)
    ended = [row for row in map(typed, connection.execute(query)) if lease_ended(row, now)]
    lost = []
    for row in ended:
        if row.state == OutboxState.SENT:
            lost.append(row)
            _finish_attempt(connection, row, "lost", "the process ended before the answer was stored", now=now)
        store(connection, row, state_after_lease(row), {"updated_at": stamp(now)})
    return lost


def lease_ended(row: OutboxRow, now: datetime) -> bool:
    """Return whether a row's lease has expired, or its process has died."""
    return bool(row.lease_owner) and (row.lease_until < stamp(now) or is_gone(row.lease_owner))


def state_after_lease(row: OutboxRow) -> OutboxState:
    """Return the state of a row whose process is gone: what was sent may have been done."""
    return {OutboxState.LEASED: OutboxState.PENDING, OutboxState.SENT: OutboxState.UNKNOWN}.get(row.state, row.state)


def lease(
    connection: Connection, rows: Sequence[PlanRow], *, owner: str, until: datetime, now: datetime
) -> list[OutboxRow]:
    """Take pending rows of one sync that are exactly as planned, approved where needed; returns those we got."""
    return _take(connection, rows, OutboxState.PENDING, OutboxState.LEASED, owner=owner, until=until, now=now)


def lease_unknown(
    connection: Connection, row: PlanRow, *, owner: str, until: datetime, now: datetime
) -> OutboxRow | None:
    """Take an unknown row for reading back; it stays unknown meanwhile."""
    taken = _take(connection, [row], OutboxState.UNKNOWN, OutboxState.UNKNOWN, owner=owner, until=until, now=now)
    return taken[0] if taken else None


def mark_sent(connection: Connection, row: OutboxRow, *, until: datetime, now: datetime) -> OutboxRow:
    """Say that the vendor is about to be called, and open an attempt. Commit before calling."""
    values = {"lease_until": stamp(until), "updated_at": stamp(now)}
    sent = store(connection, row, OutboxState.SENT, values, keep_lease=True)
    connection.execute(
        insert(attempts).values(
            outbox_id=row.id,
            sync=row.sync,
            entity_key=row.entity_key,
            idempotency_key=row.idempotency_key,
            started_at=stamp(now),
        )
    )
    return sent


def acknowledge(connection: Connection, row: OutboxRow, vendor_id: str, *, now: datetime) -> None:
    """Store the vendor's acknowledgement with the change of state, in one transaction."""
    values = {
        "vendor_id": vendor_id,
        "error_code": "",
        "last_error": "",
        "next_attempt_at": "",
        "updated_at": stamp(now),
    }
    store(connection, row, OutboxState.ACKNOWLEDGED, values)
    _finish_attempt(connection, row, "acknowledged", vendor_id, now=now)
    same = and_(
        acknowledgements.c.sync == row.sync,
        acknowledgements.c.entity_key == row.entity_key,
        acknowledgements.c.desired_hash == row.desired_hash,
        acknowledgements.c.idempotency_key == row.idempotency_key,
    )
    # What was left and is desired again is acknowledged again: the row with the highest id counts, whatever clocks say.
    connection.execute(delete(acknowledgements).where(same))
    connection.execute(
        insert(acknowledgements).values(
            sync=row.sync,
            entity_key=row.entity_key,
            shop_id=row.shop_id,
            desired=row.desired,
            desired_hash=row.desired_hash,
            idempotency_key=row.idempotency_key,
            vendor_id=vendor_id,
            acknowledged_at=stamp(now),
        )
    )


def fail(connection: Connection, row: OutboxRow, to: OutboxState, failure: Failure, *, now: datetime) -> None:
    """Store how a call failed, and the state that follows."""
    message = f"{failure.code}: {failure.message}" if failure.code else failure.message
    values = {
        "error_code": failure.code[:40],
        "last_error": message,
        "attempts": row.attempts + failure.counts,
        "next_attempt_at": stamp(failure.next_attempt_at) if failure.next_attempt_at else "",
        "updated_at": stamp(now),
    }
    store(connection, row, to, values)
    _finish_attempt(connection, row, str(to), message, now=now)


def give_back(connection: Connection, row: OutboxRow, *, now: datetime) -> None:
    """Return a leased row unsent."""
    store(connection, row, OutboxState.PENDING, {"updated_at": stamp(now)})


def next_attempts(connection: Connection, rows: Sequence[PlanRow]) -> dict[str, datetime]:
    """Return by idempotency key when rows that failed before may be tried again."""
    found: dict[str, datetime] = {}
    for sync in {row.sync for row in rows}:
        query = select(outbox.c.idempotency_key, outbox.c.next_attempt_at).where(
            outbox.c.sync == sync, outbox.c.state == OutboxState.PENDING, outbox.c.next_attempt_at != ""
        )
        for row in connection.execute(query):
            found[row.idempotency_key] = datetime.fromisoformat(row.next_attempt_at)
    return found


def release(connection: Connection, owner: str, *, now: datetime) -> None:
    """Release every lease a run still holds: rows already sent become unknown."""
    query = select(*COLUMNS).where(outbox.c.lease_owner == owner).order_by(outbox.c.id).with_for_update()
    for row in [typed(found) for found in connection.execute(query)]:
        store(connection, row, state_after_lease(row), {"updated_at": stamp(now)})


def _take(
    connection: Connection,
    rows: Sequence[PlanRow],
    state: OutboxState,
    to: OutboxState,
    *,
    owner: str,
    until: datetime,
    now: datetime,
) -> list[OutboxRow]:
    check_transition(state, to)
    allowed = exists().where(
        approvals.c.sync == outbox.c.sync,
        approvals.c.shop_id == outbox.c.shop_id,
        approvals.c.entity_key == outbox.c.entity_key,
        approvals.c.desired_hash == outbox.c.desired_hash,
    )
    free = (
        select(outbox.c.id)
        .where(
            outbox.c.sync.in_({row.sync for row in rows}),
            outbox.c.entity_key.in_([row.entity_key for row in rows]),
            outbox.c.idempotency_key.in_([row.intent for row in rows]),
            outbox.c.state == state,
            outbox.c.lease_owner == "",
        )
        .with_for_update(skip_locked=True)
    )
    if to == OutboxState.LEASED:
        free = free.where(or_(outbox.c.needs_approval.is_(False), allowed))
    values = {"state": to, "lease_owner": owner, "lease_until": stamp(until), "updated_at": stamp(now)}
    taken = connection.execute(update(outbox).where(outbox.c.id.in_(free)).values(values).returning(*COLUMNS))
    return sorted(map(typed, taken), key=lambda row: row.entity_key)


def _finish_attempt(connection: Connection, row: OutboxRow, outcome: str, detail: str, *, now: datetime) -> None:
    still_open = and_(attempts.c.outbox_id == row.id, attempts.c.finished_at == "")
    values = {"finished_at": stamp(now), "outcome": outcome, "detail": detail}
    connection.execute(update(attempts).where(still_open).values(values))
