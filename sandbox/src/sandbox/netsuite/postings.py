"""What a transaction does to the books, line by line: signed amounts in its own and in the company's currency.

Belongs here: the sign rule. Debits are positive; a sales order's item lines are negative and post nothing
(fact sheet netsuite 8.3). A credit memo or cash refund takes a sale back, and its header total is negative; that a
return authorization's is too is a guess. Does not: tables or columns. Amounts are Decimal at two places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandbox.netsuite.seed import (
    COST_OF_SALES,
    CUSTOMER_DEPOSITS,
    INVENTORY_ADJUSTMENTS,
    OUTPUT_VAT,
    RECEIVABLES,
    SALES,
    SHIPPING_INCOME,
    UNDEPOSITED_FUNDS,
)
from sandbox.netsuite.stock import kept_parts
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.values import amount_of, cents
from sandbox.store import Body

_SUBLISTS = ("line", "payment", "other", "cashback", "item", "apply", "inventory")
_AMOUNTS = {
    "debit", "credit", "amount", "paymentAmount", "total", "subtotal", "taxTotal", "tax1Amt", "shippingCost", "applied",
    "unapplied", "amountPaid", "amountRemaining", "_cost", "payment", "discountTotal",
}  # fmt: skip
NOT_POSTING = {"salesOrder", "returnAuthorization"}
_MEMBERS_FROM, _MOST_MEMBERS = 1000, 20


@dataclass(frozen=True)
class Line:
    """One line: `amount` in transaction currency, `base_amount` in company currency, debits positive."""

    number: int
    account: str | None
    amount: Decimal
    source: dict[str, Any]
    main: bool = False
    tax: bool = False
    cost: bool = False
    member: bool = False
    discount: bool = False
    base_amount: Decimal = Decimal(0)
    quantity: Decimal | None = None


@dataclass(frozen=True)
class Posting:
    """A transaction's lines, its header total in transaction currency, and its rate to company currency."""

    total: Decimal
    rate: Decimal
    lines: list[Line]


def postings(kind: str, body: Body) -> Posting:
    """Return the lines of a transaction's body; a voided one has them all at zero."""
    body = as_voided(body)
    rate = amount_of(body.get("exchangeRate", "1")) or Decimal(1)
    if kind == "journalEntry":
        lines = _journal(body)
        return Posting(sum((line.amount for line in lines if line.amount > 0), Decimal(0)), rate, _in_base(lines, rate))
    lines = _LINES[kind](body) if kind in _LINES else _sale(kind, body)
    return Posting(lines[0].amount, rate, _in_base(lines, rate))


def as_voided(body: Body) -> Body:
    """Return a body as NetSuite shows it: a direct void sets the total and every line to zero, and removes nothing.

    One voided by a reversing journal keeps its lines (Voiding, Deleting, or Closing Transactions; N/transaction.void).
    """
    if body.get("void") is not True or "reversalEntry" in body:
        return body
    shown = {
        name: "0.00" if name in _AMOUNTS and not isinstance(value, dict) else value for name, value in body.items()
    }
    for name in _SUBLISTS:
        if lines := lines_of(body, name):
            zeroed = [{key: "0.00" if key in _AMOUNTS else value for key, value in line.items()} for line in lines]
            shown[name] = {"items": zeroed}
    return shown


def _in_base(lines: list[Line], rate: Decimal) -> list[Line]:
    """Convert each line and put the cents that rounding leaves over on the largest, so that the books balance."""
    based = [replace(line, base_amount=cents(line.amount * rate)) for line in lines]
    left_over = sum((line.base_amount for line in based), Decimal(0))
    balanced = sum((line.amount for line in lines), Decimal(0)) == 0
    if based and balanced and left_over:
        place = max(range(len(based)), key=lambda index: abs(based[index].amount))
        based[place] = replace(based[place], base_amount=based[place].base_amount - left_over)
    return based


def _journal(body: Body) -> list[Line]:
    return [
        Line(
            _number(line, place),
            _id(line.get("account")),
            amount_of(line.get("debit")) - amount_of(line.get("credit")),
            line,
        )
        for place, line in enumerate(lines_of(body, "line"), 1)
    ]


def _deposit(body: Body) -> list[Line]:
    lines = [Line(0, _id(body.get("account")), amount_of(body.get("total")), {"memo": body.get("memo")}, main=True)]
    parts = [("payment", "paymentAmount", -1), ("other", "amount", -1), ("cashback", "amount", 1)]
    for name, key, sign in parts:
        for line in lines_of(body, name):
            account = _id(line.get("account")) or UNDEPOSITED_FUNDS
            lines.append(Line(len(lines), account, sign * amount_of(line.get(key)), line))
    return lines


