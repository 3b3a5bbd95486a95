"""Calls that read orders: Orders/Get... and OpenOrders/... (fact sheet linnworks 4).

Belongs here: lists, snapshots and details. Does not: changing an order, or the processed search.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import orders
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.order_filters import fits
from sandbox.linnworks.orders import Body
from sandbox.linnworks.paging import page
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import DEFAULT_LOCATION, EMPTY
from sandbox.store import Store

_LEVELS = ("FOLDER", "NOTES", "IDENTIFIERS", "EXTENDEDPROPERTIES", "BINRACKS")
_MOST_BY_REFERENCE = 50


def by_ids(store: Store, given: Parameters) -> list[Body]:
    """Return orders open and processed; unknown ids are silently missing."""
    found = (orders.get(store, id) for id in given.guids("pkOrderIds"))
    return [orders.details(store, body) for body in found if body]


def by_id(store: Store, given: Parameters) -> Body:
    """Return one order."""
    return orders.details(store, orders.found(store, given.guid("pkOrderId")))


def by_number(store: Store, given: Parameters) -> Body:
    """Return the order of a human number."""
    body = orders.by_number(store, given.whole("OrderId"))
    if body is None:
        raise WireError(f"Order {given.text('OrderId')} was not found.")
    return orders.details(store, body)


def by_reference(store: Store, given: Parameters) -> list[Body]:
    """Return the orders of a reference or secondary reference."""
    found = orders.by_reference(store, given.text("ReferenceId"))[:_MOST_BY_REFERENCE]
    return [orders.details(store, body) for body in found]


def open_id(store: Store, given: Parameters) -> str:
    """Return the id of an open order by number or reference; the empty GUID when there is none."""
    wanted = given.text("orderOrReferenceId")
    numbered = orders.by_number(store, int(wanted)) if wanted.isdigit() and len(wanted) < 10 else None
    found = [*([numbered] if numbered else []), *orders.by_reference(store, wanted)]
    place = given.guid("locationId", "")
    for body in found:
        if orders.is_open(body) and place in {"", body["FulfilmentLocationId"]}:
            return str(body["OrderId"])
    return EMPTY


def open_orders(store: Store, given: Parameters) -> Body:
    """Return a page of a location's open orders."""
    rows = _open(store, given)
    size, number = given.whole("entriesPerPage", 100), given.whole("pageNumber", 1)
    return page(rows, number, size, lambda body: orders.open_order(store, body))


def open_ids(store: Store, given: Parameters) -> list[str]:
    """Return the ids of a location's open orders, all at once."""
    return [body["OrderId"] for body in _open(store, given)]


def properties(store: Store, given: Parameters) -> list[Body]:
    """Return an order's extended properties."""
    return list(orders.found(store, given.guid("orderId"))["ExtendedProperties"])


def notes(store: Store, given: Parameters) -> list[Body]:
    """Return an order's notes."""
    return list(orders.found(store, given.guid("orderId"))["Notes"])


def trail(store: Store, given: Parameters) -> list[Body]:
    """Return what happened to an order, oldest first."""
    return list(orders.found(store, given.guid("orderId")).get("_trail") or [])


def low_fidelity(store: Store, given: Parameters) -> Body:
    """Return the whole open book of a location in few fields."""
    place = given.guid("LocationId", DEFAULT_LOCATION)
    return {"Orders": [orders.low_fidelity(body) for body in orders.at_location(store, place)]}


def open_details(store: Store, given: Parameters) -> Body:
    """Return open orders in full; blocks that `DetailLevel` does not name are empty."""
    levels = given.choices("DetailLevel", _LEVELS)
    found = (orders.get(store, id) for id in given.guids("OrderIds"))
    shown = [orders.details(store, body) for body in found if body and orders.is_open(body)]
    for body in shown:
        for level, name in (("FOLDER", "FolderName"), ("NOTES", "Notes"), ("EXTENDEDPROPERTIES", "ExtendedProperties")):
            body[name] = body[name] if level in levels else []
    return {"Orders": shown}


def search(store: Store, given: Parameters) -> Body:
    """Return ids of orders that carry a text; an open order may come under several views (fact sheet linnworks 4)."""
    term = given.text("SearchTerm").lower()
    if not term:
        raise WireError("Must provide a search term.")
    place = given.guid("LocationId", DEFAULT_LOCATION)
    ids = [body["OrderId"] for body in orders.at_location(store, place) if term in _searched(body)]
    view: dict[str, Any] = {"LocationId": place, "TotalOrders": len(ids), "OrderIds": ids, "Count": len(ids)}
    views = [{"ViewId": number, **view} for number in (1, 2)] if ids else []
    processed = orders.of_state(store, orders.PROCESSED) if given.flag("IncludeProcessed") else []
    return {"OpenOrders": views, "ProcessedOrders": [body["OrderId"] for body in processed if term in _searched(body)]}


def _open(store: Store, given: Parameters) -> list[Body]:
    filters, additional = given.child("filters"), given.text("additionalFilter")
    found = orders.at_location(store, given.guid("fulfilmentCenter", DEFAULT_LOCATION))
    return [body for body in found if fits(body, filters, additional)]


def _searched(body: Body) -> str:
    general, address = body["GeneralInfo"], body["CustomerInfo"]["Address"]
    names = ("ReferenceNum", "SecondaryReference", "ExternalReferenceNum")
    texts = [body["NumOrderId"], *(general.get(name) for name in names), address.get("FullName")]
    skus = [part for row in body["Items"] for part in (row.get("SKU"), row.get("ChannelSKU"))]
    return "\n".join(str(text) for text in [*texts, *skus, body["ShippingInfo"].get("TrackingNumber")]).lower()
