"""One run of the dispatch loop: what it holds, when its rows are due, what it tells.

Belongs here: the run's own memory. Does not: what is done with a row (engine), state (delivery), numbers (pace).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reverse_sync.calls import ONE_CALL, AtOnce
from reverse_sync.destination import Destination
from reverse_sync.model import Event, PlanRow
from reverse_sync.pace import Pace
from reverse_sync.rows import OutboxRow
from tieout.process_identity import new_owner
from tieout.state import State

Observe = Callable[[Event], None]
OpenDestination = Callable[[], Destination]


@dataclass(frozen=True)
class Item:
    """A planned row and what is next for it: when (UTC), reading back or sending, and whether it may be sent after."""

    row: PlanRow
    due: datetime
    reads_back: bool
    may_send: bool


class StoppedError(Exception):
    """This destination is given up for this run; the message says why."""


@dataclass
class Run:
    """What a run knows of its destinations; `ends` is the latest next attempt that it waits for (UTC)."""

    state: State
    openers: Mapping[str, OpenDestination]
    pace: Pace
    observe: Observe
    ends: datetime
    at_once: Mapping[str, AtOnce]
    owner: str = field(default_factory=new_owner)
    opened: dict[str, Destination] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        """Return the instant by the run's clock."""
        return self.pace.clock()

    def lease_end(self) -> datetime:
        """Return until when a lease taken now lasts."""
        return self.now() + timedelta(seconds=self.pace.lease_seconds)

    def together(self, sync: str) -> AtOnce:
        """Return which calls of a sync may be under way together."""
        return self.at_once.get(sync, ONE_CALL)

    def lease_rows(self, sync: str) -> int:
        """Return how many rows of a sync are leased together."""
        return self.pace.lease_rows if self.together(sync).calls == 1 else self.pace.lease_rows_at_once

    def due(self, item: Item) -> datetime:
        """Return when an item may be tried, pauses that the vendor asked for included."""
        return max(item.due, self.paused.get(item.row.sync, item.due))

    def next_attempt(self, attempts: int) -> datetime:
        """Return when to try again after so many attempts."""
        return self.now() + timedelta(seconds=self.pace.delay(attempts))

    def tell(self, name: str, row: OutboxRow, detail: str = "") -> None:
        """Tell whoever watches what happened to a row."""
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
        if self.failures[sync] >= self.pace.outage_after:
            raise StoppedError(f"{self.failures[sync]} calls in a row failed, the next run tries again; last: {error}")
