"""Days and business days in UTC. Weekends are no business days; public holidays are not modelled."""

from __future__ import annotations

from datetime import UTC, datetime

HOUR = 3600
DAY = 86400


def midnight(instant: int) -> int:
    """Return the start of the UTC day that holds the instant (epoch seconds)."""
    return instant - instant % DAY


def weekday(instant: int) -> int:
    """Return 0 for Monday to 6 for Sunday, UTC."""
    return (instant // DAY + 3) % 7


def is_business_day(instant: int) -> bool:
    """Return whether the UTC day of the instant is Monday to Friday."""
    return weekday(instant) < 5


def business_days_after(instant: int, count: int) -> int:
    """Return the same time of day `count` business days later; 0 moves a weekend on to Monday."""
    while not is_business_day(instant):
        instant += DAY
    for _ in range(count):
        instant += DAY
        while not is_business_day(instant):
            instant += DAY
    return instant


def date_text(instant: int) -> str:
    """Return the UTC date as YYYY-MM-DD."""
    return datetime.fromtimestamp(instant, UTC).date().isoformat()
