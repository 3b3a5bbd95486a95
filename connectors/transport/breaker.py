"""One breaker per endpoint and shop: after a run of failures it is left alone for a while, and the others go on.

TikTok Shop has been seen to answer one endpoint with internal errors for hours; without this, that endpoint's
retries would eat the time of all the others. One record that cannot be served is no reason to leave the endpoint
alone: once a call has used up its retries, the calls after it get one try each, and only when several of those fail
too does the breaker open. Kept in process: the next command tries afresh.

Belongs here: counting failures and saying when to try again. Does not: retrying.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

FAILURES_TO_DOUBT = 8  # as many as one call's tries
FAILURES_TO_OPEN = 11
REST = timedelta(seconds=60)


class Breaker:
    """Counts failures in a row for each key; open from the eleventh on, for a minute at a time."""

    def __init__(self) -> None:
        """Start with every key closed."""
        self._guard = Lock()
        self._failures: dict[str, int] = {}
        self._open_until: dict[str, datetime] = {}

    def open_until(self, key: str, now: datetime) -> datetime | None:
        """Return until when `key` should not be called, or None when it may be."""
        until = self._open_until.get(key)
        return until if until is not None and now < until else None

    def in_doubt(self, key: str) -> bool:
        """Return whether `key` has failed so often that a call to it is worth one try only."""
        return self._failures.get(key, 0) >= FAILURES_TO_DOUBT

    def failed(self, key: str, now: datetime) -> None:
        """Note a failure; the one that fills the count, and each trial after a rest, opens the breaker."""
        with self._guard:
            self._failures[key] = self._failures.get(key, 0) + 1
            if self._failures[key] >= FAILURES_TO_OPEN:
                self._open_until[key] = now + REST

    def succeeded(self, key: str) -> None:
        """Note an answer: the vendor's endpoint works."""
        with self._guard:
            self._failures.pop(key, None)
            self._open_until.pop(key, None)
