"""What is changed in NewStore, whose stores ship for a shop, is reported with one fitting code, and clears when undone.

Belongs here: raw rows of one shop whose orders, stock and till returns NewStore has, sound and then damaged in one way
each. Does not: whole cycles (tests/integration/test_store_returns), or what Linnworks holds (test_goods_damage).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.test_goods_damage import DAMAGED, SOUND, UNDONE, Load, Payload, order, package
from tests.support.raw_world import SHOP, build, land

Found = tuple[str, str, str]
ORDERS, REQUESTS = "raw_newstore.orders", "raw_newstore.fulfilment_requests"
BACK, LEVELS, NODES = "raw_newstore.returns", "raw_newstore.availabilities", "raw_newstore.locations"
WAREHOUSE, STORES = "7395", ("LDN01", "MAN01")
PLACE = "+".join(STORES)
LATER = ("2026-02-20 02:00:00+00", "20260220T020000.000000Z")
CODES = ("ORD", "CAN", "FUL", "MAP", "INV", "RET", "SYS-03", "SYS-15")
RULES = {"smallest_snapshot_share": "0.5", "most_zero_share_jump": "0.9", "most_zeroed_share": "0.9"}
WAITING = (
    *("deleted", "doubled", "cancelled", "hold", "failed", "oddstate", "odditem", "more", "swapped", "halved"),
    *("renumbered", "rerouted", "priced", "uncounted", "unstocked", "quiet"),
)
SHIPPED = ("retaken", "relabelled", "unlabelled", "recarried", "oddline", "forgotten")
BOUGHT = ("fresh", "again", "foreign")
"""Orders that were delivered, and of which nothing came back."""
RETURNED = ("gone", "fewer", "othergoods", "paid", "doubledback", "undated", "moneyless", "graded")
"""Orders whose goods a till took back, and that we refunded for it."""
PAIRED = ("halved", "fewer")
"""Orders of two line items, of two items."""


def items_of(number: str) -> list[str]:
    return [f"sku-{number}", f"sku-{number}-b"] if number in PAIRED else [f"sku-{number}"]


def held(number: str, *, status: str = "", of: str = "", items: list[str] | None = None, **fields: str) -> Payload:
    """Return NewStore's order: units of `items`, each in this status, open unless they have left."""
    state = status or ("in_fulfillment" if number in WAITING else "returned" if number in RETURNED else "complete")
    units = [
        {"id": f"{number}-{at}", "externalItemId": line_id(sku), "productId": sku, "status": state, **fields}
        for at, sku in enumerate(items_of(number) if items is None else items)
    ]
    header = {"externalId": of or number, "channel": "tiktok_shop", "currency": "GBP", "items": units}
    times = {"createdAt": "2026-02-19T18:00:00", "updatedAt": "2026-02-19T20:00:00"}
    return {"status": "open" if number in WAITING else "closed", **header, **times}


def line_id(sku: str) -> str:
    return f"line-{sku[4:]}"


def asked(number: str, *, status: str = "", carrier: str = "Evri", tracking: str | None = None) -> Payload:
    """Return what a store was asked to ship of an order, and has shipped unless the order waits."""
    state = status or ("dispatched" if number in WAITING else "shipped")
    sent = {} if number in WAITING else {"carrier": carrier, "trackingCode": parcel(number, tracking)}
    lines = [
        {"id": f"{number}-{at}", "productId": sku, "status": state, **sent} for at, sku in enumerate(items_of(number))
    ]
    whole = "dispatched" if number in WAITING else "completed"
    return {"nodeId": STORES[0], "status": whole, "serviceLevel": "STD", "items": lines}


def parcel(number: str, tracking: str | None = None) -> str:
    return f"H1-{number}" if tracking is None else tracking


