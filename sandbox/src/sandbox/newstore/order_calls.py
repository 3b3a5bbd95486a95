"""Calls on orders: read, list, cancel, extend the grace period, hold, prices, routing trace.

Belongs here: what each call does. Does not: shapes (`order_views`), fulfilment.
Fact sheet newstore 3, 4. How far a cancellation reaches is ours: an item can be cancelled until a node has
acknowledged its request; that is safe only within the grace period.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sandbox.newstore import amounts, events, fulfilment, lists, order_views, orders, payloads, routing
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.orders import CANCELLED, FULFILLING, HELD, PENDING
from sandbox.newstore.payloads import number
from sandbox.newstore.profile import instant, iso
from sandbox.newstore.stored import amount, objects
from sandbox.store import Store

Body = dict[str, Any]
_EXTENSION = 15 * 60
_MOST_PRICED = 500
_VERSION_2 = "version=2"


def read(store: Store, id: str, id_type: str | None, accept: str) -> Body:
    """Answer GET /v0/orders/{id}. Raises WireError 400 or 404."""
    body = orders.found(store, id, id_type)
    nodes = {each["fulfillment_node_id"]: each for each in lists.nodes(store)}
    return _placed(order_views.order(body, nodes), accept)


def of_customer(store: Store, asked: Mapping[str, str], accept: str) -> Body:
    """Answer GET /v0/orders. Raises WireError 400."""
    customer = asked.get("customer_id")
    if not customer:
        raise invalid("customer_id", customer, "a text")
    found = [_placed(order_views.row(body), accept) for body in orders.of_customer(store, customer)]
    if _VERSION_2 not in accept:
        return {"orders": found}
    offset, count = page(asked, usual=10, most=50)
    return {"orders": found[offset : offset + count]}


def read_legacy(store: Store, key: str) -> Body:
    """Answer GET /v0/d/external_orders/{external_id}, or {id_type}={value}. Raises WireError 404.

    An order can be read here some seconds of real time after its injection.
    """
    kind, _, value = key.rpartition("=")
    body = orders.get(store, value) if kind in {"order_uuid", "id", "internal"} else orders.by_external(store, value)
    if body is None or float(amount(body.get("_readable_at"))) > time.time():
        raise WireError("not_found", f"There is no order {key!r}.")
    return order_views.legacy(body)


def cancellation(store: Store, id: str, id_type: str | None) -> Body:
    """Answer GET /v0/orders/{id}/cancel. Raises WireError 400 or 404."""
    body = orders.found(store, id, id_type)
    return {
        "cancelable": _is_cancelable(store, body),
        "canceled": all(item["status"] == CANCELLED for item in body["items"]),
        "is_safe": orders.is_in_grace(body, store.now),
    }


def cancel(store: Store, id: str, id_type: str | None, wanted: Body) -> None:
    """Answer POST /v0/orders/{id}/cancel: the whole order, or nothing of it. Raises WireError 400 or 404."""
    reason = wanted.get("reason")
    if not isinstance(reason, str) or not reason:
        raise invalid("reason", reason, "a text")
    body = orders.found(store, id, id_type)
    if all(item["status"] == CANCELLED for item in body["items"]):
        raise WireError("order_already_canceled", f"The order {id} is cancelled.")
    if not _is_cancelable(store, body):
        raise WireError("order_not_cancelable", f"The order {id} can no longer be cancelled: a node works on it.")
    _cancel_items(store, body, body["items"], reason)


def cancel_item(store: Store, id: str, id_type: str | None, item_id: str) -> None:
    """Answer POST /v0/orders/{id}/items/{item_uuid}/cancel: an item that no node has. Raises WireError 400 or 404."""
    body = orders.found(store, id, id_type)
    item = orders.item_of(body, item_id)
    if item is None:
        raise WireError("not_found", f"The order has no item {item_id}.")
    if item["status"] not in {PENDING, HELD}:
        raise WireError("item_not_cancelable", f"The item {item_id} is {item['status']}.")
    _cancel_items(store, body, [item], "cancelled")


def cancel_many(store: Store, wanted: Body) -> Body:
    """Answer POST /v0/orders/bulk-cancel, order by order. Raises WireError 400."""
    ids = wanted.get("order_ids")
    if not isinstance(ids, list) or not ids:
        raise invalid("order_ids", ids, "a list of at least one id")
    succeeded, failed = [], []
    for id in map(str, ids):
        try:
            cancel(store, id, "internal", wanted)
            succeeded.append(id)
        except WireError as error:
            failed.append({"order_id": id, "error": error.code})
    return {"succeeded": succeeded, "failed": failed}


def cancel_privately(store: Store, id: str, wanted: Body) -> Body:
    """Answer the older /_/v0/hq/customer_orders/{id}/cancellation, which answers 200 either way."""
    try:
        cancel(store, id, "internal", wanted)
    except WireError as error:
        return {"success": False, "error": {"code": error.code, "message": error.detail}}
    return {"success": True}


def extend_grace(store: Store, id: str, id_type: str | None) -> Body:
    """Answer POST /v0/orders/{id}/_extend_grace_period, once. Raises WireError 400, 404, 409 or 412."""
    body = orders.found(store, id, id_type)
    if not orders.is_in_grace(body, store.now):
        raise WireError("not_in_grace_period")
    if body.get("_grace_extended"):
        raise WireError("grace_period_extended")
    until = body["_grace_until"] + _EXTENSION
    orders.put(store, {**body, "_grace_until": until, "_grace_extended": True}, at=store.now)
    return {"grace_period_ends_at": iso(until)}


def change(store: Store, id: str, wanted: Body) -> Body:
    """Answer PATCH /v0/orders/{id}: `on_hold`, or `open` to let it go on. Raises WireError 400 or 404."""
    status = wanted.get("status")
    if status not in {orders.ON_HOLD, orders.OPEN}:
        raise invalid("status", status, "on_hold or open")
    body = orders.found(store, id, "internal")
    if not any(item["status"] in {PENDING, HELD} for item in body["items"]):
        raise WireError("invalid_status_update", f"The order {id} is {body['status']} and no item waits.")
    return {
        "id": id,
        "status": orders.put(store, {**body, "_is_held": status == orders.ON_HOLD}, at=store.now)["status"],
    }


def prices(store: Store, id: str, id_type: str | None, wanted: Body) -> Body:
    """Answer POST /v0/orders/{id}/prices. Raises WireError 400 or 404."""
    rows = wanted.get("items")
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST_PRICED:
        raise invalid("items", rows, f"a list of 1 to {_MOST_PRICED} items")
    body = orders.found(store, id, id_type)
    asked = [str(row.get("id")) if isinstance(row, dict) else str(row) for row in rows]
    items = [item for item in body["items"] if item["id"] in asked]
    priced = [amounts.item_price(item, body["price_method"]) for item in items]
    shown = [
        {"id": item["id"], "price": {name: number(value) for name, value in price.items()}}
        for item, price in zip(items, priced, strict=True)
    ]
    return {"currency": body["currency"], "items": shown}


def insights(store: Store, id: str) -> Body:
    """Answer GET /v0/routing/insights/order/{order_id}. Raises WireError 404."""
    body = orders.get(store, id)
    if body is None:
        raise WireError("not_found", f"There is no order {id!r}.")
    items = {item["id"]: {"product_id": item["product_id"], "status": item["status"]} for item in body["items"]}
    shown = {"sales_order_id": id, "external_id": body["external_id"], "created_at": body.get("created_at")}
    trace = {
        "activities": objects(body.get("_routing")),
        "sales_order_item_ids": list(items),
        "sales_order_items": items,
    }
    return {"insights": {**shown, **trace}}


def page(asked: Mapping[str, str], *, usual: int, most: int) -> tuple[int, int]:
    """Return `offset` and `count` (or `limit`) of a list. Raises WireError 400."""
    found = []
    name = "limit" if "limit" in asked else "count"
    for key, default, least, top in (("offset", 0, 0, 10**9), (name, usual, 1, most)):
        text = asked.get(key) or str(default)
        if not text.isdecimal() or not least <= int(text) <= top:
            raise invalid(key, text, f"a whole number from {least} to {top}")
        found.append(int(text))
    return found[0], found[1]


def _is_cancelable(store: Store, body: Body) -> bool:
    if body["status"] not in {orders.OPEN, orders.ON_HOLD} or not body["items"]:
        return False
    requests = {each["fulfillment_request_id"]: each for each in fulfilment.of_order(store, body["id"])}
    return all(
        item["status"] in {PENDING, HELD, CANCELLED}
        or (
            item["status"] == FULFILLING
            and requests.get(item["fulfillment_request_id"], {}).get("status") == fulfilment.DISPATCHED
        )
        for item in body["items"]
    )


def _cancel_items(store: Store, body: Body, items: list[Body], reason: str) -> None:
    gone = [item for item in items if item["status"] not in orders.ENDED]
    for request in fulfilment.of_order(store, body["id"]):
        mine = [item["id"] for item in gone if item["fulfillment_request_id"] == request["fulfillment_request_id"]]
        if mine:
            fulfilment.cancel_lines(store, request, mine, at=store.now)
    for item in gone:
        routing.release(store, item)
        item.update(status=CANCELLED, cancellation_reason=reason)
    routing.note(body, "cancelled", reason, gone, at=store.now)
    events.emit(store, "order.items_cancelled", payloads.items_cancelled(body, gone), at=store.now)
    orders.settle(store, body, at=store.now)


def _placed(shown: Body, accept: str) -> Body:
    """Show `placed_at` in UTC to who asks for version 2, as it came to anybody else."""
    if _VERSION_2 in accept and (at := instant(shown.get("placed_at"))) is not None:
        return {**shown, "placed_at": iso(at)}
    return shown
