"""Money as the vendor writes it, and shares of it that add up.

Belongs here: decimal strings and exact splitting. Does not: what any amount means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def amount(text: object) -> Decimal:
    """Return a wire amount as a number; missing and '' count as nothing."""
    return Decimal(str(text)) if text not in (None, "") else ZERO


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
