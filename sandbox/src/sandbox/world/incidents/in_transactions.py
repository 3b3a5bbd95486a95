"""Failures of single statement lines.

Belongs here: changed, renamed, unlinked and repeated transactions. Does not: statements or payments as a whole.
"""

from __future__ import annotations

from sandbox.store import Body, Record
from sandbox.world import pence
from sandbox.world.incidents.choosing import choose, fee, is_plain_sale, is_sale, recent_rows
from sandbox.world.settlement.lines import AFFILIATE, AFFILIATE_ALIAS
from sandbox.world.settlement.statements import save_row
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

KIND = "statement_transactions"
NEW_FEE = "seller_boost_pilot_fee"
_LINKED = {"PLATFORM_PENALTY", "CHARGE_BACK", "LOGISTICS_REIMBURSEMENT", "SAMPLE_SHIPPING_FEE"}


def break_arithmetic(world: World, count: int) -> list[Truth]:
    """FIN-03: a line's shipping cost no longer adds up to its settlement."""
    entries = []
    for record in choose(world, "FIN-03", recent_rows(world, is_sale), count=count):
        off = world.draw("off", record.id).between(11, 99)
        shipping = pence.text(pence.parse(record.body["shipping_cost_amount"]) + off)
        _save(world, record, {"shipping_cost_amount": shipping})
        entries.append(_truth(record, "transaction", record.id, off=pence.text(off)))
    return entries


def settle_unknown_order(world: World, count: int) -> list[Truth]:
    """FIN-06: a line names an order that does not exist."""
    entries = []
    for record in choose(world, "FIN-06", recent_rows(world, is_plain_sale), count=count):
        unknown = world.new_id("57", "unknown order", record.id)[:18]
        _save(world, record, {"order_id": unknown})
        entries.append(_truth(record, "order", unknown, true_order_id=record.body["order_id"]))
    return entries


def rename_fee(world: World, count: int) -> list[Truth]:
    """FIN-07: the affiliate commission arrives under a name that no fee map knows; all sums stay."""

    def has_affiliate(row: Body) -> bool:
        return is_sale(row) and fee(row, AFFILIATE) != 0

    entries = []
    for record in choose(world, "FIN-07", recent_rows(world, has_affiliate), count=count):
        amount = pence.text(fee(record.body, AFFILIATE))
        _save_fees(world, record, {AFFILIATE: "0", AFFILIATE_ALIAS: "0", NEW_FEE: amount})
        path = f"fee_tax_breakdown.fee.{NEW_FEE}"
        entries.append(_truth(record, "fee", NEW_FEE, path=path, amount=amount, order_id=record.body["order_id"]))
    return entries


def unlink_adjustment(world: World, count: int) -> list[Truth]:
    """FIN-15: a penalty, chargeback or reimbursement loses its order."""

    def is_linked(row: Body) -> bool:
        return row["type"] in _LINKED and bool(row["adjustment_order_id"])

    entries = []
    for record in choose(world, "FIN-15", recent_rows(world, is_linked), count=count):
        _save(world, record, {"adjustment_order_id": ""})
        entries.append(_truth(record, "transaction", record.id, true_order_id=record.body["adjustment_order_id"]))
    return entries


def restate(world: World, count: int) -> list[Truth]:
    """FIN-17: a line already paid is re-emitted with its fees split otherwise; its total stays."""

    def fits(row: Body) -> bool:
        statement = world.tiktok("statements", row["_statement_id"])
        return is_sale(row) and fee(row, AFFILIATE) < -40 and bool(statement and statement.body["payment_id"])

    entries = []
    for record in choose(world, "FIN-17", recent_rows(world, fits), count=count):
        moved = world.draw("moved", record.id).between(10, 40)
        affiliate = pence.text(fee(record.body, AFFILIATE) + moved)
        ads = pence.text(fee(record.body, "affiliate_ads_commission_amount") - moved)
        lines = {AFFILIATE: affiliate, AFFILIATE_ALIAS: affiliate, "affiliate_ads_commission_amount": ads}
        _save_fees(world, record, lines)
        entries.append(_truth(record, "statement", record.body["_statement_id"], moved=pence.text(moved)))
    return entries


def repeat(world: World, count: int) -> list[Truth]:
    """FIN-19: a line appears a second time under a new id; the statement counts it once."""
    entries = []
    for record in choose(world, "FIN-19", recent_rows(world, is_plain_sale), count=count):
        # Ids grow with time: of two equal lines the one with the higher id came later.
        twin = str(int(record.id) + world.draw("twin", record.id).between(1, 10**6))
        save_row(world, record.shop, record.parent, {**record.body, "id": twin})
        entries.append(
            truth("FIN-19", (TIKTOK, KIND, twin), ("transaction", twin), shop_id=record.shop, first_id=record.id)
        )
    return entries


def _save(world: World, record: Record, changes: Body) -> None:
    save_row(world, record.shop, record.parent, {**record.body, **changes})


def _save_fees(world: World, record: Record, lines: dict[str, str]) -> None:
    breakdown = record.body["fee_tax_breakdown"]
    _save(world, record, {"fee_tax_breakdown": {**breakdown, "fee": {**breakdown["fee"], **lines}}})


def _truth(record: Record, entity_type: str, entity_id: str, **detail: str) -> Truth:
    about = {"statement_id": record.parent, "transaction_id": record.id, **detail}
    return truth("", (TIKTOK, KIND, record.id), (entity_type, entity_id), shop_id=record.shop, **about)
