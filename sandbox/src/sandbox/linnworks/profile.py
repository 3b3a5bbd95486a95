"""The stand-in account: its names, hours, switches, ids and instants.

Belongs here: what every other module needs to agree on. Does not: any call or rule.
Instants inside are epoch seconds of world time, UTC; on the wire they are ISO 8601 with a Z (fact sheet linnworks 2).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sandbox.store import Store

SYSTEM = "linnworks"
WAVE_SECONDS = 1800
EMPTY = "00000000-0000-0000-0000-000000000000"
"""The empty GUID: the id of the location named Default, and 'none' in other fields (fact sheet linnworks 2)."""
DEFAULT_LOCATION = EMPTY
CHANNEL = ("TIKTOK", "Northgate US")
USER = "Warehouse"

UTC_OFFSET = -5 * 3600
OPENS, CLOSES = 8 * 3600, 18 * 3600
RECEIPT_AT, RECEIPT_WEEKDAY = 9 * 3600 + 1800, 1

DEFAULT_LIMITS: dict[str, Any] = {
    "session_ttl": 1200,
    "per_minute": {},
    "retry_after": False,
    "strict_request": False,
    "strict_batch": False,
    "unknown_location": "refuse",
    "scan_required": False,
    "longest_search_days": 93,
}
"""Switches. `per_minute` maps a method ('Orders/CreateOrders', or '*' for all) to its quota; `strict_request` refuses
a `request` that is wrapped where it must not be, and the reverse; `strict_batch` refuses over 20 orders in one
CreateOrders; `unknown_location` is 'refuse' or 'default'; `session_ttl` is in seconds; `longest_search_days` bounds
a search of processed orders (0: any)."""


def limits(store: Store) -> dict[str, Any]:
    """Return the switches in force."""
    return {**DEFAULT_LIMITS, **(store.get_meta("limits") or {}).get(SYSTEM, {})}


def seed(store: Store) -> int:
    """Return what all chance of this account follows from: the world's seed."""
    return int((store.get_meta("world") or {}).get("seed", 1))


def guid(*name: object) -> str:
    """Return the GUID that follows from a name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, ":".join(["linnworks", *map(str, name)])))


def next_number(store: Store, counter: str, *, first: int = 1) -> int:
    """Return the next number of a counter, kept beside the records."""
    numbers = store.get_meta("linnworks.numbers", {})
    numbers[counter] = numbers.get(counter, first - 1) + 1
    store.set_meta("linnworks.numbers", numbers)
    return int(numbers[counter])


def iso(instant: int) -> str:
    """Return an instant as the wire writes it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: object) -> int | None:
    """Return the instant of an ISO 8601 text, or None when it is none; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def exact(value: object) -> Decimal:
    """Return a JSON number without the noise of its binary form; nothing is 0.

    Raises:
        decimal.InvalidOperation: It is no finite number.
    """
    number = Decimal(str(value)) if value not in (None, "") else Decimal(0)
    if not number.is_finite():
        raise InvalidOperation
    return number


def money(value: Decimal) -> float:
    """Return an amount as the wire's double, rounded to cents."""
    return float(value.quantize(Decimal("0.01"), ROUND_HALF_UP)) + 0.0  # never -0.0


def total(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts."""
    return sum(values, Decimal(0))
