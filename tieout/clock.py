"""Instants: all UTC, all aware, passed in rather than read where a decision depends on them.

Belongs here: reading the clock and converting instants. Does not: any deadline or schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tieout.numbers import whole_number

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant, UTC, whole microseconds."""
    return datetime.now(UTC)


def from_epoch(seconds: int | str) -> datetime:
    """Return the UTC instant of epoch seconds.

    Raises:
        ValueError: when `seconds` is no whole number.
    """
    return datetime.fromtimestamp(whole_number(seconds), UTC)


def to_epoch(instant: datetime) -> int:
    """Return epoch seconds of an aware instant, rounded down.

    Raises:
        ValueError: when the instant carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"instant {instant.isoformat()} has no time zone: expected an aware instant")
    return int(instant.timestamp())
