"""An account's booked days: opening balance, lines, closing balance.

Belongs here: grouping lines by booking day and carrying balances on. Does not: file formats.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandbox.bank.accounts import SYSTEM
from sandbox.store import Body, Store

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
        return self.opening + sum((Decimal(line["amount"]) for line in self.lines), Decimal(0))


def account_days(store: Store, account: Body, until: date) -> list[AccountDay]:
    """Return an account's business days before `until`, oldest first, and any other day that has lines."""
    booked: dict[str, list[Body]] = defaultdict(list)
    for record in store.select(SYSTEM, "lines", order_by="created_at"):
        if record.body["account_id"] == account["id"]:
            booked[record.body["booking_date"]].append(record.body)
    day, balance = date.fromisoformat(account["_opened_on"]), Decimal(account["_opening_balance"])
    result: list[AccountDay] = []
    while day < until:
        lines = booked.get(day.isoformat(), [])
        if lines or day.weekday() < SATURDAY:
            result.append(AccountDay(account, day, len(result) + 1, balance, lines))
            balance = result[-1].closing
        day += timedelta(days=1)
    return result
