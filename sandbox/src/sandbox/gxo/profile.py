"""The trading partner profile: what the two parties agreed on before the first file.

Belongs here: identifiers, delimiters, folders, services, carriers and the site's hours. Does not: any message.
GXO publishes no interface; X12 4010 over SFTP is one common profile of such warehouses (fact sheet gxo 1, 3, 14).
Times of the site are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.store import Store

SYSTEM = "gxo"
SITE = "NTH1"
CLIENT_ID = "NORTHGATE"
WAREHOUSE_ID = "GXONTH1"
QUALIFIER = "ZZ"
INTERCHANGE_VERSION = "00401"
GROUP_VERSION = "004010"
FOLDERS = ("in", "out", "archive")
WAVE_SECONDS = 1800
FUNCTIONAL_IDS = {"940": "OW", "945": "SW", "846": "IB", "947": "AW", "944": "RE", "997": "FA"}

CARRIERS = {"RMGB": "Royal Mail", "EVRI": "Evri"}
SERVICES = {"STD": ("EVRI", "RMGB"), "EXP": ("RMGB",), "TIKTOK_LABEL": ("EVRI", "RMGB")}
UNITS_PER_CARTON = 6

OPENS, CLOSES = 8, 18
COLLECTIONS = (14 * 3600 + 1800, 17 * 3600 + 1800)
SNAPSHOT_AT = 2 * 3600
NOON_SNAPSHOT_AT = 12 * 3600
COUNT_AT = 10 * 3600
RECEIPT_AT = 9 * 3600 + 1800
RECEIPT_WEEKDAY = 1

DEFAULT_LIMITS = {"lin_per_set": 10_000, "noon_snapshot": False}


def limits(store: Store) -> dict[str, int]:
    """Return the switches in force: `lin_per_set` (LIN loops in one 846) and `noon_snapshot` (a second 846)."""
    return {**DEFAULT_LIMITS, **(store.get_meta("limits") or {}).get(SYSTEM, {})}


def seed(store: Store) -> int:
    """Return what all chance of this warehouse follows from: the world's seed."""
    return int((store.get_meta("world") or {}).get("seed", 1))


def date8(instant: int) -> str:
    """Return CCYYMMDD of an instant (epoch seconds)."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%d")


def time4(instant: int) -> str:
    """Return HHMM of an instant (epoch seconds)."""
    return datetime.fromtimestamp(instant, UTC).strftime("%H%M")


def stamp(instant: int) -> str:
    """Return YYYYMMDDHHMMSS of an instant (epoch seconds), as file names carry it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%d%H%M%S")
