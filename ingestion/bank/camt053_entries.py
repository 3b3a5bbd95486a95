"""One entry of a camt.053 statement, as one row, or as one row for each transaction of a batch.

References stand wherever a bank puts them: all are collected, so that a payment is found by any of them. Belongs here:
amount, sign, status, texts of one entry. Does not: the statement around it (camt053).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element  # a type only: parsing is defusedxml's

from ingestion.bank.records import (
    BOOKED,
    FUTURE,
    INFORMATION,
    PENDING,
    Entry,
    Fault,
    checked_entry,
    day_of,
    is_amount,
    own_reference,
    signed,
    with_reference,
)
from ingestion.bank.xml_tree import child, children, text_at, texts_below

_STATUSES = (BOOKED, PENDING, INFORMATION, FUTURE)
_REMEDY = "ask the bank to correct it"
_ONCE = ("Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "NtryRef", "AcctSvcrRef")
_AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"))
_REVERSED = {"true": True, "1": True, "false": False, "0": False, "": False}


def entry_rows(element: Element, *, place: str) -> list[Entry] | Fault:
    """Return an entry's rows, or the first thing that is wrong with it.

    A batch is one row per transaction where their amounts add up to the entry's; otherwise it stays one row, which
    then has the references of all.
    """
    fault = _fault_of(element, place=place)
    if fault:
        return with_reference(fault, text_at(element, "AcctSvcrRef") or text_at(element, "NtryRef"))
    details = [each for part in children(element, "NtryDtls") for each in children(part, "TxDtls")]
    whole = checked_entry(_values(element, details), place)
    if isinstance(whole, Fault):
        return whole
    parts = _parts(element, details, whole, place=place)
    return parts or [whole]


def _fault_of(element: Element, *, place: str) -> Fault | None:
    twice = next((name for name in _ONCE if len(children(element, name)) > 1), "")
    if twice:
        return Fault(
            place, twice, "", f"expected {twice} once, found it {len(children(element, twice))} times", _REMEDY
        )
    indicator, amount, status = text_at(element, "CdtDbtInd"), text_at(element, "Amt"), _status(element)
    reversal = text_at(element, "RvslInd")
    if indicator not in ("CRDT", "DBIT"):
        return Fault(place, "CdtDbtInd", indicator, "expected CRDT or DBIT", _REMEDY)
    if amount.startswith("-"):
        return Fault(place, "Amt", amount, "expected an amount without sign", _REMEDY)
    if status not in _STATUSES:
        return Fault(place, "Sts", status, f"expected one of {', '.join(_STATUSES)}", _REMEDY)
    if reversal not in _REVERSED:
        return Fault(place, "RvslInd", reversal, "expected true or false", _REMEDY)
    return None


def _values(element: Element, details: Sequence[Element]) -> dict[str, object]:
    indicator, amount = text_at(element, "CdtDbtInd"), child(element, "Amt")
    first = details[0] if details else None
    references = _references([*(child(each, "Refs") for each in details), *_batches(element)])
    bank_ids = (text_at(element, "AcctSvcrRef"), text_at(first, "Refs", "AcctSvcrRef"), text_at(element, "NtryRef"))
    ends = (own_reference(text_at(each, "Refs", "EndToEndId")) for each in details)
    texts = [*references, text_at(element, "NtryRef"), text_at(element, "AcctSvcrRef"), *_texts(details)]
    note = text_at(element, "AddtlNtryInf")
    return {
        "bank_id": next((text for text in map(own_reference, bank_ids) if text), ""),
        "booking_date": _day(element, "BookgDt"),
        "value_date": _day(element, "ValDt") or _day(element, "BookgDt"),
        "amount": signed(text_at(element, "Amt"), indicator),
        "currency": amount.get("Ccy", "") if amount is not None else "",
        "reference": next((text for text in ends if text), ""),
        "counterparty": _counterparty(first, indicator),
        "remittance": _remittance(details) or note,
        "status": _status(element),
        "bank_status": _status(element),
        "references": _joined([*texts, note]),
        "is_reversal": _REVERSED[text_at(element, "RvslInd")],
    }


def _parts(element: Element, details: Sequence[Element], whole: Entry, *, place: str) -> list[Entry]:
    """Return one row per transaction of a batch, or none where their amounts are not the entry's."""
    amounts = [_amount(each, whole, text_at(element, "CdtDbtInd")) for each in details]
    if len(details) < 2 or not all(amounts) or sum(map(Decimal, amounts)) != Decimal(whole.amount):
        return []
    rows = [
        _part(each, whole, amount, number=number)
        for number, (each, amount) in enumerate(zip(details, amounts, strict=True), start=1)
    ]
    checked = [checked_entry(row, place) for row in rows]
    return [row for row in checked if isinstance(row, Entry)] if not any(map(_is_fault, checked)) else []


