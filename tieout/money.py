"""Money: exact decimals in major units, with an ISO 4217 currency beside them. Never float.

Belongs here: parsing and showing amounts. Does not: what an amount means (that is dbt's).
"""

from __future__ import annotations

import re
from decimal import Decimal

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
_DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "IDR": 0, "CLP": 0}
"""Currencies that are not written with two decimals, and how many they are written with in practice."""


def parse_amount(text: str) -> Decimal:
    """Return the amount that `text` spells, in major units ("-6.99").

    Raises:
        ValueError: when the text is no plain decimal with at most 12 whole and 4 fractional digits.
    """
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f"amount {text!r}: expected a decimal such as '-6.99' with at most four decimals")
    return Decimal(text)


def show_money(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it: '1,234.50 GBP', '1,235 JPY'."""
    return f"{amount:,.{_DECIMALS.get(currency, 2)}f} {currency}"
