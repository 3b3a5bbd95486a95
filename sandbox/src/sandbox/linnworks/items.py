"""What can be stocked and where: items, bundles, channel SKUs, locations.

Belongs here: finding and adding these records. Does not: how much there is of anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.linnworks.profile import CHANNEL, DEFAULT_LOCATION, EMPTY, SYSTEM, guid, iso, next_number
from sandbox.store import Record, Store

Body = dict[str, Any]

_BLANK: Body = {
    "ItemDescription": "", "ShippedSeparately": False, "BarcodeNumber": "", "MetaData": None,
    "IsVariationParent": False, "isBatchedStockType": False, "PurchasePrice": 0.0, "RetailPrice": 0.0, "TaxRate": -1.0,
    "PostalServiceId": EMPTY, "PostalServiceName": "Default", "CategoryId": EMPTY, "CategoryName": "Default",
    "PackageGroupId": EMPTY, "PackageGroupName": "Default", "Height": 0.0, "Width": 0.0, "Depth": 0.0, "Weight": 0.0,
    "InventoryTrackingType": 0, "BatchNumberScanRequired": False, "SerialNumberScanRequired": False,
}  # fmt: skip


def by_id(store: Store, id: str) -> Body | None:
    """Return an item that is not archived, or None."""
    record = store.get(SYSTEM, "stock_items", id)
    return None if record is None or record.body.get("_archived") else record.body


def by_sku(store: Store, sku: str) -> Body | None:
    """Return the item of a SKU, or None; archived items are as good as gone (fact sheet linnworks 8)."""
    found = [record.body for record in store.select(SYSTEM, "stock_items", parent=sku)] if sku else []
    return next((body for body in found if not body.get("_archived")), None)


def everything(store: Store) -> list[Body]:
    """Return all items that are not archived, by SKU."""
    found = [record.body for record in store.select(SYSTEM, "stock_items")]
    return sorted((body for body in found if not body.get("_archived")), key=lambda body: str(body.get("ItemNumber")))


def ensured(store: Store, sku: str, title: str = "") -> Body:
    """Return the item of a SKU, added and listed on the channel when there is none."""
    known = by_sku(store, sku)
    if known:
        return known
    number = next_number(store, "StockItemIntId")
    id = guid("item", sku)
    created = {"CreationDate": iso(store.now), "StockItemId": id, "StockItemIntId": number}
    body = {**_BLANK, "ItemNumber": sku, "ItemTitle": title or sku, **created}
    store.put(Record(SYSTEM, "stock_items", id, body, "", sku, store.now, store.now))
    map_channel_sku(store, sku, sku)
    return body


def components(store: Store, parent: str) -> list[Body]:
    """Return what a bundle is made of, by component; [] for anything else."""
    return [record.body for record in store.select(SYSTEM, "compositions", parent=parent)]


def compose(store: Store, parent: Body, parts: Mapping[str, int]) -> None:
    """Make an item a bundle of so many units of other SKUs; bundles do not nest (fact sheet linnworks 8)."""
    for sku, quantity in sorted(parts.items()):
        part = ensured(store, sku)
        body = {
            "LinkedStockItemId": part["StockItemId"], "ItemTitle": part["ItemTitle"], "SKU": sku,
            "Quantity": quantity, "PurchasePrice": 0.0, "InventoryTrackingType": 0, "DimHeight": 0.0, "DimWidth": 0.0,
            "DimDepth": 0.0, "Weight": 0.0, "PackageGroupId": EMPTY, "TaxRate": -1.0,
            "StockItemId": parent["StockItemId"], "StockItemIntId": parent["StockItemIntId"],
        }  # fmt: skip
        id = f"{parent['StockItemId']}.{part['StockItemId']}"
        store.put(Record(SYSTEM, "compositions", id, body, "", parent["StockItemId"]))


def map_channel_sku(store: Store, channel_sku: str, sku: str, *, channel: tuple[str, str] = CHANNEL) -> None:
    """Link a channel's SKU to the item of a SKU that the account knows."""
    item = by_sku(store, sku)
    if item is None:
        raise ValueError(f"sku {sku!r}: expected one that the account has")
    row = guid("channel sku", *channel, channel_sku)
    body = {
        "ChannelSKURowId": row, "SKU": channel_sku, "Source": channel[0], "SubSource": channel[1],
        "UpdateStatus": "Updated", "ChannelReferenceId": "", "LastUpdate": iso(store.now), "MaxListedQuantity": 0,
        "EndWhenStock": 0, "SubmittedQuantity": 0, "ListedQuantity": 0, "StockPercentage": 100.0, "IgnoreSync": False,
        "IgnoreSyncMultiLocation": False, "IsMultiLocation": False, "StockItemId": item["StockItemId"],
        "StockItemIntId": item["StockItemIntId"],
    }  # fmt: skip
    store.put(Record(SYSTEM, "channel_skus", row, body, "", channel_sku))


def linked(store: Store, channel_sku: str, channel: tuple[str, str], *, by_name: bool) -> Body | None:
    """Return the item a channel's SKU means: by its mapping, else, `by_name`, the item of that SKU."""
    for record in store.select(SYSTEM, "channel_skus", parent=channel_sku):
        if (record.body.get("Source"), record.body.get("SubSource")) == channel:
            found = by_id(store, str(record.body.get("StockItemId")))
            if found:
                return found
    return by_sku(store, channel_sku) if by_name else None


def channel_skus(store: Store, item: str) -> list[Body]:
    """Return the channel SKUs of an item."""
    return [record.body for record in store.select(SYSTEM, "channel_skus", matching={"StockItemId": item})]


def locations(store: Store) -> list[Body]:
    """Return all stock locations, Default first."""
    return [record.body for record in store.select(SYSTEM, "locations")]


def location(store: Store, id: str) -> Body | None:
    """Return a location, or None."""
    record = store.get(SYSTEM, "locations", id)
    return None if record is None else record.body


def location_named(store: Store, name: str) -> Body | None:
    """Return the location of a name, its case ignored, or None."""
    return next((each for each in locations(store) if each["LocationName"].lower() == name.strip().lower()), None)


def location_body(id: str, name: str, number: int) -> Body:
    """Return a location as the wire shows it."""
    return {
        "Address1": "1 Paper Moon Road", "Address2": "", "City": "Gravity Pines", "County": "OR",
        "Country": "United States", "ZipCode": "97000", "IsNotTrackable": False, "LocationTag": "",
        "CountInOrderUntilAcknowledgement": False, "FulfilmentCenterDeductStockWhenProcessed": False,
        "IsWarehouseManaged": False, "StockLocationId": id, "LocationName": name, "IsFulfillmentCenter": False,
        "StockLocationIntId": number,
    }  # fmt: skip


def default_location() -> Body:
    """Return the location every account has; its id is the empty GUID."""
    return location_body(DEFAULT_LOCATION, "Default", 0)
