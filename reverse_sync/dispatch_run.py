"""One run of the dispatch loop: its destinations, when its rows are due, what it reports.

Belongs here: the run's own memory. Does not: what is done with a row (engine), state (leases), numbers (retry_policy).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reverse_sync.concurrency import ONE_CALL, Concurrency
from reverse_sync.destination import Destination
from reverse_sync.model import Event, PlanRow
from reverse_sync.outbox_row import OutboxRow
from reverse_sync.retry_policy import RetryPolicy
from tieout.process_identity import new_owner
from tieout.state import State

Observe = Callable[[Event], None]
OpenDestination = Callable[[], Destination]


@dataclass(frozen=True)
class Task:
    """A planned row and what is next for it: when (UTC), reading back or sending, and whether it may be sent after."""

    row: PlanRow
    due: datetime
    reads_back: bool
    may_send: bool


class StoppedError(Exception):
    """This destination is given up for this run; the message says why."""


@dataclass
class DispatchRun:
    """The destinations of a run; `ends` is the latest next attempt that it waits for (UTC)."""

    state: State
    openers: Mapping[str, OpenDestination]
    retry_policy: RetryPolicy
    observe: Observe
    ends: datetime
    concurrency: Mapping[str, Concurrency]
    owner: str = field(default_factory=new_owner)
    opened: dict[str, Destination] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        """Return the instant by the run's clock."""
        return self.retry_policy.clock()

    def lease_end(self) -> datetime:
        """Return until when a lease taken now lasts."""
        return self.now() + timedelta(seconds=self.retry_policy.lease_seconds)

    def concurrency_of(self, sync: str) -> Concurrency:
        """Return how many calls of a sync may be in flight together."""
        return self.concurrency.get(sync, ONE_CALL)

    def lease_rows(self, sync: str) -> int:
        """Return how many rows of a sync are leased together."""
        return (
            self.retry_policy.lease_rows
            if self.concurrency_of(sync).calls == 1
            else self.retry_policy.lease_rows_concurrent
        )

    def due(self, item: Task) -> datetime:
        """Return when an item may be tried, pauses that the vendor asked for included."""
        return max(item.due, self.paused.get(item.row.sync, item.due))

    def next_attempt(self, attempts: int) -> datetime:
        """Return when to try again after so many attempts."""
        return self.now() + timedelta(seconds=self.retry_policy.delay(attempts))

    def report(self, name: str, row: OutboxRow, detail: str = "") -> None:
        """Report an event of a row to the observer."""
        self.observe(Event(name, row.sync, row.entity_key, detail))

    def answered(self, sync: str) -> None:
        """Remember that the vendor answers."""
        self.failures[sync] = 0

    def failed(self, sync: str, error: str) -> None:
        """Remember a failed call.

        Raises:
            StoppedError: when too many failed in a row.
        """
        self.failures[sync] = self.failures.get(sync, 0) + 1
        if self.failures[sync] >= self.retry_policy.outage_after:
            raise StoppedError(f"{self.failures[sync]} calls in a row failed, the next run tries again; last: {error}")
