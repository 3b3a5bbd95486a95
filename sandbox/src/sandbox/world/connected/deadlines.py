"""Deadlines of an order that its seller ships (fact sheet tiktok_shop 3.3).

Belongs here: late dispatch, its penalty, and the system's cancellations. Does not: what the deadlines are. An order
counts as late once, whichever of the two dispatch deadlines it misses first; one whose buyer wants it cancelled does
not. The penalty is in the next statement.
"""

from __future__ import annotations

from sandbox.store import Body, Record
from sandbox.world.agenda import Payload
from sandbox.world.connected import counters
from sandbox.world.settlement import claims
from sandbox.world.shops import SHOPS
from sandbox.world.state import TIKTOK, World

_FIELDS = ("rts_sla_time", "tts_sla_time", "shipping_due_time", "collection_due_time")
_WAITING = {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}
_LATE = {"rts_sla_time": _WAITING, "tts_sla_time": _WAITING | {"AWAITING_COLLECTION"}}
_OVERDUE = {
    "shipping_due_time": ("AWAITING_SHIPMENT", "system_cancel_order_reason_shipping_timeout"),
    "collection_due_time": ("AWAITING_COLLECTION", "system_cancel_order_untracked"),
}


def plan(world: World, order: Body) -> None:
    """Plan the deadlines that a released order carries."""
    for field in _FIELDS:
        world.agenda.add(order[field], "order_deadline", order["id"], {"field": field})


def pass_deadline(world: World, order_id: str, payload: Payload) -> None:
    """See whether an order is where a deadline wants it."""
    record, field = world.store.get(TIKTOK, "orders", order_id), str(payload["field"])
    if record is None:
        return
    if field in _LATE:
        if record.body["status"] in _LATE[field] and not record.body["is_buyer_request_cancel"]:
            _count_late(world, record)
        return
    _cancel_overdue(world, record, field)


def _count_late(world: World, record: Record) -> None:
    if record.body.get("_is_late"):
        return
    body = {**record.body, "_is_late": True}
    world.store.put(
        Record(TIKTOK, "orders", record.id, body, record.shop, record.parent, record.created_at, record.updated_at)
    )
    counters.add(world, "late_dispatch")
    claims.for_late_dispatch(world, SHOPS[record.shop], body)


def _cancel_overdue(world: World, record: Record, field: str) -> None:
    from sandbox.world.connected.order_steps import cancel  # not above: releasing an order plans its deadlines

    status, reason = _OVERDUE[field]
    overdue = [line for line in record.body["line_items"] if line.get("display_status") == status]
    if overdue and cancel(world, record, reason, "SYSTEM", overdue):
        counters.add(world, "system_cancellations")
