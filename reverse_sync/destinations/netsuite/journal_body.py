"""A journal as desired, as NetSuite takes it, and how the two differ.

Belongs here: the shape, its checks, the comparison. Does not: any call. Fact sheet netsuite 6.4: a line carries debit
or credit, never both, and the journal must balance; 4.3: references are `{"id": ...}`, dates YYYY-MM-DD.

Desired: `{"external_id", "date", "currency", "subsidiary", "memo", "lines": [{"account", "debit", "credit", "memo"}]}`
with amounts as decimal text and accounts as account numbers; a line on receivables has a `"customer"` besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.references import EXTERNAL_ID, decimal_of, id_in, reference
from tieout.money import parse_amount

_FIELDS = ("external_id", "date", "currency", "subsidiary", "lines")

Line = tuple[str, Decimal, Decimal, str]


def journal_faults(desired: Mapping[str, Any]) -> str:
    """Return what is wrong with a desired journal, "" when it can be sent."""
    missing = [name for name in _FIELDS if not desired.get(name)]
    if missing:
        return f"the journal lacks {', '.join(missing)}"
    if not EXTERNAL_ID.fullmatch(str(desired["external_id"])):
        return f"external id {desired['external_id']!r}: NetSuite takes letters, digits, '_' and '-'"
    try:
        date.fromisoformat(str(desired["date"]))
        lines = [_amounts(line) for line in desired["lines"]]
    except (KeyError, TypeError, ValueError) as error:
        return f"the journal cannot be read: {error}"
    if wrong := [debit or credit for debit, credit in lines if min(debit, credit) < 0 or (debit and credit)]:
        return f"{len(wrong)} lines are negative, or debit and credit at once"
    debits, credits = sum(debit for debit, _ in lines), sum(credit for _, credit in lines)
    if debits != credits:
        return f"the journal does not balance: debits {debits}, credits {credits}"
    return "" if debits else "every line of the journal is zero"


def journal_body(desired: Mapping[str, Any], ids: NetSuiteIds) -> dict[str, Any]:
    """Return the body that creates the journal; lines of zero are left out.

    Raises:
        RejectedError: MALFORMED_JOURNAL, or what `ids` raises for an account or currency it does not find.
    """
    if faults := journal_faults(desired):
        raise RejectedError(faults, vendor="netsuite", code="MALFORMED_JOURNAL")
    body: dict[str, Any] = {
        "externalId": desired["external_id"],
        "tranDate": desired["date"],
        "currency": {"id": ids.currency(desired["currency"])},
        "subsidiary": reference(str(desired["subsidiary"])),
        "line": {"items": [_line(line, ids) for line in desired["lines"] if any(_amounts(line))]},
    }
    return {**body, "memo": desired["memo"]} if desired.get("memo") else body


def difference(body: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return where a journal in NetSuite differs from the body that would create it, "" when it does not.

    Compared is what moves money: date, currency, and per line account, debit and credit, in any order, and the
    customer where we name one by internal id. Memos may be edited by people, and NetSuite may add lines of zero.
    """
    differences = []
    if str(found.get("tranDate")) != body["tranDate"]:
        differences.append(f"date {found.get('tranDate')}, desired {body['tranDate']}")
    currency = id_in(found.get("currency"))
    if currency != body["currency"]["id"]:
        differences.append(f"currency id {currency}, desired {body['currency']['id']}")
    customers = _customers(body)
    theirs, ours = _lines(found, customers), _lines(body, customers)
    if theirs != ours:
        extra, lacking = _shown(theirs - ours), _shown(ours - theirs)
        differences.append(f"lines there only: {extra}; desired only: {lacking}")
    return "; ".join(differences)


def _line(line: Mapping[str, Any], ids: NetSuiteIds) -> dict[str, Any]:
    debit, credit = _amounts(line)
    memo = str(line.get("memo") or "")
    made: dict[str, Any] = {"account": {"id": ids.account(str(line["account"]), line_class=memo)}}
    made["debit" if debit else "credit"] = debit or credit
    if line.get("customer"):
        made["entity"] = reference(str(line["customer"]))
    return {**made, "memo": memo} if memo else made


def _amounts(line: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    return parse_amount(str(line.get("debit") or "0")), parse_amount(str(line.get("credit") or "0"))


def _items(journal: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return (journal.get("line") or {}).get("items") or []


def _customers(body: Mapping[str, Any]) -> set[str]:
    """Return the accounts of a body's lines that name a customer by internal id."""
    return {id_in(item["account"]) for item in _items(body) if "id" in item.get("entity", {})}


def _lines(journal: Mapping[str, Any], with_customer: Container[str]) -> Counter[Line]:
    lines: Counter[Line] = Counter()
    for item in _items(journal):
        account, sides = id_in(item.get("account")), [decimal_of(item.get(side)) for side in ("debit", "credit")]
        if any(sides):
            customer = id_in(item.get("entity")) if account in with_customer else ""
            lines[account, sides[0], sides[1], customer] += 1
    return lines


def _shown(lines: Counter[Line]) -> str:
    reported = [
        f"account id {account} debit {debit:f} credit {credit:f}" + (f" customer id {customer}" if customer else "")
        for account, debit, credit, customer in sorted(lines, key=str)[:5]
    ]
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return (", ".join(reported) + more) or "none"
