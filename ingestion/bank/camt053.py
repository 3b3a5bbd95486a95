"""camt.053 statements (ISO 20022 bank-to-customer statement), any version, as statements and their pages.

Which sign a reversal has: the standard says that CdtDbtInd is the movement's own, and RvslInd only that it undoes
another; some banks repeat the sign of what is undone. The statement's balances decide; where they confirm neither sign,
or are missing, the standard's counts. Belongs here: statements, balances, periods. Does not: one entry
(camt053_entries), or what is new (loader).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element  # a type only: parsing is defusedxml's

from ingestion.bank.camt053_entries import entry_rows
from ingestion.bank.records import (
    BOOKED,
    END_OF_DAY,
    Entry,
    Fault,
    FileFaultError,
    Statement,
    day_of,
    instant_of,
    is_amount,
    is_date,
    opposite,
    signed,
)
from ingestion.bank.xml_tree import child, children, local, parsed, text_at

_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_INTERIM = "ITBD"  # where a page ends, and the next begins
_REMEDY = "ask the bank to deliver the statement again as camt.053"
_OTHERS = {"BkToCstmrAcctRpt": "camt.052, an intraday report", "BkToCstmrDbtCdtNtfctn": "camt.054, a notification"}


def read_camt053(text: str) -> list[Statement]:
    """Return the statements of a document; what cannot be used in them is a fault beside what can.

    Raises:
        FileFaultError: when the document is broken, or holds no statement.
    """
    root = parsed(text)
    messages = [element for element in root.iter() if local(element.tag) == "BkToCstmrStmt"]
    found = [(message, statement) for message in messages for statement in children(message, "Stmt")]
    if not found:
        raise FileFaultError(Fault("", "Document", "", _unexpected(root), _REMEDY))
    return [
        _statement(message, element, place=f"statement {number}" if len(found) > 1 else "", alone=len(found) == 1)
        for number, (message, element) in enumerate(found, start=1)
    ]


def _unexpected(root: Element) -> str:
    names = [local(element.tag) for element, _ in zip(root.iter(), range(4), strict=False)]
    kind = next((kind for name, kind in _OTHERS.items() if name in names), f"<{'><'.join(names)[:80]}>")
    return f"Expected a <Document> with a camt.053 statement, found {kind}"


def _statement(message: Element, element: Element, *, place: str, alone: bool) -> Statement:
    entries: list[Entry] = []
    faults: list[Fault] = []
    for number, found in enumerate(children(element, "Ntry"), start=1):
        rows = entry_rows(found, place=f"{place} entry {number}".strip())
        if isinstance(rows, Fault):
            faults.append(rows)
        else:
            entries += rows
    currency = _currency(element)
    balances = list(_balances(element, currency, place=place, faults=faults))
    faults += _contradictions(balances, place=place)
    opening, closing = _ends(balances)
    start, end = _period(element, balances, entries, place=place, faults=faults)
    pages = child(element, "StmtPgntn")
    if pages is None and alone:
        pages = child(message, "GrpHdr", "MsgPgntn")
    statement = Statement(
        iban=text_at(element, "Acct", "Id", "IBAN") or text_at(element, "Acct", "Id", "Othr", "Id"),
        currency=currency,
        id=text_at(element, "Id")[:140],
        number=_number(text_at(element, "ElctrncSeqNb") or text_at(element, "LglSeqNb")),
        page=_page(pages, place=place, faults=faults),
        is_last_page=text_at(pages, "LastPgInd") not in ("false", "0"),
        created=instant_of(text_at(element, "CreDtTm") or text_at(message, "GrpHdr", "CreDtTm")),
        start=start,
        end=end,
        opening_balance=opening,
        closing_balance=closing,
        entries=entries,
        faults=faults,
        place=place,
    )
    return _with_reversals_signed(statement)


def _with_reversals_signed(statement: Statement) -> Statement:
    """Return the statement with the reading of its reversals that its balances confirm; the standard's otherwise."""
    if statement.adds_up is not False or not any(entry.is_reversal for entry in statement.entries):
        return statement
    turned = [replace(e, amount=opposite(e.amount)) if e.is_reversal else e for e in statement.entries]
    other = replace(statement, entries=turned)
    return other if other.adds_up else statement


def _currency(element: Element) -> str:
    amounts = (child(part, "Amt") for name in ("Bal", "Ntry") for part in children(element, name))
    found = (amount.get("Ccy", "") for amount in amounts if amount is not None)
    return text_at(element, "Acct", "Ccy") or next(found, "")


