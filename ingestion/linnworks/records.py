"""Which raw records Linnworks' rows become.

Belongs here: ids, and what is kept of a row. Does not: which rows are read (loader, orders, source).

Two things are left out of an order as received: what it says about the buyer, which is not needed, and the levels
of stock that its lines repeat, which are the items', and would make a new version of every open order whenever
something is sold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ingestion.load_context import id_of

NUMBERS = ("Quantity", "InOrder", "Due", "Available", "MinimumLevel")
ABOUT_THE_BUYER = ("CustomerInfo", "Notes", "TaxId")
STOCK_OF_THE_MOMENT = ("Level", "AvailableStock", "InOrderBook", "OnOrder", "MinimumLevel", "StockLevelIndicator")

Row = Mapping[str, Any]


def location(row: Row) -> Row:
    """Return a location as a record."""
    return {**row, "id": row.get("StockLocationId")}


def level(row: Row, place: Row) -> Row:
    """Return an item's numbers in a location as a record; `place` is the location's."""
    known = id_of(row, "StockItemId")
    where = {"LocationId": place["id"], "LocationName": place.get("LocationName")}
    kept = {name: row.get(name) for name in ("StockItemId", "ItemNumber", "IsCompositeParent", *NUMBERS)}
    return {"id": f"{known}/{place['id']}" if known else "", **where, **kept}


def item(row: Row) -> Row:
    """Return an item as a record, without the numbers of one location."""
    return {"id": row.get("StockItemId"), **{name: value for name, value in row.items() if name not in NUMBERS}}


def snapshot(place: Row, levels: Sequence[Row], *, as_of: datetime) -> Row:
    """Return when a location was read and how much of it was empty: a level that did not change lands no version."""
    return {
        "id": place["id"],
        "location": place.get("LocationName"),
        "as_of": as_of.isoformat(),
        "items": len(levels),
        "items_at_zero": sum(row["Quantity"] == 0 for row in levels),
    }


def compositions(items: Mapping[str, Row], ask: Callable[[Sequence[str]], Mapping[str, Any]]) -> list[Row]:
    """Return what each bundle among these items is made of, as records; `ask` is asked for bundles by id."""
    bundles = sorted(key for key, row in items.items() if row.get("IsCompositeParent"))
    found = ask(bundles) if bundles else {}
    return [{"id": key, "SKU": items[key].get("ItemNumber"), "Components": found.get(key, [])} for key in bundles]


def order(row: Row, locked: Collection[str]) -> Row:
    """Return an order as a record; `locked` are the ids of those that Linnworks holds."""
    items = row.get("Items")
    lines = [_line(line) for line in items] if isinstance(items, list) else items
    known = id_of(row, "OrderId")
    kept = {name: value for name, value in row.items() if name not in ABOUT_THE_BUYER}
    return {**kept, "id": known, "IsLocked": known in locked, "Items": lines}


def reference(row: Row) -> str:
    """Return the channel's id of an order."""
    general = row.get("GeneralInfo")
    return str(general.get("ReferenceNum") or "") if isinstance(general, Mapping) else ""


def closed_at(row: Row) -> datetime | None:
    """Return when an order was processed, UTC; None while it is open."""
    if row.get("Processed") is not True:
        return None
    try:
        found = datetime.fromisoformat(str(row.get("ProcessedDateTime")))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _line(line: Any) -> Any:
    if not isinstance(line, Mapping):
        return line
    parts = line.get("CompositeSubItems")
    kept = {name: value for name, value in line.items() if name not in STOCK_OF_THE_MOMENT}
    return {**kept, "CompositeSubItems": [_line(part) for part in parts]} if isinstance(parts, list) else kept
