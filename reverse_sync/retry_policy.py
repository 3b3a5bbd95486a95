"""Durations of leases, retries and pauses. Every number of the dispatch loop, and its clock.

Belongs here: durations and the backoff. Does not: what is retried (engine).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tieout.clock import Clock, utc_now


@dataclass(frozen=True)
class RetryPolicy:
    """Times in seconds. `jitter` returns a share in [0, 1): it spreads retries over the later half of a delay.

    `lease_seconds` must exceed the longest call of a destination, retries of its reads included. `patience_seconds`:
    a run waits that long for rows whose next attempt is near; later ones are left to a later run.
    `lease_rows_concurrent` is for syncs of several calls at once: at a lease's end the last of them are waited for, so
    leases are long.
    """

    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = Random().random  # noqa: S311 - spreads retries, guards nothing
    lease_seconds: float = 600
    lease_rows: int = 10
    lease_rows_concurrent: int = 400
    first_delay: float = 1
    max_delay: float = 3600
    max_attempts: int = 12
    patience_seconds: float = 20
    outage_after: int = 10

    def delay(self, attempt: int) -> float:
        """Return the pause after the `attempt`-th failure (1 is the first): doubling, capped, spread by jitter."""
        full = min(self.max_delay, self.first_delay * 2.0 ** min(attempt - 1, 30))
        return float(full * (0.5 + self.jitter() / 2))

    def horizon(self, now: datetime) -> datetime:
        """Return the latest next attempt that a run starting now still waits for."""
        return now + timedelta(seconds=self.patience_seconds)
