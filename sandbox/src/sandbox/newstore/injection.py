"""Order injection: an order that was placed elsewhere comes into being, once for each external id.

Belongs here: `POST /v0/d/fulfill_order`. Does not: what its body must be (`payload_checks`).
Fact sheet newstore 2: the same body again gets the same answer; a changed one is refused, or gets the first answer,
as the switch `changed_injection` says; soft routing promises stock at once; an order has a grace period.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from sandbox.newstore import events, fulfilment, lists, orders, payload_checks, payloads, routing, stock
from sandbox.newstore.errors import WireError
from sandbox.newstore.orders import COMPLETE
from sandbox.newstore.profile import iso, limits, new_id
from sandbox.newstore.stored import ITEM, PRICE
from sandbox.store import Store

Body = dict[str, Any]


def inject(store: Store, wanted: Body) -> Body:
    """Answer an injection. Raises WireError 400."""
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True, default=str).encode()).hexdigest()
    known = orders.by_external(store, wanted["external_id"]) if isinstance(wanted.get("external_id"), str) else None
    if known is not None:
        if known.get("_digest") != digest and limits(store)["changed_injection"] == "error":
            text = f"external_id {known['external_id']!r}: the order exists and was injected with different data"
            raise WireError("same_order_injection_with_different_data", text)
        return _answer(known)
    payload_checks.check(wanted)
    kept = payload_checks.as_order(wanted)
    _check_size(store, kept)
    return _answer(_made(store, {**kept, "_digest": digest}))


def _made(store: Store, kept: Body) -> Body:
    now, switches = store.now, limits(store)
    body = {
        **kept,
        "id": new_id(store, "order"),
        "status": orders.OPEN,
        "created_at": iso(now),
        "placed_at": kept.get("placed_at") or iso(now),
        "_grace_until": now + int(switches["grace_minutes"]) * 60,
        "_readable_at": time.time() + float(switches["readable_after_seconds"]),
    }
    names = {shipment["id"]: new_id(store, "order_shipment") for shipment in kept["shipments"]}
    body["shipments"] = [{**shipment, "id": names[shipment["id"]]} for shipment in kept["shipments"]]
    body["items"] = [
        {
            **ITEM,
            **item,
            "price": {**PRICE, **item["price"]},
            "id": new_id(store, "item"),
            "shipment_id": names[item["shipment_id"]],
            "_passed": [],
        }
        for item in kept["items"]
    ]
    body = orders.put(store, body, at=now)
    events.emit(store, "order.created", payloads.order(body), at=now)
    if body.get("is_historical") or body.get("is_fulfilled"):
        return _complete(store, body, at=now)
    config = lists.injection_config(store)["value"]
    if len(body["items"]) > int(config["big_sales_order"].get("soft_limit_for_big_orders") or 10**9):
        body["_is_held"] = True
    if not config.get("skip_soft_routing_on_injection"):
        routing.route(store, body, at=now)
    if all(_is_external(shipment) for shipment in body["shipments"]) and not body.get("_is_held"):
        return fulfilment.open_order(store, body, at=now)
    return orders.settle(store, body, at=now)


def _complete(store: Store, body: Body, *, at: int) -> Body:
    """Close an order that was fulfilled before it came: one of history, or one handed over at a till."""
    node = str(body.get("store_id") or "")
    for item in body["items"]:
        item.update(status=COMPLETE, fulfillment_node_id=node or None)
        if node and not body.get("is_historical"):
            stock.change(store, node, item["product_id"], on_hand=-1)
    return orders.settle(store, {**body, "_opened_at": at}, at=at)


def _is_external(shipment: Body) -> bool:
    strategy = shipment.get("routing_strategy")
    return isinstance(strategy, dict) and strategy.get("strategy") == "external"


def _check_size(store: Store, kept: Body) -> None:
    big = lists.injection_config(store)["value"].get("big_sales_order") or {}
    most = int(big.get("hard_limit_for_big_orders") or 10**9)
    if len(kept["items"]) > most:
        text = f"{len(kept['items'])} items: at most {most}. The order was cancelled; send it again once it may be."
        raise WireError("maximum_allowed_number_of_items_exceeded", text)


def _answer(body: Body) -> Body:
    names = ("id", "external_item_id", "product_id")
    items = [{name: item[name] for name in names} for item in body["items"]]
    return {"id": body["id"], "external_id": body["external_id"], "items": items}
