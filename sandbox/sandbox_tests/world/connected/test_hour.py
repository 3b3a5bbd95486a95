from decimal import Decimal

from sandbox.store import Record
from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.world import advance
from sandbox_tests.world.connected.conftest import DAY, EVRI, GB, HOUR, START, Seller, ship_by_post

UNDER_WAY = {"IN_TRANSIT", "DELIVERED", "COMPLETED"}


def own(store, **more):
    return store.select("tiktok_shop", "orders", matching={"fulfillment_type": "FULFILLMENT_BY_SELLER", **more})


def first_waiting(store):
    return next(row for row in own(store, status="AWAITING_SHIPMENT") if row.shop == GB)


def test_a_served_world_delivers_and_settles(served):
    statuses = [
        row.body["status"]
        for row in own(
            served,
        )
    ]
    assert sum(status in UNDER_WAY for status in statuses) > len(statuses) // 2
    settled = {row.body["order_id"] for row in served.select("tiktok_shop", "statement_transactions")}
    delivered = {row.id for row in own(served) if row.body["delivery_time"]}
    assert len(settled & delivered) > 20


def test_a_parcel_is_scanned_after_it_left_and_after_tiktok_was_informed(served):
    seen = 0
    for shipment in served.select("gxo", "shipments"):
        order = served.get("tiktok_shop", "orders", shipment.body["order"]).body
        if order["status"] in UNDER_WAY and len(served.select("tiktok_shop", "packages", parent=order["id"])) == 1:
            seen += 1
            assert order["rts_time"] <= order["collection_time"]
            assert shipment.created_at <= order["collection_time"] <= max(shipment.created_at, order["rts_time"]) + HOUR
    assert seen > 20


def test_reported_but_never_handed_over_is_never_scanned(new_world):
    store = new_world()
    advance(store, START + DAY)
    order = first_waiting(store)
    fulfilment.mark_shipped(store, order.body, [], "H0123456789ABCDE", EVRI, store.now)
    advance(store, START + 4 * DAY)
    assert store.get("tiktok_shop", "orders", order.id).body["status"] == "AWAITING_COLLECTION"
    advance(store, START + 14 * DAY)
    body = store.get("tiktok_shop", "orders", order.id).body
    assert (body["status"], body["cancel_reason"]) == ("CANCELLED", "system_cancel_order_untracked")


def test_handed_over_but_never_reported_waits(new_world):
    store = new_world()
    advance(store, START + DAY)
    seller = Seller(store)
    seller.work()
    advance(store, START + 3 * DAY)
    shipped = [row.body["order"] for row in store.select("gxo", "shipments") if row.body["cartons"]]
    statuses = {store.get("tiktok_shop", "orders", id).body["status"] for id in shipped}
    assert len(shipped) > 3 and statuses <= {"AWAITING_SHIPMENT", "CANCELLED"}
    seller.work()
    advance(store, store.now + HOUR)
    statuses = [store.get("tiktok_shop", "orders", id).body["status"] for id in shipped]
    assert statuses.count("IN_TRANSIT") > len(shipped) // 2


def test_a_buyers_request_is_accepted_when_nobody_answers(new_world):
    store = new_world()
    advance(store, START + DAY)
    order = first_waiting(store)
    before = committed(store)
    id = cancellations.request(store, order.id, store.now, "Change of mind", "BUYER")
    asked = store.now
    advance(store, asked + 47 * HOUR)
    assert store.get("tiktok_shop", "cancellations", id).body["cancel_status"] == cancellations.PENDING
    advance(store, asked + 49 * HOUR)
    assert store.get("tiktok_shop", "orders", order.id).body["status"] == "CANCELLED"
    advance(store, asked + 74 * HOUR)
    assert store.get("tiktok_shop", "cancellations", id).body["cancel_status"] == cancellations.COMPLETE
    assert before > 0 and store.count("tiktok_shop", "unsettled_transactions", matching={"order_id": order.id}) == 0


def test_shipping_what_was_cancelled_is_counted(new_world):
    store = new_world()
    advance(store, START + DAY)
    order = first_waiting(store)
    Seller(store).work()
    cancellations.request(store, order.id, store.now, "seller_cancel_reason_wrong_price", "SELLER")
    advance(store, START + 6 * DAY)
    assert store.get_meta("world_counters").get("shipped_after_cancel") == 1


def test_other_channels_make_the_listing_stale_and_stale_listings_oversell(new_world):
    store = new_world()
    advance(store, START + 2 * DAY)
    taken = [row.body for row in store.select("gxo", "adjustments") if row.body["reason"] == "AH"]
    assert taken and all(line["units"] < 0 for line in taken)
    for record in store.select("gxo", "stock"):
        store.put(Record("gxo", "stock", record.id, {**record.body, "on_hand": 0}, "", record.parent))
    Seller(store).serve(START + 5 * DAY, every=6 * HOUR)
    assert store.get_meta("world_counters")["oversold_units"] > 20


def test_a_partly_cancelled_order_settles_what_was_shipped(new_world):
    store = new_world()
    advance(store, START + DAY)
    order = next(
        row for row in own(store, status="AWAITING_SHIPMENT") if len(row.body["line_items"]) > 2 and row.shop != GB
    )
    gone = order.body["line_items"][0]
    reason = "seller_cancel_reason_out_of_stock"
    cancellations.request(store, order.id, store.now, reason, "SELLER", line_ids=[gone["id"]])
    fresh = store.get("tiktok_shop", "orders", order.id).body
    ship_by_post(store, fresh)
    advance(store, START + 22 * DAY)
    body = store.get("tiktok_shop", "orders", order.id).body
    assert body["delivery_time"] and body["line_items"][0]["display_status"] == "CANCELLED"
    sale = store.select("tiktok_shop", "statement_transactions", matching={"order_id": order.id, "type": "ORDER"})[0]
    kept = sum(Decimal(line["original_price"]) for line in body["line_items"][1:])
    assert Decimal(sale.body["revenue_breakdown"]["subtotal_before_discount_amount"]) == kept


def committed(store):
    places = [row.body["warehouse_inventory"] for row in store.select("tiktok_shop", "inventory")]
    return sum(place[0]["committed_quantity"] for place in places if place)
