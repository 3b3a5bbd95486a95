"""Damaged bank files: none crashes the reader, is half read, or is believed against its own balances.

The environment's `MUTANTS` says how many are tried (20000 takes about a minute); each is made of one number, which a
failure names.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from ingestion.bank.camt053 import read_camt053
from ingestion.bank.csv_lines import read_csv
from ingestion.bank.files import strange_kind
from ingestion.bank.records import FileFaultError, Statement, is_amount, is_date
from ingestion.bank.xml_tree import decoded
from tieout.bank_settings import BankAccount, CsvForm

MUTANTS = int(os.environ.get("MUTANTS", "2000"))
HOSTILE = (
    "", " ", "-1", "+1", "NaN", "Infinity", "1e9", "1e999999999", "\uff11\uff12.\uff10\uff10", "9" * 40, "1,00", "0",
    "-0", "0.00001", "9999-12-31", "0000-00-00", "2026-13-01", "2026-01-05T25:00:00", "\uff12026-01-05", "CRDT", "DBIT",
    "BOOK",
    "PDNG", "GBP", "gbp", "EUR", "true", "1", "x" * 5000, "\u202e", "NONREF", "500.00", "250.00",
)  # fmt: skip
CAMT = (
    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>"
    "<Stmt><Id>S</Id><StmtPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></StmtPgntn><ElctrncSeqNb>7</ElctrncSeqNb>"
    "<CreDtTm>2026-01-05T23:59:59Z</CreDtTm><FrToDt><FrDtTm>2026-01-05T00:00:00Z</FrDtTm>"
    "<ToDtTm>2026-01-05T23:59:59Z</ToDtTm></FrToDt><Acct><Id><IBAN>GB1</IBAN></Id><Ccy>GBP</Ccy></Acct>{}</Stmt>"
    "</BkToCstmrStmt></Document>"
)
BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='GBP'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
    "<Dt><Dt>2026-01-05</Dt></Dt></Bal>"
)
STUMP = fromstring("<Document><Stmt/></Document>")
ENTRY = (
    "<Ntry><NtryRef>{ref}</NtryRef><Amt Ccy='GBP'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}"
    "<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-05</Dt></ValDt>"
    "<NtryDtls>{details}</NtryDtls><AddtlNtryInf>Größe</AddtlNtryInf></Ntry>"
)
PART = "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><Amt Ccy='GBP'>{}</Amt></TxDtls>"


def entry(ref: str, amount: str, *, sign: str = "CRDT", status: str = "BOOK", more: str = "", details: str = "") -> str:
    return ENTRY.format(ref=ref, amount=amount, sign=sign, status=status, more=more, details=details)


STATEMENT = CAMT.format(
    BALANCE.format("OPBD", "100.00")
    + BALANCE.format("CLBD", "347.50")
    + entry("1", "250.00", details=PART.format("A", "150.00") + PART.format("B", "100.00"))
    + entry("2", "2.50", sign="DBIT")
    + entry("3", "500.00", more="<RvslInd>true</RvslInd>", sign="DBIT")
    + entry("4", "500.00")
    + entry("5", "9.99", status="PDNG")
)
LINES = [
    "id,booking_date,amount,currency,status,balance,remittance",
    "1,2026-01-05,250.00,GBP,DONE,350.00,Größe",
    "2,2026-01-05,-2.50,GBP,DONE,347.50,",
    '3,2026-01-06,"500.00",GBP,WAITING,,"a, ""b"""',
    "4,2026-01-06,0.50,GBP,DONE,348.00,x",
]
ACCOUNT = BankAccount(
    account_id="a",
    iban="GB1",
    currency="GBP",
    format="csv",
    folder=Path(),
    netsuite_account="1",
    columns={"status": "status", "balance": "balance"},
    csv=CsvForm(booked=["DONE"]),
)


