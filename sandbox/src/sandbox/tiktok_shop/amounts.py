"""Money as the vendor writes it, and shares of it that add up; what was damaged by hand is served as it is.

Belongs here: decimal strings, exact splitting, and reading a body that may hold anything. Does not: what any amount
means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

ZERO = Decimal(0)
MOST_DIGITS = 20


def amount(text: object) -> Decimal:
    """Return a wire amount as a number; what is missing, '' or no amount counts as nothing."""
    return ZERO if is_damaged(text) or text in (None, "") else Decimal(str(text))


def is_damaged(value: object) -> bool:
    """Return whether a value is where an amount belongs and is none; missing and '' are no damage."""
    if value in (None, ""):
        return False
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return True
    try:
        number = Decimal(str(value))
        return not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS
    except InvalidOperation:
        return True


def fields(value: object) -> dict[str, Any]:
    """Return an object's fields; none when something else is in its place."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list; none when something else is in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def summed(texts: Iterable[object]) -> Decimal:
    """Add wire amounts."""
    return sum((amount(text) for text in texts), ZERO)


def written(value: Decimal) -> str:
    """Return a number as the vendor writes it: plain, without needless zeros ('35', '189.2')."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def split(value: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share `value` by weight to its own last place (at least cents); the shares add up to it exactly."""
    whole = sum(weights, ZERO)
    parts = list(weights) if whole else [Decimal(1)] * len(weights)
    whole = whole or Decimal(len(parts))
    exponent = value.as_tuple().exponent
    place = Decimal(1).scaleb(min(-2, exponent if isinstance(exponent, int) else -2))
    shares, run, given = [], ZERO, ZERO
    for part in parts:
        run += part
        upto = (value * run / whole).quantize(place, ROUND_HALF_UP)
        shares.append(upto - given)
        given = upto
    return shares
