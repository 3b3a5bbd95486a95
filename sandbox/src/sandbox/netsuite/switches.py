"""How this account is set up: what `PUT /_sandbox/limits {"netsuite": {...}}` changes while it runs.

Belongs here: the switches, their names and defaults. Does not: what they do.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.seed import DEFAULT_CONCURRENCY, DEFAULT_DATE_FORMAT, DEFAULT_TIME_ZONE
from sandbox.store import Store

DEFAULTS: dict[str, Any] = {
    "time_zone": DEFAULT_TIME_ZONE,
    "date_format": DEFAULT_DATE_FORMAT,
    "concurrency": DEFAULT_CONCURRENCY,
    # Of the account's calls at once: those reserved for this integration (0: none), and those that others now make.
    "integration_concurrency": 0,
    "calls_of_others": 0,
    # Accounting preferences: whether an order is billed before it is shipped, and shipped beyond what is committed.
    "invoice_in_advance": True,
    "fulfil_uncommitted": False,
    "default_ship_status": "A",
    # Forms by record type: {"salesOrder": {"hidden": ["email"], "mandatory": ["otherRefNum"]}}.
    "forms": {},
    "lenient_aud": False,
    "latency_seconds": 0,
    # The address that callers see, where a proxy is in front: OAuth 1.0a signs it, and links carry it.
    "public_base_url": "",
}


def switch(store: Store, name: str) -> Any:
    """Return a switch's value: as set over the control surface, as this account was made, or its default."""
    set_while_running = store.get_meta("limits", {}).get("netsuite", {})
    return set_while_running.get(name, store.get_meta(f"netsuite.{name}", DEFAULTS[name]))


def switches(store: Store) -> dict[str, Any]:
    """Return every switch and its value."""
    return {name: switch(store, name) for name in DEFAULTS}
