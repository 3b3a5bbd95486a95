"""Payments: statements gathered into a bank transfer, first PROCESSING, then PAID (fact sheet tiktok_shop 7.1, 7.2).

Belongs here: when and how much TikTok Shop pays. Does not: what the seller's bank makes of it.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, pence
from sandbox.world.agenda import Payload
from sandbox.world.settlement.statements import unpaid_statements
from sandbox.world.shops import PAYOUT_CURRENCY, SHOPS, Shop
from sandbox.world.state import World

LEAST_PAYOUT = 100
RUN_HOUR = 9


def run_payout(world: World, shop_id: str, payload: Payload) -> None:
    """Gather a shop's uncovered statements into one payment; what is negative or below 1.00 waits for the next run."""
    shop, statements = SHOPS[shop_id], unpaid_statements(world, shop_id)
    settlement = pence.total(body["settlement_amount"] for body in statements)
    reserve = pence.total(body["_total_reserve_amount"] for body in statements)
    if settlement + reserve >= LEAST_PAYOUT:
        payment = _payment(world, shop, settlement=settlement, reserve=reserve)
        world.write("payments", payment["id"], payment, shop=shop_id, at=world.now)
        for body in statements:
            _save_statement(world, shop_id, {**body, "payment_id": payment["id"]})
        paid_at = days.business_days_after(world.now, world.draw("paid", payment["id"]).between(1, 3))
        world.agenda.add(paid_at + 5 * days.HOUR, "payout_paid", payment["id"])
    world.agenda.add(next_run(shop, world.now), "payout_run", shop_id)


def next_run(shop: Shop, after: int) -> int:
    """Return the instant of the shop's first payout run on a later day."""
    day = days.midnight(after) + days.DAY
    while days.weekday(day) not in shop.payout_weekdays:
        day += days.DAY
    return day + RUN_HOUR * days.HOUR


def mark_paid(world: World, payment_id: str, payload: Payload) -> None:
    """Flip a payment and its statements to PAID, unless it failed meanwhile, and send the money on its way."""
    record = world.tiktok("payments", payment_id)
    if record is None or record.body["status"] != "PROCESSING":
        return
    set_payment_status(world, record.shop, record.body, status="PAID")
    _send(world, record.shop, payment_id)


def set_payment_status(world: World, shop_id: str, payment: Body, *, status: str) -> None:
    """Give a payment and all its statements a status as of now."""
    paid_at = world.now if status == "PAID" else 0
    body = {**payment, "status": status, "paid_time": paid_at}
    world.write("payments", body["id"], body, shop=shop_id, at=world.now, created=body["create_time"])
    world.unit_of_work.flush()
    for statement in world.store.select("tiktok_shop", "statements", shop=shop_id, parent=body["id"]):
        _save_statement(world, shop_id, {**statement.body, "payment_status": status, "payment_time": paid_at})


def exchange_rate(world: World, shop: Shop) -> str:
    """Return the day's rate into the payout currency, six decimals."""
    if shop.currency == PAYOUT_CURRENCY:
        return "1.000000"
    return f"0.{world.draw('rate', shop.currency, days.date_text(world.now)).between(771000, 809999)}"


def _payment(world: World, shop: Shop, *, settlement: int, reserve: int) -> Body:
    rate = exchange_rate(world, shop)

    def money(amount: int, currency: str) -> Body:
        return {"value": pence.text(amount), "currency": currency}

    return {
        "id": world.new_id("79", "payment", shop.id, world.now),
        "create_time": world.now,
        "status": "PROCESSING",
        "amount": money(pence.exchange(settlement + reserve, rate), PAYOUT_CURRENCY),
        "settlement_amount": money(settlement, shop.currency),
        "_reserve_amount": money(reserve, shop.currency),
        "payment_amount_before_exchange": money(settlement + reserve, shop.currency),
        "exchange_rate": rate,
        "paid_time": 0,
        "bank_account": shop.bank_account_tail,
    }


def _send(world: World, shop_id: str, payment_id: str) -> None:
    """Plan the deposit one or two business days on; now and then a GB payment travels with the one after it."""
    draw, waiting_key = world.draw("deposit", payment_id), f"world_waiting_payment:{shop_id}"
    waiting: list[str] = world.store.get_meta(waiting_key, [])
    if not waiting and shop_id == next(iter(SHOPS)) and draw.happens(80):
        world.store.set_meta(waiting_key, [payment_id])
        return
    if waiting:
        world.store.set_meta(waiting_key, [])
    arrives = days.business_days_after(days.midnight(world.now), draw.between(1, 2)) + 6 * days.HOUR
    world.agenda.add(arrives, "deposit_arrives", payment_id, {"payments": [*waiting, payment_id]})


def _save_statement(world: World, shop_id: str, body: Body) -> None:
    created = body["statement_time"]
    world.write("statements", body["id"], body, shop=shop_id, at=created, parent=body["payment_id"], created=created)
