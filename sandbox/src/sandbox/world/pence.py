"""Whole minor units of money: text, percentages and splitting without a lost penny.

Belongs here: arithmetic on integer pence or cents. Does not: currencies, rates or fee rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal


def text(pence: int) -> str:
    """Return major units as TikTok Shop prints them: "0", "12.30", "-0.05"."""
    if pence == 0:
        return "0"
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def parse(amount: str) -> int:
    """Return the minor units of a decimal string; an empty string counts nothing.

    Raises:
        ValueError: The amount has more than two decimals.
    """
    pence = Decimal(amount or "0") * 100
    if pence != pence.to_integral_value():
        raise ValueError(f"amount {amount!r}: expected at most two decimals")
    return int(pence)


def share(pence: int, basis_points: int) -> int:
    """Return `basis_points` of an amount (10,000 is all of it), rounded half up away from zero."""
    part = (abs(pence) * basis_points + 5000) // 10000
    return part if pence >= 0 else -part


def exchange(pence: int, rate: str) -> int:
    """Return the amount times a decimal rate, rounded half up."""
    return int((pence * Decimal(rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(pence: int, parts: int) -> list[int]:
    """Return `parts` amounts that sum to `pence`; the first ones carry the odd pennies."""
    base, odd = divmod(pence, parts)
    return [base + 1 if index < odd else base for index in range(parts)]


def total(amounts: Iterable[str]) -> int:
    """Return the sum of decimal strings in minor units."""
    return sum(map(parse, amounts))
