"""An order's life, from the basket to COMPLETED (fact sheet tiktok_shop 3.4).

Belongs here: which order happens when, and what each status change writes. Does not: money after delivery. Each
step only applies when the order has the status that the step expects, so that an order cancelled or shipped by others
in the meantime is left alone.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Body
from sandbox.world import addresses, days, market, pence, returns_by_hand, unsettled
from sandbox.world.agenda import Payload
from sandbox.world.baskets import Unit
from sandbox.world.order_body import Purchase, order_body
from sandbox.world.settlement import claims
from sandbox.world.shops import PRODUCT_NUMBERS, SHOPS, Shop
from sandbox.world.state import World

_BEFORE = {
    "ON_HOLD": {"UNPAID"},
    "AWAITING_SHIPMENT": {"ON_HOLD"},
    "AWAITING_COLLECTION": {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"},
    "IN_TRANSIT": {"AWAITING_COLLECTION"},
    "DELIVERED": {"IN_TRANSIT"},
    "COMPLETED": {"DELIVERED"},
    "CANCELLED": {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"},
}
_PROVIDERS = {
    "GB": (("6617675021119438849", "Evri", "H0"), ("6617675021119438850", "Royal Mail", "RM")),
    "US": (("7117858858072016686", "USPS", "94"), ("7117859084333745966", "UPS", "1Z")),
}
_CANCEL_REASONS = ("Change of mind", "Found a better price", "Need to change delivery address")


def create_order(world: World, order_id: str, payload: Payload) -> None:
    """Write a new order and plan its steps. Payload: {n, shop} for a basket, {replaces} for a replacement."""
    purchase = purchase_of(world, order_id, payload)
    body = order_body(purchase, world.draw("order", order_id))
    world.write("orders", order_id, body, shop=purchase.shop.id, at=world.now)
    announce(world, purchase.shop.id, body)
    steps = steps_of(world, purchase)
    for at, status in steps:
        world.agenda.add(at, "order_moves", order_id, {"to": status})
        if (at, status) == (steps[-1][0], "IN_TRANSIT"):
            world.agenda.add(at + 12 * days.DAY, "parcel_lost", order_id)


def lose_parcel(world: World, order_id: str, payload: Payload) -> None:
    """Have the carrier's loss of an order's parcel acknowledged, if it is still under way."""
    record = world.tiktok("orders", order_id)
    if record is not None and record.body["status"] == "IN_TRANSIT":
        claims.for_lost_parcel(world, SHOPS[record.shop], record.body)


def move_order(world: World, order_id: str, payload: Payload) -> None:
    """Bring an order to its next status, if its status precedes it."""
    record, status = world.tiktok("orders", order_id), str(payload["to"])
    if record is None or record.body["status"] not in _BEFORE[status]:
        return
    body, shop = record.body, SHOPS[record.shop]
    body["status"], body["update_time"] = status, world.now
    for line in left(body):
        line["display_status"] = status
    _EFFECTS[status](world, shop, body)
    world.write("orders", order_id, body, shop=shop.id, at=world.now, created=record.created_at)
    announce(world, shop.id, body)


def purchase_of(world: World, order_id: str, payload: Payload) -> Purchase:
    """Return what is bought: {n, shop} for a basket; {replaces}, perhaps {line_id, exchange}, for a replacement."""
    return _replacement(world, order_id, payload) if "replaces" in payload else _bought(world, order_id, payload)


def left(body: Body) -> list[Body]:
    """Return the lines of an order that are not cancelled."""
    return [line for line in body["line_items"] if line.get("display_status") != "CANCELLED"]


def _bought(world: World, order_id: str, payload: Payload) -> Purchase:
    bought = market.basket(world, payload["n"])
    buyer = market.buyer_id(world, bought.household_id, payload["n"])
    is_sample = world.draw("sample", order_id).happens(14)
    return Purchase(order_id, SHOPS[payload["shop"]], buyer, bought.units, world.now, is_sample)


def _replacement(world: World, order_id: str, payload: Payload) -> Purchase:
    """Send a line of a delivered order, the first unless named, once more, for nothing."""
    record = world.tiktok("orders", payload["replaces"])
    if record is None:
        raise LookupError(f"order {payload['replaces']}: expected the order to replace, found none")
    lines = record.body["line_items"]
    line = next((line for line in lines if line["id"] == payload.get("line_id")), lines[0])
    product = int(line["product_id"][4:]) % PRODUCT_NUMBERS
    price = pence.parse(line["original_price"])
    unit = Unit(product, line["product_name"], line["sku_name"], line["seller_sku"], price, price, 0)
    replaced = record.body["id"]
    shop, exchanged = SHOPS[record.shop], bool(payload.get("exchange"))
    return Purchase(order_id, shop, record.body["user_id"], [unit], world.now, False, replaced, exchanged)


def steps_of(world: World, purchase: Purchase) -> list[tuple[int, str]]:
    """Return the instants and statuses that lie ahead of a new order."""
    draw = world.draw("life", purchase.order_id)
    paid = purchase.created_at + draw.between(1, 20) * 60
    released = paid + days.HOUR
    if not purchase.is_free and draw.happens(8):
        return [(purchase.created_at + 2 * days.DAY, "CANCELLED")]
    steps = [(paid, "ON_HOLD"), (released, "AWAITING_SHIPMENT")]
    arranged = days.business_days_after(released + draw.between(2, 22) * days.HOUR, 0)
    if not purchase.is_free and draw.happens(30):
        return [*steps, (draw.between(paid + 600, arranged - 600), "CANCELLED")]
    collected = arranged + draw.between(3, 14) * days.HOUR
    steps += [(arranged, "AWAITING_COLLECTION"), (collected, "IN_TRANSIT")]
    if draw.happens(9):
        return steps
    slowest = 4 if purchase.shop.region == "GB" else 6
    delivered = collected + draw.between(20, slowest * 24) * days.HOUR + draw.below(days.HOUR)
    return [*steps, (delivered, "DELIVERED"), (delivered + 14 * days.DAY, "COMPLETED")]


def _paid(world: World, shop: Shop, body: Body) -> None:
    body["paid_time"] = world.now
    unsettled.begin(world, shop, body)


def _released(world: World, shop: Shop, body: Body) -> None:
    if body["fulfillment_type"] == "FULFILLMENT_BY_SELLER":
        body["recipient_address"] = body["_recipient_address"]
    paid = body["paid_time"]
    body["rts_sla_time"] = days.business_days_after(paid, 2)
    body["tts_sla_time"] = days.business_days_after(paid, 3)
    body["shipping_due_time"] = days.business_days_after(paid, 7)
    body["cancel_order_sla_time"] = body["shipping_due_time"]
    body["collection_due_time"] = days.business_days_after(paid, 8)
    body["delivery_sla_time"] = days.business_days_after(paid, 6)
    body["delivery_due_time"] = paid + 30 * days.DAY


def _arranged(world: World, shop: Shop, body: Body) -> None:
    draw = world.draw("parcel", body["id"])
    provider_id, provider, prefix = draw.pick(_PROVIDERS[shop.region])
    tracking, package = f"{prefix}{draw.below(10**14):014d}", world.new_id("1153", "package", body["id"])
    body["packages"] = [{"id": package}]
    body["rts_time"] = world.now
    body["shipping_provider"], body["shipping_provider_id"] = provider, provider_id
    body["tracking_number"] = tracking
    for line in body["line_items"]:
        line["package_id"], line["package_status"], line["rts_time"] = package, "PROCESSING", world.now
        line["shipping_provider_id"], line["shipping_provider_name"] = provider_id, provider
        line["tracking_number"] = tracking


def _collected(world: World, shop: Shop, body: Body) -> None:
    body["collection_time"] = world.now
    _set_packages(body, "FULFILLING")


def _delivered(world: World, shop: Shop, body: Body) -> None:
    body["delivery_time"] = world.now
    _set_packages(body, "COMPLETED")
    unsettled.deliver(world, shop, body)
    claims.for_delivered_order(world, shop, body)
    if world.runs_by_itself(body) and not body["is_sample_order"] and world.draw("replace", body["id"]).happens(7):
        at = world.now + 2 * days.DAY + world.draw("replace", body["id"], "when").below(days.DAY)
        world.agenda.add(at, "order_created", f"57{at}9{body['id'][-5:]}", {"replaces": body["id"]})
        returns_by_hand.plan_replacement(world, body, approved_at=at)


def _completed(world: World, shop: Shop, body: Body) -> None:
    """Nothing but the status changes."""


def _cancelled(world: World, shop: Shop, body: Body) -> None:
    by = "SYSTEM" if not body["paid_time"] else world.draw("cancel", body["id"]).pick(("BUYER", "BUYER", "SELLER"))
    reason = "Unpaid" if by == "SYSTEM" else world.draw("cancel reason", body["id"]).pick(_CANCEL_REASONS)
    body["cancel_time"], body["cancellation_initiator"], body["cancel_reason"] = world.now, by, reason
    body["recipient_address"] = addresses.masked(body["_recipient_address"])
    for line in body["line_items"]:
        line["cancel_user"], line["cancel_reason"] = by, reason
    unsettled.end(world, body["id"])


def _set_packages(body: Body, status: str) -> None:
    for line in left(body):
        line["package_status"] = status


def announce(world: World, shop_id: str, body: Body) -> None:
    """Queue the order status webhook (type 1), which spells CANCELLED without its last letters."""
    data = {
        "order_id": body["id"],
        "order_status": "CANCEL" if body["status"] == "CANCELLED" else body["status"],
        "is_on_hold_order": body["is_on_hold_order"],
        "update_time": body["update_time"],
    }
    world.notices.append((world.now, shop_id, 1, data))


Effect = Callable[[World, Shop, Body], None]
_EFFECTS: dict[str, Effect] = {
    "ON_HOLD": _paid,
    "AWAITING_SHIPMENT": _released,
    "AWAITING_COLLECTION": _arranged,
    "IN_TRANSIT": _collected,
    "DELIVERED": _delivered,
    "COMPLETED": _completed,
    "CANCELLED": _cancelled,
}