def back(number: str, *items: str, **fields: Any) -> Payload:
    """Return what a till took back of an order, for no money."""
    goods = [
        {"id": f"b-{number}-{at}", "externalItemId": line_id(sku), "productId": sku, "quantity": 1, "conditionCode": 1}
        for at, sku in enumerate(items or items_of(number))
    ]
    money = {"currency": "GBP", "totalRefundAmount": 20, "totalRefundAmountAdjusted": 0}
    known = {"orderId": f"so-{number}", "externalOrderId": number, "returnLocationId": STORES[0], "isBlind": False}
    return {**known, **money, "returnedAt": "2026-02-19T19:00:00", "items": goods, **fields}


def level(sku: str, **fields: Any) -> Payload:
    return {"product_id": sku, "fulfillment_node_id": STORES[0], "atp": 8, **fields}


# The record that is changed, what it is then, and what must be said of it; None where nothing must be.
Damage = tuple[str, str, Payload | None, Found | None]
DAMAGES: list[Damage] = [
    (ORDERS, "so-deleted", None, ("CAN-06", "order", "deleted")),
    (ORDERS, "so-copy", held("doubled"), ("ORD-05", "order", "doubled")),
    (ORDERS, "so-cancelled", held("cancelled", status="cancelled"), ("CAN-06", "order", "cancelled")),
    (ORDERS, "so-hold", held("hold", status="on_hold") | {"status": "on_hold"}, ("ORD-03", "order", "hold")),
    (ORDERS, "so-failed", held("failed") | {"status": "failed"}, ("ORD-02", "order", "failed")),
    (ORDERS, "so-oddstate", held("oddstate") | {"status": "lost"},
     ("SYS-03", "quarantine", "newstore/orders/so-oddstate")),
    (ORDERS, "so-odditem", held("odditem", status="lost"), ("SYS-03", "quarantine", "newstore/orders/so-odditem")),
    (ORDERS, "so-more", held("more", items=["sku-more", "sku-more"]), ("ORD-06", "order", "more")),
    (ORDERS, "so-swapped", held("swapped", items=["sku-quiet"]), ("ORD-06", "order", "swapped")),
    (ORDERS, "so-halved", held("halved", items=["sku-halved"]), ("ORD-06", "order", "halved")),
    (ORDERS, "so-renumbered", held("renumbered", of="99"), ("ORD-06", "order", "renumbered")),
    (ORDERS, "so-rerouted", held("rerouted", fulfillmentLocationId=STORES[1]), None),
    (ORDERS, "so-retaken", held("retaken", status="in_fulfillment") | {"status": "open"},
     ("FUL-13", "order", "retaken")),
    (REQUESTS, "r-relabelled", asked("relabelled", tracking="H9-else"),
     ("FUL-04", "parcel", "r-relabelled/relabelled-0")),
    (REQUESTS, "r-unlabelled", asked("unlabelled", tracking=""), ("FUL-04", "parcel", "r-unlabelled/unlabelled-0")),
    (REQUESTS, "r-recarried", asked("recarried", carrier="Pigeon"), None),
    (REQUESTS, "r-oddline", asked("oddline", status="lost"),
     ("SYS-03", "quarantine", "newstore/fulfilment_requests/r-oddline")),
    (REQUESTS, "r-forgotten", None, ("INV-14", "item", f"{PLACE}/sku-forgotten")),
    (LEVELS, "sku-uncounted/LDN01", level("sku-uncounted", atp=2.5),
     ("SYS-03", "quarantine", "newstore/availabilities/sku-uncounted/LDN01")),
    (LEVELS, "sku-unstocked/LDN01", None, ("MAP-01", "item", f"{PLACE}/sku-unstocked")),
    (LEVELS, "sku-quiet/LDN01", level("sku-quiet", atp=-4), None),
    (BACK, "t-fresh", back("fresh"), ("RET-10", "till_return", "newstore/t-fresh")),
    (BACK, "t-again", back("again", "sku-other"), ("RET-10", "till_return", "newstore/t-again")),
    (BACK, "t-foreign", back("foreign", isBlind=True, receipt="579999999999999999"),
     ("RET-04", "till_return", "newstore/t-foreign")),
    (BACK, "t-gone", None, ("RET-07", "return", "ret-gone")),
    (BACK, "t-fewer", back("fewer", "sku-fewer"), ("RET-07", "return", "ret-fewer")),
    (BACK, "t-othergoods", back("othergoods", "sku-quiet"), ("RET-07", "return", "ret-othergoods")),
    (BACK, "t-paid", back("paid", totalRefundAmountAdjusted=20), ("RET-13", "till_return", "newstore/t-paid")),
    (BACK, "t-copy", back("doubledback", returnedAt="2026-02-19T19:30:00"),
     ("RET-10", "till_return", "newstore/t-copy")),
    (BACK, "t-undated", back("undated", returnedAt="soon"),
     ("SYS-03", "quarantine", "newstore/returns/t-undated")),
    (BACK, "t-moneyless", back("moneyless", totalRefundAmountAdjusted="abc"),
     ("SYS-03", "quarantine", "newstore/returns/t-moneyless")),
    (BACK, "t-graded", {**back("graded"), "returnLocationId": STORES[1]}, None),
]  # fmt: skip
BESIDES = {
    ("RET-10", "till_return", "newstore/t-othergoods"),
    ("INV-14", "item", f"{PLACE}/sku-oddline"),
}
"""A till took what is not of the order; what is in a request that cannot be read was sold, and has not moved."""


