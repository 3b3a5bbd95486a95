"""Loading NetSuite where it ships: sales orders with their fulfilments, then items, kits and stock.

Belongs here: the order of reading, and what is read again. Does not: the SuiteQL (goods, sales_orders), fulfilments
(shipments), the books (loader).

Orders are read before stock: an order that we know of is then surely among those that a level already subtracts, so
that no unit is sold twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ingestion.coverage import verified_until
from ingestion.load_context import (
    LoadContext,
    Origin,
    Reading,
    delete_vanished,
    id_of,
    land_whole,
    quarantine_record,
    valid_versions,
)
from ingestion.netsuite import goods, sales_orders, shipments
from ingestion.netsuite.credit_memos import Scope, read_deleted
from ingestion.netsuite.journals import modified_at
from ingestion.netsuite.queries import ask
from ingestion.versions import Version, deletion_of
from tieout.errors import DataError
from tieout.settings import Settings

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

Row = Mapping[str, Any]

ENTITIES = (
    sales_orders.ORDERS,
    sales_orders.FULFILMENTS,
    "locations",
    "items",
    "kits",
    "item_levels",
    "stock_snapshots",
)
"""What is read of shops that NetSuite ships for."""
_CONFIGURED = """
select distinct location
from (
    select
        arg_max(payload ->> '$.system', observed_at) as system,
        arg_max(payload ->> '$.location', observed_at) as location,
        arg_max(coalesce(payload ->> '$.valid_to', ''), observed_at) as valid_to,
        arg_max(is_deleted, observed_at) as is_deleted
    from raw_config.location_map
    group by shop_id, id
)
where system = 'netsuite' and not is_deleted and (valid_to = '' or valid_to >= $today)
order by location
"""
_KNOWN_ORDERS = """
select
    id,
    arg_max(payload ->> '$.status', observed_at) as status,
    arg_max(updated_at, observed_at) as updated_at
