"""A refund as desired, as NetSuite takes it, and how the two differ.

Belongs here: the shape, its checks, the comparison. Does not: any call. Fact sheet netsuite 6.4: a credit memo and a
cash refund have a customer and item lines; 6.1: a line's `price` -1 keeps the amount from being replaced by a price
level's.

Desired: `{"external_id", "kind", "customer", "item", "day", "currency", "amount", "subsidiary", "memo", "lines":
[{"sku", "quantity", "amount", "memo"}]}` and where money leaves another account than the customer's or NetSuite's
default, `"account"`, an account number. Amounts are positive decimal text in `currency`; `kind` is credit_memo or
cash_refund; `day` is YYYY-MM-DD. Every line is booked with the one item, so that it posts to that item's account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.references import EXTERNAL_ID, decimal_of, id_in, reference
from tieout.money import parse_amount

RECORDS = {"credit_memo": "creditMemo", "cash_refund": "cashRefund"}
"""The record type of each kind."""
_FIELDS = ("external_id", "kind", "customer", "item", "day", "currency", "amount", "subsidiary", "lines")
_CENT = Decimal("0.01")

Line = tuple[str, Decimal, Decimal]


def memo_faults(desired: Mapping[str, Any]) -> str:
    """Return what is wrong with a desired refund, "" when it can be sent."""
    missing = [name for name in _FIELDS if not desired.get(name)]
    if missing:
        return f"the refund lacks {', '.join(missing)}"
    if desired["kind"] not in RECORDS:
        return f"kind {desired['kind']!r}: expected {' or '.join(RECORDS)}"
    if not EXTERNAL_ID.fullmatch(str(desired["external_id"])):
        return f"external id {desired['external_id']!r}: NetSuite takes letters, digits, '_' and '-'"
    try:
        date.fromisoformat(str(desired["day"]))
        amount = parse_amount(str(desired["amount"]))
        lines = [_line_amounts(line) for line in desired["lines"]]
    except (KeyError, TypeError, ValueError) as error:
        return f"the refund cannot be read: {error}"
    if amount <= 0 or amount % _CENT:
        return f"amount {amount}: expected more than 0, in whole pence or cents"
    if wrong := [line for line in lines if line[0] <= 0 or line[1] < 0 or line[1] % _CENT]:
        return f"{len(wrong)} lines have no quantity, a negative amount, or parts of a penny or cent"
    total = sum((line[1] for line in lines), Decimal(0))
    return "" if total == amount else f"the lines add up to {total}, the refund is {amount}"


def memo_body(desired: Mapping[str, Any], ids: NetSuiteIds) -> dict[str, Any]:
    """Return the body that creates the refund.

    Raises:
        RejectedError: MALFORMED_REFUND, or what `ids` raises for a currency or account that it does not find.
    """
    if faults := memo_faults(desired):
        raise RejectedError(faults, vendor="netsuite", code="MALFORMED_REFUND")
    body: dict[str, Any] = {
        "externalId": desired["external_id"],
        "tranDate": desired["day"],
        "entity": reference(str(desired["customer"])),
        "subsidiary": reference(str(desired["subsidiary"])),
        "currency": {"id": ids.currency(desired["currency"])},
        "item": {"items": [_line(desired, line) for line in desired["lines"]]},
    }
    if desired.get("account"):
        body["account"] = {"id": ids.account(str(desired["account"]), line_class="of the refund")}
    return {**body, "memo": desired["memo"]} if desired.get("memo") else body


def difference(body: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return where a refund in NetSuite differs from the body that would create it, "" when it does not.

    Compared is what moves money: void, date, currency, total, and per line quantity and amount, in any order; and the
    customer and the item where the configuration names them by internal id. Memos may be edited by people.
    """
    differences = ["it is void"] if found.get("void") is True else []
    pairs = [("date", str(found.get("tranDate")), body["tranDate"])]
    pairs += [
        (f"{name} id", id_in(found.get(name)), body[name]["id"])
        for name in ("currency", "entity", "account")
        if "id" in body.get(name, {})
    ]
    differences += [f"{name} {theirs}, desired {ours}" for name, theirs, ours in pairs if theirs != ours]
    by_item = all("id" in line["item"] for line in body["item"]["items"])
    theirs, ours = _lines(found, by_item=by_item), _lines(body, by_item=by_item)
    if theirs != ours:
        differences.append(f"lines there only: {_shown(theirs - ours)}; desired only: {_shown(ours - theirs)}")
    total = sum((amount * count for (_, _, amount), count in ours.items()), Decimal(0))
    if decimal_of(found.get("total")) != total:
        differences.append(f"total {found.get('total')}, desired {total:f}")
    return "; ".join(differences)


def _line(desired: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    quantity, amount = _line_amounts(line)
    text = " ".join(str(line[name]) for name in ("sku", "memo") if line.get(name))
    made = {"item": reference(str(desired["item"])), "quantity": quantity, "amount": amount, "price": {"id": "-1"}}
    return {**made, "description": text} if text else made


def _line_amounts(line: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    return parse_amount(str(line["quantity"])), parse_amount(str(line["amount"]))


def _lines(memo: Mapping[str, Any], *, by_item: bool) -> Counter[Line]:
    found: Counter[Line] = Counter()
    for line in (memo.get("item") or {}).get("items") or []:
        item = id_in(line.get("item")) if by_item else ""
        found[item, decimal_of(line.get("quantity")), decimal_of(line.get("amount"))] += 1
    return found


def _shown(lines: Counter[Line]) -> str:
    shown = [
        f"{quantity:f} for {amount:f}{f' with item id {item}' if item else ''}"
        for item, quantity, amount in sorted(lines, key=str)[:5]
    ]
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return (", ".join(shown) + more) or "none"