def test_what_is_changed_in_newstore_is_reported_until_it_is_undone(home: Path) -> None:
    _land(home, _sound, SOUND)
    _land(home, _stock_read, SOUND)
    assert found(home) == set()

    _land(home, _damaged, DAMAGED)
    _land(home, _read, LATER)
    assert found(home) == {said for _table, _key, _payload, said in DAMAGES if said} | BESIDES

    _land(home, _sound, UNDONE)
    _land(home, _taken_away, UNDONE)
    _land(home, _read, UNDONE)
    assert found(home) == set()


def _land(home: Path, rows: Any, load: Load) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows(connection, load)


def _sound(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "newstore", "location": PLACE}
    service = {"shop_id": "*", "shipping_type": "SELLER", "delivery_option": "*", "service": "STD"}
    carrier = {"system": "newstore", "carrier": "Evri", "region": "*", "provider_id": "6617"}
    land(connection, "raw_config.location_map", "1", place, shop="", load=load)
    land(connection, "raw_config.service_map", "1", service, shop="", load=load)
    land(connection, "raw_config.carrier_map", "1", carrier, shop="", load=load)
    land(connection, "raw_config.stock", "stock", RULES | {"newstore_stale_after_minutes": "3000"}, shop="", load=load)
    for node in STORES:
        land(connection, NODES, node, {"name": node, "type": "store", "is_active": True}, shop="", load=load)
    for number in (*WAITING, *SHIPPED, *BOUGHT, *RETURNED):
        _sound_order(connection, number, load)


def _sound_order(connection: duckdb.DuckDBPyConnection, number: str, load: Load) -> None:
    skus = items_of(number)
    status = "AWAITING_SHIPMENT" if number in WAITING else "IN_TRANSIT" if number in SHIPPED else "DELIVERED"
    rows = [line for sku in skus for line in order(sku[4:], status)["line_items"]]
    rows = [line | {"sale_price": "20.00", "sku_id": line["seller_sku"]} for line in rows]
    amount = f"{20 * len(skus)}.00"
    payment = {"currency": "GBP", "total_amount": amount, "original_total_product_price": amount}
    bought = order(number, status, line_items=rows, payment=payment)
    land(connection, "raw_tiktok_shop.orders", number, bought, load=load)
    land(connection, ORDERS, f"so-{number}", held(number), shop="", parent=number, load=load)
    land(connection, REQUESTS, f"r-{number}", asked(number), shop="", parent=f"so-{number}", load=load)
    for sku in skus:
        land(connection, LEVELS, f"{sku}/LDN01", level(sku), shop="", parent=STORES[0], load=load)
    desired = {"order_id": number, "purpose": "N", "location": PLACE}
    _tell(connection, "newstore__orders", number, desired, vendor=f"so-{number}", load=load)
    if number not in WAITING:
        packed = package(number, parcel(number)) | {"order_line_item_ids": [line["id"] for line in rows]}
        land(connection, "raw_tiktok_shop.packages", number, packed, load=load)
        reported = {"order_id": number, "tracking_number": parcel(number), "provider_id": "6617"}
        _tell(connection, "tiktok_shop__shipments", f"r-{number}/{number}-0", reported, vendor=number, load=load)
    if number in RETURNED:
        _refunded(connection, number, [line["id"] for line in rows], load)


