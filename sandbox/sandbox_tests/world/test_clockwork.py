import pytest

from sandbox.store import Record
from sandbox.world import advance, create_world

START, DAY = 1_767_571_200, 86_400


def _records(store) -> list[tuple]:
    return store.connection.execute(
        "select system, kind, id, shop, parent, created_at, updated_at, body from record order by 1, 2, 3"
    ).fetchall()


def test_slicing_time_differently_makes_the_same_world(new_store):
    whole, daily, odd = new_store("whole"), new_store("daily"), new_store("odd")
    for store in (whole, daily, odd):
        create_world(store, seed=3, start=START, days=30, baskets=150)
    advance(whole, START + 30 * DAY)
    for day in range(1, 31):
        advance(daily, START + day * DAY)
    now = START
    while now < START + 30 * DAY:
        now = min(now + 17 * 3600 + 11, START + 30 * DAY)
        advance(odd, now)
    assert len(_records(whole)) > 300
    assert _records(whole) == _records(daily)
    assert _records(whole) == _records(odd)
    assert whole.get_meta("truth") == daily.get_meta("truth") == odd.get_meta("truth") != []


def test_another_seed_makes_another_world(new_store):
    one, two = new_store("one"), new_store("two")
    for seed, store in enumerate((one, two)):
        create_world(store, seed=seed, start=START, days=5, baskets=20)
        advance(store, START + 5 * DAY)
    assert _records(one) != _records(two)


def test_the_planned_baskets_are_all_bought_in_the_planned_days_and_trade_goes_on(new_store):
    store = new_store("goes-on")
    create_world(store, seed=1, start=START, days=10, baskets=40)
    advance(store, START + 10 * DAY - 1)
    assert store.count("tiktok_shop", "orders", created=(START, START + 10 * DAY)) == 40
    advance(store, START + 20 * DAY - 1)
    assert store.count("tiktok_shop", "orders") >= 78


def test_the_clock_never_goes_back(traded):
    before = traded.now
    advance(traded, before - 5 * DAY)
    assert traded.now == before


def test_a_world_is_created_once_and_from_a_midnight(new_store):
    store = new_store("once")
    with pytest.raises(ValueError, match="midnight"):
        create_world(store, seed=1, start=START + 1, days=1, baskets=1)
    with pytest.raises(LookupError, match="no world"):
        advance(store, START)
    create_world(store, seed=1, start=START, days=1, baskets=1)
    with pytest.raises(ValueError, match="already"):
        create_world(store, seed=1, start=START, days=1, baskets=1)


def test_a_failing_day_leaves_no_trace(world):
    before, now = _records(world), world.now
    world.connection.execute("update world_event set payload = '{}' where kind = 'order_moves'")
    with pytest.raises(KeyError):
        advance(world, now + DAY)
    assert _records(world) == before
    assert world.now == now


def test_status_changes_reach_a_subscriber_with_their_instants(world):
    shop = "7495000000000000101"
    body = {"event_type": "ORDER_STATUS_CHANGE", "address": "http://127.0.0.1:9/hook"}
    world.put(Record("tiktok_shop", "webhook_subscriptions", f"{shop}:ORDER_STATUS_CHANGE", body, shop))
    before = world.now
    advance(world, before + DAY)
    sent = world.select("tiktok_shop", "webhook_deliveries")
    changed = world.select("tiktok_shop", "orders", shop=shop, updated=(before + 1, None))
    assert {record.shop for record in sent} == {shop}
    assert len(sent) >= len(changed) > 0
    assert all(before < record.created_at <= before + DAY for record in sent)
