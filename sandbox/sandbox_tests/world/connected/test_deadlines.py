from sandbox.world import advance
from sandbox_tests.world.connected.conftest import DAY, START


def own(store):
    return [
        row.body
        for row in store.select("tiktok_shop", "orders", matching={"fulfillment_type": "FULFILLMENT_BY_SELLER"})
    ]


def test_what_is_not_shipped_in_time_is_cancelled_by_the_system(neglected):
    overdue = [order for order in own(neglected) if 0 < order["shipping_due_time"] <= neglected.now]
    by_system = [order for order in overdue if order["cancel_reason"] == "system_cancel_order_reason_shipping_timeout"]
    assert len(by_system) > 40
    assert all(order["status"] == "CANCELLED" for order in overdue)
    assert all(order["cancel_time"] == order["shipping_due_time"] for order in by_system)
    assert neglected.get_meta("world_counters")["system_cancellations"] == len(by_system)


def test_stock_of_cancelled_orders_is_for_sale_again(neglected):
    for record in neglected.select("tiktok_shop", "cancellations"):
        assert record.body["cancel_status"].startswith("CANCELLATION_REQUEST_")
        assert record.body["should_replenish_stock"]
    order = next(
        order for order in own(neglected) if order["cancellation_initiator"] == "SYSTEM" and order["paid_time"]
    )
    assert order["_released_line_ids"] == sorted(line["id"] for line in order["line_items"])


def test_late_orders_are_counted_once_and_cost_a_penalty(neglected):
    late = [order for order in own(neglected) if order.get("_is_late")]
    rows = neglected.select("tiktok_shop", "statement_transactions", matching={"type": "PLATFORM_PENALTY"})
    assert neglected.get_meta("world_counters")["late_dispatch"] == len(late) > 50
    punished = [row.body["adjustment_order_id"] for row in rows]
    closed = [order["id"] for order in late if order["rts_sla_time"] < neglected.now - DAY]
    assert set(closed) <= set(punished) and len(punished) == len(set(punished))
    assert all(float(row.body["adjustment_amount"]) < 0 for row in rows)


def test_a_seller_in_time_is_hardly_ever_late(served):
    counters, orders = served.get_meta("world_counters"), own(served)
    assert counters.get("late_dispatch", 0) < len(orders) // 4
    assert counters.get("system_cancellations", 0) < len(orders) // 10


def test_unpaid_orders_are_cancelled_after_two_days(new_world):
    store = new_world(days=5, baskets=400)
    advance(store, START + 8 * DAY)
    unpaid = [order for order in own(store) if order["cancel_reason"] == "system_cancel_unpaid_time_out"]
    assert unpaid and all(order["cancel_time"] == order["create_time"] + 2 * DAY for order in unpaid)
