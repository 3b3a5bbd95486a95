"""What lies in each fulfilment node: on hand, promised to orders, reserved for customers, kept back.

Belongs here: the arithmetic of stock and its revision. Does not: calls, or who moves stock why.
Fact sheet newstore 6: ATP = on hand - allocations - reservations - safety stock. Each change of a level takes the next
number of a revision; that number, not a time, is the watermark of exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.newstore.profile import SYSTEM, limits, next_number
from sandbox.newstore.stored import usable_stock
from sandbox.store import Record, Store

Body = dict[str, Any]
REVISION = "revision"
_TOUCHED = "newstore.touched"


def level(store: Store, node: str, product: str) -> Body | None:
    """Return the level of a product in a node, or None when the node never had it."""
    record = store.get(SYSTEM, "stock", f"{node}.{product}")
    return None if record is None else usable_stock(record)


def levels_of(store: Store, product: str, nodes: Iterable[str]) -> dict[str, Body]:
    """Return the levels of a product by node."""
    found = store.select(SYSTEM, "stock", ids=[f"{node}.{product}" for node in nodes])
    return {body["fulfillment_node_id"]: body for body in map(usable_stock, found)}


def atp(body: Mapping[str, Any]) -> int:
    """Return what can be promised; it may be negative."""
    return int(body["on_hand"] - body["allocated"] - body["reserved"] - body["safety_stock"])


def change(store: Store, node: str, product: str, **by: int) -> None:
    """Change fields of a level (`on_hand`, `allocated`, `reserved`) by units."""
    body = level(store, node, product) or new_level(store, node, product)
    put(store, {**body, **{name: body[name] + units for name, units in by.items()}})


def put(store: Store, body: Body) -> None:
    """Keep a level, under the next revision."""
    number = next_number(store, REVISION)
    id = f"{body['fulfillment_node_id']}.{body['product_id']}"
    kept = {**body, "_revision": number, "_atp": atp(body)}
    store.put(Record(SYSTEM, "stock", id, kept, "", body["fulfillment_node_id"], store.now, number))


def new_level(store: Store, node: str, product: str, on_hand: int = 0) -> Body:
    """Return the level of a product that a node has not had yet, not kept."""
    kept_back = int(limits(store)["safety_stock"])
    numbers = {"on_hand": on_hand, "allocated": 0, "reserved": 0, "safety_stock": kept_back, "_full": on_hand}
    return {"product_id": product, "fulfillment_node_id": node, **numbers}


def seed_stock(store: Store, levels: Mapping[tuple[str, str], int]) -> None:
    """Set what is on hand by node and product; weekly deliveries fill up to it."""
    with store.transaction():
        for (node, product), units in sorted(levels.items()):
            known = level(store, node, product) or new_level(store, node, product)
            put(store, {**known, "on_hand": units, "_full": units})


def watch_edits(store: Store) -> None:
    """Have levels that are changed by hand count as changed from the next look on."""

    def touched(system: str, kind: str) -> None:
        if (system, kind) == (SYSTEM, "stock"):
            store.set_meta(_TOUCHED, True)

    store.listeners.append(touched)


def revised(store: Store) -> int:
    """Return the newest revision, after giving one to every level that was changed by hand since the last look."""
    with store.transaction():
        if store.get_meta(_TOUCHED):
            store.set_meta(_TOUCHED, False)
            for record in store.select(SYSTEM, "stock"):
                body = usable_stock(record)
                if atp(body) != record.body.get("_atp"):
                    put(store, body)
    return int(store.get_meta(f"newstore.number.{REVISION}", 0))
