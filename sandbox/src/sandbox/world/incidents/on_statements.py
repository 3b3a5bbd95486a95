"""Failures that add to a statement or its reserve: negative days, refunds without clawback, money held too long.

Belongs here: what needs a further line in a statement. Does not: changes to lines that stand already. New lines go
into a statement that no payment covers, so that statement and later payment agree with them.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, pence, returns_by_hand
from sandbox.world.incidents.choosing import choose, fee, is_sale, recent_rows
from sandbox.world.settlement import earnings, lines
from sandbox.world.settlement.lines import AFFILIATE
from sandbox.world.settlement.statements import retotal, rows_of, save_row, save_statement, unpaid_statements
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

ROWS = "statement_transactions"
OVERDUE_DAYS = 5


def hold_reserve(world: World, count: int) -> list[Truth]:
    """FIN-09: a reserve's release time is past and the money stays with the platform."""
    every = world.store.select(TIKTOK, ROWS)
    released = {row.body["reserve_id"] for row in every if row.body.get("reserve_status") == "RELEASED"}

    def is_held(row: Body) -> bool:
        return row.get("reserve_status") == "COLLECTED" and row["reserve_id"] not in released

    entries = []
    for record in choose(world, "FIN-09", recent_rows(world, is_held), count=count):
        due = world.now - OVERDUE_DAYS * days.DAY
        save_row(world, record.shop, record.parent, {**record.body, "estimated_release_time": str(due), "_held": True})
        about = ("reserve", record.body["reserve_id"])
        amount = record.body["reserve_amount"]
        entries.append(truth("", (TIKTOK, ROWS, record.id), about, shop_id=record.shop, amount=amount, due_at=due))
    return entries


def turn_negative(world: World, count: int) -> list[Truth]:
    """FIN-10: an advertising bill turns a shop's newest unpaid statement negative; one per shop at a time."""
    entries = []
    for shop in list(SHOPS.values())[:count]:
        statement_id = open_statement(world, shop)
        rows = rows_of(world, statement_id)
        settled = pence.total(row["settlement_amount"] for row in rows)
        id = world.new_id("75", "bill", statement_id, len(rows))
        bill = lines.adjustment_row(
            id, "GMV_PAYMENT_FOR_ADS", -abs(settled) - 5000,
            adjustment_id=world.new_id("76", "bill", id), order_id="", at=world.now,
        )  # fmt: skip
        append_row(world, shop, statement_id, bill)
        record = (TIKTOK, "statements", statement_id)
        entries.append(truth("", record, ("statement", statement_id), shop_id=shop.id, transaction_id=id))
    return entries


def refund_without_clawback(world: World, count: int) -> list[Truth]:
    """FIN-18: an order is refunded after settlement, and its affiliate commission does not come back."""

    def fits(row: Body) -> bool:
        if not is_sale(row) or fee(row, AFFILIATE) >= 0 or row["order_id"] in refunded:
            return False
        return not world.store.count(TIKTOK, "returns", parent=row["order_id"])

    refunded = {row.body["order_id"] for row in recent_rows(world, lambda row: not is_sale(row))}
    entries = []
    for record in choose(world, "FIN-18", recent_rows(world, fits), count=count):
        shop, order = SHOPS[record.shop], world.order(record.body["order_id"])
        agreed = earnings.terms(shop, world.draw("terms", order["id"]))
        figures = earnings.refund(shop, order, agreed, order["line_items"], affiliate_returned=False)
        id = world.new_id("74", "planted refund", order["id"])
        line_ids = [line["id"] for line in order["line_items"]]
        back = returns_by_hand.return_id(world, order["id"], "planted")
        returns_by_hand.write_refunded(world, shop, order, line_ids, back)
        append_row(world, shop, open_statement(world, shop), lines.order_row(id, order, figures))
        kept = record.body["fee_tax_breakdown"]["fee"][AFFILIATE]
        about = ("order", order["id"])
        entries.append(truth("", (TIKTOK, ROWS, id), about, shop_id=shop.id, transaction_id=id, kept=kept))
    return entries


def open_statement(world: World, shop: Shop) -> str:
    """Return a statement of the shop that no payment covers, a new one of last midnight when there is none."""
    unpaid = unpaid_statements(world, shop.id)
    if unpaid:
        return str(unpaid[-1]["id"])
    now, world.now = world.now, days.midnight(world.now)
    statement_id = world.new_id("73", "late statement", shop.id, world.now)
    save_statement(world, shop, statement_id, [])
    world.now = now
    return statement_id


def append_row(world: World, shop: Shop, statement_id: str, row: Body) -> None:
    """Add a transaction to a statement, and bring its figures in line."""
    save_row(world, shop.id, statement_id, row)
    retotal(world, statement_id, rows_of(world, statement_id))
