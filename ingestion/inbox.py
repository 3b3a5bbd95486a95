"""Notifications in the inbox: hints at records that a load should read, until it has.

Belongs here: which wait, and marking them once what they name is landed. Does not: receiving them
(connectors.transport.webhooks), or reading a record (each system's loader).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from ingestion.load_context import LoadContext
from tieout.state import stamp, webhook_inbox


def notified(context: LoadContext, *, shop_id: str = "", types: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the record ("" for none) and the notification of every one that waits; of these types alone, if given."""
    inbox = webhook_inbox.c
    query = select(inbox.entity_id, inbox.notification_id).where(
        inbox.system == context.system, inbox.shop_id == shop_id, inbox.handled_at == ""
    )
    query = query.where(inbox.type.in_(types)) if types else query
    with context.state.engine.connect() as connection:
        return [(str(record), str(notification)) for record, notification in connection.execute(query)]


def handled_once_landed(context: LoadContext, notifications: Iterable[str]) -> None:
    """Mark notifications as handled once what this load has read is landed."""
    if names := list(notifications):
        context.after_landing.append(lambda: _mark_handled(context, names))


def _mark_handled(context: LoadContext, notifications: Sequence[str]) -> None:
    inbox = webhook_inbox.c
    named = inbox.notification_id.in_(notifications)
    with context.state.transaction() as connection:
        connection.execute(
            update(webhook_inbox).where(inbox.system == context.system, named).values(handled_at=stamp(context.clock()))
        )
