"""Goods in NetSuite: locations, items, what kits are made of, and what each location holds of each item.

Belongs here: the SuiteQL of goods and how its rows become records. Does not: orders, the wire, what a figure means.

Read only where NetSuite ships for a shop. A kit has no rows of stock of its own (fact sheet netsuite 7). Levels are
asked for location by location, for NetSuite hands out at most 100,000 rows of a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingestion.load_context import id_of

Row = Mapping[str, Any]

LOCATIONS = "SELECT id, name, fullname, subsidiary, isinactive FROM location ORDER BY id"
ITEMS = (
    "SELECT id, itemid, externalid, itemtype, upccode, isinactive FROM item"
    " WHERE itemtype IN ('InvtPart', 'Assembly', 'Kit') ORDER BY id"
)
KIT_MEMBERS = "SELECT parentitem, item, quantity FROM kititemmember ORDER BY parentitem, item, quantity"
LEVELS = (
    "SELECT l.item, l.location, i.itemid, l.quantityonhand, l.quantityavailable, l.quantitycommitted,"
    " l.quantitybackordered"
    " FROM inventoryitemlocations l INNER JOIN item i ON i.id = l.item WHERE l.location = {location} ORDER BY l.item"
)


def kits(rows: Sequence[Row]) -> list[Row]:
    """Return each kit with its members, as a record under the kit's id."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[id_of(row, "parentitem")].append({"item": str(row.get("item")), "quantity": row.get("quantity")})
    return [{"id": kit, "members": found} for kit, found in members.items()]


def level(row: Row) -> Row:
    """Return what a location holds of an item, as a record."""
    item, location = id_of(row, "item"), id_of(row, "location")
    return {"id": f"{item}/{location}" if item and location else "", **row}


def location_of(row: Row) -> str:
    """Return the location's id of a level."""
    return id_of(row, "location")


def snapshot(location: str, levels: Sequence[Row], *, as_of: datetime) -> Row:
    """Return when a location was read and how much of it was empty: a level that did not change lands no version."""
    zero = sum(str(row.get("quantityonhand") or "0") == "0" for row in levels)
    return {"id": location, "as_of": as_of.isoformat(), "items": len(levels), "items_at_zero": zero}
