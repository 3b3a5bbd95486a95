"""Routing: which fulfilment node an item is to be shipped from, and the units promised for it there.

Belongs here: choosing nodes, and the trace that insights show. Does not: fulfilment requests (`fulfilment`).
Fact sheet newstore 2: `default` takes what can be promised, from as few nodes as it can; `prerouted` names a node
that must have it, else the order is on hold; `external` names a node whatever it has, and cancels an order whose node
is not known. A node that has rejected an item is not asked again.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore import lists, stock
from sandbox.newstore.orders import CANCELLED, HELD, PENDING
from sandbox.newstore.profile import iso, seed
from sandbox.newstore.stored import objects
from sandbox.store import Store
from sandbox.world.draw import Draw

Body = dict[str, Any]


def route(store: Store, body: Body, *, at: int) -> Body:
    """Promise units in nodes to the items that have none; what no node has is on hold. Returns the changed order."""
    for shipment in body["shipments"]:
        waiting = [item for item in body["items"] if _is_waiting(item) and item["shipment_id"] == shipment["id"]]
        strategy = shipment.get("routing_strategy")
        plan = strategy if isinstance(strategy, dict) else {}
        named = str(plan.get("fulfillment_node_id") or "")
        if waiting and plan.get("strategy") == "external" and not any(item["_passed"] for item in waiting):
            _external(store, body, waiting, named, at=at)
        elif waiting and plan.get("strategy") == "prerouted" and not any(item["_passed"] for item in waiting):
            _assign(store, body, waiting, [named], at=at)
        elif waiting:
            _assign(store, body, waiting, [node["fulfillment_node_id"] for node in lists.nodes(store)], at=at)
    return body


def release(store: Store, item: Body) -> None:
    """Give back the unit that a node holds for an item; changes the item."""
    if item["fulfillment_node_id"]:
        stock.change(store, item["fulfillment_node_id"], item["product_id"], allocated=-1)
        item["fulfillment_node_id"] = None


def note(body: Body, kind: str, summary: str, items: list[Body], *, at: int, **value: object) -> None:
    """Add to an order's routing trace; changes the order."""
    entry = {
        "timestamp": iso(at),
        "type": kind,
        "summary": summary,
        "value": value,
        "correlation": {"sales_order_item_ids": [item["id"] for item in items]},
    }
    body["_routing"] = [*objects(body.get("_routing")), entry]


def _is_waiting(item: Body) -> bool:
    return item["status"] in {PENDING, HELD} and not item["fulfillment_node_id"]


def _external(store: Store, body: Body, waiting: list[Body], node: str, *, at: int) -> None:
    if lists.node(store, node) is None:
        for item in waiting:
            item.update(status=CANCELLED, cancellation_reason="unknown_fulfillment_node")
        note(body, "order_cancelled", f"node {node} is unknown", waiting, at=at)
        return
    for item in waiting:
        _promise(store, item, node)
    note(body, "externally_routed", f"routed to {node} from outside", waiting, at=at, fulfillment_node_id=node)


def _assign(store: Store, body: Body, waiting: list[Body], nodes: list[str], *, at: int) -> None:
    free = _free(store, waiting, nodes)
    left = list(waiting)
    while left:
        best = max(nodes, key=lambda node: _worth(store, body, left, free, node), default=None)
        taken = _served(left, free, best) if best else []
        if not taken or best is None:
            break
        for item in taken:
            free[best, item["product_id"]] -= 1
            _promise(store, item, best)
        note(body, "routed", f"routed to {best}", taken, at=at, fulfillment_node_id=best)
        left = [item for item in left if item not in taken]
    held = [item for item in left if item["status"] != HELD]
    for item in left:
        item["status"] = HELD
    if held:
        note(body, "not_routable", "no node has what is missing", held, at=at)


def _free(store: Store, waiting: list[Body], nodes: list[str]) -> dict[tuple[str, str], int]:
    found = {}
    for product in {item["product_id"] for item in waiting}:
        for node, level in stock.levels_of(store, product, nodes).items():
            found[node, product] = stock.atp(level)
    return found


def _served(left: list[Body], free: dict[tuple[str, str], int], node: str) -> list[Body]:
    """Return the items that a node can take, each counted against what it has free."""
    counted: dict[str, int] = {}
    taken = []
    for item in left:
        product = item["product_id"]
        if node not in item["_passed"] and counted.get(product, 0) < free.get((node, product), 0):
            counted[product] = counted.get(product, 0) + 1
            taken.append(item)
    return taken


def _worth(
    store: Store, body: Body, left: list[Body], free: dict[tuple[str, str], int], node: str
) -> tuple[int, int, str]:
    """Prefer the node that takes most items; among equals the one that is near to this order's buyer."""
    near = Draw(seed(store), "newstore near", body["external_id"], node).below(10**6)
    return len(_served(left, free, node)), near, node


def _promise(store: Store, item: Body, node: str) -> None:
    item["fulfillment_node_id"] = node
    if item["status"] == HELD:
        item["status"] = PENDING
    stock.change(store, node, item["product_id"], allocated=1)
