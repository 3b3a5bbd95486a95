"""Orders, documents and parcels that part raise the one fitting exception each, and mending them clears all.

Belongs here: raw rows of one shop that ships from GXO, wrong in one way each, then right. Does not: how long one side
may lag (unit tests beside the models).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from tests.support.raw_world import SHOP, build, land

SEEN, MENDED = (
    ("2026-02-20 00:00:00+00", "20260220T000000.000000Z"),
    ("2026-02-21 00:00:00+00", "20260221T000000.000000Z"),
)
PAID, CANCELLED, DUE = 1771444800, 1771520400, 1771963200  # 18 Feb 20:00, 19 Feb 17:00, 24 Feb 20:00
PASSED = 1771545600  # 20 Feb 00:00
WAREHOUSE = "7395"
Payload = dict[str, Any]


def order(status: str, **fields: Any) -> Payload:
    """Return an order of one unit that the seller ships."""
    line = {"id": "1", "seller_sku": "A", "display_status": status, "currency": "GBP", "original_price": "20.00"}
    times = {
        "create_time": PAID,
        "paid_time": PAID,
        "update_time": PAID,
        "rts_sla_time": DUE,
        "tts_sla_time": DUE + 86400,
    }
    ways = {"fulfillment_type": "FULFILLMENT_BY_SELLER", "shipping_type": "SELLER", "warehouse_id": WAREHOUSE}
    payment = {"currency": "GBP", "total_amount": "20.00"}
    return {"status": status, "payment": payment, "line_items": [line], **times, **ways, **fields}


def cancelled(at: int = CANCELLED) -> Payload:
    return order("CANCELLED", cancel_time=at)


def test_each_break_between_orders_and_their_warehouse_is_one_row_until_it_is_corrected(home: Path) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        world = World(connection)
        world.settings()
        for number, (body, document) in BROKEN.items():
            world.order(number, body)
            world.document(number, document)
        world.read_to("2026-02-20T12:00:00+00:00", SEEN)
    assert found(home) == EXPECTED
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        world = World(connection, MENDED)
        for number, (_body, document) in BROKEN.items():
            world.order(number, order("COMPLETED"))
            if document:
                world.advice(number, "shipped")
        world.map_carrier("PIGEON")
        world.read_to("2026-02-21T12:00:00+00:00", MENDED)
    assert found(home) == set()


BROKEN: dict[str, tuple[Payload, str]] = {
    "not-sent": (order("AWAITING_SHIPMENT"), ""),
    "unanswered": (order("AWAITING_SHIPMENT"), "sent"),
    "refused": (order("AWAITING_SHIPMENT"), "refused"),
    "on-hold": (order("ON_HOLD"), "accepted"),
    "platform": (order("AWAITING_SHIPMENT", fulfillment_type="FULFILLMENT_BY_TIKTOK"), "accepted"),
    "cancelled": (cancelled(), "accepted"),
    "late-cancelled": (cancelled(PASSED), "shipped"),
    "shipped-cancelled": (cancelled(), "shipped"),
    "empty": (order("AWAITING_SHIPMENT"), "nothing shipped"),
    "overdue": (order("AWAITING_SHIPMENT", rts_sla_time=PASSED), "accepted"),
    "unsent": (order("AWAITING_SHIPMENT"), "shipped"),
    "untracked": (order("AWAITING_SHIPMENT"), "untracked"),
    "unseen": (order("AWAITING_SHIPMENT"), "carton not named"),
    "doubtful": (order("AWAITING_SHIPMENT"), "two numbers"),
    "unknown": (order("AWAITING_SHIPMENT"), "by pigeon"),
    "by-hand": (order("IN_TRANSIT"), "accepted"),
    "odd": (order("AWAITING_INSPECTION"), ""),
    "waiting": (order("AWAITING_SHIPMENT"), "accepted"),
    "done": (order("DELIVERED"), "shipped"),
    "before-us": (order("COMPLETED"), ""),
}
EXPECTED = {
    ("ORD-01", "order", "not-sent"),
    ("ORD-01", "order", "unanswered"),
    ("ORD-02", "order", "refused"),
    ("ORD-08", "order", "on-hold"),
    ("ORD-10", "order", "platform"),
    ("ORD-12", "order_status", "AWAITING_INSPECTION"),
    ("CAN-01", "order", "cancelled"),
    ("CAN-02", "order", "late-cancelled"),
    ("CAN-04", "order", "shipped-cancelled"),
    ("CAN-06", "order", "empty"),
    ("FUL-02", "order", "overdue"),
    ("FUL-03", "parcel", "S-untracked/1"),
    ("FUL-03", "parcel", "S-unseen/1"),
    ("FUL-04", "tracking_number", "H0-doubtful and H1-doubtful"),
    ("FUL-05", "carrier", "gxo/PIGEON"),
    ("FUL-06", "parcel", "S-unsent/1"),
    ("FUL-13", "order", "by-hand"),
}


class World:
    """Raw rows of the shop's orders and of what GXO and we ourselves said of them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, load: tuple[str, str] = SEEN) -> None:
        self.connection, self.load = connection, load

    def land(self, table: str, key: str, payload: Payload, *, shop: str = "", parent: str = "") -> None:
        land(self.connection, table, key, payload, shop=shop, parent=parent, load=self.load)

    def settings(self) -> None:
        place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "gxo", "location": "NTH1"}
        self.land("raw_config.location_map", "1", place)
        service = {"shop_id": "*", "shipping_type": "SELLER", "delivery_option": "*", "service": "STD"}
        self.land("raw_config.service_map", "1", service)
        self.map_carrier("EVRI")

    def map_carrier(self, carrier: str) -> None:
        row = {"system": "gxo", "carrier": carrier, "region": "*", "provider_id": "6617"}
        self.land("raw_config.carrier_map", carrier, row)

    def order(self, number: str, body: Payload) -> None:
        self.land("raw_tiktok_shop.orders", number, body, shop=SHOP)

    def document(self, number: str, state: str) -> None:
        if not state:
            return
        desired = {"order_id": number, "purpose": "N", "site": "NTH1", "lines": [{"sku": "A", "quantity": 1}]}
        reported = {
            "sync": "gxo__warehouse_orders",
            "entity_key": number,
            "shop_id": SHOP,
            "desired": json.dumps(desired),
        }
        sent = {**reported, "vendor_id": f"{number}/940.edi", "acknowledged_at": "2026-02-19T00:00:00+00:00"}
        self.land("raw_tieout.acknowledgements", number, sent, shop=SHOP)
        if state != "sent":
            answer = {
                "functional_id": "OW",
                "group_control_number": number,
                "status": "R" if state == "refused" else "A",
            }
            self.land("raw_gxo.functional_acknowledgements", f"OW/{number}", answer, parent=number)
        if state not in ("sent", "refused", "accepted"):
            self.advice(number, state)

    def advice(self, number: str, state: str) -> None:
        shipped = 0 if state == "nothing shipped" else 1
        line = {"sku": "A", "ordered": 1, "shipped": shipped, "status": "CC", "carton": "1" if shipped else ""}
        numbers = {"untracked": [], "two numbers": [f"H0-{number}", f"H1-{number}"]}
        carton = {"number": "1", "tracking_numbers": numbers.get(state, [f"H0-{number}"[:20]])}
        advice = {
            "order_number": number,
            "site": "NTH1",
            "scac": "PIGEON" if state == "by pigeon" else "EVRI",
            "ship_date": "2026-02-19",
            "lines": [line],
            "cartons": [carton] if shipped and state != "carton not named" else [],
        }
        advised = ("2026-02-19 20:00:00+00", self.load[1])
        land(self.connection, "raw_gxo.shipping_advices", f"S-{number}", advice, shop="", parent=number, load=advised)

    def read_to(self, until: str, load: tuple[str, str]) -> None:
        window = {
            "window_from": "1970-01-01T00:00:00+00:00",
            "window_to": until,
            "load_id": load[1].replace("T00", "T12"),
        }
        covered = window | {"system": "tiktok_shop", "entity": "orders", "shop_id": SHOP}
        self.land("raw_tieout.coverage", f"orders to {until}", covered, shop=SHOP)


def found(home: Path) -> set[tuple[str, str, str]]:
    build(home, "exceptions_build.exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows if code[:3] in ("ORD", "CAN", "FUL")}
