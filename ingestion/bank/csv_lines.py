"""Statements as CSV, by the names and the form that tieout.toml gives for the account.

Belongs here: header, lines and balances of a file. Does not: how a value is written (csv_values), or what is new
(loader).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ingestion.bank.csv_values import day_in, decimal_in, signed_amount
from ingestion.bank.records import (
    BOOKED,
    END_OF_DAY,
    OTHER,
    Entry,
    Fault,
    FileFaultError,
    Statement,
    checked_entry,
    instant_of,
    is_amount,
    own_reference,
)
from ingestion.spreadsheets import spreadsheet_damage
from tieout.bank_settings import CSV_COLUMNS, BankAccount

_SPLIT = ("amount_in", "amount_out")
_OF_MONEY = frozenset({"amount", *_SPLIT, "direction", "currency", "status", "balance"})
Row = Mapping[str, str]


def read_csv(text: str, account: BankAccount, *, elsewhere: Collection[str] = ()) -> Statement:
    """Return what a CSV says of an account; lines that cannot be used are faults beside the good ones.

    A column that the account does not map keeps our name. Lines in a currency of `elsewhere` belong to another account
    that shares the folder.

    Raises:
        FileFaultError: when a mapped or needed column is missing or there twice, or no line is in the account's
            currency.
    """
    rows: list[tuple[Row, Entry]] = []
    faults: list[Fault] = []
    for row, place in _rows(text, account):
        entry = row if isinstance(row, Fault) else _entry(row, account, place=place)
        if isinstance(entry, Fault):
            faults.append(entry)
        elif isinstance(row, Mapping) and entry.currency not in elsewhere:
            rows.append((row, entry))
    currencies = {entry.currency for _, entry in rows}
    if currencies and account.currency not in currencies:
        reason = f"the file's lines are not in {account.currency}, the currency of account {account.account_id!r}"
        remedy = "put it in its account's folder, or add an account of this currency"
        raise FileFaultError(Fault("", "currency", ", ".join(sorted(currencies)), reason, remedy))
    entries = [entry for _, entry in rows]
    days = sorted(entry.booking_date for entry in entries if entry.booking_date and entry.status == BOOKED)
    opening, closing = _balances(rows, account)
    return Statement(
        currency=account.currency,
        start=instant_of(days[0]) if days else "",
        end=instant_of(days[-1], at=END_OF_DAY) if days else "",
        opening_balance=opening,
        closing_balance=closing,
        entries=entries,
        faults=faults,
    )


def _rows(text: str, account: BankAccount) -> Iterator[tuple[Row | Fault, str]]:
    """Yield each line's values by our names, or its fault, with its place."""
    lines = io.StringIO(text, newline="")
    before = max(account.csv.header_line - 1, 0)
    for _ in range(before):
        lines.readline()
    reader = csv.reader(lines, delimiter=account.csv.delimiter, strict=True)
    positions: dict[str, int] | None = None
    width = 0
    try:
        for values in reader:
            if positions is None:
                header = _header(values, account)
                positions, width = _positions(header, account), len(header)
                if account.csv.header_line:
                    continue
            if any(value.strip() for value in values):
                place = f"line {before + reader.line_num}"
                yield _named(values, positions, width=width, place=place), place
    except csv.Error as error:
        raise _file_fault("", f"line {before + reader.line_num} is no CSV: {error}") from None
    if positions is None:
        _positions([], account)


def _header(values: Sequence[str], account: BankAccount) -> list[str]:
    if not account.csv.header_line:
        return [str(number) for number in range(1, len(values) + 1)]
    header = [value.strip() for value in values]
    while header and not header[-1]:
        header.pop()
    return header


