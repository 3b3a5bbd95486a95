"""Linnworks as a dlt source: one resource for each way of reading, for pipelines of dlt's users.

Belongs here: resources, their keys and cursors. Does not: the wire (connectors.linnworks), the shape of records
(records), or our own loading, which sees more: orders that are gone (orders).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

import dlt

from connectors.linnworks.client import LinnworksClient, open_linnworks
from ingestion.dlt_rows import changed_since, in_table, merged, record, usable, whole
from ingestion.linnworks import records
from ingestion.linnworks.orders import AHEAD, SOURCE, SYSTEM, closed_orders
from ingestion.load_context import Origin, id_of
from tieout.settings import Settings
from tieout.state import State

REREAD = timedelta(days=7)
HISTORY = timedelta(days=90)

Row = records.Row


@dlt.source(name=SYSTEM, max_table_nesting=0)
def linnworks_source(client: LinnworksClient, locations: Collection[str] | None = None) -> Any:
    """Return the resources of an account; stock of the locations with these names, of all by default.

    Locations and stock are read whole, the open book of TikTok Shop's orders too; of processed and cancelled orders
    those of the last 7 days, of 90 the first time. `stock_levels` also fills `stock_items`, `stock_snapshots` and
    `compositions`: one list has all of them.
    """

    def read_locations() -> Iterator[Any]:
        listing = client.locations()
        yield from _usable("locations", map(records.location, listing.rows), listing.as_of)

    def read_stock() -> Iterator[Any]:
        items: dict[str, Row] = {}
        listing = client.locations()
        for place in map(records.location, listing.rows):
            if id_of(place) and (locations is None or place.get("LocationName") in locations):
                yield from _levels(client, place, items)
        yield from _usable("stock_items", items.values(), listing.as_of, table="stock_items")
        bundles = records.compositions(items, client.compositions)
        yield from _usable("compositions", bundles, listing.as_of, table="compositions")

    def read_orders(closed: Any = changed_since(REREAD)) -> Iterator[Any]:
        listing = client.locations()
        places = [str(row["id"]) for row in map(records.location, listing.rows) if id_of(row)]
        start = closed.last_value or listing.as_of - HISTORY
        listed = {order for place in places for order in client.open_order_ids(place, source=SOURCE)}
        locked = {order for place in places for order in client.open_order_ids(place, source=SOURCE, locked=True)}
        wanted = sorted(listed | closed_orders(client, start, listing.as_of + AHEAD).keys())
        if wanted:
            found = client.orders(wanted)
            yield from _usable("orders", [records.order(row, locked) for row in found.rows], found.as_of)

    return [
        whole("locations", read_locations),
        whole("stock_levels", read_stock),
        merged("orders", read_orders),
    ]


@contextmanager
def open_linnworks_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no account of Linnworks is configured.
    """
    state = State(settings.database_url)
    try:
        with closing(open_linnworks(settings, state)) as client:
            yield linnworks_source(client)
    finally:
        state.close()


def _levels(client: LinnworksClient, place: Row, items: dict[str, Row]) -> Iterator[Any]:
    """Yield a location's levels, and to the table `stock_snapshots` when they were read; note each item."""
    listing = client.stock_items(str(place["id"]))
    levels = [records.level(row, place) for row in listing.rows]
    yield from _usable("stock_levels", levels, listing.as_of)
    taken = records.snapshot(place, levels, as_of=listing.as_of)
    yield from _usable("stock_snapshots", [taken], listing.as_of, table="stock_snapshots")
    for row in listing.rows:
        items.setdefault(id_of(row, "StockItemId"), records.item(row))


def _usable(entity: str, rows: Iterable[Row], as_of: datetime, *, table: str = "") -> Iterator[Any]:
    """Yield the records of rows, to another table than the resource's where it is named."""
    origin = Origin(entity, as_of)
    if entity == "orders":
        found = usable(SYSTEM, origin, rows, parent=records.reference, updated_at=records.closed_at)
    else:
        found = usable(SYSTEM, origin, rows)
    versions, rejected = found
    kept = [record(each) for each in versions]
    yield from (in_table(table, row, ["id"], disposition="replace") for row in kept) if table else (kept,)
    yield from rejected
