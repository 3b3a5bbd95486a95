"""One wave: what ZigZag does by itself, every hour of world time.

Belongs here: the order of work. Does not: the work itself. A wave with nothing to do costs five short reads.
"""

from __future__ import annotations

from sandbox.store import Store
from sandbox.zigzag import feeds, grading, returns
from sandbox.zigzag.profile import limits

_LAST, _DAY = "zigzag.last_wave", 86400


def wave(store: Store, now: int) -> None:
    """Work up to an instant of world time (epoch seconds); a second wave of the same instant only takes files in."""
    with store.transaction():
        since = int(store.get_meta(_LAST, now))
        store.set_meta(_LAST, max(since, now))
        feeds.take_in(store, now)
        feeds.leave(store, since, now)
        grading.grade_due(store, now)
        if since // _DAY != now // _DAY:
            returns.expire(store, now - int(limits(store)["expire_days"]) * _DAY, at=now)
