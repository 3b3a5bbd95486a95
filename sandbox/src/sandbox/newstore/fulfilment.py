"""Fulfilment requests: what a node is asked to ship, and what becomes of it.

Belongs here: the life of requests, and what it does to stock, order and event stream. Does not: calls, or when
people in stores act (`staff`).
Fact sheet newstore 5: one request for each node; dispatched, acknowledged, partially_completed, completed; lines are
dispatched, shipped, rejected or cancelled. What is rejected is routed to another node.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore import events, orders, payloads, routing, stock
from sandbox.newstore.orders import CANCELLED, COMPLETE, FULFILLING, HELD, PENDING
from sandbox.newstore.profile import SYSTEM, iso, new_id, next_number
from sandbox.newstore.stored import usable_request
from sandbox.store import Record, Store

Body = dict[str, Any]
KIND, SHIPMENTS = "fulfillment_requests", "shipments"
DISPATCHED, ACKNOWLEDGED, PARTIAL, COMPLETED = "dispatched", "acknowledged", "partially_completed", "completed"
SHIPPED, REJECTED = "shipped", "rejected"
HOLDS = {PENDING, HELD, FULFILLING}
"""Statuses of items for which a node holds a unit, once it was named."""


def get(store: Store, id: str) -> Body | None:
    """Return a request, or None."""
    record = store.get(SYSTEM, KIND, id)
    return None if record is None else usable_request(record)


def of_order(store: Store, order_id: str) -> list[Body]:
    """Return an order's requests, oldest first."""
    records = store.select(SYSTEM, KIND, parent=order_id)
    return [usable_request(record) for record in sorted(records, key=lambda each: (each.created_at, each.id))]


def waiting_orders(store: Store) -> list[Body]:
    """Return the orders that have not come to their end."""
    return [*orders.of_status(store, orders.ON_HOLD), *orders.of_status(store, orders.OPEN)]


def open_order(store: Store, body: Body, *, at: int) -> Body:
    """Let an order leave its grace period: nodes are asked for what they hold for it."""
    body["_opened_at"] = at
    events.emit(store, "order.opened", payloads.order(body), at=at)
    return dispatch(store, body, at=at)


def dispatch(store: Store, body: Body, *, at: int) -> Body:
    """Ask each node for the items of an opened order that it holds and was not asked for. Returns the kept order."""
    if body.get("_is_held"):
        return orders.settle(store, body, at=at)
    waiting = [item for item in body["items"] if item["status"] == PENDING and item["fulfillment_node_id"]]
    for shipment in body["shipments"]:
        for node in sorted({item["fulfillment_node_id"] for item in waiting}):
            mine = [
                item
                for item in waiting
                if item["fulfillment_node_id"] == node and item["shipment_id"] == shipment["id"]
            ]
            if mine:
                _ask(store, body, mine, shipment, at=at)
    return orders.settle(store, body, at=at)


def acknowledge(store: Store, body: Body, *, at: int) -> Body:
    """Note that a node has taken a request on."""
    return _put(store, {**body, "_acknowledged_at": at}, at=at)


def ship(
    store: Store,
    body: Body,
    item_ids: list[str],
    *,
    carrier: str | None,
    tracking: str | None,
    at: int,
    associate: str | None = None,
) -> Body:
    """Let items of a request leave in one parcel: they are gone from the node's stock."""
    lines = _lines(body, item_ids)
    node = body["fulfillment_node_id"]
    for line in lines:
        line.update(status=SHIPPED, carrier=carrier, tracking_code=tracking)
        stock.change(store, node, line["product_id"], on_hand=-1, allocated=-1)
    timestamp = next_number(store, "logical_timestamp")
    body = _put(store, {**body, "_shipped_at": at, "logical_timestamp": timestamp}, at=at)
    order = orders.get(store, body["order_id"])
    if order is not None:
        for item in filter(None, (orders.item_of(order, id) for id in item_ids)):
            item.update(status=COMPLETE, carrier=carrier, tracking_code=tracking, shipped_at=iso(at))
        _put_shipment(store, body, order, lines, at=at)
    known = {"associate_id": associate, "logical_timestamp": timestamp}
    events.emit(store, "fulfillment_request.items_completed", payloads.request(body, lines, **known), at=at)
    if order is not None:
        orders.settle(store, order, at=at)
    return body


