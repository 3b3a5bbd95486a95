"""Whole numbers as vendors write them: counts, quantities and times.

Belongs here: reading one. Does not: amounts of money (money), or which numbers are allowed.
"""

from __future__ import annotations

import re
from decimal import Decimal

_WHOLE = re.compile("-?[0-9]{1,18}")


def whole_number(value: object) -> int:
    """Return the whole number that a JSON number, or text in ASCII digits, is.

    Python's `int` also takes other alphabets' digits, underscores and blanks, and cuts fractions off.

    Raises:
        ValueError: when it is none.
    """
    match value:
        case bool():
            pass
        case int():
            return value
        case Decimal() if value.is_finite() and value == value.to_integral_value():
            return int(value)
        case str() if _WHOLE.fullmatch(value):
            return int(value)
    raise ValueError(f"expected a whole number in the digits 0 to 9, found {str(value)[:20]!r}")
