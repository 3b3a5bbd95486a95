"""Which raw records NewStore's rows become.

Belongs here: ids, and what is kept of a row. Does not: which rows are read (loader, stock, source).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ingestion.load_context import id_of

Row = Mapping[str, Any]


def location(row: Row) -> Row:
    """Return a fulfilment node as a record."""
    return {**row, "id": row.get("fulfillment_node_id")}


def availability(row: Row) -> Row:
    """Return what a node can promise of a product, as a record."""
    product, place = id_of(row, "product_id"), node(row)
    return {**row, "id": f"{product}/{place}" if product and place else ""}


def node(row: Row) -> str:
    """Return the id of a row's fulfilment node; empty when it has none."""
    return id_of(row, "fulfillment_node_id")


def is_at_zero(row: Row) -> bool:
    """Return whether nothing can be promised; one whose figure is none counts as such."""
    units = row.get("atp")
    return not isinstance(units, (int, Decimal)) or units <= 0


def snapshot(place: str, *, as_of: datetime, full_at: str, watermark: int, items: int, items_at_zero: int) -> Row:
    """Return when a node was read and how much of it was at zero: a level that did not change lands no version.

    `watermark` is what the next export goes on from, `full_at` when all was exported last.
    """
    counted = {"items": items, "items_at_zero": items_at_zero}
    return {"id": place, "as_of": as_of.isoformat(), "full_at": full_at, "watermark": watermark, **counted}


def order(row: Row) -> Row:
    """Return an order as a record, with its items as a list; what nodes were asked to ship is a record of its own."""
    kept = {name: value for name, value in row.items() if name not in ("fulfillmentRequests", "returns")}
    return {**kept, "items": nodes_in(row.get("items"))}


def fulfilment_requests(row: Row) -> list[Row]:
    """Return what nodes were asked to ship of an order, as records."""
    found = nodes_in(row.get("fulfillmentRequests"))
    if not isinstance(found, list):
        return []
    return [
        {**request, "orderId": id_of(row), "items": nodes_in(request.get("items"))}
        if isinstance(request, Mapping)
        else request
        for request in found
    ]


def till_return(row: Row, receipts: Mapping[str, str]) -> Row:
    """Return what came back to a till as a record; `receipts` are the numbers of receipts by order, of blind ones."""
    receipt = receipts.get(order_of(row), "")
    return {**row, "items": nodes_in(row.get("items")), **({"receipt": receipt} if receipt else {})}


def receipt(row: Row, attribute: str) -> str:
    """Return the number of the receipt that an order's extended attributes hold under a name; empty for none."""
    found = nodes_in(row.get("extendedAttributes"))
    rows = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
    return next((id_of(each, "value") for each in rows if each.get("name") == attribute), "")


def nodes_in(connection: object) -> Any:
    """Return the rows of a GraphQL connection; what is none stays as it is."""
    return connection.get("nodes", connection) if isinstance(connection, Mapping) else connection


def reference(row: Row) -> str:
    """Return the external id of an order: TikTok Shop's, where we placed it."""
    return id_of(row, "externalId")


def order_of(row: Row) -> str:
    """Return the id of the order that a fulfilment request, or a return, is of."""
    return id_of(row, "orderId")


def key(row: Row) -> str:
    """Return what orders differ in that were read twice."""
    return id_of(row) or repr(row)


def updated_at(row: Row) -> datetime | None:
    """Return when a row changed last, UTC: GraphQL gives no offset. None when it does not say."""
    try:
        found = datetime.fromisoformat(str(row.get("updatedAt")))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