def _part(detail: Element, whole: Entry, amount: str, *, number: int) -> dict[str, object]:
    texts = [*_references([child(detail, "Refs")]), *_texts([detail])]
    return {
        "bank_id": whole.bank_id,
        "booking_date": whole.booking_date,
        "value_date": whole.value_date,
        "amount": amount,
        "currency": whole.currency,
        "reference": own_reference(text_at(detail, "Refs", "EndToEndId")),
        "counterparty": _counterparty(detail, "DBIT" if amount.startswith("-") else "CRDT"),
        "remittance": _remittance([detail]),
        "status": whole.status,
        "bank_status": whole.bank_status,
        "references": _joined(texts),
        "is_reversal": whole.is_reversal,
        "part": number,
    }


def _amount(detail: Element, whole: Entry, indicator: str) -> str:
    """Return what a transaction moves, in the entry's currency; "" when it does not say."""
    for path in _AMOUNTS:
        found = child(detail, *path)
        if found is not None and found.get("Ccy") == whole.currency:
            text = (found.text or "").strip()
            value = signed(text, text_at(detail, "CdtDbtInd") or indicator)
            return value if is_amount(value) and not text.startswith("-") else ""
    return ""


def _batches(element: Element) -> list[Element]:
    """Return what an entry says of its batches: message and payment-information ids."""
    return [batch for part in children(element, "NtryDtls") for batch in children(part, "Btch")]


def _references(places: Sequence[Element | None]) -> list[str]:
    return [text for place in places for text in texts_below(place)]


def _texts(details: Sequence[Element]) -> list[str]:
    """Return whatever may name a payment in free or structured text, except what `remittance` has already."""
    return [
        text
        for each in details
        for name in ("RmtInf", "RltdRmtInf", "AddtlTxInf")
        for part in children(each, name)
        for text in texts_below(part)
    ]


def _joined(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(text for text in map(own_reference, texts) if text))


def _counterparty(detail: Element | None, indicator: str) -> str:
    parties = child(detail, "RltdPties")
    for role in ("Dbtr", "UltmtDbtr") if indicator == "CRDT" else ("Cdtr", "UltmtCdtr"):
        name = text_at(parties, role, "Pty", "Nm") or text_at(parties, role, "Nm")
        if name:
            return name
    return ""


def _remittance(details: Sequence[Element]) -> str:
    return " ".join(text for each in details for part in children(each, "RmtInf") for text in _ustrd(part))


def _ustrd(remittance: Element) -> list[str]:
    return [text for part in children(remittance, "Ustrd") if (text := (part.text or "").strip())]


def _status(element: Element) -> str:
    return text_at(element, "Sts", "Cd") or text_at(element, "Sts", "Prtry") or text_at(element, "Sts")


def _day(element: Element, name: str) -> str:
    return day_of(text_at(element, name, "Dt") or text_at(element, name, "DtTm"))


def _is_fault(found: object) -> bool:
    return isinstance(found, Fault)
