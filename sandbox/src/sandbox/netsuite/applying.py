"""What a credit memo pays: how much of it is applied to which invoice, and what an invoice has open.

Belongs here: the `apply` list and the amounts that follow from it. Does not: lines and totals (documents). An invoice
keeps, out of sight, what each credit memo pays of it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.schema import ENUMS, SYSTEM
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import wire_instant
from sandbox.store import Body, Record, Store


def with_applications(store: Store, memo: Body, *, total: Decimal | None = None) -> Body:
    """Return a credit memo, payment or deposit application with `applied` and `unapplied`.

    One made from an invoice is applied to it by default. `total` is what there is to apply: a memo's own total.
    Raises WireError 400 when more is applied than that or than an invoice has, or to another customer's invoice.
    """
    if "apply" not in memo and store.get(SYSTEM, "invoice", ref_id(memo, "createdFrom")):
        memo = {**memo, "apply": {"items": [{"doc": memo["createdFrom"], "apply": True}]}}
    whose = "credit memo's total" if total is None else "total of what is left"
    total, lines = amount_of(memo["total"]) if total is None else total, []
    unapplied = total
    for place, line in enumerate(lines_of(memo, "apply")):
        if line.get("apply") is False:
            continue
        lines.append(_application(store, memo, line, place, unapplied=unapplied))
        unapplied -= amount_of(lines[-1]["amount"])
    if unapplied < 0:
        raise user_error(f"The amount applied ({total - unapplied}) exceeds the {whose} ({total}).")
    amounts = {"applied": plain_money(total - unapplied), "unapplied": plain_money(unapplied)}
    return {**memo, **({"apply": {"items": lines}} if "apply" in memo else {}), **amounts}


def applied_to(invoice: Body) -> Body:
    """Return an invoice with what is paid, what is open, and its status. Raises WireError 400 when overpaid."""
    total = amount_of(invoice.get("total"))
    paid = sum((amount_of(amount) for amount in _payments(invoice).values()), Decimal(0))
    if paid > total:
        raise user_error(f"The total of the invoice ({total}) is below what is applied to it ({paid}).")
    letter = "B" if paid == total else "A"
    amounts = {"amountPaid": plain_money(paid), "amountRemaining": plain_money(total - paid)}
    return {**invoice, **amounts, "status": {"id": letter, "refName": ENUMS["invoiceStatus"][letter]}}


def settle(store: Store, before: Body | None, after: Body | None) -> None:
    """Bring the invoices of a credit memo up to it, after it was written (`after`) or removed (None)."""
    memo = str((after or before or {}).get("id"))
    now = {ref_id(line, "doc"): line.get("amount") for line in lines_of(after or {}, "apply")}
    gone = {ref_id(line, "doc"): None for line in lines_of(before or {}, "apply")}
    for id, amount in {**gone, **now}.items():
        if found := store.get(SYSTEM, "invoice", id):
            _pay(store, found, memo, amount)


def _pay(store: Store, invoice: Record, memo: str, amount: Any) -> None:
    payments = {name: paid for name, paid in _payments(invoice.body).items() if name != memo}
    if amount is not None:
        payments[memo] = amount
    if payments == _payments(invoice.body):
        return
    body = applied_to({**invoice.body, "_payments": payments, "lastModifiedDate": wire_instant(store.now)})
    store.put(replace(invoice, body=body, updated_at=store.now))


def _application(store: Store, memo: Body, line: dict[str, Any], place: int, *, unapplied: Decimal) -> dict[str, Any]:
    path = f"apply.items[{place}]"
    found = store.get(SYSTEM, "invoice", ref_id(line, "doc")) if isinstance(line.get("doc"), dict) else None
    if found is None:
        raise invalid_content("Please enter a value for doc: an invoice.", f"{path}.doc")
    if ref_id(found.body, "entity") != (ref_id(memo, "entity") or ref_id(memo, "customer")):
        raise invalid_content(f"Invoice {found.body.get('tranId')} is another customer's.", f"{path}.doc")
    others = {name: paid for name, paid in _payments(found.body).items() if name != str(memo.get("id"))}
    paid = sum((amount_of(amount) for amount in others.values()), Decimal(0))
    open_amount = amount_of(found.body.get("total")) - paid
    amount = amount_of(line["amount"]) if "amount" in line else min(open_amount, unapplied)
    if not 0 <= amount <= open_amount:
        number = found.body.get("tranId")
        raise invalid_content(f"The amount {amount} is not within what invoice {number} has open.", f"{path}.amount")
    return {"apply": True, **line, "amount": plain_money(amount)}


def _payments(invoice: Body) -> dict[str, Any]:
    held = invoice.get("_payments")
    return held if isinstance(held, dict) else {}
