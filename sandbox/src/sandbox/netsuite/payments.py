"""Money from customers: deposits for sales orders, their application to invoices, payments, and what was banked.

Belongs here: what makes these valid, and their status letters (fact sheet netsuite 6.4, 6.5). Does not: credit memos;
the invoices' side (applying). A deposit or payment is in undeposited funds until it has an account of its own or a
bank deposit lists it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sandbox.netsuite.applying import with_applications
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.schema import ENUMS, SYSTEM, RecordType
from sandbox.netsuite.seed import UNDEPOSITED_FUNDS
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import copied, made_from, refuse_pair
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import wire_instant
from sandbox.store import Body, Record, Store

DEPOSIT, APPLICATION, PAYMENT = "customerDeposit", "depositApplication", "customerPayment"
BANKABLE = (DEPOSIT, PAYMENT, "cashSale")


def draft(store: Store, source_type: RecordType, source: Record, target: RecordType) -> Body:
    """Return a payment of all that an invoice has open, or an application of what a deposit has left."""
    refuse_pair(source_type, source, target)
    body = copied(source_type, source, target)
    if target.name == PAYMENT:
        return {**body, "payment": source.body.get("amountRemaining", "0.00")}
    return body


def customer_deposit(store: Store, body: Body) -> Body:
    """Return a customer deposit with what is applied of it, and its status. Raises WireError 400."""
    order = store.get(SYSTEM, "salesOrder", ref_id(body, "salesOrder"))
    if order is not None and ref_id(order.body, "entity") != ref_id(body, "customer"):
        raise invalid_content(f"Sales order {order.body.get('tranId')} is another customer's.", "salesOrder")
    body = with_account(_with_amount(body))
    used = sum((amount_of(each.body.get("total")) for each in _applications(store, body)), Decimal(0))
    left = amount_of(body["payment"]) - used
    if left < 0:
        raise user_error(f"The payment ({body['payment']}) is below what is applied of it ({plain_money(used)}).")
    letter = "C" if not left else "B" if _is_banked(body) else "A"
    status = {"id": letter, "refName": ENUMS["depositStatus"][letter]}
    return {**body, "applied": plain_money(used), "unapplied": plain_money(left), "status": status}


def deposit_application(store: Store, body: Body) -> Body:
    """Return an application of a deposit to invoices. Raises WireError 400 when more is applied than is left."""
    deposit = store.get(SYSTEM, DEPOSIT, ref_id(body, "createdFrom"))
    if deposit is None:
        raise user_error("Please enter value(s) for: Created From")
    others = [each for each in _applications(store, deposit.body) if each.id != str(body.get("id"))]
    used = sum((amount_of(each.body.get("total")) for each in others), Decimal(0))
    body = with_applications(store, body, total=amount_of(deposit.body.get("payment")) - used)
    if not lines_of(body, "apply"):
        raise user_error("You must enter at least one line item for this transaction.")
    return {**body, "total": body["applied"]}


def customer_payment(store: Store, body: Body) -> Body:
    """Return a payment with what of it is applied to invoices, and its status. Raises WireError 400."""
    body = with_account(_with_amount(body))
    body = with_applications(store, body, total=amount_of(body["payment"]))
    return {**body, "status": banked_status(body)}


def with_account(body: Body) -> Body:
    """Return a document of money that came in with the account it went to: undeposited funds unless one is named."""
    if body.get("undepFunds") is True or "account" not in body:
        return {**body, "account": {"id": UNDEPOSITED_FUNDS}, "undepFunds": True}
    return {**body, "undepFunds": False}


def banked_status(body: Body) -> dict[str, str]:
    """Return the status of a payment or cash sale: not deposited, or deposited."""
    letter = "C" if _is_banked(body) else "B"
    return {"id": letter, "refName": ENUMS["saleStatus"][letter]}


def follow_bank_deposit(store: Store, before: Body | None, after: Body | None) -> None:
    """Note on the payments that a bank deposit lists, or listed, whether they are in the bank."""
    listed = {str(line.get("id")) for line in lines_of(after or {}, "payment")}
    gone = {str(line.get("id")) for line in lines_of(before or {}, "payment")} - listed
    for id in sorted(listed | gone):
        found = find_in(store, "_transaction", id)
        if found is not None and found.kind in BANKABLE:
            mark = {"_deposit": str((after or {}).get("id"))} if id in listed else {}
            rest = {name: value for name, value in found.body.items() if name != "_deposit"}
            _refresh(store, found, {**rest, **mark})


def follow_application(store: Store, body: Body) -> None:
    """Bring the deposit of an application up to it."""
    if found := store.get(SYSTEM, DEPOSIT, ref_id(body, "createdFrom")):
        _refresh(store, found, found.body)


def _refresh(store: Store, record: Record, body: Body) -> None:
    body = customer_deposit(store, body) if record.kind == DEPOSIT else {**body, "status": banked_status(body)}
    if body != record.body:
        body = {**body, "lastModifiedDate": wire_instant(store.now)}
        store.put(replace(record, body=body, updated_at=store.now))


def _with_amount(body: Body) -> Body:
    if amount_of(body.get("payment")) <= 0:
        raise user_error("Please enter value(s) for: Payment Amount")
    return body


def _is_banked(body: Body) -> bool:
    return body.get("undepFunds") is not True or "_deposit" in body


def _applications(store: Store, deposit: Body) -> list[Record]:
    made = made_from(store, str(deposit.get("id")), (APPLICATION,))
    return [record for record in made if record.body.get("void") is not True]
