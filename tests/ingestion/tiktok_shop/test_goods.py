"""What a shop lists: stock of every known SKU in every cycle, compositions by and by, absence only when proven."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.transport.errors import TransientError
from ingestion.tiktok_shop import loader as tiktok_shop
from ingestion.tiktok_shop.goods import DETAILS_PER_LOAD
from tests.ingestion.conftest import NOW, UK, Bench, FakeTikTokShop

AT = int(NOW.timestamp())


def product(number: int, *, at: int = AT - 3600, sku: str = "", status: str = "ACTIVATE") -> dict[str, object]:
    skus = [{"id": f"s{number}", "seller_sku": sku or f"SKU-{number}"}]
    return {"id": f"p{number}", "status": status, "update_time": at, "skus": skus}


def load(bench: Bench, shop: FakeTikTokShop):
    return bench.ingest(tiktok_shop=lambda run: tiktok_shop.load(run, shop))


def asked(shop: FakeTikTokShop, what: str) -> list[object]:
    return [value for name, value in shop.asked if name == what]


def window(summaries, entity):
    return summaries["tiktok_shop", entity, UK].window_to


def test_a_shop_that_lists_nothing_is_covered_all_the_same(bench):
    shop = FakeTikTokShop()
    summaries = load(bench, shop)
    for entity in ("warehouses", "products", "product_details", "inventory", "cancellations", "packages", "returns"):
        assert (window(summaries, entity), summaries["tiktok_shop", entity, UK].problem) == (NOW, "")
    assert asked(shop, "inventory") == []


def test_stock_is_read_before_orders_for_every_sku_known_from_any_load(bench):
    shop = FakeTikTokShop(product_rows=[product(1), product(2)], stock={"s1": 5, "s2": 0})
    load(bench, shop)
    shop.now, shop.stock["s1"] = NOW + timedelta(hours=1), 4
    summaries = load(bench, shop)
    assert asked(shop, "inventory") == [["s1", "s2"]] * 2
    assert asked(shop, "products") == [None, NOW - timedelta(minutes=30)]
    assert summaries["tiktok_shop", "inventory", UK].landed == 1
    names = [name for name, _ in shop.asked]
    assert names.index("products") < names.index("inventory") < names.index("orders")


def test_products_that_are_deleted_have_no_stock_to_read(bench):
    shop = FakeTikTokShop(product_rows=[product(1, status="DELETED"), product(2)], stock={"s1": 5, "s2": 0})
    load(bench, shop)
    assert (asked(shop, "inventory"), asked(shop, "product")) == ([["s2"]], ["p2"])


def test_a_sku_whose_stock_is_no_longer_shown_is_gone(bench):
    shop = FakeTikTokShop(product_rows=[product(1), product(2)], stock={"s1": 5, "s2": 0})
    load(bench, shop)
    del shop.stock["s2"]
    assert load(bench, shop)["tiktok_shop", "inventory", UK].deleted == 1
    assert bench.live("raw_tiktok_shop.inventory") == {"s1"}


@pytest.mark.parametrize("what", ["warehouses", "products", "inventory", "cancellations", "packages", "returns"])
def test_what_cannot_be_read_is_not_covered_deletes_nothing_and_blocks_nothing(bench, what):
    shop = FakeTikTokShop(product_rows=[product(1)], stock={"s1": 5}, warehouse_rows=[{"id": "W"}])
    load(bench, shop)
    shop.failing[what] = TransientError("the server is busy")
    shop.warehouse_rows, shop.stock = [], {}
    summaries = load(bench, shop)
    assert {key[1] for key, summary in summaries.items() if summary.problem} == {what}
    assert window(summaries, what) is None
    kept = {"warehouses": {"W"}, "inventory": {"s1"}}
    assert what not in kept or bench.live(f"raw_tiktok_shop.{what}") == kept[what]


def test_stock_of_known_skus_is_read_also_when_the_product_search_fails(bench):
    shop = FakeTikTokShop(product_rows=[product(1)], stock={"s1": 5})
    load(bench, shop)
    shop.failing["products"], shop.stock["s1"] = TransientError("the server is busy"), 3
    assert load(bench, shop)["tiktok_shop", "inventory", UK].landed == 1


def test_each_product_is_looked_at_once_and_again_after_an_edit(bench):
    shop = FakeTikTokShop(product_rows=[product(1), product(2)])
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "product") == ["p1", "p2"]
    shop.product_rows[1] = product(2, at=AT)
    load(bench, shop)
    assert asked(shop, "product") == ["p1", "p2", "p2"]


def test_a_product_whose_detail_the_models_hold_out_is_looked_at_in_every_load(bench):
    shop = FakeTikTokShop(product_rows=[product(1), product(2)])
    load(bench, shop)
    bench.query("create schema audit")
    bench.query(
        "create table audit.quarantine as select 'staging' as source, 'tiktok_shop' as system,"
        f" 'product_details' as entity, '{UK}' as shop_id, 'p2' as record_id, '' as parent_id"
    )
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "product") == ["p1", "p2", "p2", "p2"]


def test_many_products_are_looked_at_in_turn_bundles_of_ours_first(bench):
    shop = FakeTikTokShop(product_rows=[product(100 + number) for number in range(DETAILS_PER_LOAD)])
    shop.product_rows.append(product(999, sku="BNDL-1"))
    bench.ingest()
    bench.query(
        "insert into raw_config.bundle_map values"
        " ('', 'b', '', null, now(), false, '', '{\"bundle\": \"BNDL-1\"}', 'h', '20260101T000000.000000Z')"
    )
    first = load(bench, shop)
    assert asked(shop, "product")[0] == "p999"
    assert (len(asked(shop, "product")), window(first, "product_details")) == (DETAILS_PER_LOAD, NOW)
    second = load(bench, shop)
    assert (len(asked(shop, "product")), window(second, "product_details")) == (DETAILS_PER_LOAD + 1, NOW)


def test_a_product_that_cannot_be_looked_at_blocks_no_other(bench):
    shop = FakeTikTokShop(product_rows=[product(1), product(2)])
    shop.failing["product"] = TransientError("the server is busy")
    failed = load(bench, shop)["tiktok_shop", "product_details", UK]
    assert (failed.problem, failed.window_to) == ("the server is busy; the server is busy", None)
    shop.failing.clear()
    assert window(load(bench, shop), "product_details") == NOW


def test_cancellations_and_packages_are_named_by_their_own_ids_and_read_on_with_an_overlap(bench):
    shop = FakeTikTokShop(
        cancellation_rows=[{"cancel_id": "c1", "order_id": "o1", "update_time": AT}],
        package_rows=[{"id": "k1", "update_time": AT}],
    )
    load(bench, shop)
    load(bench, shop)
    assert bench.query("select id, parent_id from raw_tiktok_shop.cancellations") == [("c1", "o1")]
    assert bench.live("raw_tiktok_shop.packages") == {"k1"}
    assert asked(shop, "cancellations") == asked(shop, "packages") == [None, NOW - timedelta(minutes=30)]


def test_while_a_cancellation_is_in_quarantine_all_are_read(bench):
    shop = FakeTikTokShop(cancellation_rows=[{"order_id": "o1", "update_time": AT - 86400}])
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "cancellations") == [None, None]
    shop.cancellation_rows = [{"cancel_id": "c1", "order_id": "o1", "update_time": AT - 86400}]
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == set()
    assert bench.live("raw_tiktok_shop.cancellations") == {"c1"}
