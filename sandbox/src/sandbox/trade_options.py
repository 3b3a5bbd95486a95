"""What `POST /_sandbox/trade` may ask of a world beside its baskets: who ships, and what goes on there.

Belongs here: names, usual values, and reading them. Does not: what they do to a world.
"""

from __future__ import annotations

from typing import Any

from sandbox.refusals import Refused, checked_number

FULFILMENTS = ["connected", "self"]
CONNECTED = {
    "live_events": 1,
    "first_live_day": 30,
    "connected_from_day": 0,
    "returns_permille": 60,
    "netsuite_shops": 0,
}
STORES = {
    "stores": 0,
    "store_orders_permille": 300,
    "store_rejects_permille": 50,
    "store_short_permille": 30,
    "store_late_permille": 50,
    "walk_ins_permille": 400,
    "till_returns_permille": 150,
}
NAMES = ["fulfilment", *CONNECTED, *STORES]


def chosen(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return who ships, as the world takes it: nothing for a world whose orders ship by themselves. Raises Refused."""
    fulfilment = wanted.get("fulfilment", "self")
    if fulfilment not in FULFILMENTS:
        raise Refused(f"fulfilment {fulfilment!r} is unknown", valid=FULFILMENTS)
    if fulfilment == "self":
        return {}
    numbers, stores = _numbers(wanted, CONNECTED), _numbers(wanted, STORES)
    if numbers["netsuite_shops"] > 1:
        raise Refused(f"netsuite_shops {numbers['netsuite_shops']}: expected 0 or 1", valid=[0, 1])
    return {"fulfilment": fulfilment, **numbers, **({"stores": stores} if stores["stores"] else {})}


def _numbers(wanted: dict[str, Any], usual: dict[str, int]) -> dict[str, int]:
    return {name: checked_number(wanted, name, default=value, least=0) for name, value in usual.items()}
