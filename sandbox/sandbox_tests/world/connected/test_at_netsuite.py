"""The third shop, whose master is NetSuite: its stock and kits, and what its staff do of the orders sent to them."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.netsuite import people, stock, trading
from sandbox.netsuite.values import amount_of, ref_id
from sandbox.tiktok_shop import fulfilment
from sandbox.world import advance
from sandbox.world.connected import at_netsuite
from sandbox_tests.world.connected.conftest import EVRI, begun

DIRECT, HOUR, DAY = "7495000000000000303", 3600, 86_400
WAITING = {"status": "AWAITING_SHIPMENT", "fulfillment_type": "FULFILLMENT_BY_SELLER"}


def send_orders(store, sent):
    """Make a sales order of each order that awaits shipment, as whoever fulfils them would."""
    for record in store.select("tiktok_shop", "orders", shop=DIRECT, matching=WAITING):
        if record.id not in sent:
            sent.add(record.id)
            units = Counter(line["seller_sku"] for line in record.body["line_items"])
            lines = [{"item": {"id": trading.item_of(store, sku).id}, "quantity": count, "rate": 1}
                     for sku, count in sorted(units.items())]  # fmt: skip
            people.create(store, "salesOrder", {
                "entity": {"externalId": "CUST-TTS-DIRECT"}, "externalId": f"TTS-{record.id}",
                "otherRefNum": record.id, "location": {"id": trading.MAIN}, "item": {"items": lines},
            })  # fmt: skip


def report_parcels(store, reported):
    for parcel in at_netsuite.parcels(store, 0, store.now + 1):
        if parcel.order not in reported and parcel.trackings:
            reported.add(parcel.order)
            order = store.get("tiktok_shop", "orders", parcel.order)
            fulfilment.mark_shipped(store, order.body, [], parcel.trackings[0], EVRI, store.now)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Nine days of a world in which the third shop's orders are sent and reported every two hours."""
    store = begun(tmp_path_factory.mktemp("direct"), baskets=260, days=8, netsuite_shops=1, live_events=0)
    sent, reported = set(), set()
    end = store.now + 9 * DAY
    while store.now < end:
        advance(store, store.now + 2 * HOUR)
        send_orders(store, sent)
        report_parcels(store, reported)
    yield store, sent, reported
    store.close()


def test_the_shop_lists_what_its_main_location_holds_and_sells_bundles_as_kits(new_world):
    store = new_world(days=6, baskets=60, netsuite_shops=1)
    assert [shop.id for shop in store.select("tiktok_shop", "shops")][2:] == [DIRECT]
    listed = store.select("tiktok_shop", "inventory", shop=DIRECT)
    goods = [record.body for record in listed if record.body["warehouse_inventory"]]
    assert goods
    for body in goods:
        item = trading.item_of(store, body["seller_sku"])
        level = stock.level_of(store, stock.place_id(item.id, trading.MAIN))
        assert level.on_hand == body["warehouse_inventory"][0]["available_quantity"]
    kits = store.select("netsuite", "kitItem")
    assert {kit.body["itemId"] for kit in kits} == {body.body["seller_sku"] for body in listed} - {
        body["seller_sku"] for body in goods
    }


def test_a_world_without_the_shop_has_nothing_of_it(new_world):
    store = new_world(days=6, baskets=60)
    assert store.count("tiktok_shop", "shops") == 2
    assert store.count("netsuite", "inventoryItem") == 0


def test_its_staff_ship_what_they_were_sent_and_tiktok_shop_sees_it_delivered(lived):
    store, sent, reported = lived
    assert len(sent) > 30
    assert len(reported) >= 0.7 * len(sent)
    states = Counter(store.get("tiktok_shop", "orders", id).body["status"] for id in reported)
    assert states["DELIVERED"] + states["COMPLETED"] > 0.5 * len(reported)


def test_what_left_is_what_stock_lost(lived):
    store, *_ = lived
    moved = Counter()
    for record in store.select("netsuite", "itemFulfillment"):
        if ref_id(record.body, "shipStatus") == "C":
            for place, amount in stock.moves_of(record.body).items():
                moved[place] -= amount
    for record in store.select("netsuite", "inventoryAdjustment"):
        moved.update(stock.moves_of(record.body, "inventory"))
    levels = {record.id: amount_of(record.body["quantityOnHand"]) for record in store.select("netsuite", stock.KIND)}
    assert {place: amount for place, amount in levels.items() if amount} == {
        place: amount for place, amount in moved.items() if amount
    }


def test_what_is_committed_is_what_open_orders_hold(lived):
    store, *_ = lived
    held = Counter()
    for record in store.select("netsuite", "salesOrder"):
        for line in record.body["item"]["items"]:
            held.update({place: amount_of(amount) for place, amount in line.get("_held", {}).items()})
    rows = store.select("netsuite", stock.KIND)
    committed = {record.id: amount_of(record.body["quantityCommitted"]) for record in rows}
    assert {place: amount for place, amount in committed.items() if amount} == {
        place: amount for place, amount in held.items() if amount
    }


def test_what_went_wrong_there_is_in_the_truth(lived):
    store, sent, _ = lived
    found = [entry for entry in store.get_meta("truth") if entry["system"] == "netsuite"]
    assert {entry["code"] for entry in found} <= {"CAN-06", "CAN-07", "FUL-03", "FUL-10", "INV-02"}
    assert {entry["entity_id"] for entry in found} <= sent
    assert {entry["shop_id"] for entry in found} <= {DIRECT}
