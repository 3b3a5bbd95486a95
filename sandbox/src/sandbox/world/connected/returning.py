"""Buyers of a connected world who send something back: who asks, for what, and when.

Belongs here: the request. Does not: what becomes of it (see `return_steps`), nor the parcel (see `return_parcels`).
Some ask TikTok Shop for nothing and post a parcel; some refunds the platform gives by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.store import Body
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.return_bodies import BUYER_ARRANGE, PLATFORM
from sandbox.world import days
from sandbox.world.agenda import Payload
from sandbox.world.connected import counters, stores
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import remember, truth

HALF_PERMILLE, QUICK_PERMILLE, OWN_CARRIER_PERMILLE = 350, 60, 120
_REASON = "ecom_order_delivered_reason_"


@dataclass(frozen=True)
class Wish:
    """What a buyer wants, how many in a thousand of those who ask do, and the reason he gives."""

    permille: int
    type: str
    reason: str
    role: str = "BUYER"


WISHES = (
    Wish(270, "RETURN_AND_REFUND", "wrong_size"),
    Wish(240, "RETURN_AND_REFUND", "no_need"),
    Wish(90, "RETURN_AND_REFUND", "not_as_described"),
    Wish(120, "RETURN_AND_REFUND", "damaged"),
    Wish(70, "REFUND", "damaged"),
    Wish(80, "REFUND", "package_not_received"),
    Wish(60, "REPLACEMENT", "damaged"),
    Wish(20, "EXCHANGE", "wrong_size"),
    Wish(20, "REFUND", "damaged", "OPERATOR"),
    Wish(30, "", "no_need"),
)


def plan(world: World, order: Body) -> None:
    """Decide at delivery whether the buyer will ask for something, one to ten days later."""
    draw = world.draw("asks", order["id"])
    is_paid = not (order["is_sample_order"] or order["is_replacement_order"] or order["is_exchange_order"])
    if is_paid and draw.happens(world.returns_permille):
        at = world.now + draw.between(days.DAY, 10 * days.DAY)
        world.agenda.add(at, "buyer_asks", order["id"])


def ask(world: World, order_id: str, payload: Payload) -> None:
    """Ask TikTok Shop for what the buyer wants, or post a parcel without asking."""
    record = world.store.get(TIKTOK, "orders", order_id)
    if record is None:
        return
    draw, shop = world.draw("wish", order_id), SHOPS[record.shop]
    wish = WISHES[draw.weighted([each.permille for each in WISHES])]
    lines = returns.free_lines(world.store, record.body)
    if draw.happens(HALF_PERMILLE):
        lines = lines[: max(1, len(lines) // 2)]
    if not lines:
        return
    if stores.goes_to_a_till(world, record):
        if opens_at := stores.bring_back(world, record, lines):
            world.agenda.add(opens_at, "buyer_asks", order_id)
        return
    ids = [str(line["id"]) for line in lines]
    if not wish.type:
        world.agenda.add(world.now + 3 * days.DAY, "parcel_returns", order_id, {"way": "unasked", "lines": ids})
        return
    quick = wish.type == "RETURN_AND_REFUND" and draw.happens(QUICK_PERMILLE)
    carrier = BUYER_ARRANGE if draw.happens(OWN_CARRIER_PERMILLE) else PLATFORM
    request(world, shop, order_id, ids, wish, quick=quick, shipment_type=carrier)


def request(
    world: World, shop: Shop, order_id: str, line_ids: list[str], wish: Wish, *, quick: bool, shipment_type: str
) -> str:
    """Make a request and send its webhook; return its id, '' when TikTok Shop says no."""
    reason = f"{_REASON}{wish.reason}" + ("_uk" if shop.region == "GB" else "")
    try:
        id = returns.request(
            world.store,
            order_id,
            line_ids,
            type=wish.type,
            reason=reason,
            now=world.now,
            role=wish.role,
            shipment_type=shipment_type,
            is_quick_refund=quick,
        )
    except ApiError:
        return ""
    counters.add(world, "returns_asked")
    if wish.role == "OPERATOR":
        entry = truth("RET-11", (TIKTOK, returns.KIND, id), ("return", id), shop_id=shop.id, order_id=order_id)
        remember(world.store, [entry], origin="trade", at=world.now)
    returns.announce(world.store, id)
    return id
