"""Stock/...: items with their numbers, levels, and the writes that set or change them (fact sheet linnworks 8).

Belongs here: shapes and paging of these calls. Does not: the arithmetic (see `stock`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.linnworks import items, stock
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.items import Body
from sandbox.linnworks.paging import page
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import DEFAULT_LOCATION, exact
from sandbox.store import Record, Store

NOTHING_FOUND = "No items found with given filter"
_LARGEST_FULL_PAGE = 200
_NEEDS = (
    "StockLevels", "Pricing", "Supplier", "ShippingInformation", "ChannelTitle", "ChannelDescription", "ChannelPrice",
    "ExtendedProperties", "Images",
)  # fmt: skip
_NOT_IN_FULL = {"ItemDescription", "ShippedSeparately"}
_NEEDS_BY_IDS = tuple(need for need in _NEEDS if need not in {"Pricing", "ShippingInformation"})
_SEARCHED = ("SKU", "Title", "Barcode")
_SEARCHED_FIELDS = {"SKU": "ItemNumber", "Title": "ItemTitle", "Barcode": "BarcodeNumber"}
_LISTS = (
    "Suppliers", "ItemChannelDescriptions", "ItemExtendedProperties", "ItemChannelTitles", "ItemChannelPrices",
    "Images",
)  # fmt: skip


def stock_items(store: Store, given: Parameters) -> Body:
    """Return a page of items with the numbers of one location."""
    place = given.guid("locationId", DEFAULT_LOCATION)
    rows = _searched(store, given.text("keyWord"), list(_SEARCHED))
    if given.flag("excludeComposites"):
        rows = [item for item in rows if not stock.is_composite(store, item["StockItemId"])]
    size, number = given.whole("entriesPerPage", 100), given.whole("pageNumber", 1)
    return page(rows, number, size, lambda item: with_numbers(store, item, place))


def items_full(store: Store, given: Parameters) -> list[Body]:
    """Return a page of items as a bare list; the page after the last is a 400 (fact sheet linnworks 2)."""
    size, number = given.whole("entriesPerPage", _LARGEST_FULL_PAGE), given.whole("pageNumber", 1)
    if not 1 <= size <= _LARGEST_FULL_PAGE:
        raise WireError(f"Number must be between 1 and {_LARGEST_FULL_PAGE}")
    needs = given.choices("dataRequirements", _NEEDS)
    rows = _searched(store, given.text("keyword"), given.choices("searchTypes", _SEARCHED) or list(_SEARCHED))
    if not given.flag("loadCompositeParents"):
        rows = [item for item in rows if not stock.is_composite(store, item["StockItemId"])]
    shown = rows[(max(number, 1) - 1) * size : max(number, 1) * size]
    if not shown:
        raise WireError(NOTHING_FOUND)
    return [_full(store, item, needs) for item in shown]


def items_full_by_ids(store: Store, given: Parameters) -> Body:
    """Return items by id; unknown ones are left out."""
    needs = given.choices("DataRequirements", _NEEDS_BY_IDS)
    found = (items.by_id(store, id) for id in given.guids("StockItemIds"))
    rows = [_full(store, item, needs) for item in found if item]
    for row in rows:
        row["IsCompositeParent"] = stock.is_composite(store, row["StockItemId"])
        del row["IsVariationParent"]
    return {"StockItemsFullExtended": rows}


def level(store: Store, given: Parameters) -> list[Body]:
    """Return an item's levels, one for each location."""
    return stock.levels(store, _item(store, given.guid("stockItemId")))


def level_batch(store: Store, given: Parameters) -> list[Body]:
    """Return the levels of many items; unknown ones are left out."""
    found = (items.by_id(store, id) for id in given.guids("StockItemIds"))
    return [
        {"pkStockItemId": item["StockItemId"], "StockItemLevels": stock.levels(store, item)} for item in found if item
    ]


def level_by_location(store: Store, given: Parameters) -> Body:
    """Return an item's level in one location."""
    item, place = _item(store, given.guid("StockItemId")), given.guid("LocationId", DEFAULT_LOCATION)
    if items.location(store, place) is None:
        raise WireError(f"Location {place} was not found.")
    return {"StockLevel": stock.level(store, item, place)}


def set_level(store: Store, given: Parameters) -> list[Body]:
    """Set absolute physical levels; once or twice is the same."""
    return _changed(store, given, lambda row: {"to": row.whole("Level")})


def change_level(store: Store, given: Parameters) -> list[Body]:
    """Change physical levels BY a number, in the same body as `set_level`: twice is double."""
    return _changed(store, given, lambda row: {"by": row.whole("Level")})


def set_bulk(store: Store, given: Parameters) -> Body:
    """Set absolute levels row by row; a row's errors are reported in it, in a 200."""
    return {"Items": [_bulk_row(store, row) for row in given.objects("Items")]}


