"""The dispatch loop: take what was planned, call vendors, store what came of it. Plain Python.

Belongs here: the order of work, what follows which failure, pauses. Does not: SQL (delivery), vendors (destinations),
decisions about what to send (planning), or real time (pace).

One row: lease (commit), sent with an attempt (commit), call, acknowledged (commit). Killed between any two, the row is
pending or unknown, never lost and never sent twice: unknown is read back before anything is sent again. A vendor that
answers slower than it allows calls gets several at once (`Sync.at_once`): only the calls overlap, never their commits.
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
from reverse_sync import delivery
from reverse_sync.calls import AtOnce, Calls
from reverse_sync.delivery import Failure
from reverse_sync.destination import Answer, Destination, write_all
from reverse_sync.model import EDITED, OutboxState, Plan, PlanAction
from reverse_sync.pace import Pace
from reverse_sync.rows import LeaseLostError, OutboxRow
from reverse_sync.running import Item, Observe, OpenDestination, Run, StoppedError
from tieout.errors import TieoutError
from tieout.state import State

_READ_BACK = {PlanAction.SETTLE, PlanAction.CONFIRM, PlanAction.READ_BACK}

Sent = tuple[Item, OutboxRow]
Sending = Calls[list[Sent], list[Answer]]


def dispatch(
    state: State,
    planned: Plan,
    openers: Mapping[str, OpenDestination],
    *,
    pace: Pace,
    observe: Observe,
    at_once: Mapping[str, AtOnce] | None = None,
) -> dict[str, str]:
    """Do what the plan says; returns by sync why it was stopped, for those that were.

    `at_once`: by sync which calls may be under way together, where that is more than one. Every row that
    this run took is given back at the end, also when it ends by an error.
    """
    start = pace.clock()
    run = Run(state, openers, pace, observe, ends=pace.horizon(start), at_once=at_once or {})
    with state.transaction() as connection:
        lost = delivery.recover(connection, now=start)
    for row in lost:
        run.tell("unknown", row, "its process ended before the answer")
    items = _items(run, planned, start)
    try:
        while items := [item for item in items if run.due(item) <= run.ends and item.row.sync not in run.stopped]:
            items = _step(run, items)
    finally:
        with state.transaction() as connection:
            delivery.release(connection, run.owner, now=pace.clock())
        for destination in run.opened.values():
            destination.close()
    return run.stopped


def _items(run: Run, planned: Plan, start: datetime) -> list[Item]:
    sends = [row for row in planned.rows if row.action == PlanAction.SEND]
    settles = [row for row in planned.rows if row.action in _READ_BACK]
    with run.state.reading() as connection:
        due = delivery.next_attempts(connection, sends)
    items = [Item(row, start, True, row.action == PlanAction.SETTLE) for row in settles]
    return items + [Item(row, max(start, due.get(row.intent, start)), False, True) for row in sends]


def _step(run: Run, items: list[Item]) -> list[Item]:
    """Do the next piece of work; returns what is left. What may have happened is settled before anything is sent."""
    now = run.now()
    ready = [item for item in items if run.due(item) <= now]
    if not ready:
        run.pace.sleep((min(run.due(item) for item in items) - now).total_seconds())
        return items
    unsettled = [item for item in ready if item.reads_back]
    first = (unsettled or ready)[0]
    batch = [first] if unsettled else [item for item in ready if item.row.sync == first.row.sync]
    batch = batch[: run.lease_rows(first.row.sync)]
    taken = {id(item) for item in batch}
    return [item for item in items if id(item) not in taken] + _try(run, batch)


def _try(run: Run, batch: list[Item]) -> list[Item]:
    sync = batch[0].row.sync
    try:
        destination = _open(run, sync)
        if batch[0].reads_back:
            return _settle(run, destination, batch[0])
        return _send_batch(run, destination, batch)
    except StoppedError as error:
        run.stopped[sync] = str(error)
        return []


def _open(run: Run, sync: str) -> Destination:
    if sync not in run.opened:
        try:
            run.opened[sync] = run.openers[sync]()
        except TieoutError as error:
            raise StoppedError(str(error)) from error
    return run.opened[sync]


def _send_batch(run: Run, destination: Destination, batch: list[Item]) -> list[Item]:
    with run.state.transaction() as connection:
        planned = [item.row for item in batch]
        rows = delivery.lease(connection, planned, owner=run.owner, until=run.lease_end(), now=run.now())
    for row in rows:
        run.tell("leased", row)
    items = {item.row.entity_key: item for item in batch}
    leased = [(items[row.entity_key], row) for row in rows]
    left: list[Item] = []
    limit = run.together(batch[0].row.sync)
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


def _begin(run: Run, destination: Destination, calls: Sending, group: list[Sent]) -> list[Item]:
    """Begin to send the rows of one call; returns them when the vendor asked for a pause meanwhile."""
    if any(run.due(item) > run.now() for item, _row in group):
        with run.state.transaction() as connection:
            for _item, row in group:
                delivery.give_back(connection, row, now=run.now())
        return [item for item, _row in group]
    marked = [(item, _marked_sent(run, row)) for item, row in group]
    sent = [(item, row) for item, row in marked if row is not None]
    if sent:
        changes = [row.change() for _item, row in sent]
        about = run.together(sent[0][1].sync).about(changes[0].desired)
        calls.begin(sent, partial(write_all, destination, changes), about=about)
    return []


def _marked_sent(run: Run, row: OutboxRow) -> OutboxRow | None:
    try:
        with run.state.transaction() as connection:
            sent = delivery.mark_sent(connection, row, until=run.lease_end(), now=run.now())
    except LeaseLostError:
        return None  # another process has it now, and settles it
    run.tell("sent", sent)
    return sent


def _all_ended(run: Run, calls: Sending, stopped: StoppedError | None) -> list[Item]:
    """Store what the calls still under way brought, also when the destination is given up."""
    left: list[Item] = []
    while calls.any_under_way:
        try:
            left += _next_ended(run, calls)
        except StoppedError as error:
            stopped = stopped or error
    if stopped is not None:
        raise stopped
    return left


def _next_ended(run: Run, calls: Sending) -> list[Item]:
    """Store what the next call to end brought for each of its rows."""
    sent, brought = calls.ended()
    answers = [brought] * len(sent) if isinstance(brought, Exception) else brought
    left: list[Item] = []
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


def _answered(run: Run, item: Item, row: OutboxRow, answer: Answer) -> list[Item]:
    if isinstance(answer, Exception):
        return _not_written(run, item, row, error=answer)
    run.tell("replied", row, answer)
    run.answered(row.sync)
    _acknowledge(run, row, answer)
    return []


def _not_written(run: Run, item: Item, row: OutboxRow, *, error: Exception) -> list[Item]:
    """Store what a failed write means; an error we do not know leaves the outcome unknown."""
    if isinstance(error, RejectedError):
        run.answered(row.sync)
        _fail(run, row, OutboxState.REJECTED, Failure(error.message, code=error.code))
        return []
    if isinstance(error, CredentialError):
        _fail(run, row, OutboxState.PENDING, Failure(str(error)))
        raise StoppedError(str(error)) from error
    if isinstance(error, RateLimitedError):
        pause = max(error.retry_after or 0, run.pace.delay(1))
        run.paused[row.sync] = until = run.now() + timedelta(seconds=pause)
        _fail(run, row, OutboxState.PENDING, Failure(str(error), next_attempt_at=until))
        return [replace(item, due=until)]
    if isinstance(error, TransientError):
        return _retry(run, item, row, told=str(error))
    return _unknown(run, item, row, told=_told(error))


def _retry(run: Run, item: Item, row: OutboxRow, *, told: str) -> list[Item]:
    spent = row.attempts + 1 >= run.pace.max_attempts
    due = run.next_attempt(row.attempts + 1)
    state = OutboxState.DEAD if spent else OutboxState.PENDING
    _fail(run, row, state, Failure(told, counts=1, next_attempt_at=None if spent else due))
    return [] if spent else [replace(item, due=due, reads_back=False)]


def _unknown(run: Run, item: Item, row: OutboxRow, *, told: str) -> list[Item]:
    due = run.next_attempt(row.attempts + 1)
    _fail(run, row, OutboxState.UNKNOWN, Failure(told, counts=1, next_attempt_at=due))
    return [replace(item, due=due, reads_back=True)]


def _settle(run: Run, destination: Destination, item: Item) -> list[Item]:
    """Find out what became of a write whose answer nobody saw."""
    with run.state.transaction() as connection:
        row = delivery.lease_unknown(connection, item.row, owner=run.owner, until=run.lease_end(), now=run.now())
    if row is None:
        return []
    try:
        seen = destination.read_back(row.change())
    except CredentialError as error:
        _fail(run, row, OutboxState.UNKNOWN, Failure(str(error)))
        raise StoppedError(str(error)) from error
    except Exception as error:
        left = _unknown(run, item, row, told=f"read-back failed: {_told(error)}")
        run.failed(row.sync, _told(error))
        return left
    run.answered(row.sync)
    if seen is None:
        run.tell("read_back", row, "absent")
        return _offer_again(run, item, row)
    run.tell("read_back", row, seen.difference or "as desired")
    if seen.difference:
        _fail(run, row, OutboxState.REJECTED, Failure(seen.difference, code=EDITED))
    else:
        _acknowledge(run, row, seen.vendor_id)
    return []


def _offer_again(run: Run, item: Item, row: OutboxRow) -> list[Item]:
    if row.attempts >= run.pace.max_attempts:
        _fail(run, row, OutboxState.DEAD, Failure(f"{row.last_error}; read back: the vendor has nothing"))
        return []
    _fail(run, row, OutboxState.PENDING, Failure(row.last_error), name="")
    return [replace(item, due=run.now(), reads_back=False)] if item.may_send else []


def _acknowledge(run: Run, row: OutboxRow, vendor_id: str) -> None:
    try:
        with run.state.transaction() as connection:
            delivery.acknowledge(connection, row, vendor_id, now=run.now())
    except LeaseLostError:
        return  # its lease ended while the vendor worked: whoever has it now reads it back
    run.tell("acknowledged", row, vendor_id)


_NAMES = {OutboxState.PENDING: "retried"}


def _fail(run: Run, row: OutboxRow, to: OutboxState, failure: Failure, *, name: str | None = None) -> None:
    try:
        with run.state.transaction() as connection:
            delivery.fail(connection, row, to, failure, now=run.now())
    except LeaseLostError:
        return
    name = _NAMES.get(to, str(to)) if name is None else name
    if name:
        run.tell(name, row, failure.message)


def _told(error: Exception) -> str:
    if isinstance(error, ConnectorError):
        return str(error)
    # Not the message: an error that nobody foresaw may quote the record.
    place = extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
