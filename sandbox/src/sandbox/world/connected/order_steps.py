"""An order's steps that need no warehouse: paid, released, cancelled by its buyer, delivered.

Belongs here: what a connected world adds to them. Does not: shipping, deadlines. A buyer cancels an order on hold at
once; one that awaits shipment he can only ask for (fact sheet tiktok_shop 6.3, 6.4). What the platform ships itself
is past asking as soon as it is released.
"""

from __future__ import annotations

from sandbox.store import Body, Record
from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.world import order_life
from sandbox.world.agenda import Payload
from sandbox.world.connected import deadlines, returning
from sandbox.world.connected.buying import PLATFORM
from sandbox.world.state import TIKTOK, World

_REASONS = ("Change of mind", "Found a better price", "Need to change delivery address")
_UNPAID = "system_cancel_unpaid_time_out"


def move_order(world: World, order_id: str, payload: Payload) -> None:
    """Bring an order to its next status, if its status precedes it."""
    status = str(payload["to"])
    record = world.store.get(TIKTOK, "orders", order_id)
    if record is None:
        return
    if record.created_at < world.connected_from:
        order_life.move_order(world, order_id, payload)
        return
    if status == "CANCELLED":
        _cancel(world, record)
        return
    before = record.body["status"]
    order_life.move_order(world, order_id, payload)
    world.unit_of_work.forget_all()
    after = world.store.get(TIKTOK, "orders", order_id)
    if after is None or after.body["status"] == before:
        return
    if status == "AWAITING_SHIPMENT" and after.body["fulfillment_type"] != PLATFORM:
        deadlines.plan(world, after.body)
        fulfilment.wait_in_package(world.store, after.body, world.now)
    if status == "DELIVERED":
        fulfilment.mark_delivered(world.store, order_id, world.now)
        returning.plan(world, after.body)


def cancel(world: World, record: Record, reason: str, by: str, lines: list[Body] | None = None) -> bool:
    """Ask TikTok Shop to cancel an order or lines of it, and notify subscribers; False when it says no."""
    ids = None if lines is None else [line["id"] for line in lines]
    try:
        id = cancellations.request(world.store, record.id, world.now, reason, by, line_ids=ids)
    except ApiError:
        return False
    notify_subscribers(world, record, id)
    return True


def notify_subscribers(world: World, record: Record, cancel_id: str) -> None:
    """Send the webhooks of a cancellation that changed: type 11, and type 1 when the order's status changed with it."""
    cancellations.announce(world.store, cancel_id)
    after = world.store.get(TIKTOK, "orders", record.id)
    if after is not None and after.body["status"] != record.body["status"]:
        fulfilment.announce_order(world.store, after.shop, after.body)


def _cancel(world: World, record: Record) -> None:
    status, draw = record.body["status"], world.draw("cancel reason", record.id)
    if status == "UNPAID":
        cancel(world, record, _UNPAID, "SYSTEM")
    elif status == "ON_HOLD" or (status == "AWAITING_SHIPMENT" and record.body["fulfillment_type"] != PLATFORM):
        cancel(world, record, draw.pick(_REASONS), "BUYER")
