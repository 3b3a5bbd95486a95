"""Calls that change orders (fact sheet linnworks 4, 7).

Belongs here: reading what is asked and answering in the call's own shape. Does not: the rules (see `order_life`).
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, order_life, orders
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.orders import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import EMPTY, SYSTEM, exact, limits, money
from sandbox.store import Store

_LAST_STATUS = 4
_SCAN = "The order needs to be scanned before it is processed."


def cancel(store: Store, given: Parameters) -> str:
    """Cancel an open order that is neither parked nor locked; the channel is not notified."""
    body = order_life.editable(store, given.guid("orderId"))
    order_life.cancel(store, body, note=given.text("note"), at=store.now)
    return str(body["OrderId"])


def change_status(store: Store, given: Parameters) -> list[str]:
    """Set the payment status of orders; returns those that were changed."""
    status = given.whole("status", -1)
    if not 0 <= status <= _LAST_STATUS:
        raise WireError(f"Status {status} is not valid.")
    found = (orders.get(store, id) for id in given.guids("orderIds"))
    return [body["OrderId"] for body in found if body and order_life.set_status(store, body, status, at=store.now)]


def lock(store: Store, given: Parameters) -> None:
    """Lock or unlock orders; locking gives their stock back."""
    for id in given.guids("orderIds"):
        body = orders.get(store, id)
        if body:
            order_life.lock(store, body, given.flag("lockOrder"), at=store.now)


def set_shipping(store: Store, given: Parameters) -> Body:
    """Replace the shipping block; what is left out falls back to its default (fact sheet linnworks 4)."""
    body = order_life.editable(store, given.guid("orderId"))
    info = given.child("info")
    service = _service(store, info.guid("PostalServiceId", EMPTY))
    postage = exact(info.text("PostageCost"))
    shipping = {
        **body["ShippingInfo"],
        "Vendor": service["Vendor"],
        "PostalServiceId": service["pkPostalServiceId"],
        "PostalServiceName": service["PostalServiceName"],
        "TotalWeight": float(exact(info.text("TotalWeight"))),
        "ItemWeight": float(exact(info.text("ItemWeight"))),
        "PostageCost": money(postage),
        "PostageCostExTax": money(postage),
        "TrackingNumber": info.text("TrackingNumber"),
        "ManualAdjust": info.flag("ManualAdjust"),
    }
    sums = body["TotalsInfo"]
    charge = exact(sums["TotalCharge"]) - exact(sums["PostageCost"]) + postage
    totals = {**sums, "PostageCost": money(postage), "PostageCostExTax": money(postage), "TotalCharge": money(charge)}
    changed = {**body, "ShippingInfo": shipping, "TotalsInfo": totals}
    note = f"Tracking number {shipping['TrackingNumber']}"
    orders.put(store, orders.remember(changed, "Shipping info updated", note, at=store.now))
    return {"TotalsInfo": totals, "ShippingInfo": shipping}


def process(store: Store, given: Parameters) -> Body:
    """Process one order; a failure is reported in the body."""
    id = given.guid("orderId")
    if limits(store)["scan_required"] and not given.flag("scanPerformed"):
        return {"OrderId": id, "Processed": False, "Error": _SCAN}
    return order_life.process(store, id, at=store.now)


def process_batch(store: Store, given: Parameters) -> list[Body]:
    """Process orders, each with a result of its own."""
    return [order_life.process(store, id, at=store.now) for id in given.guids("ordersIds")]


def add_note(store: Store, given: Parameters) -> Body:
    """Append a note to open orders."""
    text, internal = given.text("NoteText"), given.flag("IsInternal")
    added = []
    for id in given.guids("OrderIds"):
        body = orders.found(store, id)
        if not orders.is_open(body):
            raise WireError(f"Order {body['NumOrderId']} is already processed.")
        noted = orders.with_note(store, body, text, internal=internal, at=store.now)
        orders.put(store, noted)
        added.append(noted["Notes"][-1])
    return {"OrderNotes": added}


def set_properties(store: Store, given: Parameters) -> list[Body]:
    """Replace all extended properties of an order."""
    body = orders.found(store, given.guid("orderId"))
    rows = _properties(body, given.objects("extendedProperties"), first=1)
    orders.put(store, {**body, "ExtendedProperties": rows})
    return rows


def add_properties(store: Store, given: Parameters) -> Body:
    """Append extended properties to an order."""
    body = orders.found(store, given.guid("OrderId"))
    kept = body["ExtendedProperties"]
    rows = _properties(body, given.objects("ExtendedProperties"), first=len(kept) + 1)
    orders.put(store, {**body, "ExtendedProperties": [*kept, *rows]})
    return {"ExtendedPropertiesInserted": len(rows), "Errors": []}


def move(store: Store, given: Parameters) -> Body:
    """Move orders to another location; what went wrong is reported for each order in a 200."""
    place = given.guid("pkStockLocationId")
    if items.location(store, place) is None:
        raise WireError(f"Location {place} was not found.")
    moved: list[str] = []
    errors: dict[str, str] = {}
    for id in given.guids("orderIds"):
        body = orders.get(store, id)
        reason = f"Order {id} was not found." if body is None else order_life.blocked(body)
        if body is None or reason:
            errors[id] = reason
        else:
            order_life.move(store, body, place, at=store.now)
            moved.append(id)
    return {"Errors": list(errors.values()), "OrdersMoved": moved, "KeyedErrors": errors}


def _service(store: Store, id: str) -> dict[str, Any]:
    record = store.get(SYSTEM, "postal_services", id)
    if record is None:
        raise WireError(f"Postal service {id} was not found.")
    return record.body


def _properties(body: Body, given: list[Parameters], *, first: int) -> list[Body]:
    return [
        orders.property_row(
            body["OrderId"], n, name=each.text("Name"), value=each.text("Value"), kind=each.text("Type")
        )
        for n, each in enumerate(given, first)
    ]
