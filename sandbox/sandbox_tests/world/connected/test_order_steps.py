from sandbox.store import Record
from sandbox.tiktok_shop import cancellations
from sandbox.world import advance
from sandbox_tests.world.connected.conftest import DAY, GB, HOUR, START


def asked(store):
    return [row.body for row in store.select("tiktok_shop", "cancellations", matching={"role": "BUYER"})]


def test_buyers_cancel_at_once_on_hold_and_ask_later(new_world):
    store = new_world(days=5, baskets=500)
    advance(store, START + 6 * DAY)
    kinds = {row["cancel_type"] for row in asked(store)}
    assert kinds == {"CANCEL", "BUYER_CANCEL"}
    for row in asked(store):
        order = store.get("tiktok_shop", "orders", row["order_id"]).body
        at_once = row["create_time"] < order["paid_time"] + HOUR
        assert (row["cancel_type"] == "CANCEL") == at_once


def test_pending_requests_show_on_the_order(new_world):
    store = new_world(days=5, baskets=500)
    advance(store, START + 4 * DAY)
    waiting = [row for row in asked(store) if row["cancel_status"] == cancellations.PENDING]
    orders = [store.get("tiktok_shop", "orders", row["order_id"]).body for row in waiting]
    assert waiting and all(order["is_buyer_request_cancel"] and order["request_cancel_time"] for order in orders)
    assert all(row["seller_next_action_response"][0]["deadline"] == row["create_time"] + 48 * HOUR for row in waiting)


def test_subscribers_hear_of_cancellations_and_status_changes_in_order(new_world):
    store = new_world(days=5, baskets=300)
    for name in ("ORDER_STATUS_CHANGE", "CANCELLATION_STATUS_CHANGE"):
        body = {"event_type": name, "address": "http://127.0.0.1:9/hook"}
        store.put(Record("tiktok_shop", "webhook_subscriptions", f"{GB}:{name}", body, GB))
    advance(store, START + 5 * DAY)
    sent = store.select("tiktok_shop", "webhook_deliveries")
    assert {row.body["event_type"] for row in sent} == {"ORDER_STATUS_CHANGE", "CANCELLATION_STATUS_CHANGE"}
    assert [row.created_at for row in sent] == sorted(row.created_at for row in sent)
