"""Damages of several fields or records at once that keep their sums equal, so that no single total gives them away.

Belongs here: one function for each such damage of a payout. Does not: damage of one field (damage_world).
"""

from __future__ import annotations

import copy
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.support.damage import Body, value_at
from tests.support.damage_world import Chooser, Damage, Records, Ref, damage_of

LINES, STATEMENTS = ("tiktok_shop", "statement_transactions"), ("tiktok_shop", "statements")
ORDERS, PAYMENTS = ("tiktok_shop", "orders"), ("tiktok_shop", "payments")
BANK, JOURNALS = ("bank", "lines"), ("netsuite", "journalEntry")
SETTLED_WRONGLY = frozenset({"FIN-03", "FIN-06", "FIN-12", "FIN-24", "FIN-16", "FIN-17", "FIN-04"})
BANKED_WRONGLY = frozenset({"FIN-01", "FIN-02", "FIN-21", "FIN-22"})
BOOKED_WRONGLY = frozenset({"ERP-01", "ERP-03", "ERP-07", "ERP-09", "ERP-11"})
SALE = (("settlement_amount",), ("revenue_amount",), ("revenue_breakdown", "subtotal_before_discount_amount"))


def _added(body: Body, *paths: tuple[str, ...], amount: str) -> Body:
    """Return the record with an amount added to each of these fields."""
    changed = copy.deepcopy(body)
    for path in paths:
        place = value_at(changed, path[:-1])
        place[path[-1]] = str(Decimal(place[path[-1]] or "0") + Decimal(amount))
    return changed


def _in_scope(records: Records, kind: tuple[str, str]) -> dict[str, Body]:
    return {id: records.by_kind[kind][id] for id in records.in_scope(*kind)}


def _sold(records: Records) -> dict[str, list[str]]:
    """Return the sales of each statement."""
    found: dict[str, list[str]] = defaultdict(list)
    for id, body in _in_scope(records, LINES).items():
        if body["type"] == "ORDER" and Decimal(body["revenue_amount"]) > 0:
            found[body["_record"]["parent"]].append(id)
    return found


def _two_sales(records: Records, draw: random.Random) -> tuple[tuple[Ref, Body], tuple[Ref, Body]]:
    pair = draw.sample(draw.choice([ids for ids in _sold(records).values() if len(ids) > 1]), 2)
    first, second = (((*LINES, id), records.by_kind[LINES][id]) for id in pair)
    return first, second


def money_between_lines(records: Records, draw: random.Random) -> Damage | None:
    """Move money from one sale of a statement to another."""
    (first, one), (second, other) = _two_sales(records, draw)
    changed = {first: _added(one, *SALE, amount="4.00"), second: _added(other, *SALE, amount="-4.00")}
    return damage_of(records, "money moved between two lines of a statement", SETTLED_WRONGLY, changed)


def orders_of_lines_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two sales of a statement name each other's order."""
    (first, one), (second, other) = _two_sales(records, draw)
    names = ("order_id", "order_create_time")
    changed = {
        first: one | {name: other[name] for name in names},
        second: other | {name: one[name] for name in names},
    }
    return damage_of(records, "orders of two lines exchanged", SETTLED_WRONGLY, changed)


def line_moved_to_sister(records: Records, draw: random.Random) -> Damage | None:
    """Move a sale, and its amounts in the headers, into another statement of the same payment."""
    statements = _in_scope(records, STATEMENTS)
    by_payment: dict[str, list[str]] = defaultdict(list)
    for id, body in statements.items():
        by_payment[body["payment_id"]].append(id)
    sold = _sold(records)
    pairs = [(a, b) for ids in by_payment.values() for a in ids for b in ids if a != b and sold.get(a)]
    if not pairs:
        return None
    left, joined = draw.choice(pairs)
    line = draw.choice(sold[left])
    body = records.by_kind[LINES][line]
    parts = {
        "settlement_amount": body["settlement_amount"],
        "net_sales_amount": body["revenue_amount"],
        "shipping_cost_amount": body["shipping_cost_amount"],
        "fee_amount": body["fee_tax_amount"],
    }
    less, more = statements[left], statements[joined]
    for name, amount in parts.items():
        less, more = _added(less, (name,), amount=str(-Decimal(amount))), _added(more, (name,), amount=amount)
    moved = body | {"_statement_id": joined, "_record": {**body["_record"], "parent": joined}}
    changed = {(*LINES, line): moved, (*STATEMENTS, left): less, (*STATEMENTS, joined): more}
    return damage_of(records, "line moved into another statement of its payment", SETTLED_WRONGLY, changed)


