"""Failures between an order on TikTok Shop and the system that ships it: cancelled too late, shipped by hand, overdue.

Belongs here: changed orders, cancellations and packages of TikTok Shop, and a warehouse's document where both must
change for the failure. Does not: what warehouses do wrong by themselves.
"""

from __future__ import annotations

from sandbox.gxo.intake import put_order
from sandbox.linnworks import orders as linnworks
from sandbox.store import Body, Record
from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.world.incidents.at_the_warehouses import hold, open_documents, reference_of
from sandbox.world.incidents.choosing import choose
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

WAITING, HANDED_OVER = "AWAITING_SHIPMENT", "AWAITING_COLLECTION"
CHANGED_MIND, TOO_LATE = "Change of mind", "system_cancel_order_reason_shipping_timeout"
UNKNOWN_STATUS = "AWAITING_INSPECTION"
USPS = "7117858858072016686"


def hide_address(world: World, count: int) -> list[Truth]:
    """ORD-04: an order that no warehouse has yet shows no name and no postal code."""
    sent = {r.id for r in world.store.select("gxo", "orders")}
    sent |= {reference_of(r.body) for r in world.store.select("linnworks", "orders")}
    ours = {"fulfillment_type": "FULFILLMENT_BY_SELLER"}
    candidates = [r for status in ("ON_HOLD", WAITING) for r in _orders(world, status, **ours) if r.id not in sent]
    entries = []
    for record in choose(world, "ORD-04", candidates, count=count):
        shown = {key: record.body[key] for key in ("recipient_address", "_recipient_address") if key in record.body}
        hidden = {key: {**address, "name": "", "postal_code": ""} for key, address in shown.items()}
        entries.append(_write(world, record, hidden))
    return entries


def take_release_back(world: World, count: int) -> list[Truth]:
    """ORD-08: an order that its warehouse has is on hold again."""
    return [
        _write(world, record, {"status": "ON_HOLD"})
        for record in choose(world, "ORD-08", _documented(world), count=count)
    ]


def lose_shipment(world: World, count: int) -> list[Truth]:
    """ORD-11: TikTok Shop forgets a package it has confirmed, and waits for the shipment."""
    entries = []
    for record in choose(world, "ORD-11", _orders(world, HANDED_OVER, shipping_type="SELLER"), count=count):
        forgotten = {"display_status": WAITING, "tracking_number": "", "package_id": "", "package_status": ""}
        lines = [{**line, **forgotten} for line in record.body["line_items"]]
        for package in fulfilment.packages_of(world.store, record.id):
            world.store.delete(TIKTOK, "packages", package.id)
        entries.append(_write(world, record, {"status": WAITING, "line_items": lines, "packages": []}))
    return entries


def set_unknown_status(world: World, count: int) -> list[Truth]:
    """ORD-12: an order has a status that no document names."""
    entries = []
    for record in choose(world, "ORD-12", _orders(world, "IN_TRANSIT") + _orders(world, "DELIVERED"), count=count):
        changed = _write(world, record, {"status": UNKNOWN_STATUS})
        entries.append({**changed, "entity_type": "order_status", "entity_id": UNKNOWN_STATUS})
    return entries


def cancel_what_is_held(world: World, count: int) -> list[Truth]:
    """CAN-01: an order is cancelled, and somebody has parked it in Linnworks, so that it cannot be cancelled there."""
    entries = []
    documents = [d for d in open_documents(world) if _is_waiting(world, reference_of(d.body))]
    for document in choose(world, "CAN-01", documents, count=count):
        linnworks.put(world.store, hold(document.body))
        entries += _cancelled(world, reference_of(document.body), by="OPERATOR")
    return entries


def cancel_what_has_left(world: World, count: int) -> list[Truth]:
    """CAN-02: an order is cancelled after its parcel has left."""
    found = choose(world, "CAN-02", _orders(world, HANDED_OVER, shipping_type="SELLER"), count=count)
    return [entry for record in found for entry in _cancelled(world, record.id, by="OPERATOR")]


def ask_to_cancel(world: World, count: int) -> list[Truth]:
    """CAN-03: a buyer asks to cancel an order that has been released, and waits."""
    candidates = _orders(world, WAITING, fulfillment_type="FULFILLMENT_BY_SELLER")
    entries = []
    for record in choose(world, "CAN-03", [r for r in candidates if not _is_asked(r)], count=count):
        id = cancellations.request(world.store, record.id, world.now, CHANGED_MIND, "BUYER")
        about = ("cancellation", id)
        entries.append(truth("", (TIKTOK, "cancellations", id), about, shop_id=record.shop, order_id=record.id))
    return entries


