"""An account's booked days: opening balance, lines, closing balance.

Belongs here: grouping lines by booking day and carrying balances on. Does not: file formats. A damaged line stays in
its file as it is: an amount that is none counts as nothing, a day that is none is the day the line was made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from sandbox.bank.accounts import SYSTEM
from sandbox.store import Body, Record, Store

SATURDAY = 5


@dataclass(frozen=True)
class AccountDay:
    """One booking day of one account. `number` counts the account's statements from 1. Balances in major units."""

    account: Body
    day: date
    number: int
    opening: Decimal
    lines: list[Body]

    @property
    def closing(self) -> Decimal:
        """Balance after the day's lines."""
        return self.opening + sum((amount_of(line) for line in self.lines), Decimal(0))


def account_days(store: Store, account: Body, until: date, reported: Collection[date] = ()) -> list[AccountDay]:
    """Return an account's business days before `until`, oldest first, and any other day that has lines.

    A day that was `reported` once stays, without lines if need be: a bank takes no statement back.
    """
    booked: dict[str, list[Body]] = defaultdict(list)
    for record in store.select(SYSTEM, "lines", order_by="created_at"):
        if record.body.get("account_id") == account["id"]:
            booked[_booking_day(record)].append(record.body)
    day, balance = date.fromisoformat(account["_opened_on"]), Decimal(account["_opening_balance"])
    result: list[AccountDay] = []
    while day < until:
        lines = booked.get(day.isoformat(), [])
        if lines or day.weekday() < SATURDAY or day in reported:
            result.append(AccountDay(account, day, len(result) + 1, balance, lines))
            balance = result[-1].closing
        day += timedelta(days=1)
    return result


def amount_of(line: Body) -> Decimal:
    """Return what a line moves, zero when its amount is none."""
    try:
        amount = Decimal(text_of(line, "amount"))
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def text_of(line: Body, name: str) -> str:
    """Return a field as it would be printed, "" when it is missing."""
    value = line.get(name)
    return "" if value is None else str(value)


def _booking_day(record: Record) -> str:
    try:
        return date.fromisoformat(text_of(record.body, "booking_date")).isoformat()
    except ValueError:
        return datetime.fromtimestamp(record.created_at, UTC).date().isoformat()
