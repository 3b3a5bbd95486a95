"""The demo's days: which instants the world stops at, and what tieout does there.

Belongs here: the plan, as plain data. Does not: the sandbox or any step. Outside a demo schedules run the whole cycle
every day and the lanes of goods every few minutes; here the world's clock stops in between, so that sixty days
fit into minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

FIRST_CYCLE = timedelta(hours=6)
SHIPPING_DAYS, LIVE_BEFORE_END = 3, 2
WORKING_STOPS, WEEKEND_STOPS = (time(9), time(19)), (time(19),)
LIVE_STOPS = (20, 50)

Doing = Literal["snapshot", "connect", "cycle", "goods", "stock"]


@dataclass(frozen=True)
class Stop:
    """An instant of the world (UTC) and what is done there; `why` is printed."""

    at: datetime
    doing: Doing
    why: str


@dataclass(frozen=True)
class Days:
    """A demo of `count` days from `start` (a UTC midnight): by hand at first, then through the warehouses."""

    start: datetime
    count: int

    @property
    def end(self) -> datetime:
        """The last instant."""
        return self.start + timedelta(days=self.count)

    @property
    def connected_at(self) -> datetime:
        """The instant at which warehouses begin to ship."""
        return self.start + timedelta(days=connected_from_day(self.count))

    @property
    def ships_from(self) -> date:
        """The first day whose orders the warehouses ship."""
        return self.connected_at.date()


def connected_from_day(count: int) -> int:
    """Return the day on which warehouses begin to ship: early enough for parcels to arrive before the last day."""
    return max(0, count - SHIPPING_DAYS)


def live_day(count: int) -> int:
    """Return the day of the live event."""
    return max(connected_from_day(count) + 1, count - LIVE_BEFORE_END)


def stops_before(days: Days) -> list[Stop]:
    """Return the stops until the warehouses begin to ship, that one included."""
    found = [Stop(at, "snapshot", f"{at - timedelta(days=1):%B} ends") for at in _month_ends(days.start, days.end)]
    before = [stop for stop in found if stop.at < days.connected_at]
    return [*before, Stop(days.connected_at, "connect", "go-live of warehouse shipping")]


def stops_after(days: Days, live: Iterable[tuple[str, datetime]]) -> list[Stop]:
    """Return the later stops: for goods twice a working day, for stock alone in live events (name, beginning)."""
    first = days.connected_at + FIRST_CYCLE
    working = (at for at in _working_stops(days) if first + FIRST_CYCLE <= at <= days.end - FIRST_CYCLE)
    found = {at: Stop(at, "goods", "") for at in working}
    found[first] = Stop(first, "cycle", "the first cycle with warehouses")
    found |= {at: Stop(at, "snapshot", f"{at - timedelta(days=1):%B} ends") for at in _month_ends(days.start, days.end)}
    for name, begins in live:
        for minutes in LIVE_STOPS:
            at = begins + timedelta(minutes=minutes)
            found.setdefault(at, Stop(at, "stock", f"live event of {name}"))
    found[days.end] = Stop(days.end, "goods", "the end")
    return [stop for at, stop in sorted(found.items()) if days.connected_at < at <= days.end]


def _working_stops(days: Days) -> Iterator[datetime]:
    for number in range(days.count + 1):
        midnight = days.start + timedelta(days=number)
        for at in WORKING_STOPS if midnight.weekday() < 5 else WEEKEND_STOPS:
            yield midnight + timedelta(hours=at.hour, minutes=at.minute)


def _month_ends(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first instants of the months that begin in between."""
    at = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    while at < end:
        yield at
        at = (at + timedelta(days=32)).replace(day=1)
