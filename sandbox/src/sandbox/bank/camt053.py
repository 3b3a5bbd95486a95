"""Bank to customer statements, ISO 20022 camt.053.001.08: one statement of one account and booking day a file.

Belongs here: the XML. Does not: which lines there are.
"""

from __future__ import annotations

from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sandbox.bank.ledger import AccountDay, amount_of, text_of
from sandbox.store import Body

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_END_TO_END_MOST = 35
_TEXT_MOST = 140


def render(account_day: AccountDay) -> str:
    """Return the day's statement as a camt.053.001.08 document."""
    account, day = account_day.account, account_day.day.isoformat()
    root = Element("Document", xmlns=NAMESPACE)
    message = SubElement(root, "BkToCstmrStmt")
    created = f"{day}T23:30:00Z"
    _texts(SubElement(message, "GrpHdr"), MsgId=f"MSG-{account['id']}-{day}", CreDtTm=created)
    statement = SubElement(message, "Stmt")
    _texts(statement, Id=f"{account['id']}-{day}", ElctrncSeqNb=str(account_day.number), CreDtTm=created)
    _texts(SubElement(statement, "FrToDt"), FrDtTm=f"{day}T00:00:00Z", ToDtTm=f"{day}T23:59:59Z")
    _account(statement, account)
    _balance(statement, "OPBD", account_day.opening, currency=account["currency"], day=day)
    _balance(statement, "CLBD", account_day.closing, currency=account["currency"], day=day)
    for line in account_day.lines:
        _entry(statement, line)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _texts(parent: Element, **values: str) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = value


def _account(statement: Element, account: Body) -> None:
    element = SubElement(statement, "Acct")
    _texts(SubElement(element, "Id"), IBAN=account["iban"])
    _texts(element, Ccy=account["currency"])
    _texts(SubElement(element, "Ownr"), Nm=account["owner"])
    _texts(SubElement(SubElement(element, "Svcr"), "FinInstnId"), BICFI=account["bic"])


def _amount(parent: Element, amount: Decimal, currency: str) -> None:
    SubElement(parent, "Amt", Ccy=currency).text = f"{abs(amount):.2f}"
    _texts(parent, CdtDbtInd="DBIT" if amount < 0 else "CRDT")


def _balance(statement: Element, code: str, amount: Decimal, *, currency: str, day: str) -> None:
    element = SubElement(statement, "Bal")
    _texts(SubElement(SubElement(element, "Tp"), "CdOrPrtry"), Cd=code)
    _amount(element, amount, currency)
    _texts(SubElement(element, "Dt"), Dt=day)


def _entry(statement: Element, line: Body) -> None:
    amount = amount_of(line)
    entry = SubElement(statement, "Ntry")
    _texts(entry, NtryRef=text_of(line, "id"))
    _amount(entry, amount, text_of(line, "currency"))
    if not _is_exact(line, amount):
        entry[-2].text = text_of(line, "amount")
    _texts(SubElement(entry, "Sts"), Cd="BOOK")
    _texts(SubElement(entry, "BookgDt"), Dt=text_of(line, "booking_date"))
    _texts(SubElement(entry, "ValDt"), Dt=text_of(line, "value_date"))
    _texts(entry, AcctSvcrRef=text_of(line, "id"))
    domain = SubElement(SubElement(entry, "BkTxCd"), "Domn")
    _texts(domain, Cd="PMNT")
    _texts(SubElement(domain, "Fmly"), Cd="ICDT" if amount < 0 else "RCDT", SubFmlyCd="ESCT")
    _details(SubElement(SubElement(entry, "NtryDtls"), "TxDtls"), line, amount)
    _texts(entry, AddtlNtryInf=text_of(line, "remittance")[:_TEXT_MOST])


def _details(details: Element, line: Body, amount: Decimal) -> None:
    references = SubElement(details, "Refs")
    _texts(
        references,
        AcctSvcrRef=text_of(line, "id"),
        EndToEndId=text_of(line, "reference")[:_END_TO_END_MOST] or "NOTPROVIDED",
    )
    party = SubElement(SubElement(details, "RltdPties"), "Cdtr" if amount < 0 else "Dbtr")
    _texts(SubElement(party, "Pty"), Nm=text_of(line, "counterparty")[:_TEXT_MOST])
    _texts(SubElement(details, "RmtInf"), Ustrd=text_of(line, "remittance")[:_TEXT_MOST])


def _is_exact(line: Body, amount: Decimal) -> bool:
    """Return whether a line's amount is one that the file can carry, so that damage shows as it is."""
    return text_of(line, "amount").lstrip("+-") in (f"{abs(amount):f}", f"{abs(amount):.2f}")
