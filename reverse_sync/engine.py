"""The dispatch loop: take what was planned, call vendors, store what came of it. Plain Python.

Belongs here: the order of work, what follows which failure, pauses. Does not: SQL (delivery), vendors (destinations),
decisions about what to send (planning), or real time (pace).

One row: lease (commit), sent with an attempt (commit), call, acknowledged (commit). Killed between any two, the row is
pending or unknown, never lost and never sent twice: unknown is read back before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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
from reverse_sync.delivery import Failure
from reverse_sync.destination import Destination
from reverse_sync.model import EDITED, Event, OutboxState, Plan, PlanAction, PlanRow
from reverse_sync.owners import new_owner
from reverse_sync.pace import Pace
from reverse_sync.rows import LeaseLostError, OutboxRow
from tieout.errors import TieoutError
from tieout.state import State

Observe = Callable[[Event], None]
OpenDestination = Callable[[], Destination]


@dataclass(frozen=True)
class _Item:
    row: PlanRow
    due: datetime
    reads_back: bool
    may_send: bool


class _StoppedError(Exception):
    """This destination is given up for this run; the message says why."""


@dataclass
class _Run:
    state: State
    openers: Mapping[str, OpenDestination]
    pace: Pace
    observe: Observe
    ends: datetime
    owner: str = field(default_factory=new_owner)
    opened: dict[str, Destination] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.pace.clock()

    def lease_end(self) -> datetime:
        return self.now() + timedelta(seconds=self.pace.lease_seconds)

    def due(self, item: _Item) -> datetime:
        return max(item.due, self.paused.get(item.row.sync, item.due))

    def next_attempt(self, attempts: int) -> datetime:
        return self.now() + timedelta(seconds=self.pace.delay(attempts))

    def tell(self, name: str, row: OutboxRow, detail: str = "") -> None:
        self.observe(Event(name, row.sync, row.entity_key, detail))

    def answered(self, sync: str) -> None:
        self.failures[sync] = 0

    def failed(self, sync: str, error: str) -> None:
        self.failures[sync] = self.failures.get(sync, 0) + 1
        if self.failures[sync] >= self.pace.outage_after:
            raise _StoppedError(f"{self.failures[sync]} calls in a row failed, the next run tries again; last: {error}")


def dispatch(
    state: State, planned: Plan, openers: Mapping[str, OpenDestination], *, pace: Pace, observe: Observe
) -> dict[str, str]:
    """Do what the plan says; returns by sync why it was stopped, for those that were.

    Every row that this run took is given back at the end, also when it ends by an error.
    """
    start = pace.clock()
    run = _Run(state, openers, pace, observe, ends=pace.horizon(start))
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


def _items(run: _Run, planned: Plan, start: datetime) -> list[_Item]:
    sends = [row for row in planned.rows if row.action == PlanAction.SEND]
    settles = [row for row in planned.rows if row.action in {PlanAction.SETTLE, PlanAction.READ_BACK}]
    with run.state.reading() as connection:
        due = delivery.next_attempts(connection, sends)
    items = [_Item(row, start, True, row.action == PlanAction.SETTLE) for row in settles]
    return items + [_Item(row, max(start, due.get(row.intent, start)), False, True) for row in sends]


def _step(run: _Run, items: list[_Item]) -> list[_Item]:
    """Do the next piece of work; returns what is left. What may have happened is settled before anything is sent."""
    now = run.now()
    ready = [item for item in items if run.due(item) <= now]
    if not ready:
        run.pace.sleep((min(run.due(item) for item in items) - now).total_seconds())
        return items
    unsettled = [item for item in ready if item.reads_back]
    first = (unsettled or ready)[0]
    batch = [first] if unsettled else [item for item in ready if item.row.sync == first.row.sync]
    batch = batch[: run.pace.lease_rows]
    taken = {id(item) for item in batch}
    return [item for item in items if id(item) not in taken] + _try(run, batch)


def _try(run: _Run, batch: list[_Item]) -> list[_Item]:
    sync = batch[0].row.sync
    try:
        destination = _open(run, sync)
        if batch[0].reads_back:
            return _settle(run, destination, batch[0])
        return _send_batch(run, destination, batch)
    except _StoppedError as error:
        run.stopped[sync] = str(error)
        return []


def _open(run: _Run, sync: str) -> Destination:
    if sync not in run.opened:
        try:
            run.opened[sync] = run.openers[sync]()
        except TieoutError as error:
            raise _StoppedError(str(error)) from error
    return run.opened[sync]


def _send_batch(run: _Run, destination: Destination, batch: list[_Item]) -> list[_Item]:
    with run.state.transaction() as connection:
        planned = [item.row for item in batch]
        rows = delivery.lease(connection, planned, owner=run.owner, until=run.lease_end(), now=run.now())
    for row in rows:
        run.tell("leased", row)
    items = {item.row.entity_key: item for item in batch}
    left: list[_Item] = []
    for row in rows:
        item = items[row.entity_key]
        if run.due(item) > run.now():  # the vendor asked for a pause meanwhile
            with run.state.transaction() as connection:
                delivery.give_back(connection, row, now=run.now())
            left.append(item)
        else:
            left += _send(run, destination, item, row=row)
    return left


def _send(run: _Run, destination: Destination, item: _Item, *, row: OutboxRow) -> list[_Item]:
    try:
        with run.state.transaction() as connection:
            row = delivery.mark_sent(connection, row, until=run.lease_end(), now=run.now())
    except LeaseLostError:
        return []  # another process has it now, and settles it
    run.tell("sent", row)
    try:
        vendor_id = destination.write(row.change())
    except Exception as error:
        return _not_written(run, item, row, error=error)
    run.tell("replied", row, vendor_id)
    run.answered(row.sync)
    _acknowledge(run, row, vendor_id)
    return []


def _not_written(run: _Run, item: _Item, row: OutboxRow, *, error: Exception) -> list[_Item]:
    """Store what a failed write means; an error we do not know leaves the outcome unknown."""
    if isinstance(error, RejectedError):
        run.answered(row.sync)
        _fail(run, row, OutboxState.REJECTED, Failure(error.message, code=error.code))
        return []
    if isinstance(error, CredentialError):
        _fail(run, row, OutboxState.PENDING, Failure(str(error)))
        raise _StoppedError(str(error)) from error
    if isinstance(error, RateLimitedError):
        pause = max(error.retry_after or 0, run.pace.delay(1))
        run.paused[row.sync] = until = run.now() + timedelta(seconds=pause)
        _fail(run, row, OutboxState.PENDING, Failure(str(error), next_attempt_at=until))
        return [replace(item, due=until)]
    if isinstance(error, TransientError):
        return _retry(run, item, row, told=str(error))
    return _unknown(run, item, row, told=_told(error))


def _retry(run: _Run, item: _Item, row: OutboxRow, *, told: str) -> list[_Item]:
    spent = row.attempts + 1 >= run.pace.max_attempts
    due = run.next_attempt(row.attempts + 1)
    state = OutboxState.DEAD if spent else OutboxState.PENDING
    _fail(run, row, state, Failure(told, counts=1, next_attempt_at=None if spent else due))
    run.failed(row.sync, told)
    return [] if spent else [replace(item, due=due, reads_back=False)]


def _unknown(run: _Run, item: _Item, row: OutboxRow, *, told: str) -> list[_Item]:
    due = run.next_attempt(row.attempts + 1)
    _fail(run, row, OutboxState.UNKNOWN, Failure(told, counts=1, next_attempt_at=due))
    return [replace(item, due=due, reads_back=True)]


def _settle(run: _Run, destination: Destination, item: _Item) -> list[_Item]:
    """Find out what became of a write whose answer nobody saw."""
    with run.state.transaction() as connection:
        row = delivery.lease_unknown(connection, item.row, owner=run.owner, until=run.lease_end(), now=run.now())
    if row is None:
        return []
    try:
        seen = destination.read_back(row.change())
    except CredentialError as error:
        _fail(run, row, OutboxState.UNKNOWN, Failure(str(error)))
        raise _StoppedError(str(error)) from error
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


def _offer_again(run: _Run, item: _Item, row: OutboxRow) -> list[_Item]:
    if row.attempts >= run.pace.max_attempts:
        _fail(run, row, OutboxState.DEAD, Failure(f"{row.last_error}; read back: the vendor has nothing"))
        return []
    _fail(run, row, OutboxState.PENDING, Failure(row.last_error), name="")
    return [replace(item, due=run.now(), reads_back=False)] if item.may_send else []


def _acknowledge(run: _Run, row: OutboxRow, vendor_id: str) -> None:
    try:
        with run.state.transaction() as connection:
            delivery.acknowledge(connection, row, vendor_id, now=run.now())
    except LeaseLostError:
        return  # its lease ended while the vendor worked: whoever has it now reads it back
    run.tell("acknowledged", row, vendor_id)


_NAMES = {OutboxState.PENDING: "retried"}


def _fail(run: _Run, row: OutboxRow, to: OutboxState, failure: Failure, *, name: str | None = None) -> None:
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