def _balances(element: Element, currency: str, *, place: str, faults: list[Fault]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, signed amount and day of each booked balance in the statement's currency."""
    for balance in children(element, "Bal"):
        kind = text_at(balance, "Tp", "CdOrPrtry", "Cd")
        if kind not in (*_OPENING, *_CLOSING, _INTERIM):
            continue
        amount, indicator = child(balance, "Amt"), text_at(balance, "CdtDbtInd")
        text = text_at(balance, "Amt")
        value = signed(text, indicator)
        unit = amount.get("Ccy", "") if amount is not None else ""
        day = day_of(text_at(balance, "Dt", "Dt") or text_at(balance, "Dt", "DtTm"))
        if any(len(children(balance, name)) > 1 for name in ("Amt", "CdtDbtInd", "Dt")):
            faults.append(Fault(place, f"Bal {kind}", text, "expected one amount, indicator and date", _REMEDY))
        elif not is_amount(value) or text.startswith("-"):
            faults.append(Fault(place, f"Bal {kind}", text, "expected an amount without sign", _REMEDY))
        elif indicator not in ("CRDT", "DBIT"):
            faults.append(Fault(place, f"Bal {kind} CdtDbtInd", indicator, "expected CRDT or DBIT", _REMEDY))
        elif unit != currency:
            faults.append(Fault(place, f"Bal {kind} Ccy", unit, f"expected the account's {currency}", _REMEDY))
        elif day and not is_date(day):
            faults.append(Fault(place, f"Bal {kind} Dt", day, "expected a date YYYY-MM-DD", _REMEDY))
        else:
            yield kind, value, day


def _contradictions(balances: list[tuple[str, str, str]], *, place: str) -> Iterator[Fault]:
    """Yield a fault for each kind of balance that a day has with different amounts."""
    values: dict[tuple[str, str], str] = {}
    for kind, value, day in balances:
        first = values.setdefault((kind, day), value)
        if kind != _INTERIM and Decimal(value) != Decimal(first):
            yield Fault(place, f"Bal {kind}", value, f"the same day has another {kind}, {first}", _REMEDY)


def _ends(balances: list[tuple[str, str, str]]) -> tuple[str, str]:
    """Return opening and closing balance: of several days the first and the last, of a page its interim ones."""
    interim = [value for kind, value, _ in balances if kind == _INTERIM]
    opened = {kind: value for kind, value, _ in sorted(balances, key=lambda b: b[2], reverse=True)}
    closed = [value for kind, value, _ in sorted(balances, key=lambda b: b[2]) if kind in _CLOSING]
    opening = opened.get("OPBD") or opened.get("PRCD") or ""
    closing = closed[-1] if closed else ""
    if not opening and interim:
        opening = interim.pop(0)
    if not closing and interim:
        closing = interim[-1]
    return opening, closing


def _period(
    element: Element, balances: list[tuple[str, str, str]], entries: list[Entry], *, place: str, faults: list[Fault]
) -> tuple[str, str]:
    """Return begin and end: of FrToDt, else of the balances' days. An opening balance is that of the evening before."""
    period = [text_at(element, "FrToDt", name) for name in ("FrDtTm", "ToDtTm")]
    if any(period):
        start, end = instant_of(period[0]), instant_of(period[1], at=END_OF_DAY)
        for name, text, instant in (("FrDtTm", period[0], start), ("ToDtTm", period[1], end)):
            if not instant:
                faults.append(Fault(place, name, text, "expected a date and time, as 2026-01-05T00:00:00Z", _REMEDY))
        if start and end and start[:10] > end[:10]:
            faults.append(
                Fault(place, "FrToDt", f"{start} {end}", "expected a period that ends after it began", _REMEDY)
            )
        return start, end
    days = {kind: day for kind, _, day in balances if day}
    booked = sorted(entry.booking_date for entry in entries if entry.status == BOOKED)
    last = days.get("CLBD") or (booked[-1] if booked else "")
    first = next((days[kind] for kind in _OPENING if kind in days), "")
    if first and last and first < last:
        first = min([str(date.fromisoformat(first) + timedelta(days=1)), *booked[:1]])
    return instant_of(first or last), instant_of(last, at=END_OF_DAY)


def _number(text: str) -> str:
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def _page(pages: Element | None, *, place: str, faults: list[Fault]) -> int:
    text = text_at(pages, "PgNb")
    if pages is None or (text.isascii() and text.isdigit() and len(text) <= 5):
        return int(text or 0)
    faults.append(Fault(place, "PgNb", text, "expected the number of a page", _REMEDY))
    return 0