def damaged_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return content with some bytes changed, moved, taken out, doubled or cut off."""
    at, to = sorted(draw.randrange(len(content) + 1) for _ in range(2))
    piece = content[at : min(to, at + draw.choice((1, 2, 40, 400)))]
    return draw.choice(
        (
            lambda: content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :],
            lambda: content[:at] + bytes(draw.randrange(256) for _ in range(draw.randrange(1, 9))) + content[at:],
            lambda: content[:at] + content[at + len(piece) :],
            lambda: content[:at] + piece + content[at:],
            lambda: content[:at],
            lambda: content[:at] + content[to:] + content[at:to],
            lambda: content[:at] + draw.choice(HOSTILE).encode() + content[at:],
        )
    )()


def damaged_tree(text: str, draw: random.Random) -> bytes:
    """Return a document with elements taken out, doubled, swapped, renamed, wrapped or given hostile text."""
    root = fromstring(text)
    for _ in range(draw.choice((1, 1, 2))):
        parents = [element for element in root.iter() if len(element)] or [STUMP]
        parent = draw.choice(parents)
        child = draw.choice(list(parent))
        kind = draw.randrange(7)
        if kind == 0:
            parent.remove(child)
        elif kind == 1:
            parent.append(child)
        elif kind == 2:
            child.text = draw.choice(HOSTILE)
        elif kind == 3:
            other = draw.choice(list(draw.choice(parents)))
            child.text, other.text = other.text, child.text
        elif kind == 4:
            child.tag = draw.choice(("Amt", "Ntry", "Stmt", "Bal", "Sts", "x"))
        elif kind == 5:
            child.attrib["Ccy"] = draw.choice(HOSTILE)
        else:
            parent.insert(0, _nested(child, draw.choice((1, 3, 100))))
    encoding = draw.choice(("utf-8", "utf-8", "iso-8859-1", "utf-16"))
    return tostring(root, encoding=encoding)


def _nested(element: Element, depth: int) -> Element:
    for _ in range(depth):
        outer = Element(element.tag)
        outer.append(element)
        element = outer
    return element


def damaged_lines(draw: random.Random) -> bytes:
    """Return the CSV with lines or values taken out, doubled, swapped or hostile."""
    lines = list(LINES)
    at = draw.randrange(len(lines))
    values = lines[at].split(",")
    cell = draw.randrange(len(values))
    kind = draw.randrange(7)
    if kind == 0:
        lines.pop(at)
    elif kind == 1:
        lines.insert(draw.randrange(len(lines)), lines[at])
    elif kind == 2:
        draw.shuffle(lines)
    else:
        values[cell] = draw.choice((*HOSTILE, '"', '"a', "a,b", ";", "\0"))
        if kind == 4:
            values.pop(cell)
        lines[at] = ",".join(values)
    return draw.choice(("\n", "\r\n", "\r")).join(lines).encode(draw.choice(("utf-8", "utf-8-sig", "utf-16")))


Outcome = tuple[str, list[Statement]]


def read(content: bytes, reader: Callable[[str], list[Statement]]) -> Outcome | None:
    """Return a file's text and statements as a load would; None when it is quarantined as a whole."""
    try:
        if strange_kind(content):
            return None
        text = decoded(content)
        return text, reader(text)
    except FileFaultError as refused:
        if not refused.fault.reason or not refused.fault.remedy:
            raise
        return None


def sound(statement: Statement) -> None:
    for each in statement.entries:
        assert is_amount(each.amount) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", each.amount), each
        assert each.status != "BOOK" or is_date(each.booking_date), each
    for balance in (statement.opening_balance, statement.closing_balance):
        assert not balance or is_amount(balance), balance
    assert all(fault.reason and fault.remedy for fault in statement.faults)


def plain(text: str | None) -> Decimal | None:
    return (
        Decimal((text or "").strip()) if re.fullmatch(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)", (text or "").strip()) else None
    )


def signed_by(element: Element, names: Callable[[Element, str], str]) -> Decimal | None:
    amount = plain(names(element, "Amt"))
    return None if amount is None else (-amount if names(element, "CdtDbtInd") == "DBIT" else amount)


