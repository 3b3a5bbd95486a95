"""Money on its way to a statement: what becomes due after delivery, and what the platform charges besides.

Belongs here: which transactions an order or a shop will have, and when. Does not: their rows or the statement.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, market, pence, returns_by_hand
from sandbox.world.agenda import Payload
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import World


def for_delivered_order(world: World, shop: Shop, order: Body) -> None:
    """Claim an order's settlement N calendar days after delivery, and what follows it."""
    settles_at = world.now + shop.settlement_days * days.DAY
    if order["is_sample_order"]:
        _claim_adjustment(world, shop, order, kind="SAMPLE_SHIPPING_FEE", amount=-shop.parcel_cost, at=settles_at)
        return
    if world.runs_by_itself(order):
        _claim_by_fate(world, shop, order, settles_at)
    else:
        claim_sale(world, shop, order["id"], at=settles_at)
    _claim_afterthoughts(world, shop, order)


def claim_sale(world: World, shop: Shop, order_id: str, *, at: int) -> None:
    """Claim the sale of an order whose returns decide what is refunded, unless it is claimed or settled already."""
    id = sale_id(world, order_id)
    if not is_settled(world, order_id) and world.agenda.get_claim(shop.id, id) is None:
        world.agenda.claim(shop.id, at, id, {"kind": "sale", "order_id": order_id, "refunded": []})


def is_settled(world: World, order_id: str) -> bool:
    """Return whether an order's sale is in a statement, also when its row was removed by hand."""
    return world.tiktok("statement_transactions", sale_id(world, order_id)) is not None


def sale_id(world: World, order_id: str) -> str:
    """Return the id of the transaction that settles an order."""
    return world.new_id("74", "sale", order_id)


def _claim_by_fate(world: World, shop: Shop, order: Body, settles_at: int) -> None:
    """Claim the sale and, if something comes back, the refund that its return ends with."""
    draw = world.draw("after-sales", order["id"])
    lines = [line["id"] for line in order["line_items"] if line.get("display_status") != "CANCELLED"]
    returned = lines if draw.happens(400) else lines[: max(1, len(lines) // 2)]
    fate = "none" if order["is_replacement_order"] else ("early", "late", "none")[draw.weighted((35, 30, 935))]
    sale = {"kind": "sale", "order_id": order["id"], "refunded": returned if fate == "early" else []}
    world.agenda.claim(shop.id, settles_at, sale_id(world, order["id"]), sale)
    if fate == "early":
        returns_by_hand.plan(world, shop, order, returned, refunded_by=settles_at)
    if fate == "late":
        at = settles_at + draw.between(2, 12) * days.DAY
        refund = {"kind": "refund", "order_id": order["id"], "refunded": returned, "affiliate_kept": draw.happens(400)}
        world.agenda.claim(shop.id, at, world.new_id("74", "refund", order["id"]), refund)
        returns_by_hand.plan(world, shop, order, returned, refunded_by=at, settled_at=settles_at)


def for_lost_parcel(world: World, shop: Shop, order: Body) -> None:
    """Claim the carrier's compensation for a parcel that never arrived; every other one is never compensated."""
    if world.draw("lost", order["id"]).happens(500):
        amount = pence.parse(order["payment"]["sub_total"])
        _claim_adjustment(world, shop, order, kind="LOGISTICS_REIMBURSEMENT", amount=amount, at=world.now)


def campaign_week(world: World, shop_id: str, payload: Payload) -> None:
    """Claim the week's advertising bill, and now and then a reimbursement; neither belongs to an order."""
    draw, shop = world.draw("campaign", shop_id, world.now), SHOPS[shop_id]
    bill = pence.share(market.weekly_turnover(world, shop), draw.between(200, 600)) + 100
    claim_shop_adjustment(world, shop, "GMV_PAYMENT_FOR_ADS", -bill, at=world.now)
    if draw.happens(400):
        claim_shop_adjustment(world, shop, "PLATFORM_REIMBURSEMENT", draw.between(300, 2500), at=world.now + days.DAY)
    world.agenda.add(world.now + 7 * days.DAY, "campaign_week", shop_id)


def claim_shop_adjustment(world: World, shop: Shop, kind: str, amount: int, *, at: int) -> str:
    """Claim an adjustment without an order; return its transaction id."""
    transaction_id = world.new_id("75", kind, shop.id, at)
    payload = {"kind": "adjustment", "type": kind, "amount": amount, "order_id": ""}
    world.agenda.claim(shop.id, at, transaction_id, payload)
    return transaction_id


def _claim_afterthoughts(world: World, shop: Shop, order: Body) -> None:
    draw, sub_total = world.draw("afterthoughts", order["id"]), pence.parse(order["payment"]["sub_total"])
    if draw.happens(6):
        amount = -draw.between(500, 1500)
        _claim_adjustment(world, shop, order, kind="PLATFORM_PENALTY", amount=amount, at=world.now + 3 * days.DAY)
    if sub_total and draw.happens(4):
        at = world.now + draw.between(15, 25) * days.DAY
        _claim_adjustment(world, shop, order, kind="CHARGE_BACK", amount=-sub_total, at=at)


def for_late_dispatch(world: World, shop: Shop, order: Body) -> None:
    """Claim the platform's penalty for an order that was shipped too late, for the next statement."""
    amount = -world.draw("late", order["id"]).between(200, 600)
    payload = {"kind": "adjustment", "type": "PLATFORM_PENALTY", "amount": amount, "order_id": order["id"]}
    world.agenda.claim(shop.id, world.now, world.new_id("75", "late dispatch", order["id"]), payload)


def _claim_adjustment(world: World, shop: Shop, order: Body, *, kind: str, amount: int, at: int) -> None:
    payload = {"kind": "adjustment", "type": kind, "amount": amount, "order_id": order["id"]}
    world.agenda.claim(shop.id, at, world.new_id("75", kind, order["id"]), payload)
