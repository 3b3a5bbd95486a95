"""One wave: what the hub does by itself, every hour of world time.

Belongs here: the order of work. Does not: the work itself. A wave with nothing to do reads one value and writes none.
"""

from __future__ import annotations

from sandbox.store import Store
from sandbox.zigzag import grading


def wave(store: Store, now: int) -> None:
    """Grade what is due up to an instant of world time (epoch seconds)."""
    with store.transaction():
        grading.grade_due(store, now)
