"""Limits that vendors put on all of an application's processes together, kept in the operational state.

`Pacer` spaces requests evenly under a rate a second; `Window` lets them go as they come until a minute's quota is used
up; `Slots` bounds how many are under way at once. All hold one short transaction at a time and sleep outside it.

Belongs here: waiting for a turn. Does not: how often or how many (settings), or what a refusal means (errors).
"""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random
from threading import Lock

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from connectors.transport.errors import TransientError
from connectors.transport.messages import Call
from tieout.clock import Clock, utc_now
from tieout.process_identity import is_gone, new_owner
from tieout.state import State, limits, slots

BATCH = 5
SAFETY = 1.04
SPARE = 0.01
MINUTE = timedelta(seconds=60.5)
FAR_FUTURE = timedelta(minutes=5)
GIVE_UP = timedelta(minutes=2)

Sleep = Callable[[float], None]


class Pacer:
    """At most `per_second` requests of one quota, evenly spaced, over all processes that share the state.

    A process reserves up to five turns in one transaction; a turn not taken in time is forfeited, never saved up, so
    the shared rate is not exceeded. Four per cent of the rate is kept back, for turns that the network bunches.
    """

    def __init__(
        self, state: State, system: str, *, per_second: float, now: Clock = utc_now, sleep: Sleep = time.sleep
    ) -> None:
        """Pace the quotas of `system` (each call's endpoint and scope has one of its own)."""
        self._state, self._system, self._now, self._sleep = state, system, now, sleep
        self._interval = timedelta(seconds=SAFETY / per_second)
        self._guard = Lock()
        self._turns: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._batch: defaultdict[str, int] = defaultdict(lambda: 1)
        self._known: set[str] = set()

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Wait until the quota allows the call."""
        with self._guard:
            turn = self._take(f"{self._system}/{call.key}")
        wait = (turn - self._now()).total_seconds()
        if wait > 0:
            self._sleep(wait)
        yield

    def throttle(self, call: Call, seconds: float) -> None:
        """Let no process send on this call's quota for `seconds`: the vendor asked for it."""
        quota = f"{self._system}/{call.key}"
        with self._guard:
            self._turns.pop(quota, None)
            self._advance(quota, lambda free: max(free, self._now() + timedelta(seconds=seconds)))

    def close(self) -> None:
        """Nothing is held between calls."""

    def _take(self, quota: str) -> datetime:
        turns, now = self._turns[quota], self._now()
        if turns and turns[0] + self._interval <= now:
            self._batch[quota] = 1
            while turns and turns[0] + self._interval <= now:
                turns.popleft()
        if not turns:
            turns.extend(self._reserve(quota, self._batch[quota]))
            self._batch[quota] = min(self._batch[quota] * 2, BATCH)
        return turns.popleft()

    def _reserve(self, quota: str, count: int) -> list[datetime]:
        start = self._advance(quota, lambda free: free + count * self._interval)
        return [start + number * self._interval for number in range(count)]

    def _advance(self, quota: str, move: Callable[[datetime], datetime]) -> datetime:
        if quota not in self._known:
            ensure_quota(self._state, quota)
            self._known.add(quota)
        with self._state.transaction() as connection:
            start = _first_free(lock_quota(connection, quota), self._now())
            connection.execute(update(limits).where(limits.c.quota == quota).values(next_free_at=_stamp(move(start))))
        return start


class Window:
    """At most `per_minute` requests of one quota within any minute, over all processes that share the state.

    Requests go as they come until the quota is used up; then each waits until the oldest is a minute old. One turn in
    a hundred and half a second are kept back, for requests that the network bunches.
    """

    def __init__(
        self, state: State, system: str, *, per_minute: int, now: Clock = utc_now, sleep: Sleep = time.sleep
    ) -> None:
        """Count the quotas of `system` (each call's endpoint and scope has one of its own)."""
        self._state, self._system, self._now, self._sleep = state, system, now, sleep
        self._most = max(1, per_minute - ceil(per_minute * SPARE))
        self._known: set[str] = set()

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Wait until the quota allows the call."""
        quota = self._quota(call)
        with self._state.transaction() as connection:
            free, recent = lock_quota(connection, quota), _recent_turns(connection, quota)
            now = self._now()
            # Stamps this far ahead were written before somebody set the clock back, as in `_first_free`.
            counted = [turn for turn in recent if turn - now <= FAR_FUTURE]
            oldest = counted[-self._most] + MINUTE if len(counted) >= self._most else now
            turn = max(_first_free(free, now), oldest)
            kept = json.dumps([_stamp(each) for each in [*counted, turn][-self._most :]])
            connection.execute(update(limits).where(limits.c.quota == quota).values(recent_turns=kept))
        if turn > now:
            self._sleep((turn - now).total_seconds())
        yield

    def throttle(self, call: Call, seconds: float) -> None:
        """Let no process send on this call's quota for `seconds`: the vendor asked for it."""
        quota = self._quota(call)
        with self._state.transaction() as connection:
            now = self._now()
            free = max(_first_free(lock_quota(connection, quota), now), now + timedelta(seconds=seconds))
            connection.execute(update(limits).where(limits.c.quota == quota).values(next_free_at=_stamp(free)))

    def close(self) -> None:
        """Nothing is held between calls."""

    def _quota(self, call: Call) -> str:
        quota = f"{self._system}/{call.key}"
        if quota not in self._known:
            ensure_quota(self._state, quota)
            self._known.add(quota)
        return quota