def contradicts_itself(statement: Element) -> bool:
    """Return, by a reading of its own, whether a statement's booked entries and balances can go together at all."""

    def names(element: Element, name: str) -> str:
        found = next((each for each in element if each.tag.rsplit("}", 1)[-1] == name), None)
        leaves = [each for each in found.iter() if not len(each)] if found is not None else []
        return next((text for each in leaves if (text := (each.text or "").strip())), "")

    parts = {name: [each for each in statement if each.tag.rsplit("}", 1)[-1] == name] for name in ("Bal", "Ntry")}
    balances = {(names(each, "Tp"), signed_by(each, names)) for each in parts["Bal"]}
    balances = {(kind, amount) for kind, amount in balances if kind in ("OPBD", "CLBD")}
    booked = [each for each in parts["Ntry"] if names(each, "Sts").strip() == "BOOK"]
    moved = [(signed_by(each, names), names(each, "RvslInd") in ("true", "1")) for each in booked]
    if any(amount is None for amount, _ in moved) or any(amount is None for _, amount in balances):
        return True
    sums = {sum((-a if turned and r else a) for a, r in moved if a is not None) for turned in (False, True)}
    opened = {amount for kind, amount in balances if kind == "OPBD" and amount is not None}
    closed = {amount for kind, amount in balances if kind == "CLBD" and amount is not None}
    return not any(o + moved_sum == c for o in opened for c in closed for moved_sum in sums)


def reported(statement: Statement) -> bool:
    """Whether anything shows of a contradiction: a fault, or balances that do not go together, or are missing."""
    return bool(statement.faults) or statement.adds_up is not True


def check_camt(content: bytes) -> str:
    outcome = read(content, read_camt053)
    if outcome is None:
        return "quarantined"
    text, statements = outcome
    root = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    messages = [each for each in root.iter() if each.tag.rsplit("}", 1)[-1] == "BkToCstmrStmt"]
    elements = [child for each in messages for child in each if child.tag.rsplit("}", 1)[-1] == "Stmt"]
    assert len(elements) == len(statements)
    for element, statement in zip(elements, statements, strict=True):
        sound(statement)
        entries = sum(child.tag.rsplit("}", 1)[-1] == "Ntry" for child in element)
        read_whole = sum(each.part in (0, 1) for each in statement.entries)
        assert read_whole + sum("entry" in fault.place for fault in statement.faults) == entries, "half read"
        assert reported(statement) or not contradicts_itself(element), "believed against its balances"
    return "reported" if any(map(reported, statements)) else "read"


def check_csv(content: bytes) -> str:
    outcome = read(content, lambda text: [read_csv(text, ACCOUNT)])
    if outcome is None:
        return "quarantined"
    text, (statement,) = outcome
    sound(statement)
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(value.strip() for value in row)]
    assert len(statement.entries) + len(statement.faults) == len(rows) - 1, "half read"
    if statement.adds_up:
        booked = [plain(each.amount.lstrip("-")) for each in statement.entries if each.status == "BOOK"]
        assert None not in booked
    return "reported" if statement.faults or statement.adds_up is False else "read"


def camt_mutant(draw: random.Random) -> bytes:
    declared = draw.choice(("utf-8", "iso-8859-1"))
    if draw.random() < 0.5:
        return damaged_tree(STATEMENT, draw)
    return damaged_bytes(f"<?xml version='1.0' encoding='{declared}'?>{STATEMENT}".encode(declared), draw)


def csv_mutant(draw: random.Random) -> bytes:
    return damaged_lines(draw) if draw.random() < 0.5 else damaged_bytes("\n".join(LINES).encode(), draw)


def test_what_is_damaged_here_is_read_whole_when_it_is_not():
    assert check_camt(STATEMENT.encode()) == "read"
    assert check_csv("\n".join(LINES).encode()) == "read"


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("mutant", "check", "share"),
    [(camt_mutant, check_camt, 0.5), (csv_mutant, check_csv, 0.5)],
    ids=["camt.053", "csv"],
)
def test_no_damage_crashes_the_reader_or_is_half_read_or_believed_against_balances(mutant, check, share):
    outcomes: dict[str, int] = {"quarantined": 0, "reported": 0, "read": 0}
    for number in range(int(MUTANTS * share)):
        content = mutant(random.Random(number))
        try:
            outcomes[check(content)] += 1
        except Exception as error:
            error.add_note(f"mutant {number}: {content[:3000]!r}")
            raise
    assert all(outcomes.values()), outcomes
