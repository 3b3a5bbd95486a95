"""The dispatch loop: take what was planned, call vendors, store the outcome. Plain Python.

Belongs here: the order of work, what follows which failure, pauses. Does not: SQL (leases), vendors (destinations),
decisions about what to send (planning), or real time (retry_policy).

One row: lease (commit), sent with an attempt (commit), call, acknowledged (commit). Killed between any two, the row is
pending or unknown, never lost and never sent twice: unknown is read back before anything is sent again. A vendor that
answers slower than it allows calls gets several at once (`Sync.concurrency`): only the calls overlap, never their
commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from traceback import extract_tb

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from reverse_sync import leases
from reverse_sync.concurrency import Calls, Concurrency
from reverse_sync.destination import Answer, Destination, write_all
from reverse_sync.dispatch_run import DispatchRun, Observe, OpenDestination, StoppedError, Task
from reverse_sync.leases import Failure
from reverse_sync.model import EDITED, OutboxState, Plan, PlanAction
from reverse_sync.outbox_row import LeaseLostError, OutboxRow
from reverse_sync.retry_policy import RetryPolicy
from tieout.errors import TieoutError
from tieout.state import State

_READ_BACK = {PlanAction.SETTLE, PlanAction.CONFIRM, PlanAction.READ_BACK}

Sent = tuple[Task, OutboxRow]
Sending = Calls[list[Sent], list[Answer]]


def dispatch(
    state: State,
    planned: Plan,
    openers: Mapping[str, OpenDestination],
    *,
    retry_policy: RetryPolicy,
    observe: Observe,
    concurrency: Mapping[str, Concurrency] | None = None,
) -> dict[str, str]:
    """Do what the plan says; returns by sync why it was stopped, for those that were.

    `concurrency`: by sync which calls may be in flight together, where that is more than one. Every row that
    this run leased is released at the end, also after an error.
    """
    start = retry_policy.clock()
    run = DispatchRun(
        state, openers, retry_policy, observe, ends=retry_policy.horizon(start), concurrency=concurrency or {}
    )
    with state.transaction() as connection:
        lost = leases.recover(connection, now=start)
    for row in lost:
        run.report("unknown", row, "its process ended before the answer")
    items = _items(run, planned, start)
    try:
        while items := [item for item in items if run.due(item) <= run.ends and item.row.sync not in run.stopped]:
            items = _step(run, items)
    finally:
        with state.transaction() as connection:
            leases.release(connection, run.owner, now=retry_policy.clock())
        for destination in run.opened.values():
            destination.close()
    return run.stopped


def _items(run: DispatchRun, planned: Plan, start: datetime) -> list[Task]:
    sends = [row for row in planned.rows if row.action == PlanAction.SEND]
    settles = [row for row in planned.rows if row.action in _READ_BACK]
    with run.state.reading() as connection:
        due = leases.next_attempts(connection, sends)
    items = [Task(row, start, True, row.action == PlanAction.SETTLE) for row in settles]
    return items + [Task(row, max(start, due.get(row.intent, start)), False, True) for row in sends]


def _step(run: DispatchRun, items: list[Task]) -> list[Task]:
    """Do the next piece of work; returns what is left. Unknown outcomes are settled before anything is sent."""
    now = run.now()
    ready = [item for item in items if run.due(item) <= now]
    if not ready:
        run.retry_policy.sleep((min(run.due(item) for item in items) - now).total_seconds())
        return items
    unsettled = [item for item in ready if item.reads_back]
    first = (unsettled or ready)[0]
    batch = [first] if unsettled else [item for item in ready if item.row.sync == first.row.sync]
    batch = batch[: run.lease_rows(first.row.sync)]
    taken = {id(item) for item in batch}
    return [item for item in items if id(item) not in taken] + _try(run, batch)


def _try(run: DispatchRun, batch: list[Task]) -> list[Task]:
    sync = batch[0].row.sync
    try:
        destination = _open(run, sync)
        if batch[0].reads_back:
            return _settle(run, destination, batch[0])
        return _send_batch(run, destination, batch)
    except StoppedError as error:
        run.stopped[sync] = str(error)
        return []


def _open(run: DispatchRun, sync: str) -> Destination:
    if sync not in run.opened:
        try:
            run.opened[sync] = run.openers[sync]()
        except TieoutError as error:
            raise StoppedError(str(error)) from error
    return run.opened[sync]


def _send_batch(run: DispatchRun, destination: Destination, batch: list[Task]) -> list[Task]:
    with run.state.transaction() as connection:
        planned = [item.row for item in batch]
        rows = leases.lease(connection, planned, owner=run.owner, until=run.lease_end(), now=run.now())
    for row in rows:
        run.report("leased", row)
    items = {item.row.entity_key: item for item in batch}
    leased = [(items[row.entity_key], row) for row in rows]
    left: list[Task] = []
    limit = run.concurrency_of(batch[0].row.sync)
    with Sending(limit.calls) as calls:
        stopped: StoppedError | None = None
        try:
            for start in range(0, len(leased), limit.rows):
                while not calls.have_room_for(limit.about(leased[start][1].change().desired)):
                    left += _next_ended(run, calls)
                left += _begin(run, destination, calls, leased[start : start + limit.rows])
        except StoppedError as error:
            stopped = error
        return left + _all_ended(run, calls, stopped)


def _begin(run: DispatchRun, destination: Destination, calls: Sending, group: list[Sent]) -> list[Task]:
    """Begin to send the rows of one call; returns them when the vendor asked for a pause meanwhile."""
    if any(run.due(item) > run.now() for item, _row in group):
        with run.state.transaction() as connection:
            for _item, row in group:
                leases.give_back(connection, row, now=run.now())
        return [item for item, _row in group]
    marked = [(item, _marked_sent(run, row)) for item, row in group]
    sent = [(item, row) for item, row in marked if row is not None]
    if sent:
        changes = [row.change() for _item, row in sent]
        about = run.concurrency_of(sent[0][1].sync).about(changes[0].desired)
        calls.begin(sent, partial(write_all, destination, changes), about=about)
    return []


def _marked_sent(run: DispatchRun, row: OutboxRow) -> OutboxRow | None:
    try:
        with run.state.transaction() as connection:
            sent = leases.mark_sent(connection, row, until=run.lease_end(), now=run.now())
    except LeaseLostError:
        return None  # another process has it now, and settles it
    run.report("sent", sent)
    return sent


def _all_ended(run: DispatchRun, calls: Sending, stopped: StoppedError | None) -> list[Task]:
    """Store the outcomes of calls still in flight, also when the destination is given up."""
    left: list[Task] = []
    while calls.any_in_flight:
        try:
            left += _next_ended(run, calls)
        except StoppedError as error:
            stopped = stopped or error
    if stopped is not None:
        raise stopped
    return left


def _next_ended(run: DispatchRun, calls: Sending) -> list[Task]:
    """Store the outcome of the next call to finish, for each of its rows."""
    sent, brought = calls.ended()
    answers = [brought] * len(sent) if isinstance(brought, Exception) else brought
    left: list[Task] = []
    stopped: StoppedError | None = None
    for (item, row), answer in zip(sent, answers, strict=True):
        try:
            left += _answered(run, item, row, answer)
        except StoppedError as error:
            stopped = stopped or error
    failed = [answer for answer in answers if _is_passing(answer)]
    if failed and len(failed) == len(answers):
        run.failed(sent[0][1].sync, str(failed[0]))
    if stopped is not None:
        raise stopped
    return left


def _is_passing(answer: Answer) -> bool:
    return isinstance(answer, TransientError) and not isinstance(answer, RateLimitedError)


def _answered(run: DispatchRun, item: Task, row: OutboxRow, answer: Answer) -> list[Task]:
    if isinstance(answer, Exception):
        return _not_written(run, item, row, error=answer)
    run.report("replied", row, answer)
    run.answered(row.sync)
    _acknowledge(run, row, answer)
    return []


def _not_written(run: DispatchRun, item: Task, row: OutboxRow, *, error: Exception) -> list[Task]:
    """Store what a failed write means; an error we do not know leaves the outcome unknown."""
    if isinstance(error, RejectedError):
        run.answered(row.sync)
        _fail(run, row, OutboxState.REJECTED, Failure(error.message, code=error.code))
        return []
    if isinstance(error, CredentialError):
        _fail(run, row, OutboxState.PENDING, Failure(str(error)))
        raise StoppedError(str(error)) from error
    if isinstance(error, RateLimitedError):
        pause = max(error.retry_after or 0, run.retry_policy.delay(1))
        run.paused[row.sync] = until = run.now() + timedelta(seconds=pause)
        _fail(run, row, OutboxState.PENDING, Failure(str(error), next_attempt_at=until))
        return [replace(item, due=until)]
    if isinstance(error, TransientError):
        return _retry(run, item, row, message=str(error))
    return _unknown(run, item, row, message=_reason(error))


def _retry(run: DispatchRun, item: Task, row: OutboxRow, *, message: str) -> list[Task]:
    spent = row.attempts + 1 >= run.retry_policy.max_attempts
    due = run.next_attempt(row.attempts + 1)
    state = OutboxState.DEAD if spent else OutboxState.PENDING
    _fail(run, row, state, Failure(message, counts=1, next_attempt_at=None if spent else due))
    return [] if spent else [replace(item, due=due, reads_back=False)]


def _unknown(run: DispatchRun, item: Task, row: OutboxRow, *, message: str) -> list[Task]:
    due = run.next_attempt(row.attempts + 1)
    _fail(run, row, OutboxState.UNKNOWN, Failure(message, counts=1, next_attempt_at=due))
    return [replace(item, due=due, reads_back=True)]


def _settle(run: DispatchRun, destination: Destination, item: Task) -> list[Task]:
    """Read back the outcome of a write whose answer was lost."""
    with run.state.transaction() as connection:
        row = leases.lease_unknown(connection, item.row, owner=run.owner, until=run.lease_end(), now=run.now())
    if row is None:
        return []
    try:
        seen = destination.read_back(row.change())
    except CredentialError as error:
        _fail(run, row, OutboxState.UNKNOWN, Failure(str(error)))
        raise StoppedError(str(error)) from error
    except Exception as error:
        left = _unknown(run, item, row, message=f"read-back failed: {_reason(error)}")
        run.failed(row.sync, _reason(error))
        return left
    run.answered(row.sync)
    if seen is None:
        run.report("read_back", row, "absent")
        return _offer_again(run, item, row)
    run.report("read_back", row, seen.difference or "as desired")
    if seen.difference:
        _fail(run, row, OutboxState.REJECTED, Failure(seen.difference, code=EDITED))
    else:
        _acknowledge(run, row, seen.vendor_id)
    return []


def _offer_again(run: DispatchRun, item: Task, row: OutboxRow) -> list[Task]:
    if row.attempts >= run.retry_policy.max_attempts:
        _fail(run, row, OutboxState.DEAD, Failure(f"{row.last_error}; read back: the vendor has nothing"))
        return []
    _fail(run, row, OutboxState.PENDING, Failure(row.last_error), name="")
    return [replace(item, due=run.now(), reads_back=False)] if item.may_send else []


def _acknowledge(run: DispatchRun, row: OutboxRow, vendor_id: str) -> None:
    try:
        with run.state.transaction() as connection:
            leases.acknowledge(connection, row, vendor_id, now=run.now())
    except LeaseLostError:
        return  # its lease ended while the vendor worked: whoever has it now reads it back
    run.report("acknowledged", row, vendor_id)


_NAMES = {OutboxState.PENDING: "retried"}


def _fail(run: DispatchRun, row: OutboxRow, to: OutboxState, failure: Failure, *, name: str | None = None) -> None:
    try:
        with run.state.transaction() as connection:
            leases.fail(connection, row, to, failure, now=run.now())
    except LeaseLostError:
        return
    name = _NAMES.get(to, str(to)) if name is None else name
    if name:
        run.report(name, row, failure.message)


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectorError):
        return str(error)
    # Not the message: an unexpected error may quote the record.
    place = extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
