"""Documents with items: sales order, invoice, return authorization, item receipt, credit memo, cash refund.

Belongs here: what makes one valid, its totals, its status letter (fact sheet netsuite 6.4, 6.5). Does not: which one
is made from which (transforms), company and period (rules). Amounts are Decimal, rounded to the cent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.netsuite.applying import applied_to, with_applications
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.lookup import find_in, resolve
from sandbox.netsuite.schema import ENUMS, SYSTEM
from sandbox.netsuite.seed import INVENTORY, RECEIVABLES, SALES, UNDEPOSITED_FUNDS
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import order_status, refuse_excess, return_status
from sandbox.netsuite.values import amount_of, cents, plain_money, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Store


def sales_order(store: Store, body: Body) -> Body:
    """Return a sales order with totals and status."""
    body = {"orderStatus": named("status", "B"), **_priced(store, body)}
    return {**body, "status": named("status", order_status(store, body))}


def invoice(store: Store, body: Body) -> Body:
    """Return an invoice with totals, and with what credit memos have paid of it. Raises WireError 400."""
    body = {"account": {"id": RECEIVABLES}, **_priced(store, body)}
    refuse_excess(store, "invoice", body)
    return applied_to(body)


def return_authorization(store: Store, body: Body) -> Body:
    """Return a return authorization with totals and status."""
    body = {"orderStatus": named("returnOrderStatus", "B"), **_priced(store, body)}
    return {**body, "status": named("returnStatus", return_status(store, body))}


def credit_memo(store: Store, body: Body) -> Body:
    """Return a credit memo with totals, and what of it is applied to invoices. Raises WireError 400."""
    body = {"account": {"id": RECEIVABLES}, **_priced(store, body)}
    account = store.get(SYSTEM, "account", ref_id(body, "account"))
    if account and ref_id(account.body, "acctType") != "AcctRec":
        raise invalid_content(f"Invalid account reference key {account.id} for creditmemo.", "account")
    refuse_excess(store, "creditMemo", body)
    body = with_applications(store, body)
    return {**body, "status": named("creditStatus", "A" if amount_of(body["unapplied"]) else "B")}


def cash_refund(store: Store, body: Body) -> Body:
    """Return a cash refund with totals; money leaves undeposited funds unless an account is named."""
    if body.get("undepFunds") is True or "account" not in body:
        body = {**body, "account": {"id": UNDEPOSITED_FUNDS}, "undepFunds": True}
    body = _priced(store, body)
    refuse_excess(store, "cashRefund", body)
    return body


def item_receipt(store: Store, body: Body) -> Body:
    """Return an item receipt: lines that are not received are left out. Raises WireError 400."""
    if "createdFrom" not in body:
        raise user_error("Please enter value(s) for: Created From")
    lines = [
        _received_line(store, line, place)
        for place, line in enumerate(lines_of(body, "item"))
        if line.get("itemReceive") is not False
    ]
    if not lines:
        raise user_error("You must enter at least one line item for this transaction.")
    body = {**body, "item": {"items": lines}}
    refuse_excess(store, "itemReceipt", body)
    return body


def named(enum: str, letter: str) -> dict[str, str]:
    """Return a status letter with its name."""
    return {"id": letter, "refName": ENUMS[enum][letter]}


def _priced(store: Store, body: Body) -> Body:
    lines = [_sale_line(store, line, place) for place, line in enumerate(lines_of(body, "item"))]
    if not lines:
        raise user_error("You must enter at least one line item for this transaction.")
    subtotal = sum((amount_of(line["amount"]) for line in lines), Decimal(0))
    tax = sum((amount_of(line.get("tax1Amt")) for line in lines), Decimal(0))
    total = subtotal + tax + amount_of(body.get("shippingCost"))
    if total < 0:
        raise user_error(f"The total of a transaction can not be negative: {plain_money(total)}.")
    return {
        **body, "item": {"items": lines},
        "subtotal": plain_money(subtotal), "taxTotal": plain_money(tax), "total": plain_money(total),
    }  # fmt: skip


def _sale_line(store: Store, line: dict[str, Any], place: int) -> dict[str, Any]:
    item = _item_of(store, line, place)
    quantity = amount_of(line.get("quantity", 1))
    amount = amount_of(line["amount"]) if "amount" in line else quantity * amount_of(line.get("rate"))
    rate = line.get("rate") or plain((amount / quantity).quantize(Decimal("0.00000001")) if quantity else amount)
    return {
        "isClosed": False, **line, "quantity": plain(quantity), "rate": rate, "amount": plain_money(cents(amount)),
        "_account": ref_id(item, "incomeAccount") or SALES,
    }  # fmt: skip


def _received_line(store: Store, line: dict[str, Any], place: int) -> dict[str, Any]:
    item = _item_of(store, line, place)
    quantity = amount_of(line.get("quantity", 1))
    if quantity <= 0:
        raise invalid_content("The quantity must be positive.", f"item.items[{place}].quantity")
    cost = quantity * amount_of(item.get("cost"))
    account = ref_id(item, "assetAccount") or INVENTORY
    return {"itemReceive": True, **line, "quantity": plain(quantity), "_account": account, "_cost": plain_money(cost)}


def _item_of(store: Store, line: dict[str, Any], place: int) -> Body:
    path = f"item.items[{place}].item"
    if "item" not in line:
        raise invalid_content("Please enter a value for item.", path)
    found = find_in(store, "_item", resolve(store, "_item", line["item"], path=path)["id"])
    return found.body if found else {}
