"""How the demo prints its progress: a line for what happened, and one after each silence, by the world's clock.

Belongs here: when something is printed. Does not: what is done, or how a line looks (terminal).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from time import monotonic

from orchestration.steps.steps import Report

SILENCE = 15.0


class Progress:
    """Prints what happens; `doing` is only remembered, and printed once nothing else was for `SILENCE` seconds."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._doing = ""
        self._reported_at = self._began_at = monotonic()
        self.world_at: datetime | None = None

    def print(self, text: str) -> None:
        """Print it now, after the instant that the world's clock shows (UTC)."""
        self._reported_at = monotonic()
        self._report(f"{self.world_at:%a %d %b %H:%M}  {text}" if self.world_at else text)

    def doing(self, text: str) -> None:
        """Remember what is being done."""
        self._doing, self._began_at = text, monotonic()

    def break_silence(self, silence: float) -> None:
        """Print what is being done, and for how long, when nothing was printed for `silence` seconds."""
        if monotonic() - self._reported_at >= silence:
            self.print(f"... {self._doing or 'starting'}, {monotonic() - self._began_at:.0f} s")


@contextmanager
def progress_of(report: Report, *, silence: float = SILENCE) -> Iterator[Progress]:
    """Yield a progress that breaks its silence until the block ends."""
    progress, ended = Progress(report), Event()

    def watch() -> None:
        while not ended.wait(min(1.0, silence)):
            progress.break_silence(silence)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield progress
    finally:
        ended.set()
        watcher.join()
