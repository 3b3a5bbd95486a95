"""Loading ZigZag: the tenant's lists of codes whole, and returns by when they changed.

Belongs here: which windows are read again, and when a missing return counts as deleted. Does not: the wire
(connectors.zigzag), or what a status means (dbt).

Returns that changed within the last `reread_days` are read again each time, so that one which is gone is noticed.
A notification is a hint: a return that it names and that the list does not bring is asked for by its id, as is one that
quarantine holds; one that has no id is looked for among all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from connectors.zigzag.pages import changed_at
from ingestion import inbox
from ingestion.coverage import BEGINNING, verified_until
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, id_of, land_whole, valid_versions
from ingestion.quarantine import is_surrogate
from ingestion.versions import deletion_of
from tieout.settings import ZigZag

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.zigzag.client import ZigZagClient

SYSTEM, RETURNS = "zigzag", "returns"
LISTS = ("reasons", "conditions", "dispositions")

Row = Mapping[str, Any]


def load(context: LoadContext, client: ZigZagClient, account: ZigZag) -> None:
    """Read the lists and the returns. What cannot be read is listed as a problem; the others go on.

    Raises:
        CredentialError: when access is refused.
    """
    for entity in LISTS:
        if context.wants(entity):
            context.guarded(entity, partial(_list, context, client, entity))
    if context.wants(RETURNS):
        context.guarded(RETURNS, lambda: _returns(context, client, account))


def listed(row: Row) -> Row:
    """Return an entry of a list as a record; it is known by its code."""
    return {**row, "id": row.get("code")}


def returned(row: Row) -> Row:
    """Return a return as a record."""
    return {**row, "id": row.get("returnId")}


def reference(row: Row) -> str:
    """Return the id under which the channel knows a return; empty for one that no channel announced."""
    return id_of(row, "externalReturnRef")


def _list(context: LoadContext, client: ZigZagClient, entity: str) -> None:
    found = getattr(client, entity)()
    count = land_whole(context, entity, [listed(row) for row in found.rows], as_of=found.as_of)
    context.report(f"{SYSTEM} {entity}: {count} rows")


def _returns(context: LoadContext, client: ZigZagClient, account: ZigZag) -> None:
    held = {each.record_id for each in context.quarantine.held(SYSTEM, shop_id="") if each.entity == RETURNS}
    start = None if any(map(is_surrogate, held)) else _start(context, account)
    reading, as_of = _changed(context, client, start)
    delete_vanished(context, RETURNS, reading, observed_at=as_of, updated_from=start or BEGINNING)
    context.quarantine.scope_read(SYSTEM, RETURNS, shop_id="")
    context.cover(RETURNS, start=start or BEGINNING, end=as_of, rows=len(reading.ids))
    notified = inbox.notified(context)
    named = {return_id for return_id, _ in notified} | {each for each in held if not is_surrogate(each)}
    for return_id in sorted(named - reading.ids - {""}):
        _by_id(context, client, return_id, as_of=as_of)
    inbox.handled_once_landed(context, (name for _, name in notified))
    context.report(f"{SYSTEM} {RETURNS}: {len(reading.ids)} rows")


def _start(context: LoadContext, account: ZigZag) -> datetime | None:
    """Return from which change on to read; None for all."""
    until = verified_until(context.state, SYSTEM, RETURNS)
    if until is None:
        return None
    until = min(until, context.since) if context.since else until
    return (until - timedelta(days=account.reread_days)).replace(microsecond=0)


def _changed(context: LoadContext, client: ZigZagClient, start: datetime | None) -> tuple[Reading, datetime]:
    """Land all that changed from `start` on; return what was there, and the vendor's clock when reading began."""
    reading, began = Reading(), None
    for page in client.returns(updated_from=start):
        began = began or page.as_of
        _land(context, page.rows, page.as_of, reading)
    return reading, began or context.clock()


def _by_id(context: LoadContext, client: ZigZagClient, return_id: str, *, as_of: datetime) -> None:
    """Land one return; what ZigZag does not know under this id is gone, and what it refuses is a problem once."""
    try:
        found = client.return_by_id(return_id)
    except RejectedError as error:
        context.fail(RETURNS, error)
        return
    if found.rows:
        _land(context, found.rows, found.as_of, Reading())
    else:
        context.landing.add(RETURNS, [deletion_of("", return_id, observed_at=as_of, parent_id="")])


def _land(context: LoadContext, rows: Sequence[Row], as_of: datetime, reading: Reading) -> None:
    records = [returned(row) for row in rows]
    versions = valid_versions(
        context, Origin(RETURNS, as_of), records, reading=reading, parent=reference, updated_at=changed_at
    )
    context.landing.add(RETURNS, versions)
