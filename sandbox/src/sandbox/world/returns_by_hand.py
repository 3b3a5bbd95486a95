"""Returns that a person answers in Seller Center: one behind every refund of an order that runs by itself.

Belongs here: when each step of such a return happens. Does not: what a step changes (`tiktok_shop.return_life`), nor
the refund's money. A return is asked for after delivery and refunded before the instant at which its money is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.store import Body
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop.return_bodies import Asked, new_body, order_id_of
from sandbox.tiktok_shop.returns import notice
from sandbox.world import days, pence
from sandbox.world.agenda import Payload
from sandbox.world.settlement import earnings
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import World

ASKING_ENDS = 13 * days.DAY
_REASONS = {
    "REFUND": ("damaged", "package_not_received", "missing_items"),
    "RETURN_AND_REFUND": ("no_need", "wrong_size", "not_as_described", "damaged"),
    "REPLACEMENT": ("damaged", "wrong_size"),
}
_CARRIERS = {"GB": ("6617675021119438849", "Evri", "H0"), "US": ("7117858858072016686", "USPS", "94")}


@dataclass(frozen=True)
class Label:
    """A return label of the platform's carrier."""

    tracking: str
    provider_id: str
    provider: str


def plan(
    world: World, shop: Shop, order: Body, line_ids: Sequence[str], *, refunded_by: int, settled_at: int = 0
) -> None:
    """Plan the return behind a refund due at `refunded_by`; with `settled_at` its sale has settled by then.

    The seller pays the way back where the refund's figures say so: after settlement, of orders that TikTok ships.
    """
    id, draw, delivered = return_id(world, order["id"]), world.draw("return", order["id"]), world.now
    done = refunded_by - draw.between(1, 18) * days.HOUR
    pays = bool(settled_at) and order["shipping_type"] == "TIKTOK"
    type = "RETURN_AND_REFUND"
    if not pays and done - delivered <= ASKING_ENDS and draw.happens(200):
        type = "REFUND"
    payload = {"order_id": order["id"], "line_ids": list(line_ids), "type": type, "pays": pays}
    if type == "REFUND":
        approved = done - draw.between(2, 10) * days.HOUR
        steps = [(approved - draw.between(1, 40) * days.HOUR, "ask"), (approved, "approve"), (done, "complete")]
    else:
        latest = min(ASKING_ENDS, done - delivered - 84 * days.HOUR)
        asked = delivered + draw.between(days.DAY // 2, max(latest, days.DAY // 2))
        approved = asked + draw.between(1, 20) * days.HOUR
        received = done - draw.between(2, 10) * days.HOUR
        arrived = received - draw.between(2, 30) * days.HOUR
        shipped = approved + (arrived - approved) * draw.between(20, 60) // 100
        steps = [(asked, "ask"), (approved, "approve"), (shipped, "ship"), (arrived, "arrive")]
        steps += [(received, "receive"), (done, "complete")]
    for at, step in steps:
        world.agenda.add(at, "return_moves", id, {"step": step, **(payload if step == "ask" else {})})


def plan_replacement(world: World, order: Body, *, approved_at: int) -> None:
    """Plan the request behind a replacement order that is made at `approved_at`."""
    id = return_id(world, order["id"], "replacement")
    asked = approved_at - world.draw("return", order["id"], "replacement").between(2, 20) * days.HOUR
    line_ids = [order["line_items"][0]["id"]]
    payload = {"order_id": order["id"], "line_ids": line_ids, "type": "REPLACEMENT", "pays": False}
    world.agenda.add(asked, "return_moves", id, {"step": "ask", **payload})
    world.agenda.add(approved_at, "return_moves", id, {"step": "approve"})


def move_return(world: World, id: str, payload: Payload) -> None:
    """Take a planned step of a return."""
    if payload["step"] == "ask":
        order = world.tiktok("orders", payload["order_id"])
        if order is not None:
            body = _asked(world, SHOPS[order.shop], order.body, id, payload)
            _write(world, order.shop, id, body, created=world.now)
        return
    record = world.tiktok("returns", id)
    if record is not None:
        _step(world, SHOPS[record.shop], record.body, id, payload["step"])
        _write(world, record.shop, id, record.body, created=record.created_at)


def write_refunded(
    world: World, shop: Shop, order: Body, line_ids: Sequence[str], id: str, *, role: str = "BUYER"
) -> None:
    """Write a return that is refunded as of now, for a refund that is planted; `role` asked for it."""
    payload = {"line_ids": list(line_ids), "type": "REFUND", "pays": False, "role": role}
    body = _asked(world, shop, order, id, payload)
    for step in ("approve", "complete"):
        _step(world, shop, body, id, step)
    _write(world, shop.id, id, body, created=world.now)


def return_id(world: World, order_id: str, *which: str) -> str:
    """Return the id of an order's return; `which` names one that is not its first."""
    return world.new_id("4042", "return", order_id, *which)


def label_of(world: World, shop: Shop, id: str) -> Label:
    """Return the label that the platform issues for a return."""
    provider_id, provider, prefix = _CARRIERS[shop.region]
    return Label(f"{prefix}{world.draw('return label', id).below(10**14):014d}", provider_id, provider)


def reason_for(world: World, shop: Shop, id: str, type: str) -> str:
    """Return the name of a reason that a buyer gives for a type of return, as the shop's market spells it."""
    name = world.draw("return reason", id).pick(_REASONS[type])
    return f"ecom_order_delivered_reason_{name}" + ("_uk" if shop.region == "GB" else "")


def _asked(world: World, shop: Shop, order: Body, id: str, payload: Payload) -> Body:
    lines = [line for line in order["line_items"] if line["id"] in payload["line_ids"]]
    type, role = payload["type"], payload.get("role", "BUYER")
    asked = Asked(type, reason_for(world, shop, id, type), world.now, role, shop.region)
    body = new_body(id, order, lines, asked)
    body |= {"_seller_pays": bool(payload["pays"]), "_is_by_hand": True}
    life.open_request(body, world.now)
    return body


def _step(world: World, shop: Shop, body: Body, id: str, step: str) -> None:
    """Take a step that is still to be taken; what was changed by hand meanwhile is left as it is."""
    at, status = world.now, str(body.get("return_status"))
    if step == "approve" and status in life.PENDINGS:
        life.approve_request(body, at, "SELLER")
        if body["return_status"] == life.AWAITING_SHIP:
            _label(world, shop, body, id)
    elif step == "ship" and status == life.AWAITING_SHIP:
        life.ship(body, at)
    elif step == "arrive" and status == life.SHIPPED and not body.get("_is_lost"):
        life.arrive(body, at)
    elif step == "receive" and status == life.SHIPPED and body.get("_delivered_at"):
        if body.get("_is_fulfilled_by_platform"):
            life.receive_at_platform(body, at)
        else:
            life.receive(body, at, "SELLER")
    elif step == "complete" and status in life.REFUND_RUNS:
        life.complete(body, at)


def _label(world: World, shop: Shop, body: Body, id: str) -> None:
    label, paid = label_of(world, shop, id), None
    if body.get("_seller_pays"):
        agreed = earnings.terms(shop, world.draw("terms", order_id_of(body)))
        paid = life.seller_pays(body, pence.text(agreed.parcel_cost))
    carrier = {"provider_id": label.provider_id, "provider": label.provider}
    life.label(body, world.now, tracking=label.tracking, paid=paid, **carrier)


def _write(world: World, shop_id: str, id: str, body: Body, *, created: int) -> None:
    order_id = str(body.get("order_id") or "")
    world.write("returns", id, body, shop=shop_id, at=world.now, parent=order_id, created=created)
    world.notices.append((world.now, shop_id, 12, notice(body)))