@dataclass(frozen=True)
class _Slot:
    holder: str
    until: datetime


class Slots:
    """At most `limit` requests under way at once, over all processes that share the state.

    A slot is a row with an expiry, so one whose process was killed comes free: at once on the same machine, else when
    it expires. A slot is kept for this process's next calls for a few seconds, which spares them the transactions.
    """

    def __init__(
        self,
        state: State,
        quota: str,
        *,
        limit: int,
        call_seconds: float,
        now: Clock = utc_now,
        sleep: Sleep = time.sleep,
    ) -> None:
        """Share `limit` slots under `quota`; `call_seconds` is the longest a call may take."""
        self._state, self._quota, self._limit = state, quota, limit
        self._now, self._sleep = now, sleep
        self._call = timedelta(seconds=call_seconds)
        self._guard = Lock()
        self._idle: list[_Slot] = []
        ensure_quota(state, quota)
        self._spread = Random()  # noqa: S311 - spreads waiting processes, guards nothing

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Hold a slot for the length of a call.

        Raises:
            TransientError: when none came free within two minutes; nothing was sent.
        """
        slot = self._idle_slot() or self._wait_for_slot(call)
        try:
            yield
        finally:
            with self._guard:
                self._idle.append(slot)

    def throttle(self, call: Call, seconds: float) -> None:
        """A concurrency limit has no pause to share: the refused call waits by itself."""

    def close(self) -> None:
        """Give back the slots kept for later calls."""
        with self._guard:
            kept = [slot.holder for slot in self._idle]
            self._idle.clear()
        if kept:
            with self._state.transaction() as connection:
                connection.execute(delete(slots).where(slots.c.quota == self._quota, slots.c.holder.in_(kept)))

    def _idle_slot(self) -> _Slot | None:
        with self._guard:
            if self._idle and self._idle[-1].until - self._now() >= self._call:
                return self._idle.pop()
        return None

    def _wait_for_slot(self, call: Call) -> _Slot:
        deadline = self._now() + GIVE_UP
        while (slot := self._claim()) is None:
            if self._now() >= deadline:
                raise TransientError(
                    f"all {self._limit} slots of {self._quota} stayed in use for {GIVE_UP.seconds} s",
                    endpoint=call.endpoint,
                )
            self._sleep(self._spread.uniform(0.03, 0.12))
        return slot

    def _claim(self) -> _Slot | None:
        now = self._now()
        slot = _Slot(new_owner(), now + self._call + timedelta(seconds=5))
        with self._guard:
            stale = [kept.holder for kept in self._idle]
            self._idle.clear()
        with self._state.transaction() as connection:
            lock_quota(connection, self._quota)
            self._free(connection, stale, now=now)
            if self._held(connection) >= self._limit:
                return None
            row = {"quota": self._quota, "holder": slot.holder, "held_until": _stamp(slot.until)}
            connection.execute(insert(slots).values(row))
        return slot

    def _free(self, connection: Connection, stale: list[str], *, now: datetime) -> None:
        rows = connection.execute(select(slots.c.holder, slots.c.held_until).where(slots.c.quota == self._quota)).all()
        gone = [row.holder for row in rows if row.held_until < _stamp(now) or is_gone(row.holder)]
        if gone + stale:
            connection.execute(delete(slots).where(slots.c.quota == self._quota, slots.c.holder.in_(gone + stale)))

    def _held(self, connection: Connection) -> int:
        query = select(func.count()).select_from(slots).where(slots.c.quota == self._quota)
        return int(connection.execute(query).scalar_one())


def ensure_quota(state: State, quota: str) -> None:
    """Make sure the quota has a row to lock."""
    with suppress(IntegrityError), state.transaction() as connection:  # another process made it first
        if connection.execute(select(limits.c.quota).where(limits.c.quota == quota)).first() is None:
            connection.execute(insert(limits).values(quota=quota, next_free_at=""))


def lock_quota(connection: Connection, quota: str) -> str:
    """Lock the quota's row until the transaction ends, and return its next free instant as kept."""
    query = select(limits.c.next_free_at).where(limits.c.quota == quota).with_for_update()
    return str(connection.execute(query).scalar_one())


def _recent_turns(connection: Connection, quota: str) -> list[datetime]:
    kept: str = connection.execute(select(limits.c.recent_turns).where(limits.c.quota == quota)).scalar_one()
    return [datetime.fromisoformat(stamp) for stamp in json.loads(kept)]


def _first_free(kept: str, now: datetime) -> datetime:
    free = datetime.fromisoformat(kept) if kept else now
    # A stamp this far ahead was written before somebody set the clock back: believing it would stop everything.
    return max(now, free) if free - now <= FAR_FUTURE else now


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
