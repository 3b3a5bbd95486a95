"""Failures between a payment and the bank: another amount, no deposit, a deposit without a known payer.

Belongs here: changed bank lines. Does not: payments themselves.
"""

from __future__ import annotations

from sandbox.bank.accounts import SYSTEM as BANK
from sandbox.store import Record
from sandbox.world import pence
from sandbox.world.bank_lines import line as bank_line
from sandbox.world.days import DAY
from sandbox.world.incidents.choosing import choose, lone_deposits
from sandbox.world.state import World
from sandbox.world.truth import Truth, truth

OVERDUE_DAYS = 5


def change_amount(world: World, count: int) -> list[Truth]:
    """FIN-01: the deposit is some pounds short of the payment."""
    entries = []
    for record in choose(world, "FIN-01", lone_deposits(world), count=count):
        paid = pence.parse(record.body["amount"])
        short = min(world.draw("short", record.id).between(150, 2500), paid // 2)
        amount = pence.text(paid - short)
        world.store.put(world.store.indexed(record, {**record.body, "amount": amount}))
        entries.append(_truth(world, record, expected=record.body["amount"], actual=amount))
    return entries


def lose_deposit(world: World, count: int) -> list[Truth]:
    """FIN-02: a payment PAID for days never arrived; its bank line is removed."""
    entries = []
    for record in choose(world, "FIN-02", lone_deposits(world, older_than_days=OVERDUE_DAYS), count=count):
        world.store.delete(BANK, "lines", record.id)
        entries.append(_truth(world, record, amount=record.body["amount"]))
    return entries


def obscure(world: World, count: int) -> list[Truth]:
    """FIN-21: a deposit loses payer and reference, and another payer's credit of the same amount lies beside it."""
    entries = []
    for record in choose(world, "FIN-21", lone_deposits(world), count=count):
        nameless = {"reference": "", "counterparty": "FASTER PAYMENTS INBOUND", "remittance": "BANK GIRO CREDIT"}
        world.store.put(world.store.indexed(record, {**record.body, **nameless}))
        decoy = bank_line(
            record.body["account_id"],
            "FT" + world.new_id("27", "decoy", record.id)[:14],
            pence.parse(record.body["amount"]),
            booked_at=record.created_at,
            value_at=record.created_at + DAY,
            texts=("FASTER PAYMENTS INBOUND", "", "BANK GIRO CREDIT"),
        )
        at = record.created_at
        world.store.put(Record(BANK, "lines", decoy["id"], decoy, "", record.parent, at, at))
        entries.append(_truth(world, record, decoy_id=decoy["id"]))
    return entries


def _truth(world: World, record: Record, **detail: str) -> Truth:
    payment_id = record.body["_payment_ids"][0]
    payment = world.tiktok("payments", payment_id)
    shop_id = payment.shop if payment else ""
    return truth("", (BANK, "lines", record.id), ("payout", payment_id), shop_id=shop_id, **detail)
