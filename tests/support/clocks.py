"""A clock that stops until a test, or a sleep, moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from reverse_sync import RetryPolicy

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class ManualClock:
    """Call it for the time; `sleep` advances it and remembers how long."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def retry_policy(self, **changes: Any) -> RetryPolicy:
        """Return a pace on this clock, without jitter (delays are exactly 1, 2, 4 ... seconds)."""
        return RetryPolicy(**{"clock": self, "sleep": self.sleep, "jitter": lambda: 1.0, **changes})
