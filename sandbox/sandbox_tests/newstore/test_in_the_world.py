"""The stores beside the other systems: orders of the GB shop, walk-ins, returns at the till, ports."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox import newstore, world
from sandbox.installation import installed
from sandbox.newstore import injection
from sandbox.store import Body, Store
from sandbox.tiktok_shop import fulfilment
from sandbox_tests.newstore.conftest import DAY, HOUR, MONDAY, order

GB, STORES = "7495000000000000101", "7395000000000000103"
EVRI = "6617675021119438849"
EVENTFUL = {
    **{"stores": 3, "store_orders_permille": 1000, "store_rejects_permille": 200, "store_short_permille": 200},
    **{"store_late_permille": 200, "walk_ins_permille": 3000, "till_returns_permille": 1000},
}


def opened(folder: Path, **stores: int) -> Store:
    store = Store()
    installed(store, folder)
    settings = {"seed": 7, "start": MONDAY, "days": 8, "baskets": 60, "distinct_baskets": 12, "returns_permille": 500}
    world.create_world(store, **settings, fulfilment="connected", live_events=0, stores={**EVENTFUL, **stores})
    world.advance(store, MONDAY)
    return store


def waiting(store: Store) -> list[Body]:
    waits = {"status": "AWAITING_SHIPMENT", "warehouse_id": STORES}
    return [record.body for record in store.select("tiktok_shop", "orders", shop=GB, matching=waits)]


def skus(body: Body) -> list[str]:
    lines = body["line_items"]
    parts = [part for line in lines for part in line["combined_listing_skus"] or [{**line, "sku_count": 1}]]
    return [part["seller_sku"] for part in parts for _ in range(part["sku_count"])]


def inject(store: Store, external_id: str, *products: str, **more: object) -> None:
    """Inject an order as the wire would bring it, its numbers exact."""
    injection.inject(store, json.loads(json.dumps(order(external_id, *products) | more), parse_float=Decimal))


def serve(store: Store, days: int, *, every: int = 4 * HOUR) -> None:
    """Send the stores' orders to NewStore, and report their parcels to TikTok Shop."""
    reported: set[str] = set()
    while store.now < MONDAY + days * DAY:
        world.advance(store, store.now + every)
        for body in waiting(store):
            inject(store, body["id"], *skus(body))
        for shipment in store.select("newstore", "shipments"):
            record = store.get("tiktok_shop", "orders", shipment.body["external_id"])
            if shipment.id not in reported and record is not None and (lines := fulfilment.shippable(record.body, [])):
                ids = [line["id"] for line in lines]
                number = shipment.body["tracking_code"]
                fulfilment.mark_shipped(store, record.body, ids, number, EVRI, store.now)
            reported.add(shipment.id)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Sixteen eventful days."""
    store = opened(tmp_path_factory.mktemp("bank"))
    serve(store, 16)
    return store


def test_the_stores_stock_is_listed_as_a_warehouse_of_its_own(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.get("tiktok_shop", "warehouses", STORES).body["name"] == "Northgate GB stores"
    listed = {
        record.body["seller_sku"]: place["available_quantity"]
        for record in store.select("tiktok_shop", "inventory", shop=GB)
        for place in record.body["warehouse_inventory"]
        if place["warehouse_id"] == STORES
    }
    assert listed
    for sku, units in listed.items():
        levels = newstore.stock.levels_of(store, sku, ("LDN01", "MAN01", "BHM01"))
        assert sum(map(newstore.stock.atp, levels.values())) == units
    store.close()


def test_stores_ship_and_parcels_are_scanned_and_delivered(traded: Store) -> None:
    orders = [record.body for record in traded.select("newstore", "orders")]
    assert {"closed"} <= {body["status"] for body in orders}
    shipped = {record.body["external_id"] for record in traded.select("newstore", "shipments")}
    statuses = {traded.get("tiktok_shop", "orders", id).body["status"] for id in shipped if not id.startswith("blind")}
    assert "DELIVERED" in statuses or "COMPLETED" in statuses
    requests = [record.body for record in traded.select("newstore", "fulfillment_requests")]
    lines = [line["status"] for body in requests for line in body["items"]]
    assert lines.count("rejected") > 3 and lines.count("shipped") > 20
    rerouted = [body for body in orders if any(item["_passed"] and item["tracking_code"] for item in body["items"])]
    assert rerouted


def test_what_went_wrong_is_in_the_truth(traded: Store) -> None:
    codes = [entry["code"] for entry in traded.get_meta("truth") if entry["system"] == "newstore"]
    assert {"FUL-01", "RET-10"} <= set(codes)
    kept = next(entry for entry in traded.get_meta("truth") if entry["code"] == "RET-10")
    back = traded.get("newstore", "returns", kept["detail"]["return_id"])
    assert back is not None and back.body["refunded_amount"] == "0.00"
    assert kept["entity_id"] in back.body["external_order_id"]


def test_walk_ins_leave_units_promised_to_nobody_or_to_somebody(traded: Store) -> None:
    allocated = [record.body for record in traded.select("newstore", "stock")]
    assert all(body["allocated"] >= 0 for body in allocated)
    events = {record.body["name"] for record in traded.select("newstore", "events")}
    assert "inventory_transaction.items_received" in events and "return.processed" in events


def test_the_same_world_comes_out_however_its_clock_is_sliced(tmp_path: Path) -> None:
    seen = []
    for steps in ((3 * DAY,), (DAY // 2 + 77, DAY, 2 * DAY + 5, 3 * DAY)):
        store = opened(tmp_path)
        skus = sorted(record.body["product_id"] for record in store.select("newstore", "stock", parent="LDN01"))
        inject(store, "first", *skus[:4])
        for step in steps:
            world.advance(store, MONDAY + step)
        bodies = [record.body for record in store.select("newstore", "fulfillment_requests")]
        stock = [record.body for record in store.select("newstore", "stock")]
        seen.append((bodies, stock, [record.body for record in store.select("newstore", "events")]))
        store.close()
    assert seen[0] == seen[1] and seen[0][0]


def test_a_store_ships_under_the_label_that_the_order_brings_along(tmp_path: Path) -> None:
    store = opened(tmp_path, store_rejects_permille=0, store_short_permille=0, store_late_permille=0)
    world.advance(store, MONDAY + DAY)
    label = [{"name": "tiktok_shop_tracking_number", "value": "H012345678901234"}]
    product = str(store.select("newstore", "stock", limit=1)[0].body["product_id"])
    inject(store, "with-label", product, extended_attributes=label)
    world.advance(store, MONDAY + 3 * DAY)
    (shipment,) = [each.body for each in store.select("newstore", "shipments")]
    assert (shipment["carrier"], shipment["tracking_code"]) == ("Evri", "H012345678901234")


def test_worlds_have_no_stores_unless_asked_for(tmp_path: Path) -> None:
    store = opened(tmp_path, stores=0)
    assert store.get("tiktok_shop", "warehouses", STORES) is None
    world.advance(store, MONDAY + DAY)
    assert store.get_meta("newstore.last_wave") is None
    with pytest.raises(ValueError, match="stores 99"):
        opened(tmp_path, stores=99)
    store.close()


def test_the_command_line_has_a_port_for_it() -> None:
    shown = subprocess.run([sys.executable, "-m", "sandbox", "--help"], capture_output=True, text=True, check=True)
    assert "--newstore-port" in shown.stdout