def cancel_what_is_picked(world: World, count: int) -> list[Truth]:
    """CAN-04: an order is cancelled while GXO picks it, which nothing stops."""
    found = [r for state in ("allocated", "picking") for r in world.store.select("gxo", "orders", parent=state)]
    documents = [record for record in found if _is_waiting(world, record.id)]
    entries = []
    for document in choose(world, "CAN-04", documents, count=count):
        put_order(world.store, {**document.body, "status": "picking", "picked_at": world.now})
        entries += _cancelled(world, document.id, by="OPERATOR")
    return entries


def cancel_for_lateness(world: World, count: int) -> list[Truth]:
    """CAN-05: TikTok Shop cancels a paid order by itself, before anything of it has left."""
    found = choose(world, "CAN-05", [r for r in _documented(world) if not _is_asked(r)], count=count)
    return [entry for record in found for entry in _cancelled(world, record.id, by="SYSTEM")]


def cancel_a_line(world: World, count: int) -> list[Truth]:
    """CAN-07: one line of an order that its warehouse has is cancelled."""
    several = [r for r in _documented(world) if len(r.body["line_items"]) > 1]
    entries = []
    for record in choose(world, "CAN-07", several, count=count):
        first = str(record.body["line_items"][0]["id"])
        entries += _cancelled(world, record.id, by="OPERATOR", line_ids=[first])
    return entries


def let_deadline_pass(world: World, count: int) -> list[Truth]:
    """FUL-02: the dispatch deadline of an order that its warehouse has not shipped has just passed."""
    return [
        _write(world, record, {"rts_sla_time": world.now - 60})
        for record in choose(world, "FUL-02", _documented(world), count=count)
    ]


def pack_twice(world: World, count: int) -> list[Truth]:
    """FUL-10: the line items of an order are in a second package."""
    entries = []
    for record in choose(world, "FUL-10", _orders(world, HANDED_OVER, shipping_type="SELLER"), count=count):
        for package in fulfilment.packages_of(world.store, record.id)[:1]:
            id = fulfilment.new_id(world.store, "1153", "second package", package.id)
            second = {**package.body, "package_id": id, "create_time": world.now, "update_time": world.now}
            fulfilment.put_package(world.store, record.shop, second, world.now)
            about = (TIKTOK, "packages", id)
            entries.append(truth("", about, ("order", record.id), shop_id=record.shop, first_id=package.id))
    return entries


def ship_by_hand(world: World, count: int) -> list[Truth]:
    """FUL-13: somebody enters a tracking number for an order that is parked in Linnworks."""
    ours = {record.id for record in _orders(world, WAITING, shipping_type="SELLER")}
    documents = [d for d in open_documents(world) if reference_of(d.body) in ours]
    entries = []
    for document in choose(world, "FUL-13", documents, count=count):
        linnworks.put(world.store, hold(document.body))
        order = _order_of(world, document)
        number = f"94{world.new_id('00', 'by hand', order.id)}"
        fulfilment.mark_shipped(world.store, order.body, [], number, USPS, world.now)
        entries.append(truth("", (TIKTOK, "orders", order.id), ("order", order.id), shop_id=order.shop))
    return entries


def _orders(world: World, status: str, **matching: str) -> list[Record]:
    return world.store.select(TIKTOK, "orders", matching={"status": status, **matching})


def _documented(world: World) -> list[Record]:
    """Return orders that await shipment and that their warehouse has taken and not begun."""
    ids = [reference_of(document.body) for document in open_documents(world)]
    ids += [r.id for state in ("received", "allocated") for r in world.store.select("gxo", "orders", parent=state)]
    found = [world.store.get(TIKTOK, "orders", id) for id in ids]
    return [record for record in found if record is not None and record.body["status"] == WAITING]


def _order_of(world: World, document: Record) -> Record:
    order = world.store.get(TIKTOK, "orders", reference_of(document.body))
    if order is None:
        raise LookupError(f"order of document {document.id}: expected a record, found none")
    return order


def _is_waiting(world: World, order_id: str) -> bool:
    order = world.store.get(TIKTOK, "orders", order_id)
    return order is not None and order.body["status"] == WAITING


def _is_asked(record: Record) -> bool:
    return bool(record.body["is_buyer_request_cancel"])


def _cancelled(world: World, order_id: str, *, by: str, line_ids: list[str] | None = None) -> list[Truth]:
    reason = TOO_LATE if by == "SYSTEM" else CHANGED_MIND
    id = cancellations.request(world.store, order_id, world.now, reason, by, line_ids=line_ids)
    order = world.store.get(TIKTOK, "orders", order_id)
    shop_id = order.shop if order else ""
    return [truth("", (TIKTOK, "orders", order_id), ("order", order_id), shop_id=shop_id, cancel_id=id)]


def _write(world: World, record: Record, changes: Body) -> Truth:
    body = {**record.body, **changes, "update_time": world.now}
    world.store.put(world.store.indexed(record, body))
    return truth("", (TIKTOK, "orders", record.id), ("order", record.id), shop_id=record.shop)
