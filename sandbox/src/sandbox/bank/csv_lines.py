"""Account statements as CSV, for the bank that knows no better: one booking day a file.

Belongs here: the columns. Does not: which lines there are. A day without lines is a file with a header only.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal, InvalidOperation

from sandbox.bank.ledger import AccountDay, text_of
from sandbox.store import Body

COLUMNS = (
    "id",
    "account_id",
    "iban",
    "booking_date",
    "value_date",
    "amount",
    "currency",
    "reference",
    "counterparty",
    "remittance",
    "kind",
    "opening_balance",
    "closing_balance",
)


def render(account_day: AccountDay) -> str:
    """Return the day's lines; the opening and closing balances of the day stand on every line, major units."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in account_day.lines:
        writer.writerow(
            {
                **line,
                "iban": account_day.account["iban"],
                "amount": _shown(line),
                "opening_balance": f"{account_day.opening:.2f}",
                "closing_balance": f"{account_day.closing:.2f}",
            }
        )
    return out.getvalue()


def _shown(line: Body) -> str:
    """Return an amount with two decimals, or as it is when it is none."""
    try:
        return f"{Decimal(text_of(line, 'amount')):.2f}"
    except InvalidOperation:
        return text_of(line, "amount")
