"""Inventory/..., Locations/..., PostalServices/...: items, bundles, mappings and master data.

Belongs here: shapes of these calls. Does not: numbers of stock beyond an item's own row.
Fact sheet linnworks 8, 9.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, stock_calls
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.items import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import DEFAULT_LOCATION, SYSTEM
from sandbox.store import Store

_MOST_COMPOSITIONS = 100


def locations(store: Store, given: Parameters) -> list[Body]:
    """Return all stock locations."""
    return items.locations(store)


def location(store: Store, given: Parameters) -> Body:
    """Return one location."""
    id = given.guid("pkStockLocationId")
    found = items.location(store, id)
    if found is None:
        raise WireError(f"Location {id} was not found.")
    return found


def item(store: Store, given: Parameters) -> Body:
    """Return an item by SKU or id, with the numbers of the Default location."""
    sku = given.text("sKU")
    found = items.by_sku(store, sku) if sku else items.by_id(store, given.guid("stockItemId"))
    if found is None:
        raise WireError("Could not determine inventory item id from SKU" if sku else "Stock item was not found.")
    return _shown(store, found)


def item_by_id(store: Store, given: Parameters) -> Body:
    """Return an item by id, with the numbers of the Default location."""
    found = items.by_id(store, given.guid("id"))
    if found is None:
        raise WireError("Stock item was not found.")
    return _shown(store, found)


def ids_by_sku(store: Store, given: Parameters) -> Body:
    """Return ids for SKUs; unknown SKUs are left out."""
    found = (items.by_sku(store, str(sku)) for sku in given.rows("SKUS"))
    return {"Items": [{"StockItemId": each["StockItemId"], "SKU": each["ItemNumber"]} for each in found if each]}


def compositions(store: Store, given: Parameters) -> list[Body]:
    """Return a bundle's components; [] for any other item."""
    return items.components(store, given.guid("inventoryItemId"))


def compositions_by_ids(store: Store, given: Parameters) -> Body:
    """Return components by bundle; items that are none are left out."""
    ids = given.guids("InventoryItemIds")
    if len(ids) > _MOST_COMPOSITIONS:
        raise WireError(f"The maximum items count for this call is {_MOST_COMPOSITIONS}")
    found = {id: items.components(store, id) for id in ids}
    return {"InventoryItemsCompositionByIds": {id: parts for id, parts in found.items() if parts}}


def channel_skus(store: Store, given: Parameters) -> list[Body]:
    """Return an item's channel SKUs."""
    return items.channel_skus(store, given.guid("inventoryItemId"))


def channel_skus_batch(store: Store, given: Parameters) -> list[Body]:
    """Return the channel SKUs of many items."""
    ids = given.guids("inventoryItemIds")
    return [{"StockItemId": id, "ChannelSkus": items.channel_skus(store, id)} for id in ids]


def channels(store: Store, given: Parameters) -> list[Body]:
    """Return the channels' settings."""
    return _all(store, "channels")


def postal_services(store: Store, given: Parameters) -> list[Body]:
    """Return the postal services."""
    return _all(store, "postal_services")


def _shown(store: Store, found: Body) -> Body:
    return {"VariationGroupName": "", **stock_calls.with_numbers(store, found, DEFAULT_LOCATION)}


def _all(store: Store, kind: str) -> list[dict[str, Any]]:
    found = [record.body for record in store.select(SYSTEM, kind)]
    return [{key: value for key, value in body.items() if not key.startswith("_")} for body in found]
