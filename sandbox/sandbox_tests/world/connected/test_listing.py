import json

from sandbox.world.clockwork import advance
from sandbox.world.connected import listing
from sandbox.world.days import DAY
from sandbox.world.shops import SHOPS, USUAL
from sandbox_tests.world.connected.conftest import GB, START


def test_what_is_listed_is_at_first_what_the_warehouse_holds(new_world):
    store = new_world()
    listed = {
        row.body["seller_sku"]: row.body["warehouse_inventory"][0]["available_quantity"]
        for row in store.select("tiktok_shop", "inventory", shop=GB)
        if row.body["warehouse_inventory"]
    }
    held = {row.id: row.body["on_hand"] for row in store.select("gxo", "stock")}
    assert listed == held and len(held) > 300 and min(held.values()) >= 2


def test_fast_movers_are_covered_for_days_and_the_rest_for_longer(new_world):
    store = new_world(days=10, baskets=400, live_events=0)
    bought = {}
    for row in store.connection.execute("select body from world_basket"):
        for unit in json.loads(row[0])["units"]:
            bought[unit["seller_sku"]] = bought.get(unit["seller_sku"], 0) + 1
    fastest = max(bought, key=lambda sku: (bought[sku], sku))
    a_day = bought[fastest] / 10 * SHOPS[GB].share_permille / 1000 * 1.25
    held = store.get("gxo", "stock", fastest).body["on_hand"]
    assert 2 * a_day <= held <= 3 * a_day + 1


def test_each_shop_has_its_own_warehouses(new_world):
    store = new_world()
    for shop in USUAL:
        rows = {row.id: row.body for row in store.select("tiktok_shop", "warehouses", shop=shop.id)}
        assert rows[shop.warehouse_id]["type"] == "SALES_WAREHOUSE"
        assert rows[listing.platform_warehouse_id(shop)]["_is_platform_owned"]
        assert sorted(row["type"] for row in rows.values()).count("RETURN_WAREHOUSE") == 1


def test_fewer_distinct_baskets_list_fewer_products_and_are_bought_as_often(new_world):
    usual, few = new_world(), new_world(distinct_baskets=10)
    assert few.count("tiktok_shop", "products") < usual.count("tiktok_shop", "products") / 4
    for store in (usual, few):
        advance(store, START + 2 * DAY)
    orders = few.count("tiktok_shop", "orders")
    assert orders > 10 and abs(orders - usual.count("tiktok_shop", "orders")) <= orders / 10
