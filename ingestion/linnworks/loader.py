"""Loading Linnworks: locations, its orders from TikTok Shop, then items, bundles and stock levels.

Belongs here: the order of reading, and the lists read completely. Does not: orders (orders), the wire
(connectors.linnworks), what a level means (dbt).

Orders are read before stock: an order that we know of is then surely among those that a level already subtracts, so
that no unit is sold twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import CredentialError, UnreachableError
from ingestion.coverage import BEGINNING
from ingestion.linnworks import records
from ingestion.linnworks.orders import load_orders
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, id_of, land_whole, valid_versions
from tieout.errors import DataError, TieoutError
from tieout.settings import Linnworks

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.linnworks.client import LinnworksClient

SYSTEM = "linnworks"

Row = Mapping[str, Any]

_CONFIGURED = """
select distinct location
from (
    select
        arg_max(payload ->> '$.system', observed_at) as system,
        arg_max(payload ->> '$.location', observed_at) as location,
        arg_max(is_deleted, observed_at) as is_deleted
    from raw_config.location_map
    group by shop_id, id
)
where system = 'linnworks' and not is_deleted
order by location
"""


def load(context: LoadContext, client: LinnworksClient, linnworks: Linnworks) -> None:
    """Read locations, orders and stock. What cannot be read is listed as a problem; the others go on.

    Raises:
        CredentialError: when access is refused.
    """
    try:
        places, as_of = _locations(context, client)
    except (CredentialError, UnreachableError):
        raise
    except TieoutError as error:
        context.fail("locations", error)
        return
    ids = [str(place["id"]) for place in places]
    context.guarded("orders", lambda: load_orders(context, client, linnworks, locations=ids, as_of=as_of))
    context.guarded("stock_levels", lambda: _stock(context, client, places))


def _locations(context: LoadContext, client: LinnworksClient) -> tuple[list[Row], datetime]:
    listing = client.locations()
    rows = [records.location(row) for row in listing.rows]
    land_whole(context, "locations", rows, as_of=listing.as_of)
    return [row for row in rows if id_of(row)], listing.as_of


def _stock(context: LoadContext, client: LinnworksClient, places: Sequence[Row]) -> None:
    """Read the locations that locations.csv names (all, when it names none); one that fails does not block others."""
    wanted = _wanted(context, places)
    items: dict[str, Row] = {}
    read: list[datetime] = []
    for place in wanted:
        context.guarded("stock_levels", partial(_levels, context, client, place, items=items, read=read))
    if read and len(read) == len(wanted):
        first = min(read)
        land_whole(context, "stock_items", list(items.values()), as_of=first)
        context.guarded("compositions", lambda: _compositions(context, client, items, as_of=first))
        context.cover("stock_levels", start=BEGINNING, end=first, rows=len(items) * len(read))
    context.report(f"{SYSTEM} stock: {len(items)} items in {len(read)} of {len(wanted)} locations")


def _wanted(context: LoadContext, places: Sequence[Row]) -> list[Row]:
    named = [row[0] for row in context.connection.execute(_CONFIGURED).fetchall()]
    by_name = {str(place.get("LocationName")): place for place in places}
    for missing in sorted(set(named) - by_name.keys()):
        message = f"locations.csv names location {missing!r}; Linnworks has {', '.join(sorted(by_name))}"
        context.fail("stock_levels", DataError(message))
    return [by_name[name] for name in named if name in by_name] if named else list(places)


def _levels(
    context: LoadContext, client: LinnworksClient, place: Row, *, items: dict[str, Row], read: list[datetime]
) -> None:
    listing = client.stock_items(str(place["id"]))
    rows = [records.level(row, place) for row in listing.rows]
    reading = Reading()
    origin = Origin("stock_levels", listing.as_of, scope=str(place["id"]))
    versions = valid_versions(context, origin, rows, reading=reading, parent=lambda _row: str(place["id"]))
    context.landing.add("stock_levels", versions)
    delete_vanished(context, "stock_levels", reading, observed_at=listing.as_of, parents=[str(place["id"])])
    context.quarantine.scope_read(SYSTEM, "stock_levels", shop_id="", scope=str(place["id"]))
    taken = valid_versions(
        context,
        Origin("stock_snapshots", listing.as_of),
        [records.snapshot(place, rows, as_of=listing.as_of)],
        reading=Reading(),
    )
    context.landing.add("stock_snapshots", taken)
    for row in listing.rows:
        items.setdefault(id_of(row, "StockItemId"), records.item(row))
    read.append(listing.as_of)


def _compositions(context: LoadContext, client: LinnworksClient, items: Mapping[str, Row], *, as_of: datetime) -> None:
    rows = records.compositions(items, client.compositions)
    land_whole(context, "compositions", rows, as_of=as_of)
