"""Facts of orders, documents and parcels that are changed after the order was sent are reported, and clear when undone.

Belongs here: raw rows of one shop that ships from Linnworks, sound and then damaged in one way each. Does not: what
GXO says (test_fulfilment_exceptions), how long one side may lag (unit tests beside the models).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.support.raw_world import SHOP, build, land

Payload = dict[str, Any]
Load = tuple[str, str]
Rows = Callable[[duckdb.DuckDBPyConnection, Load], None]
Found = tuple[str, str, str]
SOUND = ("2026-02-20 00:00:00+00", "20260220T000000.000000Z")
DAMAGED = ("2026-02-20 01:00:00+00", "20260220T010000.000000Z")
UNDONE = ("2026-02-21 00:00:00+00", "20260221T000000.000000Z")
PAID, DUE = 1771524000, 1772000000  # 19 Feb 18:00, 25 Feb 06:13
WAREHOUSE = "7395"
ORDERS, DOCUMENTS, PACKAGES = "raw_tiktok_shop.orders", "raw_linnworks.orders", "raw_tiktok_shop.packages"
CODES = ("ORD", "CAN", "FUL", "SYS-15", "INV-07", "FIN-24")


def order(number: str, status: str = "AWAITING_SHIPMENT", **fields: Any) -> Payload:
    line = {"id": f"line-{number}", "seller_sku": f"sku-{number}", "display_status": status, "currency": "GBP"}
    times = {"create_time": PAID, "paid_time": PAID, "rts_sla_time": DUE, "tts_sla_time": DUE + 86400}
    ways = {"fulfillment_type": "FULFILLMENT_BY_SELLER", "shipping_type": "SELLER", "warehouse_id": WAREHOUSE}
    payment = {"currency": "GBP", "total_amount": "20.00"}
    lines = [line | {"original_price": "20.00"}]
    return {"status": status, "payment": payment, "line_items": lines, **times, **ways, **fields}


def item(number: str, quantity: int = 1, row: str = "") -> Payload:
    return {"RowId": row or f"row-{number}", "SKU": f"sku-{number}", "Quantity": quantity}


def document(number: str, *items: Payload, place: str = "place-1", reference: str = "", tracking: str = "") -> Payload:
    closed = {"Processed": True, "ProcessedDateTime": "2026-02-19T20:00:00Z"} if tracking else {"Processed": False}
    general = {"Status": 1, "Source": "TIKTOK", "ReferenceNum": reference or number}
    shipping = {"Vendor": "EVRI", "TrackingNumber": tracking}
    lines = list(items) or [item(number)]
    return {"GeneralInfo": general, "ShippingInfo": shipping, "FulfilmentLocationId": place, "Items": lines, **closed}


def package(number: str, tracking: str, **fields: Any) -> Payload:
    orders = {"orders": [{"id": number}], "order_line_item_ids": [f"line-{number}"]}
    return {**orders, "status": "PROCESSING", "tracking_number": tracking, "shipping_provider_id": "6617", **fields}


# What an order and its document are when nothing is wrong, and the order's state where it does not wait.
STATES = {
    "label": order("label", "AWAITING_COLLECTION", shipping_type="TIKTOK"),
    "on-its-way": order("on-its-way", "IN_TRANSIT"),
    "arrived": order("arrived", "DELIVERED"),
    "unpacked": order("unpacked", "IN_TRANSIT"),
    "other-number": order("other-number", "IN_TRANSIT"),
}
PARCELS = ("on-its-way", "arrived", "unpacked", "other-number")
WAITING = ("merged", "merging", "deleted", "renumbered", "moved", "more", "swapped")
HELD = ("platform", "rehoused", "odd", "unlisted", "split")
# The record that is changed, what it is then, and what must be said of it; None where nothing must be.
Damage = tuple[str, str, Payload | None, Found | None]
DAMAGES: list[Damage] = [
    (DOCUMENTS, "merged", None, ("FUL-10", "order", "merged")),
    (DOCUMENTS, "merging", document("merging", item("merging"), item("merged", row="new")), None),
    (DOCUMENTS, "deleted", None, ("CAN-06", "order", "deleted")),
    (DOCUMENTS, "label", None, ("CAN-06", "order", "label")),
    (DOCUMENTS, "on-its-way", None, ("CAN-06", "order", "on-its-way")),
    (DOCUMENTS, "arrived", None, None),
    (DOCUMENTS, "renumbered", document("renumbered", reference="99"), ("ORD-06", "order", "renumbered")),
    (DOCUMENTS, "moved", document("moved", place="place-2"), ("ORD-10", "order", "moved")),
    (DOCUMENTS, "more", document("more", item("more", 2)), ("ORD-06", "order", "more")),
    (DOCUMENTS, "swapped", document("swapped", item("other")), ("ORD-06", "order", "swapped")),
    (ORDERS, "platform", order("platform", fulfillment_type="FULFILLMENT_BY_TIKTOK"), ("ORD-10", "order", "platform")),
    (ORDERS, "rehoused", order("rehoused", warehouse_id="7396"), ("INV-07", "warehouse", "7396")),
    (ORDERS, "odd", order("odd", line_items=[{"id": "line-odd", "seller_sku": "sku-odd", "display_status": "BEAMED",
                                              "currency": "GBP", "original_price": "20.00"}]),
     ("ORD-12", "line_status", "BEAMED")),
    (ORDERS, "unlisted", order("unlisted", line_items=[]), ("FIN-24", "order", "unlisted")),
    (DOCUMENTS, "split", document("split"), None),
    (DOCUMENTS, "split-2", document("split", item("split-b")), None),
    (PACKAGES, "unpacked", package("unpacked", "H1-unpacked", status="CANCELLED"), ("FUL-06", "parcel", "unpacked/1")),
    (PACKAGES, "other-number", package("other-number", "H9-else"), ("FUL-04", "parcel", "other-number/1")),
]  # fmt: skip


def test_what_changes_after_an_order_was_sent_is_reported_until_it_is_undone(home: Path) -> None:
    _land(home, _settings, SOUND)
    _land(home, _sound, SOUND)
    _land(home, _damaged, DAMAGED)
    _land(home, _read, DAMAGED)
    assert found(home) == {reported for _table, _key, _payload, reported in DAMAGES if reported}

    _land(home, _sound, UNDONE)
    _land(home, _unsplit, UNDONE)
    _land(home, _read, UNDONE)
    assert found(home) == set()


def _land(home: Path, rows: Rows, load: Load) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows(connection, load)


def _settings(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "linnworks", "location": "Default"}
    service = {"shop_id": "*", "shipping_type": "SELLER", "delivery_option": "*", "service": "STD"}
    carrier = {"system": "linnworks", "carrier": "EVRI", "region": "*", "provider_id": "6617"}
    land(connection, "raw_config.location_map", "1", place, shop="", load=load)
    land(connection, "raw_config.service_map", "1", service, shop="", load=load)
    land(connection, "raw_config.carrier_map", "1", carrier, shop="", load=load)
    for number, name in (("1", "Default"), ("2", "Annex")):
        land(connection, "raw_linnworks.locations", f"place-{number}", {"LocationName": name}, shop="", load=load)


def _sound(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for number in (*WAITING, *HELD, *STATES):
        body = STATES.get(number, order(number))
        if number == "split":
            body = order(number, line_items=[order(part)["line_items"][0] for part in ("split", "split-b")])
        land(connection, ORDERS, number, body, load=load)
        goods = [item(number), item("split-b")] if number == "split" else [item(number)]
        tracking = f"H1-{number}" if number in PARCELS else ""
        land(connection, DOCUMENTS, number, document(number, *goods, tracking=tracking), shop="", load=load)
        _tell(connection, "linnworks__orders", number, {"order_id": number, "purpose": "N"}, vendor=number, load=load)
        if number in PARCELS:
            land(connection, PACKAGES, number, package(number, tracking), load=load)
            reported = {"order_id": number, "tracking_number": tracking, "provider_id": "6617"}
            _tell(connection, "tiktok_shop__shipments", f"{number}/1", reported, vendor=number, load=load)


def _tell(
    connection: duckdb.DuckDBPyConnection, sync: str, key: str, desired: Payload, *, vendor: str, load: Load
) -> None:
    reported = {"sync": sync, "entity_key": key, "shop_id": SHOP, "desired": json.dumps(desired), "vendor_id": vendor}
    answered = reported | {"acknowledged_at": "2026-02-19T19:00:00+00:00"}
    land(connection, "raw_tieout.acknowledgements", f"{sync}/{key}", answered, load=load)


def _damaged(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for table, key, payload, _reported in DAMAGES:
        land(connection, table, key, payload, shop="" if table == DOCUMENTS else SHOP, load=load)


def _unsplit(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    land(connection, DOCUMENTS, "split-2", None, shop="", load=load)


def _read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    until = load[0].replace("01:00:00", "12:00:00").replace("00:00:00", "12:00:00").replace(" ", "T")
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": until + ":00", "load_id": load[1]}
    for entity in ("orders", "packages"):
        covered = window | {"system": "tiktok_shop", "entity": entity, "shop_id": SHOP}
        land(connection, "raw_tieout.coverage", f"{entity} to {until}", covered, load=load)


def found(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows if code.startswith(CODES)}
