"""What the account has from the start: its location, postal services and the TikTok channel.

Belongs here: records written once. Does not: items and stock, which the world brings.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks.items import default_location
from sandbox.linnworks.profile import CHANNEL, DEFAULT_LOCATION, EMPTY, SYSTEM, guid
from sandbox.store import Record, Store

_SERVICES = (
    (EMPTY, "Default", "", ""),
    (guid("postal", "usps"), "USPS Ground Advantage", "USPS", "USPS_GA"),
    (guid("postal", "ups"), "UPS Ground", "UPS", "UPS_GND"),
)
_SETTINGS: dict[str, dict[str, object]] = {
    "Boolean": {
        **dict.fromkeys(("Enabled", "AutoLinkBySku"), True),
        **dict.fromkeys((
            "IsMultiLocation", "AutoPopulatedLocations", "CanModifyLocationsOnChannel", "BopisSupported",
            "ProcessPosOrders", "DeductPosOrdersStock", "DespatchNotes", "CancellationNotes",
            "AutoRespondCancellationRequests", "RefundNotes", "DownloadRefunds", "ReturnNotes", "DownloadReturns",
            "IsOrdersSiteSpecific", "HidesHeaderAttributes", "InventorySync", "AddInOrderBookStock",
            "ExtractInventory", "PriceChange", "IsInventorySyncTriggerEnabled", "IsListingScanRunning"), False),
    },
    "Int32": dict.fromkeys((
        "MaxListed", "EndWhen", "InvSyncErrorCount", "PriceChangeErrorCount", "OrderDownloadErrorCount",
        "OrderDownloadGlobalErrorCount", "OrderDespatchErrorCount", "OrderDespatchGlobalErrorCount",
        "OrderCancellationCheckErrorCount", "OrderCancellationCheckGlobalErrorCount", "RmaDownloadErrorCount",
        "RmaDownloadGlobalErrorCount"), 0),
    "Double": {"StockPercentage": 100.0},
    "String": dict.fromkeys((
        "SourceVersion", "ChannelTag", "CancellationResponseType", "ConfigDiscount",
        "ExtractInventoryVariationMappingPropertyName"), ""),
    "DateTime": dict.fromkeys((
        "OrderSyncDate", "OrderCancellationCheckDate", "ListingScanStartUpdateDate", "LastListingUpdateDate",
        "EstimatedInventoryScanComplete"), "0001-01-01T00:00:00Z"),
    "Guid": {"OrderSaveLocation": DEFAULT_LOCATION},
}  # fmt: skip
_CHOSEN_FROM_A_LIST = ("OrderSaveLocation", "CancellationResponseType", "ConfigDiscount")


def write_master_data(store: Store) -> None:
    """Write it when the store has none."""
    with store.transaction():
        if store.get_meta("linnworks.master_data"):
            return
        store.set_meta("linnworks.master_data", True)
        store.put(Record(SYSTEM, "locations", DEFAULT_LOCATION, default_location()))
        for id, name, vendor, code in _SERVICES:
            store.put(Record(SYSTEM, "postal_services", id, _service(id, name, vendor, code)))
        store.put(Record(SYSTEM, "channels", "1", _channel()))


def _service(id: str, name: str, vendor: str, code: str) -> dict[str, Any]:
    source, shop = CHANNEL
    link = {"pkPostalServiceId": id, "PostalServiceName": name, "Source": source, "SubSource": shop}
    return {
        "id": id, "hasMappedShippingService": bool(vendor), "Channels": [link] if vendor else [],
        "ShippingServices": [], "PostalServiceName": name, "PostalServiceTag": code, "ServiceCountry": "US",
        "PostalServiceCode": code, "Vendor": vendor, "PrintModule": "", "PrintModuleTitle": "",
        "pkPostalServiceId": id, "TrackingNumberRequired": bool(vendor), "WeightRequired": False,
        "IgnorePackagingGroup": False, "fkShippingAPIConfigId": 0, "IntegratedServiceId": EMPTY,
    }  # fmt: skip


def _channel() -> dict[str, Any]:
    settings = [(name, value, kind) for kind, values in _SETTINGS.items() for name, value in values.items()]
    written: dict[str, Any] = {
        name: {"pkPropertyId": number, "Loaded": True, "IsChanged": False, "PropertyValue": value, "PropertyType": kind}
        for number, (name, value, kind) in enumerate(settings, 1)
    }
    for name in _CHOSEN_FROM_A_LIST:
        written[name]["OnGetSelectionList"] = None
    mapping: dict[str, Any] = {"Mapping": [], "ChannelServices": [], "IsChanged": False}
    source, shop = CHANNEL
    return {
        **written, "PkChannelId": 1, "Source": source, "SubSource": shop, "SourceType": "GENERIC", "DisplayName": shop,
        "FulfillmentLocation": DEFAULT_LOCATION, "FulfillmentServiceEnabled": False, "IsHeaderOnly": False,
        "IsHidden": False, "ConcurrencyKey": guid("channel"), "Rules": [], "Buttons": [], "HeaderAuditValues": [],
        "StockLocationBinding": {"Locations": []}, "ChannelLocationBinding": {"Locations": []},
        "PostalServiceMapping": mapping, "PaymentMethodMapping": mapping, "DynamicProperties": [],
        "ConfigDiscountTyped": "AllEvenly",
    }  # fmt: skip
