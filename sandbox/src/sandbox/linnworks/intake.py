"""CreateOrders: a channel's order becomes an order of the account (fact sheet linnworks 5).

Belongs here: identity, what is skipped or updated, linking, parking. Does not: the sums and blocks of the order's body.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, order_life, orders
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.order_body import LINE_MANDATORY, MANDATORY, order_body
from sandbox.linnworks.orders import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import DEFAULT_LOCATION, guid, limits, next_number
from sandbox.store import Store

MOST_AT_ONCE = 20
PAYMENTS = ("Unpaid", "Paid", "Cancelled")
STATES = ("None", "Hold", "Park")
LONGEST_POSTCODE = 11


def create_orders(store: Store, parameters: Parameters) -> list[str]:
    """Save channel orders; returns the ids saved by this call, so an order known already is left out."""
    wanted = parameters.objects("orders")
    if not wanted:
        raise WireError("No orders to save.")
    if limits(store)["strict_batch"] and len(wanted) > MOST_AT_ONCE:
        raise WireError(f"The maximum orders count for this call is {MOST_AT_ONCE}")
    location = _location(store, parameters.text("location", "Default"))
    for order in wanted:
        _check(order)
    return [id for order in wanted if (id := _save(store, order, location))]


def _save(store: Store, order: Parameters, location: str) -> str | None:
    known = _known(store, order)
    payment = order.choice("PaymentStatus", PAYMENTS, "Unpaid")
    if known is None:
        return None if payment == "Cancelled" else _put_new(store, order, location, payment=payment)
    if payment == "Cancelled" and not order_life.blocked(known):
        order_life.cancel(store, known, note="Cancelled by the channel", at=store.now)
        return str(known["OrderId"])
    unpaid = orders.is_open(known) and known["GeneralInfo"]["Status"] == orders.UNPAID
    if payment == "Cancelled" or not unpaid or known.get("_locked"):
        return None
    return _put_again(store, order, known, payment=payment)


def _put_new(store: Store, order: Parameters, location: str, *, payment: str) -> str:
    number = next_number(store, "NumOrderId", first=100_001)
    # The number alone would do, but two worlds should not share ids.
    id = guid("order", (store.get_meta("world") or {}).get("seed", 1), number)
    body = _built(store, order, id=id, number=number, location=location, payment=payment)
    source = f"{order.text('Source')} {order.text('SubSource')}"
    body = orders.remember(body, "Order created", f"Order downloaded from {source}", at=store.now)
    orders.put(store, order_life.reserve(store, body))
    return id


def _put_again(store: Store, order: Parameters, known: Body, *, payment: str) -> str:
    released = order_life.release(store, known)
    place = released["FulfilmentLocationId"]
    body = _built(store, order, id=known["OrderId"], number=known["NumOrderId"], location=place, payment=payment)
    body = orders.remember({**body, "_trail": known["_trail"]}, "Order updated", f"Now {payment}", at=store.now)
    orders.put(store, order_life.reserve(store, body))
    return str(known["OrderId"])


def _built(store: Store, order: Parameters, *, id: str, number: int, location: str, payment: str) -> Body:
    body = order_body(store, order, id=id, number=number, location=location)
    state = order.choice("OrderState", STATES, "None")
    postcode = order.child("DeliveryAddress").text("PostCode")
    parked = payment == "Unpaid" or state == "Park" or len(postcode) > LONGEST_POSTCODE
    body["GeneralInfo"].update(
        Status=orders.PAID if payment == "Paid" else orders.UNPAID,
        IsParked=parked,
        Marker=orders.PARKED_MARKER if parked else 0,
        HoldOrCancel=state == "Hold",
    )
    if payment != "Paid":
        body["PaidDateTime"] = None
    for note in order.objects("Notes") if order.get("Notes") else []:
        by = note.text("NoteUserName") or "Channel"
        text, internal = note.text("Note"), note.flag("Internal")
        body = orders.with_note(store, body, text, internal=internal, at=store.now, by=by)
    return body


def _known(store: Store, order: Parameters) -> Body | None:
    reference = order.text("ReferenceNumber")
    for body in orders.by_reference(store, reference):
        general: dict[str, Any] = body["GeneralInfo"]
        channel = (general.get("Source"), general.get("SubSource"))
        if channel == (order.text("Source"), order.text("SubSource")) and general.get("ReferenceNum") == reference:
            return body
    return None


def _location(store: Store, name: str) -> str:
    found = items.location_named(store, name)
    if found:
        return str(found["StockLocationId"])
    if limits(store)["unknown_location"] == "default":
        return DEFAULT_LOCATION
    raise WireError(f"Location {name} was not found.")


def _check(order: Parameters) -> None:
    shown = order.text("ReferenceNumber") or "without a reference"
    missing = [name for name in MANDATORY if not order.text(name)]
    lines = order.objects("OrderItems") if order.get("OrderItems") else []
    if not lines:
        missing.append("OrderItems")
    missing += [name for line in lines for name in LINE_MANDATORY if not line.text(name)]
    if missing:
        raise WireError(f"Order {shown}: {missing[0]} is mandatory.")
    for name in ("ReceivedDate", "DispatchBy", "PaidOn"):
        order.instant(name)
