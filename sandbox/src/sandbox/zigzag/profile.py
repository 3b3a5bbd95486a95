"""The stand-in account: its names, warehouses, carriers, switches, ids and instants.

Belongs here: what every other module needs to agree on. Does not: any call or rule.
Instants inside are epoch seconds of world time, UTC; on the wire they are ISO 8601 with a Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.store import Store

SYSTEM = "zigzag"
WAVE_SECONDS = 3600
RETAILERS = ("NORTHGATE",)
GXO_SITE, LINNWORKS_LOCATION = "NTH1", "Default"
NETSUITE_LOCATION = "Leeds DC"
WAREHOUSES = {GXO_SITE: "gxo", LINNWORKS_LOCATION: "linnworks", NETSUITE_LOCATION: "netsuite"}
"""Destinations by the code of the distribution centre, and the system that books stock there."""

DEFAULT_LIMITS: dict[str, Any] = {"per_second": 50, "token_ttl": 1800, "grade_after_hours": [4, 40], "expire_days": 45}
"""Switches. `per_second` bounds all calls of the account; `token_ttl` is in seconds of real time; the hub grades
between the two `grade_after_hours` after receipt; a return without a scan expires after `expire_days`."""


@dataclass(frozen=True)
class CarrierService:
    """A way to send a parcel back; `id` is what a client asks for."""

    id: int
    carrier: str
    service: str
    countries: tuple[str, ...]


SERVICES = (
    CarrierService(1, "Evri", "Evri Returns ParcelShop", ("GB",)),
    CarrierService(2, "Royal Mail", "Royal Mail Tracked Returns 48", ("GB",)),
    CarrierService(3, "USPS", "USPS Ground Advantage Return", ("US",)),
    CarrierService(4, "UPS", "UPS Ground Return", ("US",)),
)


def limits(store: Store) -> dict[str, Any]:
    """Return the switches in force."""
    return {**DEFAULT_LIMITS, **(store.get_meta("limits") or {}).get(SYSTEM, {})}


def seed(store: Store) -> int:
    """Return what all chance of this account follows from: the world's seed."""
    return int((store.get_meta("world") or {}).get("seed", 1))


def default_warehouse(country: str) -> str:
    """Return where goods of an order to a country (ISO-2) go back to when neither line nor product says so."""
    return LINNWORKS_LOCATION if country.upper() == "US" else GXO_SITE


def next_number(store: Store, counter: str, *, first: int) -> int:
    """Return the next number of a counter, kept beside the records."""
    numbers = store.get_meta("zigzag.numbers", {})
    numbers[counter] = numbers.get(counter, first - 1) + 1
    store.set_meta("zigzag.numbers", numbers)
    return int(numbers[counter])


def iso(instant: int) -> str:
    """Return an instant (epoch seconds) as the wire writes it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(instant: int) -> str:
    """Return an instant (epoch seconds) as file names carry it: without colons."""
    return iso(instant).replace(":", "")


def instant(text: object) -> int | None:
    """Return the epoch seconds of an ISO 8601 text, None when it is none; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def money(amount: Decimal) -> str:
    """Return an amount as the wire's text, with two decimals."""
    return f"{amount:.2f}"