def _through_the_chain(records: Records, draw: random.Random, name: str, fields: Any, header: str) -> Damage | None:
    """Change a sale and everything above it, up to the bank, by one amount; the payment's rate must be 1."""
    payments, statements, bank = _in_scope(records, PAYMENTS), _in_scope(records, STATEMENTS), _in_scope(records, BANK)
    deposits: dict[str, list[str]] = defaultdict(list)
    for id, body in bank.items():
        deposits[",".join(body["_payment_ids"])].append(id)
    lines = [
        id
        for statement, ids in _sold(records).items()
        for id in ids
        if Decimal(payments[statements[statement]["payment_id"]]["exchange_rate"]) == 1
        and len(deposits[statements[statement]["payment_id"]]) == 1
    ]
    if not lines:
        return None
    line = draw.choice(lines)
    statement = records.by_kind[LINES][line]["_record"]["parent"]
    payment = statements[statement]["payment_id"]
    deposit = deposits[payment][0]
    values = [(part, "value") for part in ("amount", "settlement_amount", "payment_amount_before_exchange")]
    changed: dict[Ref, Body | None] = {
        (*LINES, line): _added(records.by_kind[LINES][line], *fields, amount="-3.00"),
        (*STATEMENTS, statement): _added(statements[statement], ("settlement_amount",), (header,), amount="-3.00"),
        (*PAYMENTS, payment): _added(payments[payment], *values, amount="-3.00"),
        (*BANK, deposit): _added(bank[deposit], ("amount",), amount="-3.00"),
    }
    return damage_of(records, name, SETTLED_WRONGLY | {"FIN-08"} | BOOKED_WRONGLY, changed)


def sale_settled_low(records: Records, draw: random.Random) -> Damage | None:
    """Settle a sale three units below its order's price, in line, statement, payment and bank."""
    return _through_the_chain(records, draw, "sale settled below its price up to the bank", SALE, "net_sales_amount")


def fee_raised(records: Records, draw: random.Random) -> Damage | None:
    """Charge three units more of commission, in line, statement, payment and bank."""
    fields = (("settlement_amount",), ("fee_tax_amount",), ("fee_tax_breakdown", "fee", "platform_commission_amount"))
    return _through_the_chain(records, draw, "commission raised up to the bank", fields, "fee_amount")


def _settled_order(records: Records, draw: random.Random) -> tuple[str, Body]:
    orders = records.by_kind[ORDERS]
    settled = {records.by_kind[LINES][id]["order_id"] for ids in _sold(records).values() for id in ids}
    order = draw.choice(sorted(settled & orders.keys()))
    return order, orders[order]


def order_repriced(records: Records, draw: random.Random) -> Damage | None:
    """Raise every price of an order and all of its sums."""
    order, body = _settled_order(records, draw)
    amount = str(len(body["line_items"]))
    sums = [("payment", name) for name in ("sub_total", "total_amount", "original_total_product_price")]
    changed = _added(body, *sums, amount=amount)
    changed["line_items"] = [
        _added(item, ("original_price",), ("sale_price",), amount="1") for item in body["line_items"]
    ]
    expected = SETTLED_WRONGLY | {"ORD-06"}
    return damage_of(records, "order repriced in all of its sums", expected, {(*ORDERS, order): changed})


def settled_order_cancelled(records: Records, draw: random.Random) -> Damage | None:
    """Cancel a settled order and all of its lines, without a refund."""
    order, body = _settled_order(records, draw)
    items = [item | {"display_status": "CANCELLED"} for item in body["line_items"]]
    changed = {(*ORDERS, order): body | {"status": "CANCELLED", "line_items": items}}
    return damage_of(records, "settled order cancelled", SETTLED_WRONGLY | {"FIN-18", "CAN-04", "CAN-02"}, changed)


def _two(records: Records, draw: random.Random, kind: tuple[str, str]) -> tuple[Ref, Ref]:
    first, second = ((*kind, id) for id in draw.sample(records.in_scope(*kind), 2))
    return first, second


def _exchanged(
    records: Records, draw: random.Random, kind: tuple[str, str], names: tuple[str, ...], expected: frozenset[str]
) -> Damage | None:
    first, second = _two(records, draw, kind)
    one, other = records.by_kind[kind][first[2]], records.by_kind[kind][second[2]]
    if all(one.get(name) == other.get(name) for name in names):
        return None
    changed: dict[Ref, Body | None] = {
        first: one | {name: other[name] for name in names},
        second: other | {name: one[name] for name in names},
    }
    return damage_of(records, f"{'.'.join(kind)} exchange {', '.join(names)}", expected, changed)


