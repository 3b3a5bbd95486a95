from collections import Counter

from sandbox.world import advance

DAY = 86_400


def test_most_orders_complete_and_some_end_otherwise(traded, bodies):
    orders = bodies(traded, "orders")
    count = Counter(order["status"] for order in orders)
    assert count["COMPLETED"] > len(orders) / 2
    assert 0.015 < count["CANCELLED"] / len(orders) < 0.07
    old = [order for order in orders if order["create_time"] < traded.now - 20 * DAY]
    assert any(order["status"] == "IN_TRANSIT" for order in old), "some parcels are lost for good"


def test_lines_follow_their_order(traded, bodies):
    for order in bodies(traded, "orders"):
        assert {line["display_status"] for line in order["line_items"]} == {order["status"]}


def test_timestamps_of_a_completed_order_follow_each_other(traded, bodies):
    done = [order for order in bodies(traded, "orders") if order["status"] == "COMPLETED"]
    for order in done:
        steps = [order[key] for key in ("create_time", "paid_time", "rts_time", "collection_time", "delivery_time")]
        assert steps == sorted(steps)
        assert order["paid_time"] + 3600 <= order["rts_time"]
        assert order["update_time"] > order["delivery_time"]
        assert order["packages"] == [{"id": line["package_id"]} for line in order["line_items"][:1]]


def test_addresses_are_hidden_until_release_and_after_cancellation(traded, bodies):
    for order in bodies(traded, "orders"):
        hidden = "*" in order["recipient_address"]["name"]
        is_early = order["status"] in {"UNPAID", "ON_HOLD", "CANCELLED"}
        assert hidden == (is_early or order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK")


def test_an_order_cancelled_by_hand_moves_no_further(world, bodies):
    order = next(order for order in bodies(world, "orders") if order["status"] == "AWAITING_SHIPMENT")
    world.patch("tiktok_shop", "orders", order["id"], {"status": "CANCELLED"})
    advance(world, world.now + 10 * DAY)
    assert world.get("tiktok_shop", "orders", order["id"]).body["status"] == "CANCELLED"


def test_an_order_deleted_by_hand_stays_deleted_and_comes_back_up_to_date(world, bodies):
    order = next(order for order in bodies(world, "orders") if order["status"] == "DELIVERED")
    world.delete("tiktok_shop", "orders", order["id"])
    advance(world, world.now + 15 * DAY)
    assert world.get("tiktok_shop", "orders", order["id"]) is None
    assert world.patch("tiktok_shop", "orders", order["id"], {}).body["status"] == "COMPLETED"
