"""Statements as CSV, by the column names that tieout.toml gives for the account.

Belongs here: that reading. Does not: judging entries (bank_records) or what is new (bank).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from ingestion.bank_records import BankFile, Entry, Fault, FileFaultError, checked_entry
from tieout.settings import BankAccount

REQUIRED = ("id", "booking_date", "amount", "currency")
OPTIONAL = ("value_date", "reference", "counterparty", "remittance")
OPENING, CLOSING = "opening_balance", "closing_balance"


def read_csv(text: str, account: BankAccount) -> BankFile:
    """Return what a CSV statement says; lines that cannot be used are faults beside the good ones.

    A logical column that the account does not map keeps its own name.

    Raises:
        FileFaultError: when there is no header, or a mapped column is missing from it.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    names = {name: account.columns.get(name, name) for name in (*REQUIRED, *OPTIONAL, OPENING, CLOSING)}
    entries: list[Entry] = []
    faults: list[Fault] = []
    last: Mapping[str, str] = {}
    try:
        _check_header(reader.fieldnames or (), names)
        for row in reader:
            entry = _entry(row, names, line=reader.line_num)
            (faults if isinstance(entry, Fault) else entries).append(entry)  # type: ignore[arg-type]
            last = last or row
    except csv.Error as error:
        raise FileFaultError(_file_fault("", f"line {reader.line_num} is no CSV: {error}")) from None
    days = sorted(entry.booking_date for entry in entries)
    return BankFile(
        account.iban,
        start=days[0] if days else "",
        end=days[-1] if days else "",
        opening_balance=last.get(names[OPENING]) or "",
        closing_balance=last.get(names[CLOSING]) or "",
        entries=entries,
        faults=faults,
    )


def _check_header(found: object, names: Mapping[str, str]) -> None:
    header = list(found) if isinstance(found, (list, tuple)) else []
    missing = [names[name] for name in REQUIRED if names[name] not in header]
    if missing:
        reason = f"column {', '.join(missing)} is missing; found {', '.join(header)[:200] or 'no header'}"
        raise FileFaultError(_file_fault("header", reason))


def _entry(row: Mapping[str, str | None], names: Mapping[str, str], *, line: int) -> Entry | Fault:
    place = f"line {line}"
    if None in row or None in row.values():  # csv's mark of a line with too many or too few values
        return Fault(place, "", "", "expected as many values as the header has columns", "correct the line")
    taken = {name: (row.get(column) or "").strip() for name, column in names.items()}
    values = {
        "bank_id": taken["id"],
        "booking_date": taken["booking_date"],
        "value_date": taken["value_date"] or taken["booking_date"],
        "amount": taken["amount"],
        "currency": taken["currency"],
        **{name: taken[name] for name in ("reference", "counterparty", "remittance")},
        "status": "BOOK",
    }
    return checked_entry(values, place)


def _file_fault(field: str, reason: str) -> Fault:
    remedy = "set the account's [bank.accounts.columns] in tieout.toml, or have the file delivered again"
    return Fault("", field, "", reason, remedy)
