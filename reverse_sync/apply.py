"""Applying a plan: exactly its rows, through the destinations of the registry, and a report of the outcome of each.

Belongs here: holding the plan to its fingerprint, opening destinations, reporting. Does not: the loop (engine).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from reverse_sync import outbox
from reverse_sync.dispatch_run import OpenDestination
from reverse_sync.engine import dispatch
from reverse_sync.model import AppliedRow, ApplyReport, Event, OutboxState, Plan, PlanAction, PlanRow, fingerprint
from reverse_sync.outbox_row import OutboxRow
from reverse_sync.registry import SYNCS
from reverse_sync.retry_policy import RetryPolicy
from tieout.errors import DataError
from tieout.settings import Settings
from tieout.state import State

_NOT_TAKEN = {
    OutboxState.PENDING: "not taken: it waits for its approval, or for the next run",
    OutboxState.LEASED: "another run is about to send it",
    OutboxState.SENT: "another run is sending it",
    OutboxState.UNKNOWN: "another run is reading it back",
}
_ACTIVE = {PlanAction.SEND, PlanAction.SETTLE, PlanAction.CONFIRM, PlanAction.READ_BACK}


def apply(
    settings: Settings,
    state: State,
    planned: Plan,
    *,
    sync: str | None = None,
    destinations: Mapping[str, OpenDestination] | None = None,
    retry_policy: RetryPolicy | None = None,
    observe: Callable[[Event], None] | None = None,
) -> ApplyReport:
    """Write what was planned (of one sync, when named), and nothing else; without rows to write nothing is opened.

    Raises:
        DataError: when the plan was not recorded in the outbox, or is not as it was planned.
    """
    if not planned.is_recorded:
        raise DataError("this plan was only shown, not recorded: plan again with record=True, then apply")
    if planned.fingerprint != fingerprint(planned.rows):
        raise DataError("the plan's rows are not those that were planned (fingerprint differs): plan again")
    openers = destinations or {known.name: partial(known.open_destination, settings, state) for known in SYNCS}
    rows = tuple(row for row in planned.rows if row.action in _ACTIVE and sync in (None, row.sync))
    if not rows:
        return ApplyReport((), {})
    stopped = dispatch(
        state,
        replace(planned, rows=rows),
        openers,
        retry_policy=retry_policy or RetryPolicy(),
        observe=observe or (lambda _event: None),
        concurrency={known.name: known.concurrency for known in SYNCS},
    )
    return ApplyReport(_outcomes(state, rows), stopped)


def _outcomes(state: State, rows: tuple[PlanRow, ...]) -> tuple[AppliedRow, ...]:
    found: dict[str, dict[str, OutboxRow]] = {}
    with state.reading() as connection:
        for sync in {row.sync for row in rows}:
            keys = [row.entity_key for row in rows if row.sync == sync]
            found[sync] = outbox.find(connection, sync, keys, lock=False)
    return tuple(_outcome(row, found[row.sync].get(row.entity_key)) for row in rows)


def _outcome(planned: PlanRow, row: OutboxRow | None) -> AppliedRow:
    if row is None or row.desired_hash != planned.desired_hash:
        return AppliedRow(
            planned.sync, planned.entity_key, "superseded", detail="another plan has changed it meanwhile"
        )
    detail = row.last_error or _NOT_TAKEN.get(row.state, "")
    return AppliedRow(row.sync, row.entity_key, str(row.state), row.vendor_id, detail)
