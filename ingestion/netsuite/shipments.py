"""Loading item fulfilments: of orders that were read, and of those one of whose fulfilments was corrected.

Belongs here: which are read whole, when one counts as deleted, what holds one back. Does not: their SuiteQL
(sales_orders), which orders are read (fulfilment).

A shipped one is read as a record once per modification, and again while a package of it has no number: the carrier
writes it later, and need not touch the record's date. One that cannot be read is quarantined, and asked for until it
can: the others go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import (
    EndpointRestingError,
    ForbiddenError,
    MalformedReplyError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from ingestion.coverage import BEGINNING
from ingestion.load_context import (
    LoadContext,
    Origin,
    Reading,
    delete_vanished,
    id_of,
    quarantine_record,
    valid_versions,
)
from ingestion.netsuite import sales_orders
from ingestion.netsuite.journals import modified_at
from ingestion.netsuite.queries import ask
from ingestion.versions import Version
from tieout.errors import DataError

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

Row = Mapping[str, Any]

ENTITY = sales_orders.FULFILMENTS
_RECORD = "itemFulfillment"
_KNOWN = """
select
    id,
    arg_max(payload ->> '$.status', observed_at) as status,
    arg_max(payload ->> '$.lastmodifieddate', observed_at) as modified,
    arg_max(coalesce(payload ->> '$.salesorder', ''), observed_at) as order_id,
    arg_max(struct_pack(at := updated_at), observed_at).at as updated_at,
    arg_max(
        coalesce(len(payload ->> '$.packages[*].tracking'), 0) = 0
        or list_contains(list_transform(payload ->> '$.packages[*].tracking', lambda each: trim(each)), ''),
        observed_at
    ) as lacks_number
from raw_netsuite.item_fulfilments
group by id
having not arg_max(is_deleted, observed_at)
"""


@dataclass(frozen=True)
class Known:
    """A live fulfilment as landed; `updated_at` is when NetSuite last modified it, as UTC."""

    status: str
    modified: str
    order_id: str
    updated_at: datetime | None
    lacks_number: bool

    def is_as(self, header: Row, order_id: str, as_of: datetime) -> bool:
        """Return whether nothing of it can have changed since, by its header."""
        seen = (str(header.get("status") or ""), str(header.get("lastmodifieddate") or ""), order_id)
        if seen != (self.status, self.modified, self.order_id):
            return False
        is_young = self.updated_at is None or self.updated_at >= as_of - sales_orders.SETTLING
        return not (self.status == sales_orders.SHIPPED and self.lacks_number and is_young)


def known_shipments(context: LoadContext) -> dict[str, Known]:
    """Return each fulfilment that we know of by its id."""
    return {row[0]: Known(*row[1:]) for row in context.connection.execute(_KNOWN).fetchall()}


def load_shipments(
    context: LoadContext, client: NetSuiteClient, read: Collection[str], *, reopened: set[str], as_of: datetime
) -> None:
    """Land the fulfilments of orders that were read and of those that are `reopened`. `as_of`: NetSuite's clock."""
    known, reading = known_shipments(context), Reading()
    orders = [*read, *sorted((reopened | _waiting(context)) - set(read))]
    for order_id, headers in sales_orders.read_shipments(lambda query: ask(client, query)[0], orders).items():
        origin = Origin(ENTITY, as_of, scope=order_id)
        changed = []
        for header in headers:
            id = id_of(header)
            reading.ids.add(id)
            reading.all_identified &= bool(id)
            if id not in known or not known[id].is_as(header, order_id, as_of):
                changed.append(header)
        context.landing.add(ENTITY, _versions(context, client, changed, origin=origin, reading=reading))
    delete_vanished(context, ENTITY, reading, observed_at=as_of, parents=orders)
    for order_id in orders:
        context.quarantine.scope_read(context.system, ENTITY, shop_id="", scope=order_id)
    context.cover(ENTITY, start=BEGINNING, end=as_of, rows=len(reading.ids))


def _versions(
    context: LoadContext, client: NetSuiteClient, headers: Collection[Row], *, origin: Origin, reading: Reading
) -> Iterator[Version]:
    records = []
    for header in headers:
        try:
            records.append(sales_orders.shipment_record(header, origin.scope, _record_of(client, header)))
        except DataError as error:
            quarantine_record(context, origin, header, error, updated_at=modified_at(header))
    return valid_versions(
        context,
        origin,
        records,
        reading=reading,
        parent=lambda row: str(row.get("salesorder") or ""),
        updated_at=modified_at,
    )


def _record_of(client: NetSuiteClient, header: Row) -> Row | None:
    """Return a shipped fulfilment as a record; None while it is not shipped, or has no id to ask for.

    Raises:
        DataError: when NetSuite refuses this one, fails at it, or answers what cannot be used. SuiteQL has listed it:
            who asks is known there, and others can be read.
        TransientError: when nothing can be read now.
    """
    id = id_of(header)
    if not id or header.get("status") != sales_orders.SHIPPED:
        return None
    try:
        return client.read(_RECORD, id)
    except (RateLimitedError, EndpointRestingError, UnreachableError):
        raise
    except (ForbiddenError, RejectedError, MalformedReplyError, TransientError) as error:
        raise DataError(f"the record could not be read: {error}") from error


def _waiting(context: LoadContext) -> set[str]:
    """Return the orders of fulfilments in quarantine."""
    held = context.quarantine.held(context.system, shop_id="")
    return {each.parent_id for each in held if each.entity == ENTITY} - {""}
