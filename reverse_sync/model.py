"""The terms of sending: what is proposed, planned, observed and reported, and which state may follow which.

Belongs here: frozen values and the table of legal transitions. Does not: any decision, SQL or vendor.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

EDITED = "EDITED"
"""The error code of a rejection because the vendor holds something else under our key."""


class OutboxState(StrEnum):
    """The state of an intent.

    `unknown`: it was sent, and the answer was lost. `withdrawn`: it never happened and is no longer wanted; the
    row stays, so that copies of the outbox show it.
    """

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


LEGAL_TRANSITIONS: Mapping[OutboxState, frozenset[OutboxState]] = {
    # From pending to pending: replaced by a newer desired state, or given its attempts back. To unknown: the vendor was
    # seen to hold it.
    OutboxState.PENDING: frozenset(
        {OutboxState.PENDING, OutboxState.LEASED, OutboxState.UNKNOWN, OutboxState.WITHDRAWN}
    ),
    OutboxState.LEASED: frozenset({OutboxState.SENT, OutboxState.PENDING}),
    OutboxState.SENT: frozenset(
        {
            OutboxState.ACKNOWLEDGED,
            OutboxState.UNKNOWN,
            OutboxState.REJECTED,
            OutboxState.PENDING,
            OutboxState.DEAD,
        }
    ),
    # Out of `unknown` only what a read-back has proved: it is there, it is absent, or something else is there.
    OutboxState.UNKNOWN: frozenset(
        {
            OutboxState.UNKNOWN,
            OutboxState.ACKNOWLEDGED,
            OutboxState.PENDING,
            OutboxState.REJECTED,
            OutboxState.DEAD,
        }
    ),
    OutboxState.ACKNOWLEDGED: frozenset({OutboxState.PENDING}),
    OutboxState.REJECTED: frozenset({OutboxState.PENDING, OutboxState.WITHDRAWN}),
    OutboxState.DEAD: frozenset({OutboxState.PENDING, OutboxState.WITHDRAWN}),
    OutboxState.WITHDRAWN: frozenset({OutboxState.PENDING}),
}


class PlanAction(StrEnum):
    """What `apply` will do with a row. Only `send` and `settle` may write to a vendor."""

    SEND = "send"
    SETTLE = "settle"
    """Outcome unknown: read back first, and send again only when the vendor has nothing."""
    CONFIRM = "confirm"
    """The vendor is known to hold it already: read back and acknowledged when it is as desired, never sent."""
    READ_BACK = "read_back"
    """Outcome unknown of something no longer wanted: read back, never send again."""
    HELD = "held"
    """Stays: `held_because` says why, and what lets it go."""
    WITHDRAW = "withdraw"
    """Waited, and is no longer wanted: withdrawn, with an audit row."""


@dataclass(frozen=True)
class Proposal:
    """One row of a sync model: a record of a vendor that should be as `desired` says.

    `approval_reason`: why a person must approve it, when the model says so. `already_there`: under which name the
    vendor was seen to hold it, though nothing of ours acknowledged it; "" when it was not.
    """

    sync: str
    entity_key: str
    shop_id: str
    desired: Mapping[str, Any]
    desired_hash: str
    amount: Decimal
    currency: str
    needs_approval: bool = False
    blocked_reason: str = ""
    approval_reason: str = ""
    already_there: str = ""

    @property
    def content(self) -> tuple[str, str, str]:
        """What a person approves: shop, entity key and desired hash; a key may be unique in its shop only."""
        return (self.shop_id, self.entity_key, self.desired_hash)


@dataclass(frozen=True)
class PlanRow:
    """What will happen to one record; `desired_hash` names the exact intent it will happen to."""

    sync: str
    entity_key: str
    shop_id: str
    action: PlanAction
    desired_hash: str
    amount: Decimal
    currency: str
    held_because: str = ""

    @property
    def intent(self) -> str:
        """The idempotency key of the intent."""
        return idempotency_key(self.sync, self.entity_key, self.desired_hash)


@dataclass(frozen=True)
class Plan:
    """Everything a run may do, row by row. `apply` takes it as a whole: `fingerprint` covers every row."""

    rows: tuple[PlanRow, ...]
    planned_at: datetime
    fingerprint: str
    is_recorded: bool

    def facts(self) -> dict[str, int]:
        """How many rows per action."""
        return dict(sorted(Counter(str(row.action) for row in self.rows).items()))


@dataclass(frozen=True)
class Change:
    """One write on its way: what a destination is asked to make true."""

    sync: str
    entity_key: str
    shop_id: str
    desired: Mapping[str, Any]
    desired_hash: str
    idempotency_key: str


@dataclass(frozen=True)
class Observation:
    """What a vendor holds for a record. `difference`: where it differs from what is desired."""

    vendor_id: str
    difference: str = ""


@dataclass(frozen=True)
class Event:
    """Something happened to a row.

    Names: leased, sent, replied, acknowledged, unknown, rejected, dead, withdrawn, read_back, and `retried` for a
    passing fault after which the row is offered again. A `sent` is reported after it is stored and before the vendor is
    called; `replied` after the vendor answered and before that is stored; the others after they are stored.
    """

    name: str
    sync: str
    entity_key: str
    detail: str = ""


@dataclass(frozen=True)
class AppliedRow:
    """How one planned row ended."""

    sync: str
    entity_key: str
    state: str
    vendor_id: str = ""
    detail: str = ""


@dataclass(frozen=True)
class ApplyReport:
    """What a run did. `stopped` names destinations that were given up, and why."""

    rows: tuple[AppliedRow, ...]
    stopped: Mapping[str, str]

    @property
    def acknowledged(self) -> int:
        """How many rows the vendors hold now as desired."""
        return sum(row.state == OutboxState.ACKNOWLEDGED for row in self.rows)

    @property
    def problems(self) -> list[str]:
        """What the run left wrong, one sentence each; rows of a stopped destination are reported once, together."""
        messages = [f"{sync} stopped: {reason}" for sync, reason in self.stopped.items()]
        for row in self.rows:
            waits = row.state == OutboxState.PENDING and row.sync in self.stopped
            if row.state != OutboxState.ACKNOWLEDGED and not waits:
                messages.append(f"{row.sync} {row.entity_key} is {row.state}: {row.detail or 'no reason given'}")
        return messages

    def facts(self) -> dict[str, int]:
        """How many rows ended in which state."""
        return dict(sorted(Counter(row.state for row in self.rows).items()))


def idempotency_key(sync: str, entity_key: str, desired_hash: str) -> str:
    """Return the key of an intent: the same intent always has the same one."""
    return hashlib.sha256("\x1f".join((sync, entity_key, desired_hash)).encode()).hexdigest()


def fingerprint(rows: tuple[PlanRow, ...]) -> str:
    """Return the fingerprint of a plan's rows, in their order."""
    content = [
        [r.sync, r.entity_key, r.action, r.desired_hash, str(r.amount), r.currency, r.held_because] for r in rows
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
