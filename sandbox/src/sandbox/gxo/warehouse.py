"""One wave: all that the warehouse does when its turn comes, every half hour of world time.

Belongs here: the order of work, and which daily and weekly instants have passed since the last wave. Does not: the
work itself. A wave that comes late does what it missed once, as of now.
"""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.gxo import floor, intake, outbox, profile, returns, stocktaking
from sandbox.store import Store
from sandbox.world import days

_LAST = "gxo.last_wave"


def wave(store: Store, now: int) -> None:
    """Work up to an instant of world time (epoch seconds); a second wave of the same instant only takes files in.

    The 846 comes last, so that it never misses what an earlier file of the same wave has reported.
    """
    with store.transaction():
        last = store.get_meta(_LAST)
        since = now if last is None else int(last)
        store.set_meta(_LAST, max(now, since))
        outbox.release(store, now)
        intake.take_in(store, now)
        floor.allocate(store, now)
        for _ in _passed([profile.COUNT_AT], since, now):
            stocktaking.count(store, now)
        floor.pick(store, now)
        for at in _passed(profile.COLLECTIONS, since, now):
            if days.is_business_day(at):
                floor.hand_over(store, at)
        floor.confirm_cancelled(store, now)
        floor.report(store, now)
        stocktaking.tell_adjustments(store, now)
        for at in _passed([profile.RECEIPT_AT], since, now):
            stocktaking.receive_weekly(store, at, now)
        returns.tell(store, now)
        if last is None or _passed(_snapshots(store), since, now):
            stocktaking.tell_stock(store, now)


def _snapshots(store: Store) -> list[int]:
    noon = [profile.NOON_SNAPSHOT_AT] if profile.limits(store)["noon_snapshot"] else []
    return [profile.SNAPSHOT_AT, *noon]


def _passed(times: Iterable[int], since: int, now: int) -> list[int]:
    """Return the last instant of each time of day in (since, now], in order."""
    found = []
    for time in times:
        at = days.midnight(now) + time
        at -= days.DAY if at > now else 0
        if at > since:
            found.append(at)
    return sorted(found)
