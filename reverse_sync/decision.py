"""What to do with one record: a function of its proposal, its outbox row and its last acknowledgement.

Belongs here: the decision, and the reasons shown to people. Does not: reading or writing anything (planning).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reverse_sync.guards import act_on
from reverse_sync.model import OutboxState, PlanAction, PlanRow, Proposal
from reverse_sync.outbox_row import OutboxRow
from tieout.state import stamp

_RESTING = {OutboxState.PENDING, OutboxState.REJECTED, OutboxState.DEAD}


@dataclass(frozen=True)
class Record:
    """What is known about one record. `state` is its row's, with ended leases seen through; None without a row.

    `blocked` and `awaits` are the guards' answers about the proposal, "" when they let it pass.
    """

    sync: str
    proposal: Proposal | None
    row: OutboxRow | None = None
    state: OutboxState | None = None
    acknowledged_hash: str = ""
    blocked: str = ""
    awaits: str = ""


@dataclass(frozen=True)
class Decision:
    """What the plan shows of a record (nothing when all is as desired), and what the outbox takes in or lets go."""

    shown: PlanRow | None = None
    enqueue: bool = False
    withdraw: str = ""

    @property
    def is_there(self) -> bool:
        """Whether the vendor holds the record already, so that it can only be read back."""
        return self.shown is not None and self.shown.action == PlanAction.CONFIRM


def decide(record: Record, *, horizon: datetime) -> Decision:
    """Decide about one record; rows due after `horizon` wait for a later run."""
    if record.state == OutboxState.UNKNOWN:
        return _settle(record)
    if record.row and record.state in {OutboxState.LEASED, OutboxState.SENT}:
        return Decision(
            _of_row(record.row, PlanAction.HELD, f"in flight in another process until {record.row.lease_until}")
        )
    if record.proposal is None or record.proposal.desired_hash == record.acknowledged_hash:
        return _unwanted(record)
    if record.blocked:
        withdraw = record.blocked if record.state in _RESTING else ""
        return Decision(_of(record.proposal, PlanAction.HELD, record.blocked), withdraw=withdraw)
    row = record.row if record.state in _RESTING else None
    is_new = row is None or row.desired_hash != record.proposal.desired_hash
    if record.proposal.already_there and not record.awaits and (is_new or record.state == OutboxState.PENDING):
        return Decision(_there(record.proposal), enqueue=True)
    if row is None or is_new:
        return Decision(_gated(record.proposal, record.awaits), enqueue=True)
    return Decision(_offered_again(record.proposal, row, record.awaits, horizon=horizon))


def _settle(record: Record) -> Decision:
    row, proposal = record.row, record.proposal
    if row is None:
        raise ValueError(f"{record.sync}: an unknown record without a row")
    if proposal is None:
        return Decision(_of_row(row, PlanAction.READ_BACK, "no longer desired"))
    if proposal.desired_hash != row.desired_hash:
        return Decision(_of_row(row, PlanAction.READ_BACK, "a newer desired state waits until this one is settled"))
    if record.blocked:
        return Decision(_of_row(row, PlanAction.READ_BACK, record.blocked))
    if proposal.already_there:
        return Decision(_there(proposal))
    return Decision(_of_row(row, PlanAction.SETTLE))


def _unwanted(record: Record) -> Decision:
    if record.row is None or record.state not in _RESTING:
        return Decision()
    reason = "no longer desired" if record.proposal is None else "what is acknowledged is desired again"
    return Decision(_of_row(record.row, PlanAction.WITHDRAW, reason), withdraw=reason)


def _offered_again(proposal: Proposal, row: OutboxRow, awaits: str, *, horizon: datetime) -> PlanRow:
    again = act_on("replay", row.sync, row.entity_key)
    mend = f"mend the cause, then: {again}"
    if row.state == OutboxState.REJECTED:
        return _of(proposal, PlanAction.HELD, f"rejected: {row.last_error}; {mend}")
    if row.state == OutboxState.DEAD:
        return _of(proposal, PlanAction.HELD, f"given up after {row.attempts} attempts: {row.last_error}; {mend}")
    if row.next_attempt_at > stamp(horizon):
        reason = f"failed {row.attempts} times, next attempt at {row.next_attempt_at}: {row.last_error}"
        return _of(proposal, PlanAction.HELD, f"{reason}; at once: {again}")
    return _gated(proposal, awaits)


def _there(proposal: Proposal) -> PlanRow:
    return _of(proposal, PlanAction.CONFIRM, f"already in the books as {proposal.already_there}: read back, never sent")


def _gated(proposal: Proposal, awaits: str) -> PlanRow:
    return _of(proposal, PlanAction.HELD if awaits else PlanAction.SEND, awaits)


def _of(proposal: Proposal, action: PlanAction, held_because: str) -> PlanRow:
    return PlanRow(
        sync=proposal.sync,
        entity_key=proposal.entity_key,
        shop_id=proposal.shop_id,
        action=action,
        desired_hash=proposal.desired_hash,
        amount=proposal.amount,
        currency=proposal.currency,
        held_because=held_because,
    )


def _of_row(row: OutboxRow, action: PlanAction, held_because: str = "") -> PlanRow:
    return PlanRow(
        sync=row.sync,
        entity_key=row.entity_key,
        shop_id=row.shop_id,
        action=action,
        desired_hash=row.desired_hash,
        amount=row.amount_decimal,
        currency=row.currency,
        held_because=held_because,
    )
