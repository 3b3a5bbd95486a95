"""What makes a transaction valid: a company, an open period, a balance; and what the account fills in by itself.

Belongs here: rules over a whole body. Does not: single values, storing. Amounts are Decimal, compared to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.netsuite import adjustments, documents, fulfilments, payments
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.schema import SYSTEM, RecordType
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.switches import switch
from sandbox.netsuite.transforms import with_source
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Store


def account_zone(store: Store) -> ZoneInfo:
    """Return the account's time zone."""
    return ZoneInfo(switch(store, "time_zone"))


def complete(store: Store, record_type: RecordType, body: Body, *, before: Body | None) -> Body:
    """Return the body with its defaults. Raises WireError 400 when a rule forbids it."""
    refuse_form(store, record_type, body)
    if not record_type.is_transaction:
        if "member" in record_type.sublists:
            body = adjustments.with_members(store, body)
        return {**({"isInactive": False} if "isinactive" in record_type.fields else {}), **body}
    if before:
        refuse_closed_period(store, before)
    else:
        body = with_source(store, record_type, body)
    if record_type.name == "customerDeposit" and "customer" not in body:
        order = store.get(SYSTEM, "salesOrder", ref_id(body, "salesOrder"))
        body = {**body, **({"customer": order.body["entity"]} if order and "entity" in order.body else {})}
    for name in ("entity", "customer"):
        if name in record_type.fields and name not in body:
            raise user_error("Please enter value(s) for: Customer")
    body = _with_company(store, record_type, body)
    body = _with_period(store, body, before=before)
    return _CHECKS[record_type.name](store, body)


def refuse_closed_period(store: Store, body: Body) -> None:
    """Raise WireError 400 when the transaction's period is closed or locked."""
    period = store.get(SYSTEM, "accountingPeriod", ref_id(body, "postingPeriod"))
    if period and (period.body.get("closed") is True or period.body.get("allLocked") is True):
        name = period.body.get("periodName", period.id)
        raise user_error(f"The accounting period {name} is closed. You cannot post to, change or delete in it.")


def refuse_form(store: Store, record_type: RecordType, body: Body) -> None:
    """Raise WireError 400 when a field is missing that the account's form of the type demands."""
    for name in _form(store, record_type).get("mandatory", []):
        if body.get(str(name)) in (None, ""):
            raise user_error(f"Please enter value(s) for: {name}")


def refuse_hidden(store: Store, record_type: RecordType, given: Iterable[str]) -> None:
    """Raise WireError 400 when a caller sets a field that the account's form of the type does not have."""
    hidden = {str(name).lower() for name in _form(store, record_type).get("hidden", [])}
    for name in given:
        if name.lower() in hidden:
            detail = f"You do not have permissions to set a value for element {name}: it is not on the form."
            raise invalid_content(detail, name)


def _form(store: Store, record_type: RecordType) -> dict[str, Any]:
    found = switch(store, "forms").get(record_type.name)
    return found if isinstance(found, dict) else {}


def _with_company(store: Store, record_type: RecordType, body: Body) -> Body:
    owner = store.get(SYSTEM, "customer", ref_id(body, "entity") or ref_id(body, "customer"))
    if "subsidiary" not in body:
        if record_type.name == "journalEntry" or not owner or "subsidiary" not in owner.body:
            raise user_error("Please enter value(s) for: Subsidiary")
        body = {**body, "subsidiary": owner.body["subsidiary"]}
    subsidiary = store.get(SYSTEM, "subsidiary", ref_id(body, "subsidiary"))
    home = subsidiary.body.get("currency", {}) if subsidiary else {}
    body = {"currency": (owner.body.get("currency") if owner else None) or home, **body}
    if "exchangeRate" not in body:
        body = {**body, "exchangeRate": _rate(store, str(body["currency"].get("id")), str(home.get("id")))}
    return body


