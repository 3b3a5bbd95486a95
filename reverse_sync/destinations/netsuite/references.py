"""How NetSuite's record service spells ids and amounts.

Belongs here: one value at a time, in both directions. Does not: what a record holds, look-ups (ids).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieout.money import parse_amount

EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")


def reference(value: str) -> dict[str, str]:
    """Return a reference to the record that tieout.toml names, by internal id (digits) or external id alike."""
    return {"id": value} if value.isascii() and value.isdigit() else {"externalId": value}


def id_in(held: Any) -> str:
    """Return the internal id of a reference as read."""
    return str(held.get("id") if isinstance(held, Mapping) else held)


def decimal_of(value: Any) -> Decimal:
    """Return an amount as read, without trailing zeros; NaN, which equals nothing, when it is no plain decimal."""
    if isinstance(value, (int, Decimal)):
        return Decimal(value).normalize()
    try:
        return parse_amount(str(value or "0")).normalize()
    except ValueError:
        return Decimal("NaN")