def deposits_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two deposits have each other's amount."""
    return _exchanged(records, draw, BANK, ("amount",), BANKED_WRONGLY)


def references_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two deposits name each other's payment."""
    state = draw.getstate()
    first, second = (records.by_kind[BANK][ref[2]] for ref in _two(records, draw, BANK))
    draw.setstate(state)  # the same two are drawn again below
    names = ("reference", "remittance", "counterparty")
    return _exchanged(records, draw, BANK, names, BANKED_WRONGLY) if _is_named(first) and _is_named(second) else None


def _is_named(deposit: Body) -> bool:
    return any(id[-10:] in f"{deposit['reference']} {deposit['remittance']}" for id in deposit["_payment_ids"])


def statements_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two statements name each other's payment."""
    return _exchanged(records, draw, STATEMENTS, ("payment_id",), frozenset({"FIN-03", "FIN-04", "FIN-17"}))


def payments_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two payments have each other's amounts."""
    names = ("amount", "settlement_amount", "payment_amount_before_exchange", "exchange_rate")
    return _exchanged(records, draw, PAYMENTS, names, frozenset({"FIN-01", "FIN-04", "FIN-14"}))


def journal_keys_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two journals have each other's external id."""
    return _exchanged(records, draw, JOURNALS, ("externalId",), BOOKED_WRONGLY)


def _journal(records: Records, draw: random.Random) -> tuple[Ref, Body]:
    id = draw.choice(records.in_scope(*JOURNALS))
    return (*JOURNALS, id), copy.deepcopy(records.by_kind[JOURNALS][id])


def journal_accounts_exchanged(records: Records, draw: random.Random) -> Damage | None:
    """Let two lines of one journal, on the same side, have each other's account."""
    ref, body = _journal(records, draw)
    side = draw.choice(["debit", "credit"])
    lines = [line for line in body["line"]["items"] if line.get(side)]
    if len(lines) < 2:
        return None
    one, other = draw.sample(lines, 2)
    one["account"], other["account"] = other["account"], one["account"]
    return damage_of(records, "accounts of two lines of a journal exchanged", BOOKED_WRONGLY, {ref: body})


def journal_booked_again_by_hand(records: Records, draw: random.Random) -> Damage | None:
    """Book a journal a second time, without our key."""
    ref, body = _journal(records, draw)
    twin = str(int(ref[2]) + 100_000)
    again = {name: value for name, value in body.items() if name not in ("externalId", "memo")}
    again |= {"id": twin, "tranId": f"JE{twin}", "memo": "booked by hand", "_record": {**body["_record"], "id": twin}}
    changed: dict[Ref, Body | None] = {(*JOURNALS, twin): again}
    damage = damage_of(records, "journal booked again by hand", BOOKED_WRONGLY, {ref: body} | changed)
    return damage


def journal_reversed(records: Records, draw: random.Random) -> Damage | None:
    """Reverse a journal: it names a day, and an entry with its sides exchanged is beside it."""
    ref, body = _journal(records, draw)
    twin = str(int(ref[2]) + 200_000)
    back = copy.deepcopy(body) | {"id": twin, "tranId": f"JE{twin}", "isReversal": True}
    back |= {"externalId": "", "memo": f"Reversal of {body['tranId']}", "_record": {**body["_record"], "id": twin}}
    for line in back["line"]["items"]:
        debit, credit = line.pop("debit", None), line.pop("credit", None)
        line |= {name: value for name, value in (("debit", credit), ("credit", debit)) if value}
    reversed_on = {"reversalDate": "2026-03-01", "reversalEntry": {"id": twin}}
    return damage_of(records, "journal reversed", BOOKED_WRONGLY, {ref: body | reversed_on, (*JOURNALS, twin): back})


PAIRS: dict[str, Chooser] = {
    each.__name__: each
    for each in (
        money_between_lines,
        orders_of_lines_exchanged,
        line_moved_to_sister,
        sale_settled_low,
        fee_raised,
        order_repriced,
        settled_order_cancelled,
        deposits_exchanged,
        references_exchanged,
        statements_exchanged,
        payments_exchanged,
        journal_keys_exchanged,
        journal_accounts_exchanged,
        journal_booked_again_by_hand,
        journal_reversed,
    )
}
