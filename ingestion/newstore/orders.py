"""NewStore's orders from TikTok Shop's channel, with what its nodes were asked to ship of them.

Belongs here: which orders are read again, and when one counts as deleted. Does not: the protocol, or their meaning.

There is no list of changes. What is open is read whole each time, with what was open when it was read last, what was
closed within `reread_days`, and what an event of the stream named. Besides, orders are asked for by TikTok Shop's id:
those that we have sent and never seen, and those that have changed on TikTok Shop, for somebody else may have placed
them, and one may come and go between two loads. An order that we know and no list brings is asked for by its id: only
what is not there then is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.newstore.webhooks import ABOUT_ORDERS, ABOUT_REQUESTS
from ingestion import inbox
from ingestion.coverage import verified_until
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, valid_versions
from ingestion.newstore import records
from ingestion.versions import Version, deletion_of
from tieout.settings import NewStore

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.newstore.client import NewStoreClient

ENTITY, REQUESTS = "orders", "fulfilment_requests"
ORDER_SYNC = "newstore__orders"
OPEN = ("open", "on_hold")
"""Statuses of orders of which something is still to be shipped (fact sheet newstore 3)."""
OVERLAP = timedelta(hours=1)
EVENTS = (*ABOUT_ORDERS, *ABOUT_REQUESTS)
"""Of the event stream, hints at orders. Most are of other channels; an order that we do not know is listed anyway."""

Row = Mapping[str, Any]

_KNOWN = """
select
    id,
    arg_max(coalesce(parent_id, ''), observed_at),
    arg_max(payload ->> '$.status', observed_at),
    arg_max(struct_pack(at := updated_at), observed_at).at
from raw_newstore.orders
group by id
having not arg_max(is_deleted, observed_at)
"""
_SENT = """
select distinct json_extract_string(payload ->> '$.desired', '$.order_id')
from raw_tieout.acknowledgements
where
    payload ->> '$.sync' = $sync
    and not is_deleted
    and split_part(payload ->> '$.vendor_id', '/', 1) not in (select id from raw_newstore.orders)
"""
_CHANGED = """
select distinct id
from raw_tiktok_shop.orders
where
    shop_id in (select unnest($shops))
    and observed_at >= $since
    and not is_deleted
    and id not in (select parent_id from raw_newstore.orders where parent_id is not null)
"""


@dataclass(frozen=True)
class _Known:
    """A live order as landed. `reference` is the external id; `updated_at` NewStore's, None where it gives none."""

    reference: str
    status: str
    updated_at: datetime | None

    def is_read_again(self, since: datetime) -> bool:
        """Return whether it is open, or was closed since then."""
        return self.status in OPEN or self.updated_at is None or self.updated_at >= since


def load_orders(context: LoadContext, client: NewStoreClient, tenant: NewStore, *, as_of: datetime) -> None:
    """Read what is open, and what may have changed. `as_of` is the vendor's clock before any of it was read, UTC."""
    until = verified_until(context.state, context.system, ENTITY)
    start = min(until or as_of - timedelta(days=tenant.reread_days), context.since or as_of)
    known = _known(context)
    since = min(start, as_of - timedelta(days=tenant.reread_days))
    again = {id: each for id, each in known.items() if each.is_read_again(since)}
    found = client.orders_of_channel(tenant.channel, OPEN)
    rows = {records.key(row): row for row in found.rows}
    listed = {records.reference(row) for row in found.rows}
    notified = inbox.notified(context, types=EVENTS)
    named = {known[id].reference for id, _ in notified if id in known}
    asked = {each.reference for each in again.values()} | set(_unseen(context, tenant, start)) | _held(context) | named
    if wanted := sorted(asked - listed - {""}):
        rows |= {records.key(row): row for row in client.orders_by_external_ids(wanted).rows}
    reading = _land(context, list(rows.values()), as_of)
    if reading.all_identified:
        gone = sorted(id for id in again.keys() - reading.ids if client.order(id) is None)
        context.landing.add(ENTITY, _deletions(gone, known, observed_at=as_of))
    context.quarantine.scope_read(context.system, ENTITY, shop_id="")
    context.cover(ENTITY, start=start, end=as_of, rows=sum(_has_changed(row, start) for row in rows.values()))
    inbox.handled_once_landed(context, (name for _, name in notified))
    context.report(f"{context.system} orders: {len(listed)} open, {len(reading.ids)} read")


def _has_changed(row: Row, since: datetime) -> bool:
    at = records.updated_at(row)
    return at is not None and at >= since


def order_versions(rows: Iterable[Row], origin: Origin, context: LoadContext, reading: Reading) -> Iterator[Version]:
    """Yield orders as versions."""
    return valid_versions(
        context, origin, rows, reading=reading, parent=records.reference, updated_at=records.updated_at
    )


def _land(context: LoadContext, rows: Sequence[Row], as_of: datetime) -> Reading:
    """Land orders, and what nodes were asked to ship of them: what an order no longer lists is gone."""
    reading, of_requests = Reading(), Reading()
    context.landing.add(ENTITY, order_versions(map(records.order, rows), Origin(ENTITY, as_of), context, reading))
    requests = [request for row in rows for request in records.fulfilment_requests(row)]
    versions = valid_versions(
        context,
        Origin(REQUESTS, as_of),
        requests,
        reading=of_requests,
        parent=records.order_of,
        updated_at=records.updated_at,
    )
    context.landing.add(REQUESTS, versions)
    delete_vanished(context, REQUESTS, of_requests, observed_at=as_of, parents=sorted(reading.ids - {""}))
    context.quarantine.scope_read(context.system, REQUESTS, shop_id="")
    return reading


def _known(context: LoadContext) -> dict[str, _Known]:
    rows = context.connection.execute(_KNOWN).fetchall()
    return {id: _Known(reference, str(status), at) for id, reference, status, at in rows}


def _unseen(context: LoadContext, tenant: NewStore, start: datetime) -> Iterator[str]:
    """Yield TikTok orders that may be there and were never seen there."""
    changed = {"shops": list(tenant.shops), "since": start - OVERLAP}
    for query, values in ((_SENT, {"sync": ORDER_SYNC}), (_CHANGED, changed)):
        for (order_id,) in context.connection.execute(query, values).fetchall():
            yield str(order_id or "")


def _held(context: LoadContext) -> set[str]:
    """Return the external ids of orders that are in quarantine, as far as they are known."""
    held = [each.record_id for each in context.quarantine.held(context.system, shop_id="") if each.entity == ENTITY]
    if not held:
        return set()
    query = "select distinct parent_id from raw_newstore.orders where id in (select unnest($ids))"
    return {str(row[0] or "") for row in context.connection.execute(query, {"ids": held}).fetchall()}


def _deletions(gone: Collection[str], known: Mapping[str, _Known], *, observed_at: datetime) -> Iterator[Version]:
    for order in gone:
        last = known[order]
        yield deletion_of("", order, observed_at=observed_at, parent_id=last.reference, updated_at=last.updated_at)