def reject(store: Store, body: Body, item_ids: list[str], *, reason: str, at: int) -> Body:
    """Let a node give items back: they are routed anew, and not to it."""
    lines = _lines(body, item_ids)
    for line in lines:
        line.update(status=REJECTED, reason=reason)
    body = _put(store, body, at=at)
    events.emit(store, "fulfillment_request.items_failed", payloads.request(body, lines, reason=reason), at=at)
    order = orders.get(store, body["order_id"])
    if order is None:
        return body
    given_back = [item for id in item_ids if (item := orders.item_of(order, id))]
    node = body["fulfillment_node_id"]
    routing.note(order, "rejected", f"{node} rejected: {reason}", given_back, at=at, fulfillment_node_id=node)
    for item in given_back:
        routing.release(store, item)
        item.update(status=HELD, fulfillment_request_id=None, _passed=[*item["_passed"], node])
    dispatch(store, routing.route(store, order, at=at), at=at)
    return body


def cancel_lines(store: Store, body: Body, item_ids: list[str], *, at: int) -> Body:
    """Take items out of a request: nobody ships them any more."""
    for line in _lines(body, item_ids):
        line.update(status=CANCELLED)
    return _put(store, body, at=at)


def open_lines(body: Body) -> list[Body]:
    """Return the lines of a request on which something is still to be done."""
    return [line for line in body["items"] if line["status"] == DISPATCHED]


def _lines(body: Body, item_ids: list[str]) -> list[Body]:
    return [line for line in body["items"] if line["item_id"] in item_ids]


def _ask(store: Store, body: Body, items: list[Body], shipment: Body, *, at: int) -> None:
    request: Body = {
        "fulfillment_request_id": new_id(store, "fulfillment_request"),
        "order_id": body["id"],
        "fulfillment_node_id": items[0]["fulfillment_node_id"],
        "service_level": shipment["service_level"],
        "created_at": iso(at),
        "status": DISPATCHED,
        "items": [
            {"item_id": item["id"], "product_id": item["product_id"], "carrier": None, "tracking_code": None,
             "status": DISPATCHED} for item in items
        ],
        "_asked_at": at,
    }  # fmt: skip
    _put(store, request, at=at)
    for item in items:
        item.update(status=FULFILLING, fulfillment_request_id=request["fulfillment_request_id"])
    node = request["fulfillment_node_id"]
    routing.note(body, "dispatched", f"{node} was asked", items, at=at, fulfillment_node_id=node)
    events.emit(store, "fulfillment_request.assigned", payloads.request(request, request["items"]), at=at)


def _put(store: Store, body: Body, *, at: int) -> Body:
    statuses = {line["status"] for line in body["items"]}
    if DISPATCHED not in statuses:
        status = COMPLETED
    elif statuses != {DISPATCHED}:
        status = PARTIAL
    else:
        status = ACKNOWLEDGED if body.get("_acknowledged_at") else DISPATCHED
    body = {**body, "status": status, "updated_at": iso(at)}
    id = body["fulfillment_request_id"]
    old = store.get(SYSTEM, KIND, id)
    store.put(Record(SYSTEM, KIND, id, body, "", body["order_id"], old.created_at if old else at, at))
    return body


def _put_shipment(store: Store, body: Body, order: Body, lines: list[Body], *, at: int) -> None:
    id = new_id(store, "shipment")
    shipment = {
        "id": id,
        "order_id": order["id"],
        "external_id": order["external_id"],
        "fulfillment_request_id": body["fulfillment_request_id"],
        "fulfillment_node_id": body["fulfillment_node_id"],
        "carrier": lines[0]["carrier"] if lines else None,
        "tracking_code": lines[0]["tracking_code"] if lines else None,
        "item_ids": [line["item_id"] for line in lines],
        "shipped_at": iso(at),
    }
    store.put(Record(SYSTEM, SHIPMENTS, id, shipment, "", order["id"], at, at))
