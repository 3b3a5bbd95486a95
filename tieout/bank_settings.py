"""Settings of bank accounts: where their files arrive, and how a CSV of theirs is written.

Belongs here: the fields, and combinations of them that cannot be right. Does not: reading a file (ingestion).
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from tieout.sections import Currency, Section, Text

CSV_COLUMNS = (
    "id",
    "booking_date",
    "value_date",
    "amount",
    "amount_in",
    "amount_out",
    "direction",
    "currency",
    "status",
    "reference",
    "counterparty",
    "remittance",
    "balance",
    "opening_balance",
    "closing_balance",
)


_IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def wrong_iban(text: str) -> str:
    """Return why an account's number is no IBAN though it looks like one (ISO 7064, MOD 97-10), or nothing."""
    iban = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(iban):
        return ""
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return "" if int(digits) % 97 == 1 else "its check digits are wrong, so a sign of it is another one"


class CsvForm(Section):
    """How a bank writes its CSV. The defaults are a file with a header, commas, points and dates YYYY-MM-DD."""

    encoding: str = Field(default="utf-8", description="where the file has no byte order mark")
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ".", ",", " ", "'"] = ""
    date_format: str = Field(default="%Y-%m-%d", description="as strftime writes it: %d/%m/%Y")
    header_line: int = Field(default=1, ge=0, le=1000, description="0: no header, columns are named 1, 2, 3")
    booked: list[str] = Field(default=[], description="words of the status column that mean money has moved")
    incoming: list[str] = Field(default=[], description="words of the direction column for money in")
    outgoing: list[str] = Field(default=[], description="words of the direction column for money out")
    sign: Literal["as_written", "reversed"] = "as_written"

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            codecs.lookup(value)
        except LookupError:
            raise ValueError(f"{value!r} is no encoding: expected one such as utf-8 or cp1252") from None
        return value

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, value: str) -> str:
        if not ("%d" in value and any(month in value for month in ("%m", "%b", "%B")) and "%y" in value.lower()):
            raise ValueError("expected day, month and year, such as %d/%m/%Y")
        return value

    @model_validator(mode="after")
    def _different_marks(self) -> CsvForm:
        if self.decimal_mark == self.thousands_mark:
            raise ValueError("decimal_mark and thousands_mark are the same")
        return self


class BankAccount(Section):
    """One bank account whose statement files arrive in a folder.

    One IBAN in several currencies is several accounts; they may share a folder. `columns` says what our names
    (CSV_COLUMNS) are called in the bank's CSV, and `csv` how that is written; neither is used for camt.053.
    """

    account_id: Text
    iban: Text
    currency: Currency
    format: Literal["camt053", "csv"]
    folder: Path
    netsuite_account: Text
    columns: dict[str, str] = Field(default={})
    csv: CsvForm = CsvForm()

    @model_validator(mode="after")
    def _columns_fit(self) -> BankAccount:
        unknown = sorted(self.columns.keys() - set(CSV_COLUMNS))
        if unknown:
            raise ValueError(f"columns: {', '.join(unknown)} is no name of ours; expected {', '.join(CSV_COLUMNS)}")
        pairs = {"status": self.csv.booked, "direction": self.csv.incoming and self.csv.outgoing}
        for column, words in pairs.items():
            if (column in self.columns) != bool(words):
                named = {"status": "csv.booked", "direction": "csv.incoming and csv.outgoing"}[column]
                raise ValueError(f"columns.{column} and {named} need each other")
        if "amount" in self.columns and self.columns.keys() & {"amount_in", "amount_out"}:
            raise ValueError("columns: either amount, or amount_in and amount_out")
        return self


class Bank(Section):
    """Bank statement files."""

    accounts: list[BankAccount]
    days_to_arrive: int = Field(default=5, ge=0, description="days from paid to deposited before a payout is missed")

    @model_validator(mode="after")
    def _accounts_differ(self) -> Bank:
        twice = [name for name, times in Counter(account.account_id for account in self.accounts).items() if times > 1]
        numbers = Counter((account.iban.replace(" ", ""), account.currency) for account in self.accounts)
        twice += [f"{iban} in {currency}" for (iban, currency), times in numbers.items() if times > 1]
        if twice:
            raise ValueError(f"accounts: {', '.join(twice)} is there twice")
        return self
