"""Orders as records: finding, keeping, and the status that follows from their items.

Belongs here: records of orders. Does not: how they come about, or what may be done to them.
Fact sheet newstore 3: order status on_hold, open, closed, failed; item status pending (the grace period),
in_fulfillment, on_hold, complete, cancelled, returned.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore import events, payloads
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.profile import SYSTEM, iso
from sandbox.newstore.stored import usable_order
from sandbox.store import Record, Store

Body = dict[str, Any]
PENDING, FULFILLING, HELD = "pending", "in_fulfillment", "on_hold"
COMPLETE, CANCELLED, RETURNED = "complete", "cancelled", "returned"
ENDED = {COMPLETE, CANCELLED, RETURNED}
OPEN, ON_HOLD, CLOSED, FAILED, BLIND = "open", "on_hold", "closed", "failed", "created_for_blind_return"
ID_TYPES = ("internal", "external")


def index_orders(store: Store) -> None:
    """Let orders be found by their external id, and by their customer, without reading every body."""
    with store.transaction():
        for name in ("external_id", "external_customer_id"):
            store.connection.execute(
                f"create index if not exists newstore_{name} on record (json_extract(body, '$.{name}'))"
                " where system = 'newstore' and kind = 'orders'"
            )


def get(store: Store, id: str) -> Body | None:
    """Return an order that can be worked on, or None."""
    record = store.get(SYSTEM, "orders", id)
    return None if record is None else usable_order(record)


def by_external(store: Store, external_id: str) -> Body | None:
    """Return the oldest order of an external id, or None."""
    found = _where(store, "external_id", external_id)
    return found[0] if found else None


def of_customer(store: Store, customer_id: str) -> list[Body]:
    """Return a customer's orders, the newest first."""
    return _where(store, "external_customer_id", customer_id)[::-1]


def found(store: Store, id: str, id_type: str | None) -> Body:
    """Return an order by either id. Raises WireError 400, or 404 without a body."""
    if id_type not in ID_TYPES:
        raise invalid("id_type", id_type, " or ".join(ID_TYPES))
    body = get(store, id) if id_type == "internal" else by_external(store, id)
    if body is None:
        raise WireError("not_found", is_empty=True)
    return body


def of_status(store: Store, status: str) -> list[Body]:
    """Return the orders of a status, oldest first."""
    records = store.select(SYSTEM, "orders", parent=status)
    return [usable_order(record) for record in sorted(records, key=lambda record: (record.created_at, record.id))]


def put(store: Store, body: Body, *, at: int) -> Body:
    """Keep an order as changed at an instant (epoch seconds), with the status that follows from its items."""
    body = {**body, "status": _status(body), "updated_at": iso(at)}
    old = store.get(SYSTEM, "orders", body["id"])
    created = old.created_at if old else at
    store.put(Record(SYSTEM, "orders", body["id"], body, "", body["status"], created, at))
    return body


def settle(store: Store, body: Body, *, at: int) -> Body:
    """Keep an order, and say so on the event stream once it has come to its end."""
    before = store.get(SYSTEM, "orders", body["id"])
    body = put(store, body, at=at)
    if body["status"] != CLOSED or (before and before.body.get("status") == CLOSED):
        return body
    name = "order.cancelled" if all(item["status"] == CANCELLED for item in body["items"]) else "order.completed"
    events.emit(store, name, payloads.ended(body), at=at)
    return body


def item_of(body: Body, item_id: str) -> Body | None:
    """Return an item of an order by its id, or None."""
    return next((item for item in body["items"] if item["id"] == item_id), None)


def is_in_grace(body: Body, now: int) -> bool:
    """Whether an order has not left its grace period: nobody has begun to work on it."""
    return not body.get("_opened_at") and now < body["_grace_until"] and body["status"] in {OPEN, ON_HOLD}


def _status(body: Body) -> str:
    statuses = {item["status"] for item in body["items"]}
    if body["status"] in {FAILED, BLIND}:
        return str(body["status"])
    if statuses <= ENDED:
        return CLOSED
    return ON_HOLD if HELD in statuses or body.get("_is_held") else OPEN


def _where(store: Store, name: str, value: str) -> list[Body]:
    with store.transaction():
        rows = store.connection.execute(
            "select id from record where system = 'newstore' and kind = 'orders' and deleted = 0"
            f" and json_extract(body, '$.{name}') = ? order by created_at, id",
            (value,),
        ).fetchall()
    return [body for (id,) in rows if (body := get(store, id))]
