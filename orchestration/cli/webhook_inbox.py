"""What the receiver of webhooks keeps: each notification once, and how many were stored or refused, by day.

Belongs here: which systems send any, the rows, and which notification is too old to be distinguished from a replay.
Does not: HTTP (webhooks), or acting on what is announced (ingestion).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from connectors.transport.webhooks import Notification, Reason, RefusedError
from tieout.settings import Settings
from tieout.state import State, stamp, webhook_counts, webhook_inbox
from tieout.systems import parts

_SERIAL = "webhooks"


def senders(settings: Settings) -> dict[str, ModuleType]:
    """Return the part of each configured system that sends webhooks, by its name."""
    return {
        name: import_module(f"connectors.{name}.webhooks")
        for name in parts("connectors")
        if getattr(settings, name) is not None and find_spec(f"connectors.{name}.webhooks")
    }


def remember(state: State, system: str, notification: Notification, *, window: timedelta, now: datetime) -> bool:
    """Store a notification; False when it is there already. Forget those that have become older than the window.

    Age is counted back from the newest notification of the system, by that system's clock: ours may be wrong, and what
    a signature proves is theirs. An id is remembered for the window, so that inside of it a replay is a repetition;
    what is older cannot be distinguished from a replay, and announces nothing that was not read since.

    Raises:
        RefusedError: as too old, when it is unknown and older than the window.
    """
    inbox = webhook_inbox.c
    is_it = (inbox.system == system) & (inbox.notification_id == notification.id)
    happened_at = stamp(notification.happened_at)
    with state.transaction(serialised=_SERIAL) as connection:
        if connection.execute(select(inbox.system).where(is_it)).first():
            return False
        oldest = _oldest(connection, system, window=window, now=now)
        if happened_at < oldest:
            raise RefusedError("too_old", f"it is of {happened_at}, and what is before {oldest} is not taken any more")
        connection.execute(delete(webhook_inbox).where(_is_before(system, oldest)))
        connection.execute(
            insert(webhook_inbox).values(
                system=system,
                notification_id=notification.id,
                shop_id=notification.shop_id,
                type=notification.type,
                entity=notification.entity,
                entity_id=notification.entity_id,
                happened_at=happened_at,
                received_at=stamp(now),
                handled_at="",
            )
        )
        _count(connection, ("stored", system, notification.shop_id, notification.entity), 1, at=now, newest=happened_at)
    return True


def count_refused(state: State, refused: Mapping[tuple[str, Reason], int], *, now: datetime) -> None:
    """Add to the day's figures how many requests of which (system, reason) were refused."""
    with state.transaction(serialised=_SERIAL) as connection:
        for (system, reason), requests in refused.items():
            _count(connection, (reason, system, "", ""), requests, at=now, newest="")


def received(state: State, system: str, *, since: datetime) -> tuple[str, Counter[str]]:
    """Return when a system's last webhook was stored, and how many were stored or refused on the days since."""
    counts = webhook_counts.c
    query = select(webhook_counts).where(counts.system == system)
    found: Counter[str] = Counter()
    last = ""
    with state.reading() as connection:
        for row in connection.execute(query).mappings():
            last = max(last, row["counted_at"]) if row["outcome"] == "stored" else last
            found[row["outcome"]] += row["requests"] if row["day"] >= f"{since:%Y-%m-%d}" else 0
    return last, +found


def _oldest(connection: Connection, system: str, *, window: timedelta, now: datetime) -> str:
    """Return the instant before which nothing is taken; "" before the first notification of a system."""
    counts = webhook_counts.c
    newest = connection.execute(select(func.max(counts.newest_at)).where(counts.system == system)).scalar()
    return stamp(min(datetime.fromisoformat(newest), now) - window) if newest else ""


def _is_before(system: str, oldest: str) -> ColumnElement[bool]:
    inbox = webhook_inbox.c
    return (inbox.system == system) & (inbox.happened_at > "") & (inbox.happened_at < oldest)


def _count(connection: Connection, key: tuple[str, str, str, str], requests: int, *, at: datetime, newest: str) -> None:
    outcome, system, shop_id, entity = key
    named = {"system": system, "day": f"{at:%Y-%m-%d}", "outcome": outcome, "shop_id": shop_id, "entity": entity}
    counts = webhook_counts.c
    added = {
        "requests": counts.requests + requests,
        "newest_at": case((counts.newest_at < newest, newest), else_=counts.newest_at),
        "counted_at": stamp(at),
    }
    of_it = [counts[name] == value for name, value in named.items()]
    if not connection.execute(update(webhook_counts).where(*of_it).values(**added)).rowcount:
        row = named | {"requests": requests, "newest_at": newest, "counted_at": stamp(at)}
        connection.execute(insert(webhook_counts).values(**row))
