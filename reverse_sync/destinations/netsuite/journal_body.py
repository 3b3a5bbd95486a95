"""A journal as desired, as NetSuite takes it, and how the two differ.

Belongs here: the shape, its checks, the comparison. Does not: any call. Fact sheet netsuite 6.4: a line carries debit
or credit, never both, and the journal must balance; 4.3: references are `{"id": ...}`, dates YYYY-MM-DD.

Desired: `{"external_id", "date", "currency", "subsidiary", "memo", "lines": [{"account", "debit", "credit", "memo"}]}`
with amounts as decimal text and accounts as account numbers.
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

_FIELDS = ("external_id", "date", "currency", "subsidiary", "lines")

Line = tuple[str, Decimal, Decimal]


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

    Compared is what moves money: date, currency, and per line account, debit and credit, in any order. Memos may be
    edited by people, and NetSuite may add lines of zero.
    """
    differences = []
    if str(found.get("tranDate")) != body["tranDate"]:
        differences.append(f"date {found.get('tranDate')}, desired {body['tranDate']}")
    currency = id_in(found.get("currency"))
    if currency != body["currency"]["id"]:
        differences.append(f"currency id {currency}, desired {body['currency']['id']}")
    theirs, ours = _lines(found), _lines(body)
    if theirs != ours:
        extra, lacking = _shown(theirs - ours), _shown(ours - theirs)
        differences.append(f"lines there only: {extra}; desired only: {lacking}")
    return "; ".join(differences)


def _line(line: Mapping[str, Any], ids: NetSuiteIds) -> dict[str, Any]:
    debit, credit = _amounts(line)
    memo = str(line.get("memo") or "")
    made: dict[str, Any] = {"account": {"id": ids.account(str(line["account"]), line_class=memo)}}
    made["debit" if debit else "credit"] = debit or credit
    return {**made, "memo": memo} if memo else made


def _amounts(line: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    return parse_amount(str(line.get("debit") or "0")), parse_amount(str(line.get("credit") or "0"))


def _lines(journal: Mapping[str, Any]) -> Counter[Line]:
    items = (journal.get("line") or {}).get("items") or []
    lines = [
        (id_in(item.get("account")), decimal_of(item.get("debit")), decimal_of(item.get("credit"))) for item in items
    ]
    return Counter(line for line in lines if line[1] or line[2])


def _shown(lines: Counter[Line]) -> str:
    reported = [
        f"account id {account} debit {debit:f} credit {credit:f}"
        for account, debit, credit in sorted(lines, key=str)[:5]
    ]
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return (", ".join(reported) + more) or "none"
