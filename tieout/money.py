"""Money: exact decimals in major units, with an ISO 4217 currency beside them. Never float.

Belongs here: parsing, rounding and showing amounts. Does not: what an amount means (that is dbt's).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "IDR": 0, "CLP": 0}


def parse_amount(text: str) -> Decimal:
    """Return the amount that `text` spells, in major units ("-6.99").

    Raises:
        ValueError: when the text is no plain decimal with at most 12 whole and 4 fractional digits.
    """
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f"amount {text!r}: expected a decimal such as '-6.99' with at most four decimals")
    return Decimal(text)


def minor_digits(currency: str) -> int:
    """Return how many decimals a currency has in practice (2 unless listed otherwise)."""
    return _EXPONENTS.get(currency, 2)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Return the amount rounded half up to the currency's minor unit."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def show_money(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it: '1,234.50 GBP'."""
    return f"{amount:,.{minor_digits(currency)}f} {currency}"
