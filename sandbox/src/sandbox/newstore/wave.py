"""One wave: what goes on at NewStore and in its stores, every half hour of world time.

Belongs here: the order of work. Does not: the work itself. Orders that have ended cost nothing.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore import deliveries, fulfilment, imports, orders, reservations, routing, staff
from sandbox.newstore.truths import tell
from sandbox.store import Store

_LAST = "newstore.last_wave"


def wave(store: Store, now: int) -> None:
    """Work up to an instant of world time (epoch seconds). A second wave of the same instant does nothing more."""
    with store.transaction():
        since = int(store.get_meta(_LAST, now))
        store.set_meta(_LAST, max(since, now))
        imports.work_all(store)
        reservations.expire(store, now)
        deliveries.receive(store, since, now)
        for status in (orders.ON_HOLD, orders.OPEN):
            for body in orders.of_status(store, status):
                if not body.get("_is_held") and body["_grace_until"] <= now:
                    staff.work(store, _routed(store, body, now), now)


def _routed(store: Store, body: dict[str, Any], now: int) -> dict[str, Any]:
    """Let an order leave its grace period, and look for what it still lacks."""
    is_new = not body.get("_opened_at")
    if is_new or body["status"] == orders.ON_HOLD:
        routing.route(store, body, at=now)
    if not is_new and body["status"] != orders.ON_HOLD:
        return body
    routed = fulfilment.open_order(store, body, at=now) if is_new else fulfilment.dispatch(store, body, at=now)
    if routed["status"] == orders.ON_HOLD and not routed.get("_is_in_truth"):
        missing = [item["product_id"] for item in routed["items"] if item["status"] == orders.HELD]
        tell(store, "INV-02", ("newstore", "orders", routed["id"]), routed, now, missing=missing)
        routed = orders.put(store, {**routed, "_is_in_truth": True}, at=now)
    return routed
