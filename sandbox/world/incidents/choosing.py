"""Choosing what a failure befalls: recent records, none of them twice, the same ones for the same seed.

Belongs here: looking for candidates. Does not: any failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sandbox.bank.accounts import SYSTEM as BANK
from sandbox.store import Body, Record
from sandbox.world import days, pence
from sandbox.world.state import TIKTOK, World

RECENT_DAYS = 21


def choose(world: World, code: str, candidates: Iterable[Record], *, count: int) -> list[Record]:
    """Return up to `count` records that no failure has touched, in an order that follows from the seed."""
    touched = {key for entry in world.store.get_meta("truth", []) for key in (entry["id"], entry["entity_id"])}
    free = [record for record in candidates if record.id not in touched]
    return sorted(free, key=lambda record: (world.draw("incident", code, record.id).below(10**9), record.id))[:count]


def recent_rows(world: World, fits: Callable[[Body], bool]) -> list[Record]:
    """Return transactions of the last weeks' statements that fit."""
    since = world.now - RECENT_DAYS * days.DAY
    statements = world.store.select(TIKTOK, "statements", created=(since, None))
    return [
        row
        for statement in statements
        for row in world.store.select(TIKTOK, "statement_transactions", parent=statement.id)
        if fits(row.body)
    ]


def recent_payments(world: World, fits: Callable[[Body], bool]) -> list[Record]:
    """Return payments of the last weeks that fit."""
    since = world.now - RECENT_DAYS * days.DAY
    records = world.store.select(TIKTOK, "payments", created=(since, None))
    return [record for record in records if fits(record.body)]


def deposits(world: World, payment_id: str) -> list[Record]:
    """Return the bank lines of a payment."""
    records = world.store.select(BANK, "lines")
    return [record for record in records if payment_id in record.body.get("_payment_ids", [])]


def lone_deposits(world: World, *, older_than_days: int = 0) -> list[Record]:
    """Return recent bank lines that are the whole of exactly one payment."""
    window = (world.now - RECENT_DAYS * days.DAY, world.now - older_than_days * days.DAY)
    lines = world.store.select(BANK, "lines", created=window)
    return [line for line in lines if len(line.body.get("_payment_ids", [])) == 1 and _is_whole(world, line.body)]


def is_sale(row: Body) -> bool:
    """Tell whether a transaction is an order's first settlement with revenue."""
    return row["type"] == "ORDER" and pence.parse(row["revenue_amount"]) > 0


def fee(row: Body, name: str) -> int:
    """Return a fee line of a transaction in minor units, 0 when it has none."""
    return pence.parse(row["fee_tax_breakdown"]["fee"].get(name, "0"))


def _is_whole(world: World, line: Body) -> bool:
    payment = world.tiktok("payments", line["_payment_ids"][0])
    return payment is not None and payment.body["amount"]["value"] == line["amount"]
