"""Calls of fulfilment providers and of readers: list, acknowledge, reject, cancel, ship.

Belongs here: the calls and their refusals. Does not: what an act does (`fulfilment`).
Fact sheet newstore 5. Where several units of a request share a product, the one is meant that was asked for first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.newstore import events, fulfilment, lists, orders, payloads, routing
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.fulfilment import DISPATCHED, REJECTED, SHIPPED
from sandbox.newstore.stored import objects
from sandbox.store import Store

Body = dict[str, Any]
_MOST = 2000
_REASONS = ("cannot_fulfill", "no_inventory")
_BY_STATUS = {SHIPPED: "already_shipped", REJECTED: "already_rejected", "cancelled": "already_canceled"}


def listed(store: Store, order_id: str) -> Body:
    """Answer GET /v0/fulfillment_requests/{order_uuid}; of an unknown order there are none. Raises WireError 400."""
    found = fulfilment.of_order(store, order_id)
    if len(found) > _MOST:
        raise WireError("too_many_fulfillment_requests")
    return {"fulfillment_requests": [shown(body) for body in found]}


def shown(body: Body) -> Body:
    """Return a request as the newer calls show it."""
    names = ("fulfillment_request_id", "fulfillment_node_id", "service_level", "created_at", "status")
    lines = ("item_id", "product_id", "carrier", "tracking_code", "status")
    items = [{name: line[name] for name in lines} for line in body["items"]]
    return {**{name: body.get(name) for name in names}, "items": items}


def read(store: Store, id: str) -> Body:
    """Answer GET /fulfillment/fulfillment-requests/{id}. Raises WireError 404."""
    body = _found(store, id)
    return {**shown(body), "id": id, "order_id": body["order_id"], "logical_timestamp": body.get("logical_timestamp")}


def set_states(store: Store, id: str, wanted: Body) -> None:
    """Answer POST /v0/fulfillment_request/{ffr_uuid}/set_items_states. Raises WireError 400 or 404."""
    body, rows = _found(store, id), objects(wanted.get("line_items"))
    states = {row.get("state") for row in rows}
    if not rows or not states <= {SHIPPED, REJECTED}:
        raise invalid("line_items", wanted.get("line_items"), "item_id and state, shipped or rejected")
    if len(states) > 1:
        raise invalid("line_items", sorted(map(str, states)), "one state for all")
    ids = [str(row.get("item_id")) for row in rows]
    unknown = sorted(set(ids) - {line["item_id"] for line in body["items"]})
    if unknown:
        raise invalid("line_items.item_id", unknown, "items of this request")
    _check_open(body, ids)
    if states == {SHIPPED}:
        for id_ in ids:  # one event for each shipped line
            _ship(store, body, [id_], wanted.get("carrier"), wanted.get("tracking_code"), wanted.get("associate_id"))
            body = _found(store, id)
        return
    node = lists.node(store, body["fulfillment_node_id"])
    if node and lists.is_store(node) and wanted.get("reason") != "rescinded":
        raise invalid("reason", wanted.get("reason"), "rescinded, for a store")
    fulfilment.reject(store, body, ids, reason=str(wanted.get("reason") or "rejected"), at=store.now)


def acknowledge(store: Store, id: str) -> None:
    """Answer POST .../acknowledgement. Raises WireError 400 or 404."""
    body = _found(store, id)
    _check_open(body, [line["item_id"] for line in body["items"]])
    fulfilment.acknowledge(store, body, at=store.now)


def reject_all(store: Store, id: str, wanted: Body) -> None:
    """Answer POST .../rejection: the whole request. Raises WireError 400 or 404."""
    body, reason = _found(store, id), wanted.get("rejection_reason")
    if reason not in _REASONS:
        raise invalid("rejection_reason", reason, " or ".join(_REASONS))
    ids = [line["item_id"] for line in body["items"]]
    _check_open(body, ids)
    fulfilment.reject(store, body, ids, reason=str(reason), at=store.now)


def reject_items(store: Store, id: str, wanted: Body) -> None:
    """Answer POST .../reject_items: some products of a request. Raises WireError 400 or 404."""
    rows = objects(wanted.get("missing_items"))
    if not rows:
        raise invalid("missing_items", wanted.get("missing_items"), "a list of reason and product_ids")
    for row in rows:
        body = _found(store, id)
        ids = _meant(body, row.get("product_ids"))
        fulfilment.reject(store, body, ids, reason=str(row.get("reason") or "no_inventory"), at=store.now)


def cancel_items(store: Store, id: str, wanted: Body) -> None:
    """Answer POST .../canceled_items: units that nobody gets any more. Raises WireError 400 or 404."""
    body = _found(store, id)
    ids = _meant(body, wanted.get("product_ids"))
    fulfilment.cancel_lines(store, body, ids, at=store.now)
    order = orders.get(store, body["order_id"])
    if order is None:
        return
    gone = [item for item_id in ids if (item := orders.item_of(order, item_id))]
    for item in gone:
        routing.release(store, item)
        item.update(status=orders.CANCELLED, cancellation_reason="cancelled_by_provider")
    events.emit(store, "order.items_cancelled", payloads.items_cancelled(order, gone), at=store.now)
    orders.settle(store, order, at=store.now)


def cancelled_items(store: Store, id: str) -> Body:
    """Answer GET .../canceled_items. Raises WireError 404."""
    body = _found(store, id)
    rows = [line for line in body["items"] if line["status"] == "cancelled"]
    at = body.get("updated_at")
    return {"canceled_items": [{**_named(line), "received_at": at, "accepted_at": at} for line in rows]}


def ship(store: Store, id: str, wanted: Body) -> None:
    """Answer POST .../shipment: a product id for each unit, by parcel. Raises WireError 400 or 404."""
    rows = objects(wanted.get("line_items"))
    if not rows:
        raise invalid("line_items", wanted.get("line_items"), "a list of product_ids and shipment")
    for row in rows:
        parcel = row.get("shipment")
        if not isinstance(parcel, dict) or not parcel.get("carrier") or not parcel.get("tracking_code"):
            raise invalid("line_items.shipment", parcel, "carrier and tracking_code")
        body = _found(store, id)
        _ship(store, body, _meant(body, row.get("product_ids")), parcel["carrier"], parcel["tracking_code"], None)


def shipment(store: Store, id: str) -> Body:
    """Answer GET .../shipment. Raises WireError 404."""
    body = _found(store, id)
    at = body.get("updated_at")
    sent = [
        {**_named(line), "carrier": line["carrier"], "tracking_code": line["tracking_code"], "received_at": at,
         "accepted_at": at} for line in body["items"] if line["status"] == SHIPPED
    ]  # fmt: skip
    return {"successful_shipments": sent, "failed_shipments": []}


def _named(line: Body) -> Body:
    return {"product_id": line["product_id"], "item_id": line["item_id"]}


def _ship(store: Store, body: Body, ids: list[str], carrier: object, tracking: object, associate: object) -> None:
    given = [None if value in (None, "") else str(value) for value in (carrier, tracking, associate)]
    fulfilment.ship(store, body, ids, carrier=given[0], tracking=given[1], at=store.now, associate=given[2])


def _found(store: Store, id: str) -> Body:
    body = fulfilment.get(store, id)
    if body is None:
        raise WireError("not_found", f"There is no fulfillment request {id!r}.")
    return body


def _check_open(body: Body, ids: Iterable[str]) -> None:
    wanted = set(ids)
    done = [line["status"] for line in body["items"] if line["item_id"] in wanted and line["status"] != DISPATCHED]
    if done:
        raise WireError(_BY_STATUS.get(done[0], "already_shipped"))


def _meant(body: Body, products: object) -> list[str]:
    """Return the items that product ids, one for each unit, mean. Raises WireError 400."""
    if not isinstance(products, list) or not products:
        raise invalid("product_ids", products, "a list of at least one product id")
    ids: list[str] = []
    for product in map(str, products):
        lines = [line for line in body["items"] if line["product_id"] == product and line["item_id"] not in ids]
        waiting = [line for line in lines if line["status"] == DISPATCHED]
        if not waiting:
            status = lines[0]["status"] if lines else ""
            raise WireError(_BY_STATUS[status]) if status in _BY_STATUS else invalid("product_ids", product, "of it")
        ids.append(waiting[0]["item_id"])
    return ids