def history(store: Store, given: Parameters) -> Body:
    """Return a page of an item's changes in a location, the last first; page -1 is all."""
    rows = stock.history(store, given.guid("stockItemId"), given.guid("locationId", DEFAULT_LOCATION))
    size, number = given.whole("entriesPerPage", 100), given.whole("pageNumber", 1)

    def shown(record: Record) -> Body:
        return {key: value for key, value in record.body.items() if key != "id" and not key.startswith("_")}

    return page(rows, number, size, shown)


def sku_exists(store: Store, given: Parameters) -> bool:
    """Return whether a SKU is known."""
    return items.by_sku(store, given.text("SKU")) is not None


def with_numbers(store: Store, item: Body, place: str) -> Body:
    """Return an item with what one location has of it."""
    found = stock.level(store, item, place)
    names = {"Quantity": "StockLevel", "InOrder": "InOrders", "Due": "Due", "MinimumLevel": "MinimumLevel"}
    numbers = {name: found[key] for name, key in names.items() if key in found}
    composite = stock.is_composite(store, item["StockItemId"])
    shown = {key: value for key, value in item.items() if not key.startswith("_")}
    return {**shown, **numbers, "Available": found["Available"], "IsCompositeParent": composite}


def _changed(store: Store, given: Parameters, amount: Callable[[Parameters], dict[str, int]]) -> list[Body]:
    note = given.text("changeSource") or "API"
    done: list[Body] = []
    for row in given.objects("stockLevels"):
        item = items.by_sku(store, row.text("SKU"))
        if item is None:
            raise WireError(f"Could not determine inventory item id from SKU {row.text('SKU')}")
        place = row.guid("LocationId", DEFAULT_LOCATION)
        if items.location(store, place) is None:
            raise WireError(f"Location {place} was not found.")
        stock.change(store, item, place, note=note, **amount(row))
        done.append(stock.level(store, item, place))
    return done


def _bulk_row(store: Store, row: Parameters) -> Body:
    item = items.by_id(store, row.guid("StockItemId", "")) or items.by_sku(store, row.text("SKU"))
    name, place = row.text("StockLocationName"), row.guid("StockLocationId", "")
    found = items.location_named(store, name) if name else items.location(store, place or DEFAULT_LOCATION)
    errors = [] if item else ["Stock item was not found"]
    errors += [] if found else ["Stock location was not found"]
    if item and stock.is_composite(store, item["StockItemId"]):
        errors.append("Stock levels of composite items cannot be updated")
    echoed = {
        "SKU": row.text("SKU") or None, "StockItemId": item["StockItemId"] if item else None,
        "StockLocationName": name or None, "StockLocationId": found["StockLocationId"] if found else None,
        "RowIndex": row.whole("RowIndex"), "Binrack": row.text("Binrack") or None,
    }  # fmt: skip
    numbers = {key: row.values.get(key.lower()) for key in ("StockLevel", "StockValue", "UnitCost", "MinimumLevel")}
    if item and found and not errors:
        _write_bulk(store, row, item, found["StockLocationId"])
    return {"Errors": errors, **echoed, **numbers}


def _write_bulk(store: Store, row: Parameters, item: Body, place: str) -> None:
    changes: dict[str, Any] = {}
    if row.text("UnitCost"):
        changes["UnitCost"] = float(exact(row.text("UnitCost")))
    if row.text("MinimumLevel"):
        changes["MinimumLevel"] = row.whole("MinimumLevel")
    if row.text("Binrack"):
        changes["_binrack"] = row.text("Binrack")
    stock.amend(store, item, place, changes)
    if row.text("StockLevel"):
        stock.change(store, item, place, to=row.whole("StockLevel"), note="Bulk update")


def _full(store: Store, item: Body, needs: list[str]) -> Body:
    levels = stock.levels(store, item) if "StockLevels" in needs else []
    shown = {key: value for key, value in item.items() if not key.startswith("_") and key not in _NOT_IN_FULL}
    titles = [
        {"pkRowId": row["ChannelSKURowId"], "Source": row["Source"], "SubSource": row["SubSource"],
         "Title": item["ItemTitle"], "StockItemId": item["StockItemId"], "StockItemIntId": item["StockItemIntId"]}
        for row in (items.channel_skus(store, item["StockItemId"]) if "ChannelTitle" in needs else [])
    ]  # fmt: skip
    return {**{name: [] for name in _LISTS}, "StockLevels": levels, **shown, "ItemChannelTitles": titles}


def _searched(store: Store, keyword: str, places: list[str]) -> list[Body]:
    wanted = keyword.lower()
    found = items.everything(store)
    fields = [_SEARCHED_FIELDS[place] for place in places]
    return [item for item in found if not wanted or any(wanted in str(item[field]).lower() for field in fields)]


def _item(store: Store, id: str) -> Body:
    item = items.by_id(store, id)
    if item is None:
        raise WireError(f"Stock item {id} was not found.")
    return item