def _rate(store: Store, currency: str, home: str) -> str:
    if currency == home:
        return "1"
    ours, theirs = (store.get(SYSTEM, "currency", id) for id in (home, currency))
    rates = [amount_of(record.body.get("exchangeRate")) if record else Decimal(1) for record in (theirs, ours)]
    return plain((rates[0] / (rates[1] or Decimal(1))).quantize(Decimal("0.00000001")))


def _with_period(store: Store, body: Body, *, before: Body | None) -> Body:
    today = datetime.fromtimestamp(store.now, UTC).astimezone(account_zone(store)).date().isoformat()
    body = {"tranDate": today, **body}
    moved = before is not None and before.get("tranDate") != body["tranDate"]
    unset = "postingPeriod" not in body
    if unset or (moved and before and before.get("postingPeriod") == body["postingPeriod"]):
        body = {**body, "postingPeriod": _period_of(store, body["tranDate"])}
    refuse_closed_period(store, body)
    return body


def _period_of(store: Store, day: str) -> dict[str, str]:
    for period in store.select(SYSTEM, "accountingPeriod"):
        months = not (period.body.get("isQuarter") or period.body.get("isYear") or period.body.get("isAdjust"))
        if months and str(period.body.get("startDate")) <= day <= str(period.body.get("endDate")):
            return {"id": period.id, "refName": str(period.body.get("periodName", ""))}
    raise user_error(f"There is no accounting period for the date {day}.")


def _journal(store: Store, body: Body) -> Body:
    lines = lines_of(body, "line")
    if len(lines) < 2:
        raise user_error("You must enter at least two lines for this transaction.")
    debit, credit = Decimal(0), Decimal(0)
    for place, line in enumerate(lines):
        one, other = _sides(line, place)
        debit, credit = debit + one, credit + other
    if debit != credit:
        raise user_error(f"Please balance your transaction: debits {debit}, credits {credit}.")
    return {"approved": True, "void": False, "isReversal": False, **body}


def _sides(line: dict[str, Any], place: int) -> tuple[Decimal, Decimal]:
    path = f"line.items[{place}]"
    if "account" not in line:
        raise invalid_content("Please enter a value for account.", f"{path}.account")
    debit, credit = amount_of(line.get("debit")), amount_of(line.get("credit"))
    if (debit == 0) == (credit == 0):
        raise invalid_content("Please enter either a debit or a credit.", f"{path}.debit")
    if debit < 0 or credit < 0:
        raise invalid_content("The amount must be positive.", f"{path}.{'debit' if debit else 'credit'}")
    return debit, credit


def _deposit(store: Store, body: Body) -> Body:
    if "account" not in body:
        raise user_error("Please enter value(s) for: Account")
    parts = {"payment": "paymentAmount", "other": "amount", "cashback": "amount"}
    sums = {
        name: sum((amount_of(line.get(key)) for line in lines_of(body, name)), Decimal(0))
        for name, key in parts.items()
    }
    if not any(lines_of(body, name) for name in parts):
        raise user_error("You must enter at least one line for this transaction.")
    for name in ("other", "cashback"):
        for place, line in enumerate(lines_of(body, name)):
            if "account" not in line:
                raise invalid_content("Please enter a value for account.", f"{name}.items[{place}].account")
    return {"void": False, **body, "total": plain_money(sums["payment"] + sums["other"] - sums["cashback"])}


_CHECKS = {
    "journalEntry": _journal,
    "deposit": _deposit,
    "salesOrder": documents.sales_order,
    "invoice": documents.invoice,
    "returnAuthorization": documents.return_authorization,
    "itemReceipt": documents.item_receipt,
    "creditMemo": documents.credit_memo,
    "cashRefund": documents.cash_refund,
    "cashSale": documents.cash_sale,
    "itemFulfillment": fulfilments.item_fulfilment,
    "customerDeposit": payments.customer_deposit,
    "depositApplication": payments.deposit_application,
    "customerPayment": payments.customer_payment,
    "inventoryAdjustment": adjustments.inventory_adjustment,
}
