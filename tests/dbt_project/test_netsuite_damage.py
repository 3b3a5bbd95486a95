"""What is changed in NetSuite where it ships for a shop is reported, with one fitting code, and clears when undone.

Belongs here: raw rows of one shop whose orders and stock NetSuite is master of, sound and then damaged in one way each.
Does not: whole cycles (tests/integration/test_netsuite_damage), or what Linnworks holds (test_goods_damage).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.test_goods_damage import DAMAGED, SOUND, UNDONE, Load, Payload, order, package
from tests.support.raw_world import SHOP, build, land

Found = tuple[str, str, str]
ORDERS, SHIPMENTS = "raw_netsuite.sales_orders", "raw_netsuite.item_fulfilments"
ITEMS, LEVELS, PLACES = "raw_netsuite.items", "raw_netsuite.item_levels", "raw_netsuite.locations"
WAREHOUSE, PLACE = "7395", "3"
UNREAD = ("INV-14", "item", "3/sku-oddstage")
"""What is in a fulfilment that cannot be read was sold, and has not moved."""
LATER = ("2026-02-20 02:00:00+00", "20260220T020000.000000Z")
CODES = ("ORD", "CAN", "FUL", "ERP-06", "MAP", "INV", "SYS-03", "SYS-15")
RULES = {"smallest_snapshot_share": "0.5", "most_zero_share_jump": "0.9", "most_zeroed_share": "0.9"}
PAYMENT = {"currency": "GBP", "total_amount": "20.00", "original_total_product_price": "20.00"}
WAITING = (
    *("deleted", "doubled", "closed", "unapproved", "undocumented", "more", "swapped", "halved", "moved", "cheaper"),
    *("currency", "customer", "renumbered", "rekeyed", "unkeyed", "renamed", "inactive", "quiet"),
)
SHIPPED = ("retaken", "unshipped", "relabelled", "oddstage", "arrived")
PAIRED = ("halved", "moved")
"""Orders of two line items, of two items."""


def key(number: str) -> str:
    return f"tieout-order-{SHOP}-{number}"


def line(item: str, **fields: str) -> Payload:
    progress = dict.fromkeys(("quantityshiprecv", "quantitypicked", "quantitypacked", "quantitybackordered"), "0")
    return {"line": item, "item": item, "quantity": "1", "isclosed": "F", "location": PLACE, "amount": "20.00"} | (
        progress | fields
    )


def sales_order(number: str, *lines: Payload, **fields: str) -> Payload:
    header = {"externalid": key(number), "otherrefnum": number, "entity": "503", "status": "B", "currency": "GBP"}
    if number in SHIPPED:
        header["status"] = "F"
        lines = lines or (line(f"i-{number}", quantityshiprecv="1"),)
    total = {"foreigntotal": "40.00" if number in PAIRED else "20.00"}
    return {**header, **total, "lines": list(lines or _lines(number)), **fields}


def _lines(number: str) -> list[Payload]:
    return [line(item) for item in _items(number)]


def _items(number: str) -> list[str]:
    return [f"i-{number}", f"i-{number}-b"] if number in PAIRED else [f"i-{number}"]


def shipment(number: str, *, status: str = "C", item: str = "", quantity: str = "1", tracking: str = "") -> Payload:
    goods = [{"item": item or f"i-{number}", "quantity": quantity, "kit": ""}]
    packages = [{"tracking": tracking or f"H1-{number}"}]
    return {"status": status, "shipmethod": "EVRI", "packages": packages, "lines": goods, "salesorder": f"so-{number}"}


def item(sku: str, **fields: str) -> Payload:
    return {"itemid": sku, "itemtype": "InvtPart", "isinactive": "F", **fields}


def level(sku: str, number: str) -> Payload:
    return {"item": f"i-{number}", "itemid": sku, "quantityonhand": "9", "quantityavailable": "8"}


# The record that is changed, what it is then, and what must be said of it; None where nothing must be.
Damage = tuple[str, str, Payload | None, Found | None]
DAMAGES: list[Damage] = [
    (ORDERS, "so-deleted", None, ("CAN-06", "order", "deleted")),
    (ORDERS, "so-copy", sales_order("doubled", externalid=""), ("ORD-05", "order", "doubled")),
    (ORDERS, "so-closed", sales_order("closed", line("i-closed", isclosed="T"), status="H"),
     ("CAN-06", "order", "closed")),
    (ORDERS, "so-unapproved", sales_order("unapproved", status="A"), ("ORD-03", "order", "unapproved")),
    (ORDERS, "so-undocumented", sales_order("undocumented", status="Q"),
     ("SYS-03", "quarantine", "netsuite/sales_orders/so-undocumented")),
    (ORDERS, "so-more", sales_order("more", line("i-more", quantity="2")), ("ORD-06", "order", "more")),
    (ORDERS, "so-swapped", sales_order("swapped", line("i-quiet")), ("ORD-06", "order", "swapped")),
    (ORDERS, "so-halved", sales_order("halved", line("i-halved"), line("i-halved-b", isclosed="T")),
     ("ORD-06", "order", "halved")),
    (ORDERS, "so-moved", sales_order("moved", line("i-moved"), line("i-moved-b", location="4")),
     ("ORD-10", "order", "moved")),
    (ORDERS, "so-cheaper", sales_order("cheaper", foreigntotal="7.00"), ("ERP-06", "order", "cheaper")),
    (ORDERS, "so-currency", sales_order("currency", currency="USD"), ("ERP-06", "order", "currency")),
    (ORDERS, "so-customer", sales_order("customer", entity="501"), ("ERP-06", "order", "customer")),
    (ORDERS, "so-renumbered", sales_order("renumbered", otherrefnum="99"), ("ORD-06", "order", "renumbered")),
    (ORDERS, "so-rekeyed", sales_order("rekeyed", externalid=key("99")), ("ORD-06", "order", "rekeyed")),
    (ORDERS, "so-unkeyed", sales_order("unkeyed", externalid=""), None),
    (ITEMS, "i-renamed", item("sku-other-name"), ("MAP-01", "item", "3/sku-renamed")),
    (LEVELS, "i-renamed/3", level("sku-other-name", "renamed"), None),
    (ITEMS, "i-inactive", item("sku-inactive", isinactive="T"), ("MAP-01", "item", "3/sku-inactive")),
    (SHIPMENTS, "if-retaken", shipment("retaken", status="B"), ("FUL-13", "order", "retaken")),
    (SHIPMENTS, "if-unshipped", None, ("FUL-13", "order", "unshipped")),
    (SHIPMENTS, "if-oddstage", shipment("oddstage", status="Q"),
     ("SYS-03", "quarantine", "netsuite/item_fulfilments/if-oddstage")),
    (SHIPMENTS, "if-relabelled", shipment("relabelled", tracking="H9-else"),
     ("FUL-04", "parcel", "if-relabelled/1")),
    (PLACES, "4", {"name": "Annex", "isinactive": "T"}, None),
]  # fmt: skip


def test_what_is_changed_in_netsuite_is_reported_until_it_is_undone(home: Path) -> None:
    _land(home, _sound, SOUND)
    _land(home, _stock_read, SOUND)
    assert found(home) == set()

    _land(home, _damaged, DAMAGED)
    _land(home, _read, LATER)
    assert found(home) == {said for _table, _key, _payload, said in DAMAGES if said} | {UNREAD}

    _land(home, _sound, UNDONE)
    _land(home, _uncopied, UNDONE)
    _land(home, _read, UNDONE)
    assert found(home) == set()


def test_a_location_that_is_closed_is_reported_once_and_its_stock_is_held(home: Path) -> None:
    _land(home, _sound, SOUND)
    _land(home, _stock_read, SOUND)
    _land(home, lambda connection, load: _place(connection, load, isinactive="T"), DAMAGED)
    _land(home, _read, LATER)
    assert found(home) == {("MAP-08", "map", "locations.csv/location/3")}
    assert held(home) == {"MAP-08: netsuite lists no location 3 that is in use"}


SWAPPED = ("sku-quiet", "sku-customer")
WAITING_ALONE = {("ORD-01", "order", f"fresh-{sku}") for sku in SWAPPED}
"""Nothing of this test sends an order, held or not."""
CONFIRMED = ("2026-02-21 01:00:00+00", "20260221T010000.000000Z")


def test_items_that_swap_names_hold_stock_and_orders_until_it_is_undone_or_confirmed(home: Path) -> None:
    _land(home, _sound, SOUND)
    _land(home, _sellable, SOUND)
    _land(home, _stock_read, SOUND)
    assert (found(home) - WAITING_ALONE, names_held(home)) == (set(), {})

    _land(home, _swapped, DAMAGED)
    _land(home, _read, LATER)
    reported = {("MAP-02", "item", f"netsuite/{sku}") for sku in SWAPPED}
    reasons = [f"MAP-02: {sku} of netsuite is item i-{other[4:]} now, which was {other}"
               for sku, other in zip(SWAPPED, reversed(SWAPPED), strict=True)]  # fmt: skip
    assert found(home) - WAITING_ALONE == reported
    assert names_held(home) == {f"{kind} {sku}": reason for sku, reason in zip(SWAPPED, reasons, strict=True)
                                for kind in ("order", "listing")}  # fmt: skip

    _land(home, lambda connection, load: _named(connection, load, *SWAPPED), UNDONE)
    _land(home, _read, UNDONE)
    assert (found(home) - WAITING_ALONE, names_held(home)) == (set(), {})

    _land(home, _swapped, CONFIRMED)
    _land(home, _confirmed, CONFIRMED)
    _land(home, _read, CONFIRMED)
    assert found(home) - WAITING_ALONE == {("MAP-02", "item", "netsuite/sku-customer")}
    assert names_held(home).keys() == {"order sku-customer", "listing sku-customer"}


def _sellable(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    """Each of the two items is listed, and has an order that is not entered yet."""
    for sku in SWAPPED:
        waiting = order(sku[4:])["line_items"]
        fresh = order(f"fresh-{sku}", line_items=[waiting[0] | {"id": f"line-fresh-{sku}"}], payment=PAYMENT)
        land(connection, "raw_tiktok_shop.orders", f"fresh-{sku}", fresh, load=load)
        product = {"status": "ACTIVATE", "skus": [{"id": f"listing {sku}", "seller_sku": sku}]}
        land(connection, "raw_tiktok_shop.products", f"product {sku}", product, load=load)
        listed = [{"warehouse_id": WAREHOUSE, "available_quantity": 7, "committed_quantity": 0}]
        listing = {"seller_sku": sku, "warehouse_inventory": listed}
        land(connection, "raw_tiktok_shop.inventory", f"listing {sku}", listing, parent=f"product {sku}", load=load)


def _named(connection: duckdb.DuckDBPyConnection, load: Load, *names: str) -> None:
    for sku, name in zip(SWAPPED, names, strict=True):
        land(connection, ITEMS, f"i-{sku[4:]}", item(name), shop="", load=load)
        land(connection, LEVELS, f"i-{sku[4:]}/3", level(name, sku[4:]), shop="", parent=PLACE, load=load)


def _swapped(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    _named(connection, load, *reversed(SWAPPED))


def _confirmed(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    row = {"shop_id": SHOP, "seller_sku": "sku-quiet", "item": "sku-quiet", "valid_from": "2026-02-21"}
    load = ("2026-02-21 02:00:00+00", "20260221T020000.000000Z")
    land(connection, "raw_config.sku_map", "1", row, shop="", load=load)


def names_held(home: Path) -> dict[str, str]:
    """Return why orders and listings are held by the names of their items."""
    build(home, "intermediate.int_fulfilments__due", "intermediate.int_stock__sellable")
    due = "select 'order ' || lines[1].sku, blocked_reason from intermediate.int_fulfilments__due"
    listed = "select sku_id, reason_held from intermediate.int_stock__sellable"
    return {name: reason for name, reason in _rows(home, f"{due} union all {listed}") if reason}


def _land(home: Path, rows: Any, load: Load) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows(connection, load)


def _place(connection: duckdb.DuckDBPyConnection, load: Load, **fields: str) -> None:
    land(connection, PLACES, PLACE, {"name": "Leeds DC", "isinactive": "F", **fields}, shop="", load=load)


def _sound(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "netsuite", "location": PLACE}
    service = {"shop_id": "*", "shipping_type": "SELLER", "delivery_option": "*", "service": "STD"}
    carrier = {"system": "netsuite", "carrier": "EVRI", "region": "*", "provider_id": "6617"}
    land(connection, "raw_config.location_map", "1", place, shop="", load=load)
    land(connection, "raw_config.service_map", "1", service, shop="", load=load)
    land(connection, "raw_config.carrier_map", "1", carrier, shop="", load=load)
    land(connection, "raw_config.stock", "stock", RULES | {"netsuite_stale_after_minutes": "3000"}, shop="", load=load)
    _place(connection, load)
    land(connection, PLACES, "4", {"name": "Annex", "isinactive": "F"}, shop="", load=load)
    for number in (*WAITING, *SHIPPED):
        _sound_order(connection, number, load)


def _sound_order(connection: duckdb.DuckDBPyConnection, number: str, load: Load) -> None:
    skus = [name.replace("i-", "sku-", 1) for name in _items(number)]
    status = "AWAITING_SHIPMENT" if number in WAITING else "DELIVERED" if number == "arrived" else "IN_TRANSIT"
    rows = [order(sku[4:], status)["line_items"][0] for sku in skus]
    amount = "40.00" if number in PAIRED else "20.00"
    payment = PAYMENT | {"total_amount": amount, "original_total_product_price": amount}
    land(
        connection, "raw_tiktok_shop.orders", number, order(number, status, line_items=rows, payment=payment), load=load
    )
    land(connection, ORDERS, f"so-{number}", sales_order(number), shop="", load=load)
    for sku in skus:
        land(connection, ITEMS, f"i-{sku[4:]}", item(sku), shop="", load=load)
        land(connection, LEVELS, f"i-{sku[4:]}/3", level(sku, sku[4:]), shop="", parent=PLACE, load=load)
    desired = {"order_id": number, "purpose": "N", "location": PLACE}
    _tell(connection, "netsuite__sales_orders", number, desired, vendor=f"so-{number}", load=load)
    if number in SHIPPED:
        sent = f"if-{number}"
        land(connection, SHIPMENTS, sent, shipment(number), shop="", parent=f"so-{number}", load=load)
        land(connection, "raw_tiktok_shop.packages", number, package(number, f"H1-{number}"), load=load)
        reported = {"order_id": number, "tracking_number": f"H1-{number}", "provider_id": "6617"}
        _tell(connection, "tiktok_shop__shipments", f"{sent}/1", reported, vendor=number, load=load)


def _tell(
    connection: duckdb.DuckDBPyConnection, sync: str, name: str, desired: Payload, *, vendor: str, load: Load
) -> None:
    reported = {"sync": sync, "entity_key": name, "shop_id": SHOP, "desired": json.dumps(desired), "vendor_id": vendor}
    answered = reported | {"acknowledged_at": "2026-02-19T19:00:00+00:00"}
    land(connection, "raw_tieout.acknowledgements", f"{sync}/{name}", answered, load=load)


def _damaged(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for table, name, payload, _said in DAMAGES:
        parent = {LEVELS: PLACE, SHIPMENTS: name.replace("if-", "so-", 1)}.get(table, "")
        land(connection, table, name, payload, shop="", parent=parent, load=load)


def _uncopied(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    land(connection, ORDERS, "so-copy", None, shop="", load=load)


def _stock_read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    count = sum(len(_items(number)) for number in (*WAITING, *SHIPPED))
    as_of = load[0].replace(" ", "T") + ":00"
    taken = {"as_of": as_of, "items": str(count), "items_at_zero": "0"}
    land(connection, "raw_netsuite.stock_snapshots", PLACE, taken, shop="", load=load)


def _read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    _stock_read(connection, load)
    until = load[0][:10] + "T12:00:00+00:00"
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": until, "load_id": load[1]}
    for entity in ("orders", "packages"):
        covered = window | {"system": "tiktok_shop", "entity": entity, "shop_id": SHOP}
        land(connection, "raw_tieout.coverage", f"{entity} to {until}", covered, load=load)


def found(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all", "intermediate.int_stock__snapshots")
    rows = _rows(home, "select code, entity_type, entity_id from exceptions_build.exc_all")
    return {(code, kind, name) for code, kind, name in rows if code.startswith(CODES)}


def held(home: Path) -> set[str]:
    return {row[0] for row in _rows(home, "select held_because from intermediate.int_stock__snapshots")}


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        return connection.execute(sql).fetchall()
