"""NewStore as a dlt source: one resource for each way of reading, for pipelines of dlt's users.

Belongs here: resources and their keys. Does not: the wire (connectors.newstore), the shape of records (records), or our
own loading, which reads less: what has changed of the stock (stock), and what may have changed of orders (orders).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import dlt

from connectors.newstore.client import NewStoreClient, open_newstore
from ingestion.dlt_rows import in_table, merged, record, usable, whole
from ingestion.load_context import Origin, id_of
from ingestion.newstore import orders, records, returns, stock
from tieout.settings import Settings
from tieout.state import State

SYSTEM = "newstore"
EVERY_STATUS = (*orders.OPEN, "closed", "failed")

_PARENTS: Mapping[str, Callable[[records.Row], str]] = {
    orders.ENTITY: records.reference,
    orders.REQUESTS: records.order_of,
    returns.ENTITY: records.order_of,
    stock.ENTITY: records.node,
}


@dlt.source(name=SYSTEM, max_table_nesting=0)
def newstore_source(client: NewStoreClient, channel: str = "tiktok_shop", nodes: Collection[str] | None = None) -> Any:
    """Return the resources of a tenant; stock of these fulfilment nodes, of all by default, and a channel's orders.

    Each is read whole. `orders` also fills `fulfilment_requests`: one list has both. `returns` are those of the
    channel's orders.
    """

    def read_locations() -> Iterator[Any]:
        listing = client.locations()
        yield from _usable("locations", map(records.location, listing.rows), listing.as_of)

    def read_stock() -> Iterator[Any]:
        export = client.availabilities()
        rows = [row for row in export.rows if nodes is None or records.node(row) in nodes]
        yield from _usable(stock.ENTITY, map(records.availability, rows), export.as_of)

    def read_orders() -> Iterator[Any]:
        found = client.orders_of_channel(channel, EVERY_STATUS)
        yield from _usable(orders.ENTITY, map(records.order, found.rows), found.as_of)
        asked = [request for row in found.rows for request in records.fulfilment_requests(row)]
        yield from _usable(orders.REQUESTS, asked, found.as_of, table=orders.REQUESTS)

    def read_returns() -> Iterator[Any]:
        ids = [id for row in client.orders_of_channel(channel, EVERY_STATUS).rows if (id := id_of(row))]
        if ids:
            found = client.returns_of_orders(ids)
            taken = [records.till_return(row, {}) for row in found.rows]
            yield from _usable(returns.ENTITY, taken, found.as_of)

    return [
        whole("locations", read_locations),
        whole(stock.ENTITY, read_stock),
        merged(orders.ENTITY, read_orders),
        merged(returns.ENTITY, read_returns),
    ]


@contextmanager
def open_newstore_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no tenant of NewStore is configured.
    """
    state = State(settings.database_url)
    try:
        with closing(open_newstore(settings, state)) as client:
            yield newstore_source(client)
    finally:
        state.close()


def _usable(entity: str, rows: Iterable[records.Row], as_of: datetime, *, table: str = "") -> Iterator[Any]:
    """Yield the records of rows, to another table than the resource's where it is named."""
    parent = _PARENTS.get(entity, lambda _row: "")
    versions, rejected = usable(SYSTEM, Origin(entity, as_of), rows, parent=parent, updated_at=records.updated_at)
    kept = [record(each) for each in versions]
    yield from (in_table(table, row, ["id"]) for row in kept) if table else (kept,)
    yield from rejected