from raw_netsuite.sales_orders
group by id
having not arg_max(is_deleted, observed_at)
"""


def scope_of(settings: Settings) -> Scope:
    """Return whose orders are read: those of the customers of shops that NetSuite ships for."""
    ships = set(settings.netsuite.shops)
    shops = (shop for shop in settings.tiktok_shop.shops if shop.shop_id in ships)
    return Scope(frozenset(shop.netsuite_customer for shop in shops if shop.netsuite_customer))


def load_fulfilment(context: LoadContext, client: NetSuiteClient, currencies: Mapping[str, Row]) -> None:
    """Read orders and stock. What cannot be read is listed as a problem; the others go on.

    Raises:
        CredentialError: when access is refused.
    """
    reading = _Orders(context, client, currencies)
    context.guarded(sales_orders.ORDERS, reading.load)
    context.guarded("item_levels", partial(_load_goods, context, client))


@dataclass
class _Orders:
    """One reading of the orders."""

    context: LoadContext
    client: NetSuiteClient
    currencies: Mapping[str, Row]

    def load(self) -> None:
        """Land orders that were modified or are open, with their fulfilments, and the deletion of those that went."""
        context, entity = self.context, sales_orders.ORDERS
        as_of = self._now()
        verified = verified_until(context.state, context.system, entity)
        known = {row[0]: (row[1], row[2]) for row in context.connection.execute(_KNOWN_ORDERS).fetchall()}
        since = min(verified or as_of - sales_orders.HISTORY, context.since or as_of) - sales_orders.OVERLAP
        held = {each.record_id for each in context.quarantine.held(context.system, shop_id="") if each.entity == entity}
        is_open = {id for id, row in known.items() if _may_change(*row, as_of)}
        headers = sales_orders.read_orders(self._ask, scope_of(context.settings), since, again=is_open | held)
        ids = [id_of(row) for row in headers]
        lines = sales_orders.read_lines(self._ask, ids)
        reading, orders = Reading(), []
        for header, order in sales_orders.order_records(headers, lines, self.currencies):
            reading.ids.add(id_of(header))
            reading.all_identified &= bool(id_of(header))
            if isinstance(order, DataError):  # it stays as it was known
                quarantine_record(context, Origin(entity, as_of), header, order, updated_at=modified_at(header))
            else:
                orders.append(order)
        origin = Origin(entity, as_of)
        versions = valid_versions(context, origin, orders, reading=reading, updated_at=modified_at)
        context.landing.add(entity, versions)
        deleted = read_deleted(self._ask, since)
        gone = (is_open - reading.ids) | (deleted & known.keys() - reading.ids)
        if reading.all_identified:
            context.landing.add(
                entity, [_deleted(id, observed_at=as_of, updated_at=known[id][1]) for id in sorted(gone)]
            )
        reopened = self._reopened(known.keys(), deleted, since if verified else None)
        shipments.load_shipments(context, self.client, ids, reopened=reopened, as_of=as_of)
        context.quarantine.scope_read(context.system, entity, shop_id="")
        context.cover(entity, start=since, end=as_of, rows=len(headers))
        context.report(f"{context.system} {entity}: {len(headers)} read, {len(is_open)} were open")

    def _reopened(self, known: Collection[str], deleted: set[str], since: datetime | None) -> set[str]:
        """Return known orders, open or not, one of whose fulfilments was modified or deleted."""
        if since is None:
            return set()
        corrected = sales_orders.read_corrected(self._ask, scope_of(self.context.settings), since)
        shipped = shipments.known_shipments(self.context)
        return (corrected & set(known)) | {each.order_id for id, each in shipped.items() if id in deleted}

    def _ask(self, query: str) -> list[Row]:
        return ask(self.client, query)[0]

    def _now(self) -> datetime:
        return ask(self.client, goods.LOCATIONS, self.context.clock)[1]


def _may_change(status: str, updated_at: datetime | None, as_of: datetime) -> bool:
    return status in sales_orders.OPEN or (updated_at is not None and updated_at >= as_of - sales_orders.SETTLING)


def _deleted(id: str, *, observed_at: datetime, updated_at: datetime | None) -> Version:
    return deletion_of("", id, observed_at=observed_at, parent_id="", updated_at=updated_at)


def _load_goods(context: LoadContext, client: NetSuiteClient) -> None:
    """Read the locations that locations.csv names for today or later; one that fails does not block others."""
    locations, as_of = ask(client, goods.LOCATIONS, context.clock)
    land_whole(context, "locations", locations, as_of=as_of)
    items, as_of = ask(client, goods.ITEMS, context.clock)
    land_whole(context, "items", items, as_of=as_of)
    members, as_of = ask(client, goods.KIT_MEMBERS, context.clock)
    land_whole(context, "kits", goods.kits(members), as_of=as_of)
    known = {id_of(row) for row in locations}
    today = f"{context.clock():%Y-%m-%d}"
    wanted = [row[0] for row in context.connection.execute(_CONFIGURED, {"today": today}).fetchall()]
    for missing in sorted(set(wanted) - known):
        listed = ", ".join(f"{id_of(row)} ({row.get('name')})" for row in locations)
        message = f"locations.csv names location {missing!r}; NetSuite has {listed}"
        context.fail("item_levels", DataError(message))
    for location in (name for name in wanted if name in known):
        context.guarded("item_levels", partial(_load_levels, context, client, location))


def _load_levels(context: LoadContext, client: NetSuiteClient, location: str) -> None:
    rows, as_of = ask(client, goods.LEVELS.format(location=location), context.clock)
    levels, reading = [goods.level(row) for row in rows], Reading()
    origin = Origin("item_levels", as_of, scope=location)
    versions = valid_versions(context, origin, levels, reading=reading, parent=goods.location_of)
    context.landing.add("item_levels", versions)
    delete_vanished(context, "item_levels", reading, observed_at=as_of, parents=[location])
    context.quarantine.scope_read(context.system, "item_levels", shop_id="", scope=location)
    taken = [goods.snapshot(location, levels, as_of=as_of)]
    context.landing.add(
        "stock_snapshots", valid_versions(context, Origin("stock_snapshots", as_of), taken, reading=Reading())
    )
    context.report(f"{context.system} stock of location {location}: {len(rows)} items")
