import pytest

from sandbox.world import advance
from sandbox_tests.world.connected.conftest import DAY, HOUR, START, Seller


def everything(store):
    records = store.connection.execute(
        "select system, kind, id, shop, parent, created_at, updated_at, body from record order by 1, 2, 3"
    ).fetchall()
    return records, store.get_meta("world_counters"), store.get_meta("truth")


def test_the_same_calls_at_the_same_instants_make_the_same_world(new_world):
    found = []
    for steps in (1, 5):
        store = new_world(days=6, baskets=60, returns_permille=1000)
        seller = Seller(store)
        for call in range(1, 9):
            begun, ends = store.now, START + call * 16 * HOUR + 77
            for step in range(1, steps + 1):
                advance(store, begun + (ends - begun) * step // steps)
            seller.work()
        found.append(everything(store))
    assert found[0] == found[1]
    assert len(found[0][0]) > 1000


def test_another_seed_makes_another_world(new_world):
    one, two = new_world(seed=1, baskets=30), new_world(seed=2, baskets=30)
    for store in (one, two):
        advance(store, START + 2 * DAY)
    assert everything(one) != everything(two)


def test_an_unknown_way_to_fulfil_is_refused(new_world):
    with pytest.raises(ValueError, match="connected"):
        new_world(fulfilment="magic")


def test_warehouses_take_over_on_a_day_and_older_orders_still_ship_by_hand(new_world):
    store, takeover = new_world(connected_from_day=3, first_live_day=5, days=14, baskets=240), START + 3 * DAY
    advance(store, takeover - 1)
    assert not store.select("tiktok_shop", "products") and not store.select("gxo", "stock")
    advance(store, takeover)
    assert store.select("tiktok_shop", "products") and store.select("gxo", "stock")
    assert store.get_meta("world_live")["live_events"][0]["at"] == START + 5 * DAY + 19 * HOUR
    advance(store, START + 9 * DAY)
    orders = [row.body for row in store.select("tiktok_shop", "orders")]
    own = [order for order in orders if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"]
    waiting = {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "CANCELLED"}
    before = [order for order in own if order["create_time"] < takeover]
    after = [order for order in own if order["create_time"] >= takeover]
    assert sum(order["status"] not in waiting for order in before) > len(before) * 9 // 10
    assert {order["status"] for order in after} <= waiting
    assert all(order["paid_time"] is None or order["paid_time"] < takeover for order in before)
    assert len(before) > 30 and len(after) > 30
