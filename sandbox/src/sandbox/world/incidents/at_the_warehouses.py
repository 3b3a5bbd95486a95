"""Failures in the systems that ship: held, doubled, changed, cancelled there, or advised wrongly.

Belongs here: changed records of Linnworks, whose staff can do all of this. Does not: orders on TikTok Shop, nor what a
partner does wrong with its files (`sandbox.gxo.file_faults`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.linnworks import order_life, orders
from sandbox.linnworks.profile import guid
from sandbox.store import Record
from sandbox.world.incidents.choosing import choose
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

SYSTEM, CHANNEL = "linnworks", "TIKTOK"
Body = dict[str, Any]


def park(world: World, count: int) -> list[Truth]:
    """ORD-03: an open order is parked."""
    return _each(world, "ORD-03", open_documents(world), count, hold)


def double(world: World, count: int) -> list[Truth]:
    """ORD-05: a second open document names the same order; it is not packed."""

    def twin(body: Body) -> Body:
        return copy_of(body, "twin", reference_of(body))

    return _each(world, "ORD-05", open_documents(world), count, twin)


def change_contents(world: World, count: int) -> list[Truth]:
    """ORD-06: somebody adds a unit to a line of an open order."""

    def more(body: Body) -> Body:
        first, *rest = body["Items"]
        return {**body, "Items": [{**first, "Quantity": int(first["Quantity"]) + 1}, *rest]}

    return _each(world, "ORD-06", open_documents(world), count, more)


def invent(world: World, count: int) -> list[Truth]:
    """ORD-15: an open document names an order that TikTok Shop does not have."""
    entries = []
    for record in choose(world, "ORD-15", open_documents(world), count=count):
        number = world.new_id("57", "nobody's order", record.id)
        entries.append(_put(world, copy_of(record.body, "nobody's", number), ("order", number)))
    return entries


def ship_for_the_platform(world: World, count: int) -> list[Truth]:
    """ORD-10: an order that TikTok fulfils itself gets a document too."""
    matching = {"fulfillment_type": "FULFILLMENT_BY_TIKTOK", "status": "AWAITING_SHIPMENT"}
    examples = open_documents(world)
    entries = []
    for order in choose(world, "ORD-10", world.store.select(TIKTOK, "orders", matching=matching), count=count):
        if examples:
            entries.append(_put(world, copy_of(examples[0].body, "platform's", order.id), ("order", order.id)))
    return entries


def cancel_there(world: World, count: int) -> list[Truth]:
    """CAN-06: staff cancel an order that TikTok Shop has."""
    entries = []
    for record in choose(world, "CAN-06", open_documents(world), count=count):
        order_life.cancel(world.store, record.body, note="", at=world.now)
        entries.append(_truth(world, record.id, ("order", reference_of(record.body))))
    return entries


def lose_tracking(world: World, count: int) -> list[Truth]:
    """FUL-03: a parcel left, and its order has no tracking number."""

    def untracked(body: Body) -> Body:
        return _shipped_by(body, TrackingNumber="")

    return _each(world, "FUL-03", untold_parcels(world), count, untracked, about=_parcel)


def garble_tracking(world: World, count: int) -> list[Truth]:
    """FUL-04: a parcel's tracking number is not one."""

    def garbled(body: Body) -> Body:
        return _shipped_by(body, TrackingNumber=f"#{body['NumOrderId']}")

    return _each(world, "FUL-04", untold_parcels(world), count, garbled, about=_tracking_number)


def use_an_unknown_carrier(world: World, count: int) -> list[Truth]:
    """FUL-05: a parcel goes by a carrier that was not agreed."""

    def strange(body: Body) -> Body:
        return _shipped_by(body, Vendor="Pigeon Post")

    return _each(world, "FUL-05", untold_parcels(world), count, strange, about=_carrier)


def hold(body: Body) -> Body:
    """Return an order parked."""
    return {**body, "GeneralInfo": {**body["GeneralInfo"], "IsParked": True, "Marker": orders.PARKED_MARKER}}


def copy_of(body: Body, name: str, reference: str) -> Body:
    """Return another open order like this one under a reference; it holds no stock, so that it is not packed."""
    id = guid("incident", name, body["OrderId"])
    general = {**body["GeneralInfo"], "ReferenceNum": reference}
    return {**body, "OrderId": id, "NumOrderId": body["NumOrderId"] + 900_000, "GeneralInfo": general, "_held": []}


def reference_of(body: Body) -> str:
    """Return the number of the TikTok order that a document is for."""
    return str(body["GeneralInfo"].get("ReferenceNum") or "")


def open_documents(world: World) -> list[Record]:
    """Return open documents that are free to be packed, for orders that wait and have had no failure."""
    return [record for record in _awaited(world, orders.OPEN) if not order_life.blocked(record.body)]


def untold_parcels(world: World) -> list[Record]:
    """Return documents that were shipped, of which TikTok Shop does not know, and that have had no failure."""
    return [record for record in _awaited(world, orders.PROCESSED) if not record.body.get("_cancelled_at")]


def _awaited(world: World, state: str) -> list[Record]:
    entries = world.store.get_meta("truth", [])
    befallen = {key for entry in entries for key in (entry["entity_id"], entry["detail"].get("order_id"))}
    unshipped = world.store.select(TIKTOK, "orders", matching={"status": "AWAITING_SHIPMENT"})
    # A label of TikTok's own moves an order on before anything has left.
    labelled = {"status": "AWAITING_COLLECTION", "shipping_type": "TIKTOK"} if state == orders.OPEN else None
    unshipped += world.store.select(TIKTOK, "orders", matching=labelled) if labelled else []
    waiting = {record.id for record in unshipped} - befallen
    records = world.store.select(SYSTEM, "orders", parent=state)
    ours = [r for r in records if str(r.body["GeneralInfo"].get("Source")).upper() == CHANNEL]
    return [record for record in ours if reference_of(record.body) in waiting]


def _shipped_by(body: Body, **changes: str) -> Body:
    return {**body, "ShippingInfo": {**body["ShippingInfo"], **changes}}


def _order(body: Body) -> tuple[str, str]:
    return "order", reference_of(body)


def _parcel(body: Body) -> tuple[str, str]:
    return "parcel", f"{body['OrderId']}/1"


def _tracking_number(body: Body) -> tuple[str, str]:
    return "tracking_number", str(body["ShippingInfo"]["TrackingNumber"])


def _carrier(body: Body) -> tuple[str, str]:
    return "carrier", f"{SYSTEM}/{body['ShippingInfo']['Vendor']}"


def _each(
    world: World,
    code: str,
    candidates: list[Record],
    count: int,
    change: Callable[[Body], Body],
    *,
    about: Callable[[Body], tuple[str, str]] = _order,
) -> list[Truth]:
    entries = []
    for record in choose(world, code, candidates, count=count):
        body = change(record.body)
        entries.append(_put(world, body, about(body)))
    return entries


def _put(world: World, body: Body, entity: tuple[str, str]) -> Truth:
    orders.put(world.store, body)
    return _truth(world, body["OrderId"], entity)


def _truth(world: World, id: str, entity: tuple[str, str]) -> Truth:
    document = world.store.get(SYSTEM, "orders", id)
    reference = reference_of(document.body) if document else ""
    order = world.store.get(TIKTOK, "orders", reference)
    return truth("", (SYSTEM, "orders", id), entity, shop_id=order.shop if order else "", order_id=reference)
