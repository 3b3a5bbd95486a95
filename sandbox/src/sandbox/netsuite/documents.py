"""Documents with items: sales order, invoice, cash sale, return authorization, item receipt, credit memo, cash refund.

Belongs here: what makes one valid, its totals, its status letter (fact sheet netsuite 6.4, 6.5). Does not: which one
is made from which (transforms), company and period (rules). Amounts are Decimal, rounded to the cent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.netsuite import stock
from sandbox.netsuite.applying import applied_to, with_applications
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.lookup import find_in, resolve
from sandbox.netsuite.payments import banked_status, with_account
from sandbox.netsuite.schema import ENUMS, SYSTEM
from sandbox.netsuite.seed import INVENTORY, RECEIVABLES, SALES, UNDEPOSITED_FUNDS
from sandbox.netsuite.shapes import ITEM_CODES
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import refuse_excess, return_status, taken_of
from sandbox.netsuite.values import amount_of, cents, plain_money, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Store


def sales_order(store: Store, body: Body) -> Body:
    """Return a sales order with totals; commitment adds its lines' quantities and its status. Raises WireError 400."""
    before = store.get(SYSTEM, "salesOrder", str(body.get("id")))
    if "orderStatus" not in body:
        body = {**body, "orderStatus": named("status", "B")}
    body = _priced(store, {**body, "shipComplete": body.get("shipComplete", False)})
    lines = [_order_line(store, line) for line in lines_of(body, "item")]
    fulfilled = taken_of(store, str(body.get("id")), ("itemFulfillment",)) if before else {}
    kept = {line.get("line"): line for line in lines}
    for number, quantity in fulfilled.items():
        place = next((place for place, line in enumerate(lines) if line.get("line") == number), 0)
        if number not in kept:
            raise user_error(f"Line {number} cannot be removed because it is in an item fulfillment.")
        if amount_of(kept[number].get("quantity")) < quantity:
            detail = f"The quantity is below the {plain(quantity)} that item fulfillments hold of line {number}."
            raise invalid_content(detail, f"item.items[{place}].quantity")
    body = {**body, "item": {"items": lines}}
    return {"status": named("status", ref_id(body, "orderStatus")), **body}


def cash_sale(store: Store, body: Body) -> Body:
    """Return a cash sale with totals and status; money goes to undeposited funds unless an account is named."""
    body = _priced(store, with_account(body))
    refuse_excess(store, "cashSale", body)
    return {**body, "status": banked_status(body)}


def invoice(store: Store, body: Body) -> Body:
    """Return an invoice with totals, and with what credit memos and payments have paid of it. Raises WireError 400."""
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
        _received_line(store, body, line, place)
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
    if body.get("taxDetailsOverride") is True:
        tax += sum((amount_of(line.get("taxAmount")) for line in lines_of(body, "taxDetails")), Decimal(0))
    discount = _discount(body, subtotal)
    total = subtotal + discount + tax + amount_of(body.get("shippingCost"))
    if total < 0:
        raise user_error(f"The total of a transaction can not be negative: {plain_money(total)}.")
    return {
        **body, "item": {"items": lines},
        **({"discountTotal": plain_money(discount)} if "discountRate" in body else {}),
        "subtotal": plain_money(subtotal), "taxTotal": plain_money(tax), "total": plain_money(total),
    }  # fmt: skip


def _discount(body: Body, subtotal: Decimal) -> Decimal:
    """Return what the discount of the whole document comes to: `discountRate` is an amount, or a share such as -10%."""
    given = str(body.get("discountRate") or "").strip()
    if given.endswith("%"):
        return cents(subtotal * amount_of(given[:-1]) / 100)
    return cents(amount_of(given))


def _order_line(store: Store, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with what one unit of it takes out of stock; goods alone are committed and shipped."""
    parts = stock.parts_of(store, ref_id(line, "item"))
    found = find_in(store, "_item", ref_id(line, "item"))
    kind = found.kind if found else ""
    shipped = {"_ships": True, "_parts": [[item, plain(quantity)] for item, quantity in parts]} if parts else {}
    kept = {name: value for name, value in line.items() if name not in {"_ships", "_parts"}}
    return {**kept, "itemType": {"id": ITEM_CODES.get(kind, ""), "refName": ITEM_CODES.get(kind, "")}, **shipped}


def _sale_line(store: Store, line: dict[str, Any], place: int) -> dict[str, Any]:
    item = _item_of(store, line, place)
    quantity = amount_of(line.get("quantity", 1))
    amount = amount_of(line["amount"]) if "amount" in line else quantity * amount_of(line.get("rate"))
    rate = line.get("rate") or plain((amount / quantity).quantize(Decimal("0.00000001")) if quantity else amount)
    return {
        "isClosed": False, **line, "quantity": plain(quantity), "rate": rate, "amount": plain_money(cents(amount)),
        "_account": ref_id(item, "incomeAccount") or SALES,
    }  # fmt: skip


def _received_line(store: Store, body: Body, line: dict[str, Any], place: int) -> dict[str, Any]:
    item = _item_of(store, line, place)
    quantity = amount_of(line.get("quantity", 1))
    if quantity <= 0:
        raise invalid_content("The quantity must be positive.", f"item.items[{place}].quantity")
    cost = quantity * amount_of(item.get("cost"))
    account = ref_id(item, "assetAccount") or INVENTORY
    moves = stock.moves_of_line(
        store, ref_id(line, "item"), ref_id(line, "location") or ref_id(body, "location"), quantity
    )
    return {
        "itemReceive": True, **line, "quantity": plain(quantity), "_account": account, "_cost": plain_money(cost),
        "_moves": moves,
    }  # fmt: skip


def _item_of(store: Store, line: dict[str, Any], place: int) -> Body:
    path = f"item.items[{place}].item"
    if "item" not in line:
        raise invalid_content("Please enter a value for item.", path)
    found = find_in(store, "_item", resolve(store, "_item", line["item"], path=path)["id"])
    return found.body if found else {}
