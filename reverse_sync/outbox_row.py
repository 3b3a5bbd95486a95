"""One row of the outbox: how it is read, and the one statement that changes its state.

Belongs here: the row's type, the check against the table of legal transitions, the audit row. Does not: choosing rows
(outbox, leases) or deciding anything about them (planning, engine).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, update

from reverse_sync.model import LEGAL_TRANSITIONS, Change, OutboxState
from tieout.state import audit, outbox, stamp

FREE = {"lease_owner": "", "lease_until": ""}


class IllegalTransitionError(Exception):
    """A transition that the table of legal transitions does not hold: a mistake in our own code."""


class LeaseLostError(Exception):
    """The row is no longer ours: its lease ended and another process took it."""


@dataclass(frozen=True)
class OutboxRow:
    """One row of the outbox as stored; instants are text as the state keeps them."""

    id: int
    sync: str
    entity_key: str
    shop_id: str
    state: OutboxState
    desired: str
    desired_hash: str
    idempotency_key: str
    amount: str
    currency: str
    needs_approval: bool
    attempts: int
    lease_owner: str
    lease_until: str
    next_attempt_at: str
    error_code: str
    last_error: str
    vendor_id: str

    @property
    def content(self) -> tuple[str, str, str]:
        """What a person approves of it, as of a proposal."""
        return (self.shop_id, self.entity_key, self.desired_hash)

    @property
    def amount_decimal(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.amount)

    def change(self) -> Change:
        """Return the write that the row asks for."""
        return Change(
            sync=self.sync,
            entity_key=self.entity_key,
            shop_id=self.shop_id,
            desired=json.loads(self.desired),
            desired_hash=self.desired_hash,
            idempotency_key=self.idempotency_key,
        )


COLUMNS = [outbox.c[name] for name in OutboxRow.__dataclass_fields__]


def typed(row: Row[Any]) -> OutboxRow:
    """Return a selected row as its type."""
    values = row._asdict()
    return OutboxRow(**{**values, "state": OutboxState(values["state"])})


def check_transition(state: OutboxState, to: OutboxState, *, replacing: bool = False) -> None:
    """Refuse what the table of legal transitions does not hold; a replacement also where a call may be under way."""
    under_way = replacing and state in {OutboxState.LEASED, OutboxState.SENT, OutboxState.UNKNOWN}
    if under_way or to not in LEGAL_TRANSITIONS[state]:
        raise IllegalTransitionError(f"no row goes from {state} to {to}")


def store(
    connection: Connection, row: OutboxRow, to: OutboxState, values: dict[str, Any], *, keep_lease: bool = False
) -> OutboxRow:
    """Move a row that is still as we read it to another state, with new values; its lease ends unless kept.

    Raises:
        IllegalTransitionError: when there is no such transition.
        LeaseLostError: when the row has changed meanwhile.
    """
    check_transition(row.state, to)
    values = {**({} if keep_lease else FREE), **values, "state": to}
    same = and_(outbox.c.id == row.id, outbox.c.state == row.state, outbox.c.lease_owner == row.lease_owner)
    stored = connection.execute(update(outbox).where(same).values(values).returning(*COLUMNS)).first()
    if stored is None:
        raise LeaseLostError(f"{row.sync} {row.entity_key} is no longer {row.state} in our hands")
    return typed(stored)


def note(
    connection: Connection, action: str, row: OutboxRow, *, detail: str, now: datetime, actor: str = "tieout"
) -> None:
    """Write an audit row about an outbox row."""
    subject = f"{row.sync}/{row.entity_key}"
    connection.execute(
        insert(audit).values(at=stamp(now), actor=actor, action=f"outbox.{action}", subject=subject, detail=detail)
    )
