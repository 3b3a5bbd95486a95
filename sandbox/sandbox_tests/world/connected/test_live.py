from collections import Counter

import pytest

from sandbox.world import advance
from sandbox_tests.world.connected.conftest import DAY, GB, HOUR, START


@pytest.mark.parametrize(("events", "is_busy"), [(1, True), (0, False)])
def test_a_live_event_is_a_rush_on_a_few_products_and_sells_no_more_than_is_listed(new_world, events, is_busy):
    store = new_world(live_events=events, baskets=60)
    begins = START + 30 * DAY + 19 * HOUR
    advance(store, begins)
    before = store.get_meta("world_counters").get("lost_sales_units", 0)
    advance(store, begins + HOUR)
    orders = store.select("tiktok_shop", "orders", shop=GB, created=(begins, begins + HOUR))
    skus = Counter(line["seller_sku"] for row in orders for line in row.body["line_items"])
    wanted = sum(skus.values()) + store.get_meta("world_counters").get("lost_sales_units", 0) - before
    assert (wanted >= 25) == is_busy
    if is_busy:
        assert sum(count for _, count in skus.most_common(3)) >= sum(skus.values()) * 3 // 4
    places = [row.body["warehouse_inventory"] for row in store.select("tiktok_shop", "inventory")]
    assert all(place[0]["available_quantity"] >= 0 for place in places if place)
