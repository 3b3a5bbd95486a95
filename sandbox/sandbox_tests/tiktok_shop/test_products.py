"""Product search and detail, warehouses, delivery options, carriers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox_tests.conftest import GB, START, US
from sandbox_tests.tiktok_shop.conftest import WAREHOUSES

SEARCH = "/product/202502/products/search"
OPTION = "/logistics/202309/delivery_options/{}/shipping_providers"


def found(connected: Any, body: dict[str, Any] | None = None, path: str = SEARCH) -> list[str]:
    answer = connected.call("POST", path, body or {}, page_size=100)
    return [product["id"] for product in answer.get("products", [])]


@pytest.fixture
def listed(connected: Any) -> Any:
    for sku, status in (("a", "ACTIVATE"), ("bb", "ACTIVATE"), ("ccc", "SELLER_DEACTIVATED")):
        connected.list_sku(sku, 4, status=status)
    return connected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["p-ccc", "p-bb", "p-a"]),
        ({"status": "ACTIVATE"}, ["p-bb", "p-a"]),
        ({"seller_skus": ["GROC-bb"]}, ["p-bb"]),
        ({"sku_ids": ["a", "ccc"], "status": "ACTIVATE"}, ["p-a"]),
        ({"seller_skus": ["GROC-none"]}, []),
        ({"create_time_ge": START + 2, "create_time_le": START + 3}, ["p-ccc", "p-bb"]),
        ({"create_time_le": START + 1}, ["p-a"]),
        ({"update_time_ge": START + 11}, []),
    ],
)
def test_filters_narrow_the_search_and_bounds_include_both_ends(
    listed: Any, body: dict[str, Any], expected: list[str]
) -> None:
    assert found(listed, body) == expected


@pytest.mark.parametrize("version", ["202309", "202312"])
def test_older_versions_search_alike(listed: Any, version: str) -> None:
    assert found(listed, {"status": "ACTIVATE"}, SEARCH.replace("202502", version)) == ["p-bb", "p-a"]


def test_pages_hold_every_product_once(listed: Any) -> None:
    first = listed.call("POST", SEARCH, {}, page_size=2)
    rest = listed.call("POST", SEARCH, {}, page_size=2, page_token=first["next_page_token"])
    assert [row["id"] for row in (*first["products"], *rest["products"])] == ["p-ccc", "p-bb", "p-a"]
    assert (first["total_count"], rest["next_page_token"]) == (3, "")


@pytest.mark.parametrize(
    ("body", "query", "code"),
    [
        ({}, {}, 36009004),
        ({}, {"page_size": 101}, 36009004),
        ({"status": "SOLD"}, {"page_size": 10}, 36009004),
        ({"sku_ids": [str(n) for n in range(11)]}, {"page_size": 10}, 12019027),
    ],
)
def test_bad_search_is_refused(listed: Any, body: dict[str, Any], query: dict[str, Any], code: int) -> None:
    assert listed.call("POST", SEARCH, body, **query) == code


def test_search_shows_what_can_be_sold_now(listed: Any) -> None:
    listed.call(
        "POST", "/product/202309/products/p-a/inventory/update", {"skus": [{"id": "a", "inventory": [{"quantity": 7}]}]}
    )
    answer = listed.call("POST", SEARCH, {"sku_ids": ["a"]}, page_size=1)
    assert answer["products"][0]["skus"][0]["inventory"] == [{"warehouse_id": WAREHOUSES[GB], "quantity": 7}]


def test_only_detail_says_what_a_bundle_is_made_of(listed: Any) -> None:
    parts = [{"product_id": "p-a", "sku_id": "a", "sku_count": 2, "seller_sku": "GROC-a"}]
    listed.list_sku("bundle", 0, combined_skus=parts)
    row = listed.call("POST", SEARCH, {"sku_ids": ["bundle"]}, page_size=1)["products"][0]
    detail = listed.call("GET", "/product/202309/products/p-bundle")
    assert "combined_skus" not in row["skus"][0]
    assert (detail["skus"][0]["combined_skus"], detail["product_types"]) == (parts, ["COMBINED_PRODUCT"])
    assert detail["skus"][0]["inventory"][0]["quantity"] == 2


def test_detail_of_no_product_and_of_a_foreign_one_is_refused(listed: Any) -> None:
    assert listed.call("GET", "/product/202309/products/none") == 12052032
    assert listed.call("GET", "/product/202309/products/p-a", shop=US) == 12052048


def test_world_without_products_lists_none(connected: Any) -> None:
    connected.store.delete("tiktok_shop", "warehouses", WAREHOUSES[GB])
    assert connected.call("POST", SEARCH, {}, page_size=10) == {"total_count": 0, "next_page_token": ""}
    assert connected.call("GET", "/logistics/202309/warehouses") == {}
    assert connected.call("POST", "/product/202309/inventory/search", {"sku_ids": ["a"]}) == {}


def test_warehouse_leads_to_options_and_options_to_the_regions_carriers(connected: Any) -> None:
    rows = connected.call("GET", "/logistics/202309/warehouses")["warehouses"]
    assert [row["id"] for row in rows] == [WAREHOUSES[GB]]
    options = connected.call("GET", f"/logistics/202309/warehouses/{WAREHOUSES[GB]}/delivery_options")
    standard = options["delivery_options"][0]
    assert (standard["type"], standard["id"]) == ("STANDARD", f"6955{WAREHOUSES[GB][4:]}")
    carriers = connected.call("GET", OPTION.format(standard["id"]))["shipping_providers"]
    assert {"Evri", "Royal Mail"} <= {carrier["name"] for carrier in carriers}


def test_option_not_held_or_fulfilled_by_the_platform_has_no_carriers(connected: Any) -> None:
    assert connected.call("GET", OPTION.format(f"6955{WAREHOUSES[US][4:]}")) == 21008116
    connected.put("warehouses", "7395000000000000109", {"type": "SALES_WAREHOUSE", "_is_platform_owned": True})
    assert connected.call("GET", OPTION.format("6958000000000000109")) == 21008117
    assert connected.call("GET", OPTION.format("6955000000000000109")) == 21008116
    assert connected.call("GET", f"/logistics/202309/warehouses/{WAREHOUSES[US]}/delivery_options") == 36009004


@pytest.mark.parametrize("damage", [None, "", "text", 5, [], ["a", 1], {}, {"value": None}, True])
def test_any_field_may_hold_anything_and_every_list_answers(listed: Any, damage: Any) -> None:
    listed.order("1", ["a"])
    fulfilment.mark_shipped(listed.store, listed.body("orders", "1"), [], "H01", "6617675021119438849", START)
    cancellations.request(listed.store, "1", START, "seller_cancel_reason_out_of_stock_uk", "SELLER")
    reads = [
        (SEARCH, {}, {"page_size": 100}),
        (SEARCH, {"seller_skus": ["GROC-a"]}, {"page_size": 100}),
        ("/product/202309/inventory/search", {"sku_ids": ["a"]}, {}),
        ("/fulfillment/202309/packages/search", {}, {"page_size": 50}),
        ("/return_refund/202309/cancellations/search", {}, {}),
    ]
    for kind in ("products", "inventory", "warehouses", "packages", "cancellations"):
        record = listed.store.select("tiktok_shop", kind, shop=GB)[0]
        for field in record.body:
            listed.store.put(replace(record, body={**record.body, field: damage}))
            assert all(isinstance(listed.call("POST", path, body, **query), dict) for path, body, query in reads)
            assert isinstance(listed.call("GET", "/logistics/202309/warehouses"), dict)
        listed.store.put(record)
