"""The plan: proposals against the outbox and the acknowledgements, row by row.

Belongs here: deciding what a run will do with each record, and storing that intent. Does not: sending (engine), or why
a record is desired (the sync models). Pending means: desired differs from what was last acknowledged, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from reverse_sync import leases, outbox
from reverse_sync.decision import Decision, Record, decide
from reverse_sync.guards import awaits_approval, blocked, needs_approval, within_limit
from reverse_sync.model import Event, OutboxState, Plan, PlanRow, Proposal, fingerprint
from reverse_sync.outbox_row import OutboxRow, note
from reverse_sync.registry import SYNCS
from reverse_sync.retry_policy import RetryPolicy
from reverse_sync.sync import Sync
from tieout.errors import DataError
from tieout.settings import Settings
from tieout.state import State

_ENDED = {OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN}
_OPEN = tuple(state for state in OutboxState if state not in _ENDED)


def plan(
    settings: Settings,
    state: State,
    proposals: Sequence[Proposal],
    *,
    record: bool = True,
    only: str | None = None,
    syncs: Sequence[Sync] = SYNCS,
    retry_policy: RetryPolicy | None = None,
    observe: Callable[[Event], None] | None = None,
) -> Plan:
    """Return what a run will do, row by row; with `record` the outbox holds those intents afterwards.

    `proposals` are all rows of the models of `syncs` (only of `only`, when given): a waiting row whose proposal is not
    among them is withdrawn.

    Raises:
        DataError: when a proposal names a sync that is not planned here.
    """
    retry_policy = retry_policy or RetryPolicy()
    planned = [sync for sync in sorted(syncs, key=lambda sync: sync.lane) if only in (None, sync.name)]
    by_sync = _grouped(proposals, planned)
    now, events = retry_policy.clock(), list[Event]()
    rows: list[PlanRow] = []
    with state.transaction(serialised="plan") if record else state.reading() as connection:
        if record:
            lost = leases.recover(connection, now=now)
            events += [
                Event("unknown", row.sync, row.entity_key, "its process ended before the answer") for row in lost
            ]
        for sync in planned:
            records = _records(settings, connection, sync, by_sync[sync.name], now=now, lock=record)
            decisions = [decide(known, horizon=retry_policy.horizon(now)) for known in records]
            shown = [decision.shown for decision in decisions if decision.shown]
            rows += within_limit(settings, shown, setting=sync.limit_setting)
            if record:
                events += _store(settings, connection, sync, list(zip(records, decisions, strict=True)), now=now)
    for event in events if observe else ():
        observe(event)  # type: ignore[misc]
    return Plan(tuple(rows), now, fingerprint(tuple(rows)), record)


def _grouped(proposals: Sequence[Proposal], planned: Sequence[Sync]) -> dict[str, list[Proposal]]:
    by_sync: dict[str, list[Proposal]] = {sync.name: [] for sync in planned}
    for proposal in proposals:
        if proposal.sync not in by_sync:
            known = ", ".join(by_sync) or "none"
            raise DataError(f"{proposal.entity_key}: sync {proposal.sync!r} is not planned here; planned: {known}")
        by_sync[proposal.sync].append(proposal)
    return by_sync


def _records(
    settings: Settings, connection: Connection, sync: Sync, proposals: Sequence[Proposal], *, now: datetime, lock: bool
) -> list[Record]:
    times = Counter(proposal.entity_key for proposal in proposals)
    keys = list(times)
    rows = {
        **outbox.find(connection, sync.name, states=_OPEN, lock=lock),
        **outbox.find(connection, sync.name, keys, lock=lock),
    }
    acknowledged = outbox.last_acknowledged(connection, sync.name, keys)
    approved = outbox.approved(connection, sync.name, keys)
    wanted = {proposal.entity_key: proposal for proposal in reversed(proposals)}
    records = []
    for key in sorted(wanted.keys() | rows.keys()):
        proposal, row = wanted.get(key), rows.get(key)
        stopped = awaits = ""
        if proposal:
            doubled = f"blocked: the model proposes it {times[key]} times" if times[key] > 1 else ""
            stopped = doubled or _of_another_shop(proposal, row) or blocked(settings, proposal, refuse=sync.refuse)
            awaits = awaits_approval(settings, proposal, is_approved=proposal.content in approved)
        records.append(
            Record(
                sync=sync.name,
                proposal=proposal,
                row=row,
                state=_seen_state(row, now),
                acknowledged_hash="" if _of_another_shop(proposal, row) else acknowledged.get(key, ""),
                blocked=stopped,
                awaits=awaits,
            )
        )
    return records


def _of_another_shop(proposal: Proposal | None, row: OutboxRow | None) -> str:
    """Return why a record is not written that another shop has the key of: what is known of it is that shop's."""
    if proposal is None or row is None or row.shop_id == proposal.shop_id:
        return ""
    return f"blocked: shop {row.shop_id} has this key as well; find out whose it is"


def _seen_state(row: OutboxRow | None, now: datetime) -> OutboxState | None:
    if row is None:
        return None
    return leases.state_after_lease(row) if leases.lease_ended(row, now) else row.state


def _store(
    settings: Settings,
    connection: Connection,
    sync: Sync,
    decided: Sequence[tuple[Record, Decision]],
    *,
    now: datetime,
) -> list[Event]:
    events = []
    taken_in = [(known.proposal, known.row) for known, decision in decided if decision.enqueue and known.proposal]
    guarded = {proposal.entity_key for proposal, _row in taken_in if needs_approval(settings, proposal)}
    there = {known.proposal.entity_key for known, decision in decided if decision.is_there and known.proposal}
    outbox.enqueue(connection, taken_in, lane=sync.lane, now=now, guarded=guarded, there=there)
    for proposal, replaced in taken_in:
        if replaced and replaced.state not in _ENDED:
            detail = f"{replaced.state} {replaced.desired_hash} by {proposal.desired_hash}"
            note(connection, "replace", replaced, detail=detail, now=now)
    for known, decision in decided:
        if known.row and known.proposal and known.state == OutboxState.PENDING and not decision.enqueue:
            # A rule may have changed since the row was taken in.
            outbox.guard(connection, known.row, needs_approval=needs_approval(settings, known.proposal), now=now)
        if decision.withdraw and known.row:
            outbox.withdraw(connection, known.row, reason=decision.withdraw, now=now)
            events.append(Event("withdrawn", sync.name, known.row.entity_key, decision.withdraw))
    return events
