from collections import Counter

from sandbox.tiktok_shop import inventory
from sandbox.world import advance
from sandbox.world.connected import listing
from sandbox.world.shops import SHOPS, USUAL
from sandbox_tests.world.connected.conftest import DAY, GB, START, wanted_of

HELD = {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"}


def stock_of(store):
    return {
        row.id: row.body["warehouse_inventory"][0]
        for row in store.select("tiktok_shop", "inventory")
        if row.body["warehouse_inventory"]
    }


def test_open_orders_are_what_is_committed(new_world):
    store = new_world()
    opening = {sku: place["available_quantity"] for sku, place in stock_of(store).items()}
    advance(store, START + 4 * DAY)
    held = Counter()
    for order in store.select("tiktok_shop", "orders", matching={"fulfillment_type": "FULFILLMENT_BY_SELLER"}):
        for line in order.body["line_items"]:
            if line["display_status"] in HELD:
                parts = line["combined_listing_skus"] or [{"sku_id": line["sku_id"], "sku_count": 1}]
                held.update({part["sku_id"]: part["sku_count"] for part in parts})
    places = stock_of(store)
    assert sum(held.values()) > 100
    assert {sku: place["committed_quantity"] for sku, place in places.items() if place["committed_quantity"]} == held
    assert all(
        place["available_quantity"] + place["committed_quantity"] == opening[sku] for sku, place in places.items()
    )


def test_nothing_listed_is_nothing_sold(new_world):
    store = new_world()
    for record in store.select("tiktok_shop", "inventory"):
        for place in record.body["warehouse_inventory"]:
            place["available_quantity"] = 0
        store.put(record)
    advance(store, START + 3 * DAY)
    orders = [row.body for row in store.select("tiktok_shop", "orders")]
    assert {order["fulfillment_type"] for order in orders} <= {"FULFILLMENT_BY_TIKTOK"}
    assert store.get_meta("world_counters")["lost_sales_units"] > 50


def test_a_partly_sold_out_basket_is_bought_for_the_rest(neglected):
    lost = neglected.get_meta("world_counters")["lost_sales_units"]
    assert lost > 0
    for order in neglected.select("tiktok_shop", "orders"):
        payment, lines = order.body["payment"], order.body["line_items"]
        assert lines and float(payment["sub_total"]) == round(sum(float(line["sale_price"]) for line in lines), 2)


def test_the_two_shops_list_the_same_goods_under_ids_of_their_own(neglected):
    by_shop = {shop: neglected.select("tiktok_shop", "inventory", shop=shop.id) for shop in USUAL}
    skus = {shop: {row.body["seller_sku"] for row in rows} for shop, rows in by_shop.items()}
    first, second = skus.values()
    assert first == second and any(sku.startswith("BNDL-") for sku in first)
    assert neglected.count("tiktok_shop", "products") == 2 * len(first)
    for order in neglected.select("tiktok_shop", "orders", limit=40):
        for line in order.body["line_items"]:
            listed = neglected.get("tiktok_shop", "inventory", line["sku_id"])
            assert (listed.shop, listed.body["product_id"]) == (order.shop, line["product_id"])
            assert listed.body["seller_sku"] == line["seller_sku"]


def test_a_bundle_takes_its_parts(new_world):
    store = new_world()
    shop = SHOPS[GB]
    bundle = store.get_meta(listing.KEY)["bundles"][0]
    sku = listing.sku_id(shop, bundle["unit"]["product_id"])
    before = stock_of(store)
    assert inventory.reserve(store, sku, shop.warehouse_id, 1)
    after = stock_of(store)
    moved = {
        part["seller_sku"]: before[part["sku_id"]]["available_quantity"] - after[part["sku_id"]]["available_quantity"]
        for part in listing.parts_of(shop, bundle["parts"])
    }
    assert moved == {part["seller_sku"]: part["count"] for part in bundle["parts"]}


def test_bundles_are_bought_and_name_their_parts(neglected):
    lines = [line for order in neglected.select("tiktok_shop", "orders") for line in order.body["line_items"]]
    bundles = [line for line in lines if line["seller_sku"].startswith("BNDL-")]
    assert bundles and all(len(line["combined_listing_skus"]) in (2, 3) for line in bundles)
    assert all(neglected.get("gxo", "stock", sku) for line in bundles for sku in wanted_of(line))
    assert not any(line["combined_listing_skus"] for line in lines if line not in bundles)
