"""What came back to tills of NewStore's stores: of TikTok Shop's orders, and blind.

Belongs here: which orders are asked about, and when a return counts as deleted. Does not: the queries
(connectors.newstore), what is refunded (reverse_sync).

What a till took back of an order that a store shipped is asked about for `returns_days` after the order changed last.
An order
that NewStore does not know is returned blind: booked under another one, of whose extended attributes one is the number
on the buyer's receipt. A blind return is read once, and again where it could not be used or its receipt is another now.
An event of the stream is a hint: the order that it names is asked about, if it is one of ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connectors.newstore.webhooks import ABOUT_RETURNS
from ingestion import inbox
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, id_of, valid_versions
from ingestion.newstore import records
from tieout.settings import NewStore

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.newstore.client import NewStoreClient

ENTITY = "returns"

_SHIPPED = """
with last as (
    select
        id,
        arg_max(payload, observed_at) as payload,
        arg_max(struct_pack(at := updated_at), observed_at).at as updated_at
    from raw_newstore.orders
    group by id
    having not arg_max(is_deleted, observed_at)
)

select id
from last
where
    (updated_at >= $since or updated_at is null)
    and list_has_any(payload ->> '$.items[*].status', ['complete', 'returned'])
"""
_OURS = "select distinct id from raw_newstore.orders"
_READ = """
with last as (
    select
        parent_id,
        arg_max(payload, observed_at) as payload
    from raw_newstore.returns
    where not is_deleted
    group by id, parent_id
)

select
    parent_id,
    any_value(coalesce(payload ->> '$.receipt', ''))
from last
where payload ->> '$.isBlind' = 'true'
group by parent_id
having
    bool_and(regexp_full_match(coalesce(payload ->> '$.currency', ''), '[A-Z]{3}'))
    and bool_and(try_cast(payload ->> '$.returnedAt' as timestamp) is not null)
    and bool_and(len(payload ->> '$.items[*].productId') = json_array_length(payload -> '$.items'))
"""
"""Of the orders that blind returns are booked under: the receipts of those of which all can be used."""


def load_returns(context: LoadContext, client: NewStoreClient, tenant: NewStore, *, as_of: datetime) -> None:
    """Read what came back of young orders, and what came back blind. `as_of` is the vendor's clock, UTC."""
    since = as_of - timedelta(days=tenant.returns_days)
    shipped = [row[0] for row in context.connection.execute(_SHIPPED, {"since": since}).fetchall()]
    known = dict(context.connection.execute(_READ).fetchall())
    blind = {id_of(row): records.receipt(row, tenant.receipt_attribute) for row in client.blind_orders().rows}
    notified = inbox.notified(context, types=ABOUT_RETURNS)
    ours = {row[0] for row in context.connection.execute(_OURS).fetchall()}
    changed = {id for id, receipt in blind.items() if known.get(id) != receipt}
    asked = sorted({*shipped, *changed, *(ours & {id for id, _ in notified})} - {""})
    rows = client.returns_of_orders(asked).rows if asked else []
    reading = Reading()
    versions = valid_versions(
        context,
        Origin(ENTITY, as_of),
        [records.till_return(row, blind) for row in rows],
        reading=reading,
        parent=records.order_of,
    )
    context.landing.add(ENTITY, versions)
    delete_vanished(context, ENTITY, reading, observed_at=as_of, parents=asked)
    context.quarantine.scope_read(context.system, ENTITY, shop_id="")
    context.cover(ENTITY, start=since, end=as_of, rows=len(reading.ids))
    inbox.handled_once_landed(context, (name for _, name in notified))
    context.report(
        f"{context.system} returns: {len(reading.ids)} of {len(asked)} orders, {len(blind)} blind ones known"
    )
