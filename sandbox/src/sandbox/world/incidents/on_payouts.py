"""Failures of payments: failed, short without a line, at a wrong rate.

Belongs here: changed payments, and the deposits that follow them. Does not: what goes wrong at the bank itself.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.bank.accounts import SYSTEM as BANK
from sandbox.store import Body, Record
from sandbox.world import pence
from sandbox.world.incidents.choosing import choose, deposits, recent_payments
from sandbox.world.settlement.payouts import set_payment_status
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth


def withhold_without_line(world: World, count: int) -> list[Truth]:
    """FIN-04: a payment is less than its statements and no line says why; the bank received what was paid."""

    def fits(body: Body) -> bool:
        return pence.parse(body["amount"]["value"]) > 2000 and len(deposits(world, body["id"])) < 2

    entries = []
    for record in choose(world, "FIN-04", recent_payments(world, fits), count=count):
        paid = pence.parse(record.body["payment_amount_before_exchange"]["value"])
        short = world.draw("short", record.id).between(500, min(4000, paid // 2))
        body = _reduced(record.body, short)
        drop = pence.parse(record.body["amount"]["value"]) - pence.parse(body["amount"]["value"])
        _save(world, record, body)
        for line in deposits(world, record.id):
            _save_line(world, line, pence.parse(line.body["amount"]) - drop)
        entries.append(_truth(record, short=pence.text(short)))
    return entries


def misquote_rate(world: World, count: int) -> list[Truth]:
    """FIN-14: the rate on a payment is not the one its amount was converted at."""

    def fits(body: Body) -> bool:
        return bool(body["payment_amount_before_exchange"]["currency"] != body["amount"]["currency"])

    entries = []
    for record in choose(world, "FIN-14", recent_payments(world, fits), count=count):
        true_rate = record.body["exchange_rate"]
        rate = str(Decimal(true_rate) + Decimal("0.012500"))
        _save(world, record, {**record.body, "exchange_rate": rate})
        entries.append(_truth(record, true_rate=true_rate, rate=rate))
    return entries


def fail(world: World, count: int) -> list[Truth]:
    """FIN-20: a payment fails and nothing reaches the bank; one still PROCESSING is preferred."""

    def travels_alone(body: Body) -> bool:
        lines = deposits(world, body["id"])
        return body["status"] != "FAILED" and all(line.body["_payment_ids"] == [body["id"]] for line in lines)

    chosen = choose(world, "FIN-20", recent_payments(world, travels_alone), count=10**6)
    entries = []
    for record in sorted(chosen, key=lambda one: one.body["status"] != "PROCESSING")[:count]:
        set_payment_status(world, record.shop, record.body, status="FAILED")
        lines = deposits(world, record.id)
        for line in lines:
            world.store.delete(BANK, "lines", line.id)
        entries.append(_truth(record, bank_line_ids=[line.id for line in lines]))
    return entries


def _reduced(payment: Body, short: int) -> Body:
    """Return the payment with `short` (minor units of the shop's currency) taken off before the exchange."""
    before, settled = (
        pence.parse(payment[key]["value"]) - short for key in ("payment_amount_before_exchange", "settlement_amount")
    )
    amount = pence.exchange(before, payment["exchange_rate"])
    return {
        **payment,
        "amount": {**payment["amount"], "value": pence.text(amount)},
        "settlement_amount": {**payment["settlement_amount"], "value": pence.text(settled)},
        "payment_amount_before_exchange": {
            **payment["payment_amount_before_exchange"],
            "value": pence.text(before),
        },
    }


def _save(world: World, record: Record, body: Body) -> None:
    world.write("payments", record.id, body, shop=record.shop, at=world.now, created=record.created_at)
    world.unit_of_work.flush()


def _save_line(world: World, line: Record, amount: int) -> None:
    world.store.put(world.store.indexed(line, {**line.body, "amount": pence.text(amount)}))


def _truth(record: Record, **detail: object) -> Truth:
    return truth("", (TIKTOK, "payments", record.id), ("payout", record.id), shop_id=record.shop, **detail)