def _sale(kind: str, body: Body) -> list[Line]:
    """Return a header on the account that is owed or paid from, and lines of the other sign; a refund's is reversed."""
    sign = -1 if kind in {"creditMemo", "cashRefund", "returnAuthorization"} else 1
    account = None if kind in NOT_POSTING else _id(body.get("account")) or RECEIVABLES
    lines = [Line(0, account, sign * amount_of(body.get("total")), {"memo": body.get("memo")}, main=True)]
    for place, line in enumerate(lines_of(body, "item"), 1):
        lines += _members(line, place) if kind == "salesOrder" else []
        income = None if kind in NOT_POSTING else _id(line.get("_account"))
        amount, quantity = (-sign * amount_of(line.get(name)) for name in ("amount", "quantity"))
        lines.append(Line(_number(line, place), income, amount, line, quantity=quantity))
    posts = kind not in NOT_POSTING
    number = max(line.number for line in lines)
    others = [("discountTotal", SALES), ("shippingCost", SHIPPING_INCOME), ("taxTotal", OUTPUT_VAT)]
    for name, other in others if kind != "returnAuthorization" else []:
        if amount := amount_of(body.get(name)):
            number += 1
            account, is_tax, is_discount = other if posts else None, name == "taxTotal", name == "discountTotal"
            lines.append(Line(number, account, -sign * amount, {}, tax=is_tax, discount=is_discount))
    return lines


def _members(line: dict[str, Any], place: int) -> list[Line]:
    """Return an order's lines of a kit's members; the kit's own line has the money."""
    parts = kept_parts(line)
    if [item for item, _ in parts] in ([], [_id(line.get("item"))]):
        return []
    first = _MEMBERS_FROM + _number(line, place) * _MOST_MEMBERS
    return [
        Line(first + index, None, Decimal(0), {"item": {"id": item}}, member=True,
             quantity=-each * amount_of(line.get("quantity")))
        for index, (item, each) in enumerate(parts)
    ]  # fmt: skip


def _receipt(body: Body) -> list[Line]:
    """Return, for each line received, its cost into stock and out of cost of sales."""
    return _goods(body, "item", 1, COST_OF_SALES)


def _fulfilment(body: Body) -> list[Line]:
    """Return, for each line, its cost out of stock and into cost of sales; at once or not, nothing before shipping."""
    return _goods(body, "item", -1, COST_OF_SALES, is_posted=_id(body.get("shipStatus")) == "C")


def _adjustment(body: Body) -> list[Line]:
    return _goods(body, "inventory", 1, _id(body.get("account")) or INVENTORY_ADJUSTMENTS)


def _goods(body: Body, sublist: str, sign: int, other: str, *, is_posted: bool = True) -> list[Line]:
    lines = [Line(0, None, Decimal(0), {"memo": body.get("memo")}, main=True)]
    for line in lines_of(body, sublist):
        cost = sign * amount_of(line.get("_cost")) if is_posted else Decimal(0)
        quantity = sign * amount_of(line.get("adjustQtyBy" if sublist == "inventory" else "quantity"))
        member = "kitMemberOf" in line
        lines.append(Line(len(lines), _id(line.get("_account")), cost, line, quantity=quantity, member=member))
        lines.append(Line(len(lines), other, -cost, {"item": line.get("item")}, cost=True))
    return lines


def _customer_deposit(body: Body) -> list[Line]:
    return _paid(body, "payment", _id(body.get("account")) or UNDEPOSITED_FUNDS, CUSTOMER_DEPOSITS)


def _application(body: Body) -> list[Line]:
    return _paid(body, "total", CUSTOMER_DEPOSITS, RECEIVABLES)


def _payment(body: Body) -> list[Line]:
    return _paid(body, "payment", _id(body.get("account")) or UNDEPOSITED_FUNDS, RECEIVABLES)


def _paid(body: Body, name: str, debit: str, credit: str) -> list[Line]:
    amount = amount_of(body.get(name))
    return [Line(0, debit, amount, {"memo": body.get("memo")}, main=True), Line(1, credit, -amount, {})]


def _number(line: dict[str, Any], place: int) -> int:
    number = line.get("line", place)
    return number if isinstance(number, int) else place


def _id(value: Any) -> str | None:
    held = value.get("id") if isinstance(value, dict) else value
    return str(held) if held not in (None, "") else None


_LINES = {
    "deposit": _deposit,
    "itemReceipt": _receipt,
    "itemFulfillment": _fulfilment,
    "inventoryAdjustment": _adjustment,
    "customerDeposit": _customer_deposit,
    "depositApplication": _application,
    "customerPayment": _payment,
}
