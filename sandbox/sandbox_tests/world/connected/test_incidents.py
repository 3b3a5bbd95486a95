"""Failures between orders and who ships them: remembered under what they are about, and nothing else touched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.gxo.intake import put_order
from sandbox.linnworks import orders as linnworks
from sandbox.linnworks import warehouse
from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import fulfilment
from sandbox.world import advance
from sandbox.world.incidents import PLANTERS, plant
from sandbox_tests.world.connected.conftest import DAY, GB, HOUR, START, USPS, begun, wanted

CODES = sorted(code for code in PLANTERS if code[:3] in {"ORD", "CAN", "FUL"})


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A world whose waiting orders are with their warehouses; some parcels have left, some of them reported."""
    store = begun(tmp_path_factory.mktemp("sent"), baskets=600)
    advance(store, START + 2 * DAY + 19 * HOUR)
    for record in store.select("tiktok_shop", "orders", matching={"fulfillment_type": "FULFILLMENT_BY_SELLER"}):
        store.put(store.indexed(record, {**record.body, "shipping_type": "SELLER"}))
    for number, record in enumerate(store.select("tiktok_shop", "orders", matching={"status": "AWAITING_SHIPMENT"})):
        if record.body["fulfillment_type"] == "FULFILLMENT_BY_SELLER":
            send(store, record, number)
    yield store
    store.close()


def send(store: Store, record: Record, number: int) -> None:
    if record.shop == GB:
        put_order(store, {"order": record.id, "status": "allocated", "received_at": store.now, "lines": []})
    elif number % 4:
        linnworks.put(store, document(record.body, number, is_open=bool(number % 2)))
    else:
        fulfilment.mark_shipped(store, record.body, [], f"94{record.id}", USPS, store.now)


def document(order: Body, number: int, *, is_open: bool) -> Body:
    return {
        "OrderId": f"document-{number}",
        "NumOrderId": number,
        "Processed": not is_open,
        "GeneralInfo": {"Source": "TIKTOK", "ReferenceNum": order["id"], "Status": linnworks.PAID, "IsParked": False},
        "ShippingInfo": {"Vendor": "USPS", "TrackingNumber": f"94{order['id']}"},
        "Items": [{"SKU": sku, "Quantity": units} for sku, units in wanted(order).items()],
        "Notes": [],
        "FulfilmentLocationId": "Default",
        "_state": linnworks.OPEN if is_open else linnworks.PROCESSED,
        "_held": [],
    }


def contents(store: Store) -> dict[tuple[str, str, str], str]:
    rows = store.connection.execute("select system, kind, id, body || deleted from record").fetchall()
    return {tuple(row[:3]): row[3] for row in rows}


@pytest.mark.parametrize("code", CODES)
def test_a_failure_of_fulfilment_changes_records_and_is_remembered(sent, code):
    before = contents(sent)
    entry = plant(sent, code, 1)[0]
    changed = {key for key, body in contents(sent).items() if before.get(key) != body}
    assert (entry["system"], entry["kind"], entry["id"]) in changed
    assert {kind for _system, kind, _id in changed} <= {"orders", "cancellations", "packages", "inventory"} | {
        "unsettled_transactions"
    }
    assert entry["entity_type"] in {"order", "cancellation", "parcel", "tracking_number", "carrier", "order_status"}
    assert entry["entity_id"]


def test_no_order_is_hit_by_two_failures(sent):
    planted = [entry for entry in sent.get_meta("truth") if entry["entity_type"] == "order"]
    planted += plant(sent, "ORD-03", 1) + plant(sent, "CAN-01", 1) + plant(sent, "FUL-02", 1)
    about = [entry["entity_id"] for entry in planted]
    assert len(about) == len(set(about))


def test_an_order_nobody_placed_is_in_linnworks_alone(sent):
    entry = plant(sent, "ORD-15", 1)[0]
    assert sent.get("tiktok_shop", "orders", entry["entity_id"]) is None
    assert [body["OrderId"] for body in linnworks.by_reference(sent, entry["entity_id"])] == [entry["id"]]


def test_a_copy_of_an_order_is_never_packed(sent):
    entry = plant(sent, "ORD-05", 1)[0]
    warehouse.wave(sent, sent.now + 5 * DAY)
    assert linnworks.is_open(linnworks.found(sent, entry["id"]))
