"""What may happen to an order: reserving, locking, moving, paying, cancelling, processing.

Belongs here: the rules of fact sheet linnworks 7. Does not: how a call asks for it.
Orders that are parked or locked cannot be edited, cancelled or processed; processing is where stock leaves.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, orders, stock
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.orders import Body
from sandbox.linnworks.profile import iso
from sandbox.store import Store


def reserve(store: Store, body: Body) -> Body:
    """Return the order holding stock for its linked lines; unlinked lines and services hold nothing."""
    location = body["FulfilmentLocationId"]
    held = [
        each
        for row in body["Items"]
        if row.get("StockItemId") and not row.get("IsUnlinked") and not row.get("IsService")
        for each in stock.holdings(store, row["StockItemId"], stock.whole(row["Quantity"]), location)
    ]
    stock.hold(store, held, location)
    return {**body, "_held": held}


def release(store: Store, body: Body) -> Body:
    """Return the order holding nothing."""
    stock.hold(store, body.get("_held") or [], body["FulfilmentLocationId"], sign=-1)
    return {**body, "_held": []}


def blocked(body: Body) -> str:
    """Return why an order cannot be edited, cancelled or processed, or ''."""
    number = body["NumOrderId"]
    if not orders.is_open(body):
        return f"Order {number} is already processed."
    if body.get("_locked"):
        return f"Order {number} is locked."
    return f"Order {number} is parked." if orders.is_parked(body) else ""


def editable(store: Store, id: str) -> Body:
    """Return an order that may be changed. Raises WireError 400 when it may not."""
    body = orders.found(store, id)
    if reason := blocked(body):
        raise WireError(reason)
    return body


def cancel(store: Store, body: Body, *, note: str, at: int) -> None:
    """Take an order out of the open book as cancelled."""
    released = release(store, body)
    general = {**released["GeneralInfo"], "HoldOrCancel": True}
    closed = {"_state": orders.PROCESSED, "_closed_at": at, "_cancelled_at": at}
    changed = {**released, **closed, "Processed": True, "ProcessedDateTime": iso(at), "GeneralInfo": general}
    if note:
        changed = orders.with_note(store, changed, note, internal=True, at=at)
    orders.put(store, orders.remember(changed, "Order cancelled", note or "Order cancelled", at=at))


def process(store: Store, id: str, *, at: int) -> dict[str, Any]:
    """Ship an order: its stock leaves. What prevents it is reported in the body of a 200."""
    body = orders.get(store, id)
    reason = "Order was not found." if body is None else blocked(body) or _unready(store, body)
    if body is None or reason:
        return {"OrderId": id, "Processed": False, "Error": reason}
    held = body["_held"]
    location = body["FulfilmentLocationId"]
    stock.hold(store, held, location, sign=-1)
    for each in held:
        item = items.by_id(store, each["item"])
        if item:
            note = f"Order {body['NumOrderId']} processed"
            stock.change(store, item, location, by=-each["units"], note=note, at=at)
    closed = {"_state": orders.PROCESSED, "_closed_at": at, "_held": []}
    changed = {**body, **closed, "Processed": True, "ProcessedDateTime": iso(at)}
    orders.put(store, orders.remember(changed, "Order processed", "Order processed", at=at))
    return {"OrderId": id, "Processed": True, "Error": None}


def short_of(store: Store, body: Body) -> list[str]:
    """Return the ids of items that an order holds more of than lies on the shelf."""
    needed: dict[str, int] = {}
    for each in body.get("_held") or []:
        needed[each["item"]] = needed.get(each["item"], 0) + each["units"]
    location = body["FulfilmentLocationId"]
    return [id for id, units in needed.items() if _on_hand(store, id, location) < units]


def lock(store: Store, body: Body, locked: bool, *, at: int) -> None:
    """Lock an order, which gives its stock back, or unlock it, which reserves anew."""
    if not orders.is_open(body) or bool(body.get("_locked")) == locked:
        return
    changed = release(store, body) if locked else reserve(store, body)
    word = "locked" if locked else "unlocked"
    orders.put(store, orders.remember({**changed, "_locked": locked}, f"Order {word}", f"Order {word}", at=at))


def set_status(store: Store, body: Body, status: int, *, at: int) -> bool:
    """Set the payment status: unpaid parks, paid unparks. Returns whether it was done."""
    if not orders.is_open(body) or body.get("_locked"):
        return False
    general = {**body["GeneralInfo"], "Status": status}
    paid = body.get("PaidDateTime")
    if status == orders.UNPAID:
        general.update(IsParked=True, Marker=orders.PARKED_MARKER)
    elif body["GeneralInfo"]["Status"] == orders.UNPAID:
        general.update(IsParked=False, Marker=0)
        paid = iso(at)
    changed = {**body, "GeneralInfo": general, "PaidDateTime": paid}
    orders.put(store, orders.remember(changed, "Status changed", f"Status set to {status}", at=at))
    return True


def move(store: Store, body: Body, location: str, *, at: int) -> None:
    """Fulfil an order from another location; its stock is reserved there instead."""
    released = body if body.get("_locked") else release(store, body)
    general = {**body["GeneralInfo"], "Location": location}
    changed = {**released, "FulfilmentLocationId": location, "GeneralInfo": general}
    if not body.get("_locked"):
        changed = reserve(store, changed)
    orders.put(store, orders.remember(changed, "Location changed", location, at=at))


def _unready(store: Store, body: Body) -> str:
    if body["GeneralInfo"]["Status"] == orders.UNPAID:
        return f"Order {body['NumOrderId']} is not paid."
    if body["GeneralInfo"].get("HoldOrCancel"):
        return f"Order {body['NumOrderId']} is on hold."
    return "Insufficient stock to process the order." if short_of(store, body) else ""


def _on_hand(store: Store, id: str, location: str) -> int:
    item = items.by_id(store, id)
    return stock.whole(stock.level(store, item, location)["StockLevel"]) if item else 0
