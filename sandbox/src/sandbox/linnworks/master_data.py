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
    settings: dict[str, tuple[object, str]] = {
        "Enabled": (True, "Boolean"), "IsMultiLocation": (False, "Boolean"), "DespatchNotes": (False, "Boolean"),
        "CancellationNotes": (False, "Boolean"), "RefundNotes": (False, "Boolean"),
        "DownloadRefunds": (False, "Boolean"), "ReturnNotes": (False, "Boolean"),
        "DownloadReturns": (False, "Boolean"), "InventorySync": (False, "Boolean"), "MaxListed": (0, "Int32"),
        "StockPercentage": (100.0, "Double"), "EndWhen": (0, "Int32"), "AddInOrderBookStock": (False, "Boolean"),
        "AutoLinkBySku": (True, "Boolean"), "OrderSaveLocation": (DEFAULT_LOCATION, "Guid"),
    }  # fmt: skip
    written = {
        name: {"pkPropertyId": number, "Loaded": True, "IsChanged": False, "PropertyValue": value, "PropertyType": kind}
        for number, (name, (value, kind)) in enumerate(settings.items(), 1)
    }
    source, shop = CHANNEL
    return {
        **written, "PkChannelId": 1, "Source": source, "SubSource": shop, "SourceType": "GENERIC", "DisplayName": shop,
        "FulfillmentLocation": DEFAULT_LOCATION, "FulfillmentServiceEnabled": False, "IsHeaderOnly": False,
        "IsHidden": False, "ConcurrencyKey": guid("channel"), "Rules": [], "Buttons": [], "HeaderAuditValues": [],
        "StockLocationBinding": {"LocationIds": [DEFAULT_LOCATION]},
    }  # fmt: skip