def _positions(header: Sequence[str], account: BankAccount) -> dict[str, int]:
    """Return where each of our columns is; those that the account renames or counts by must be there, none twice."""
    names = {name: account.columns.get(name, name) for name in CSV_COLUMNS}
    if header and "amount" not in account.columns and all(names[name] in header for name in _SPLIT):
        del names["amount"]
    renamed = {name for name, column in account.columns.items() if column != name or name in _OF_MONEY}
    wanted = {"booking_date", *renamed, *(_SPLIT if "amount_in" in account.columns else ("amount",))}
    missing = sorted(names[name] for name in wanted & names.keys() if names[name] not in header)
    if missing:
        found = ", ".join(header)[:200] or "no header"
        raise _file_fault("header", f"column {', '.join(missing)} is missing; found {found}")
    doubled = sorted({name for name in names.values() if header.count(name) > 1})
    if doubled:
        reason = f"column {', '.join(doubled)} is there more than once: which one counts?"
        raise _file_fault("header", reason, "header_line = 0 names columns by number")
    return {name: header.index(column) for name, column in names.items() if column in header}


def _named(values: Sequence[str], positions: Mapping[str, int], *, width: int, place: str) -> Row | Fault:
    if len(values) < width or any(value.strip() for value in values[width:]):
        return Fault(place, "", "", "expected as many values as the header has columns", "correct the line")
    if any("\0" in value for value in values):
        return Fault(place, "", "", "a NUL character within the line", "have the file delivered again")
    return {name: values[position].strip() for name, position in positions.items()}


def _entry(row: Row, account: BankAccount, *, place: str) -> Entry | Fault:
    form = account.csv
    word = row.get("status", "")
    booking = day_in(row["booking_date"], form)
    amount = signed_amount(row, form, place=place)
    if isinstance(amount, Fault):
        return amount
    if damage := spreadsheet_damage(row.get("id", "")):
        return Fault(place, "id", row["id"], damage, "download the file again, and do not save it in a spreadsheet")
    balance = row.get("balance", "")
    if balance and not is_amount(decimal_in(balance, form)):
        return Fault(place, "balance", balance, "expected a decimal amount", "correct it, or check the csv table")
    values: dict[str, object] = {
        "bank_id": own_reference(row.get("id", "")),
        "booking_date": booking,
        "value_date": day_in(row.get("value_date", ""), form) or booking,
        "amount": amount,
        "currency": row.get("currency", account.currency),
        **{name: row.get(name, "") for name in ("reference", "counterparty", "remittance")},
        "status": BOOKED if "status" not in row or word in form.booked else OTHER,
        "bank_status": word,
    }
    return checked_entry(values, place)


def _balances(rows: Sequence[tuple[Row, Entry]], account: BankAccount) -> tuple[str, str]:
    """Return opening and closing balance: of the lines in the order, oldest or newest first, that adds up."""
    booked = [(row, entry) for row, entry in rows if entry.status == BOOKED]
    message = [found for ordered in (booked, booked[::-1]) if (found := _ends(ordered, account)) is not None]
    statement = Statement(entries=[entry for _, entry in booked])
    for opening, closing in message:
        if replace(statement, opening_balance=opening, closing_balance=closing).adds_up:
            return opening, closing
    return message[0] if message else ("", "")


def _ends(booked: Sequence[tuple[Row, Entry]], account: BankAccount) -> tuple[str, str] | None:
    """Return the balances before the first and after the last of these lines, where the file has them."""
    if not booked:
        return None
    (first, entry), (last, _) = booked[0], booked[-1]
    if first.get("balance") and last.get("balance"):
        after = Decimal(decimal_in(first["balance"], account.csv))
        return format(after - Decimal(entry.amount), "f"), decimal_in(last["balance"], account.csv)
    opening = decimal_in(first.get("opening_balance", ""), account.csv)
    closing = decimal_in(last.get("closing_balance", ""), account.csv)
    return (opening, closing) if is_amount(opening) and is_amount(closing) else None


def _file_fault(field: str, reason: str, remedy: str = "") -> FileFaultError:
    remedy = remedy or "set the account's columns and csv table in tieout.toml, or have the file delivered again"
    return FileFaultError(Fault("", field, "", reason, remedy))
