"""What people do with waiting rows: list them, approve them, offer them again. Every act leaves an audit row.

Belongs here: those acts. Does not: deciding when approval is needed (guards).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select

from reverse_sync import outbox
from reverse_sync.model import OutboxState
from reverse_sync.outbox_row import COLUMNS, OutboxRow, note, typed
from tieout.clock import Clock, utc_now
from tieout.errors import DataError
from tieout.state import State, approvals, stamp
from tieout.state import outbox as outbox_table


def list_rows(state: State, *, states: Sequence[OutboxState], sync: str | None = None) -> list[OutboxRow]:
    """Return the outbox rows in these states, by lane and entity key."""
    columns = outbox_table.c
    query = select(*COLUMNS).where(columns.state.in_(list(states))).order_by(columns.lane, columns.entity_key)
    if sync is not None:
        query = query.where(columns.sync == sync)
    with state.reading() as connection:
        return [typed(row) for row in connection.execute(query)]


def awaiting_approval(state: State) -> list[OutboxRow]:
    """Return pending rows that need approval and have none for what they would write now."""
    rows = [row for row in list_rows(state, states=[OutboxState.PENDING]) if row.needs_approval]
    with state.reading() as connection:
        done = {
            (sync, *content)
            for sync in {row.sync for row in rows}
            for content in outbox.approved(connection, sync, [row.entity_key for row in rows if row.sync == sync])
        }
    return [row for row in rows if (row.sync, *row.content) not in done]


def approve(state: State, sync: str, entity_key: str, *, actor: str, clock: Clock = utc_now) -> OutboxRow:
    """Approve exactly what the outbox holds for a record now; another desired state needs a new approval.

    Raises:
        DataError: when the outbox holds nothing for it that waits for approval.
    """
    now = clock()
    with state.transaction() as connection:
        row = outbox.find(connection, sync, [entity_key]).get(entity_key)
        if row is None or not row.needs_approval or row.state != OutboxState.PENDING:
            found = f"it is {row.state}" if row else "the outbox does not hold it"
            raise DataError(f"{sync} {entity_key} does not wait for approval: {found}; `tieout plan` lists what does")
        if row.content not in outbox.approved(connection, sync, [entity_key]):
            connection.execute(
                insert(approvals).values(
                    sync=sync,
                    shop_id=row.shop_id,
                    entity_key=entity_key,
                    desired_hash=row.desired_hash,
                    approved_by=actor,
                    approved_at=stamp(now),
                )
            )
            detail = f"{row.amount} {row.currency} {row.desired_hash}"
            note(connection, "approve", row, detail=detail, now=now, actor=actor)
    return row


def replay(
    state: State, entity_key: str, *, actor: str, sync: str | None = None, clock: Clock = utc_now
) -> list[OutboxRow]:
    """Offer a dead, rejected or waiting record again, at once and with all its attempts; returns its rows.

    An unknown one stays unknown and is read back in the next run.

    Raises:
        DataError: when the outbox holds nothing for it that can be offered again.
    """
    now = clock()
    wanted = (OutboxState.DEAD, OutboxState.REJECTED, OutboxState.PENDING, OutboxState.UNKNOWN)
    rows = [row for row in list_rows(state, states=wanted, sync=sync) if row.entity_key == entity_key]
    if not rows:
        raise DataError(f"{entity_key}: nothing rejected, dead or waiting in the outbox under this key")
    with state.transaction() as connection:
        for row in rows:
            outbox.again(connection, row, now=now)
            note(connection, "replay", row, detail=f"was {row.state}: {row.last_error}", now=now, actor=actor)
    return rows