def _refunded(connection: duckdb.DuckDBPyConnection, number: str, lines: list[str], load: Load) -> None:
    land(connection, BACK, f"t-{number}", back(number), shop="", parent=f"so-{number}", load=load)
    amount = f"{20 * len(lines)}.00"
    desired = {"order_id": number, "order_line_ids": lines, "amount": amount, "currency": "GBP"}
    _tell(connection, "tiktok_shop__till_refunds", f"t-{number}", desired, vendor=f"ret-{number}", load=load)
    share = {"currency": "GBP", "refund_total": "20.00", "refund_subtotal": "20.00"}
    rows = [
        {"return_line_item_id": f"r-{id}", "order_line_item_id": id, "sku_id": f"sku-{id[5:]}", "refund_amount": share}
        for id in lines
    ]
    refund = {"currency": "GBP", "refund_total": amount, "refund_subtotal": amount}
    made = {"order_id": number, "return_type": "REFUND", "role": "SELLER", "return_line_items": rows}
    times = {"create_time": 1771528000, "update_time": 1771528000}
    done = {"return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE", "refund_amount": refund}
    land(connection, "raw_tiktok_shop.returns", f"ret-{number}", {**made, **done, **times}, load=load)


def _tell(
    connection: duckdb.DuckDBPyConnection, sync: str, name: str, desired: Payload, *, vendor: str, load: Load
) -> None:
    reported = {"sync": sync, "entity_key": name, "shop_id": SHOP, "desired": json.dumps(desired), "vendor_id": vendor}
    answered = reported | {"acknowledged_at": "2026-02-19T19:00:00+00:00"}
    land(connection, "raw_tieout.acknowledgements", f"{sync}/{name}", answered, load=load)


def _damaged(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for table, name, payload, _said in DAMAGES:
        land(connection, table, name, payload, shop="", parent=_parent(table, name, payload), load=load)


def _parent(table: str, name: str, payload: Payload | None) -> str:
    if table == BACK and payload:
        return str(payload["orderId"])
    return {LEVELS: STORES[0], ORDERS: name[3:], NODES: ""}.get(table, f"so-{name.partition('-')[2]}")


def _taken_away(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    there = {f"t-{number}" for number in RETURNED}
    made = [name for table, name, _payload, _said in DAMAGES if table == BACK and name not in there]
    for table, name in ((ORDERS, "so-copy"), *((BACK, name) for name in made)):
        land(connection, table, name, None, shop="", load=load)


def _stock_read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    count = sum(len(items_of(number)) for number in (*WAITING, *SHIPPED, *BOUGHT, *RETURNED))
    as_of = load[0].replace(" ", "T") + ":00"
    for node, held_there in zip(STORES, (count, 0), strict=True):
        taken = {"as_of": as_of, "items": str(held_there), "items_at_zero": "0"}
        land(connection, "raw_newstore.stock_snapshots", node, taken, shop="", load=load)


def _read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    _stock_read(connection, load)
    until = load[0][:10] + "T12:00:00+00:00"
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": until, "load_id": load[1]}
    for entity in ("orders", "packages", "returns"):
        covered = window | {"system": "tiktok_shop", "entity": entity, "shop_id": SHOP}
        land(connection, "raw_tieout.coverage", f"{entity} to {until}", covered, load=load)


def found(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, name) for code, kind, name in rows if code.startswith(CODES)}
