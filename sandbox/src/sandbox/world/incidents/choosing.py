"""Choosing what a failure befalls: recent records, none of them twice, the same ones for the same seed.

Failures are kept apart: records of a payout that has had none come first, so that one does not hide another.

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
    entries = world.store.get_meta("truth", [])
    touched = {key for entry in entries for key in (entry["id"], entry["entity_id"])}
    befallen = {_payout_of_entry(world, entry) for entry in entries}

    def rank(record: Record) -> tuple[bool, int, str]:
        draw = world.draw("incident", code, record.id).below(10**9)
        return payout_of(world, record) in befallen, draw, record.id

    return sorted((record for record in candidates if record.id not in touched), key=rank)[:count]


def payout_of(world: World, record: Record) -> str:
    """Return the id of the payment that a record belongs to; of one not yet paid its statement's id."""
    body = record.body
    if record.kind == "lines":
        return str((body.get("_payment_ids") or [record.id])[0])
    if record.kind == "journalEntry":
        memo = str(body.get("memo") or "")
        return next((part for part in memo.replace(" ", "-").split("-") if world.tiktok("payments", part)), record.id)
    if record.kind == "statement_transactions":
        statement = world.tiktok("statements", body["_statement_id"])
        return str(statement.body["payment_id"] or statement.id) if statement else record.id
    return str(body["payment_id"] or record.id) if record.kind == "statements" else record.id


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
    """Return whether a transaction is an order's first settlement with revenue."""
    return row["type"] == "ORDER" and pence.parse(row["revenue_amount"]) > 0


def is_plain_sale(row: Body) -> bool:
    """Return whether a transaction is a sale of which nothing was refunded before it settled."""
    return is_sale(row) and pence.parse(row["supplementary_component"].get("customer_refund_amount", "0")) == 0


def fee(row: Body, name: str) -> int:
    """Return a fee line of a transaction in minor units, 0 when it has none."""
    return pence.parse(row["fee_tax_breakdown"]["fee"].get(name, "0"))


def _is_whole(world: World, line: Body) -> bool:
    payment = world.tiktok("payments", line["_payment_ids"][0])
    return payment is not None and payment.body["amount"]["value"] == line["amount"]


def _payout_of_entry(world: World, entry: Body) -> str:
    if entry["entity_type"] == "payout":
        return str(entry["entity_id"])
    record = world.store.get(entry["system"], entry["kind"], entry["id"])
    return payout_of(world, record) if record else str(entry["entity_id"])
