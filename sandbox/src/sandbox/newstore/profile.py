"""The stand-in tenant: its names, stores, hours, switches, ids, instants and amounts.

Belongs here: what every other module needs to agree on. Does not: any call or rule.
Instants inside are epoch seconds of world time, UTC; on the wire they are RFC 3339 with a Z. Amounts are kept as text
in major units; on the wire they are JSON numbers.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.store import Store

SYSTEM = "newstore"
TENANT = "northgate"
WAVE_SECONDS = 1800
DC = "NTH-DC"
CATALOG, LOCALE = "storefront-catalog-en", "en-GB"
OPENS, CLOSES = 9 * 3600, 18 * 3600
SUNDAY = 6

DEFAULT_LIMITS: dict[str, Any] = {
    "per_second": {},
    "ip_limit": 30_000,
    "ip_block_seconds": 300,
    "token_ttl": 300,
    "changed_injection": "error",
    "readable_after_seconds": 2,
    "grace_minutes": 30,
    "safety_stock": 1,
    "export_polls": 1,
    "import_polls": 1,
    "open_imports": 20,
    "integrations": 25,
    "hold_seconds": 60,
    "late_events_permille": 30,
    "double_events_permille": 10,
}
"""Switches. `per_second` maps a call ('POST /v0/d/fulfill_order') to its pace; `ip_limit` bounds the requests of five
minutes of real time, then all are refused for `ip_block_seconds`; `token_ttl` is in seconds of real time;
`changed_injection` is 'error' or 'first'; an injected order can be read by the legacy call after
`readable_after_seconds` of real time; a job of exports or imports is done after so many polls; a stream whose listener
refuses is held for `hold_seconds`; so many events in a thousand come up to fifteen minutes late, or twice."""

CHANCES = {
    "stores": 6,
    "store_orders_permille": 300,
    "store_rejects_permille": 50,
    "store_short_permille": 30,
    "store_late_permille": 50,
    "walk_ins_permille": 400,
    "till_returns_permille": 150,
}
"""What goes on in the stores, in a thousand: orders of the GB shop that they ship; requests that associates reject;
items that they do not find while they pick; parcels that leave a day or two late; units sold over the counter for each
that the shop sells online; returns of TikTok orders that are brought to a till."""


@dataclass(frozen=True)
class Place:
    """A store: its fulfilment node and its place."""

    id: str
    name: str
    city: str
    zip: str


STORES = tuple(
    Place(id, f"Northgate {name}", city, zip_code)
    for id, name, city, zip_code in (
        ("LDN01", "Regent Street", "London", "ZZ99 1AA"),
        ("MAN01", "Market Street", "Manchester", "ZZ99 2AA"),
        ("BHM01", "Bullring", "Birmingham", "ZZ99 3AA"),
        ("LDS01", "Briggate", "Leeds", "ZZ99 4AA"),
        ("GLA01", "Buchanan Street", "Glasgow", "ZZ99 5AA"),
        ("BRS01", "Cabot Circus", "Bristol", "ZZ99 6AA"),
        ("LIV01", "Church Street", "Liverpool", "ZZ99 7AA"),
        ("NCL01", "Northumberland Street", "Newcastle", "ZZ99 8AA"),
        ("CDF01", "Queen Street", "Cardiff", "ZZ99 9AA"),
        ("EDI01", "Princes Street", "Edinburgh", "ZZ98 1AA"),
        ("NOT01", "Clumber Street", "Nottingham", "ZZ98 2AA"),
        ("SHF01", "Fargate", "Sheffield", "ZZ98 3AA"),
    )
)
NO_DECIMALS = {"JPY", "KRW", "CLP", "VND", "ISK"}
THREE_DECIMALS = {"KWD", "BHD", "JOD", "OMR", "TND"}


def limits(store: Store) -> dict[str, Any]:
    """Return the switches in force."""
    return {**DEFAULT_LIMITS, **(store.get_meta("limits") or {}).get(SYSTEM, {})}


def chances(store: Store) -> dict[str, int]:
    """Return the world's chances of what goes on in stores."""
    return {**CHANCES, **((store.get_meta("world") or {}).get("stores") or {})}


def seed(store: Store) -> int:
    """Return what all chance of this tenant follows from: the world's seed."""
    return int((store.get_meta("world") or {}).get("seed", 1))


def new_id(store: Store, counter: str) -> str:
    """Return the next id of a kind: a UUID that follows from the kind and its count."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"newstore:{counter}:{next_number(store, counter)}"))


def next_number(store: Store, counter: str) -> int:
    """Return the next number of a counter, kept beside the records, from 1."""
    key = f"newstore.number.{counter}"
    number = int(store.get_meta(key, 0)) + 1
    store.set_meta(key, number)
    return number


def iso(instant: int) -> str:
    """Return an instant (epoch seconds) as the wire writes it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: object) -> int | None:
    """Return the epoch seconds of an RFC 3339 text, None when it is none; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def decimals(currency: str) -> int:
    """Return how many decimals a currency has."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def text_of(amount: Decimal, currency: str) -> str:
    """Return an amount as it is kept: text with the currency's decimals."""
    return str(amount.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP))
