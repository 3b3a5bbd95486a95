"""Listed stock: reserving, releasing, search and absolute updates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.tiktok_shop import inventory
from sandbox_tests.conftest import GB, US
from sandbox_tests.tiktok_shop.conftest import WAREHOUSES

SEARCH = "/product/202309/inventory/search"
HERE, THERE = WAREHOUSES[GB], WAREHOUSES[US]


def write(connected: Any, sku: str, *entries: dict[str, Any], product: str = "") -> Any:
    path = f"/product/202309/products/{product or f'p-{sku}'}/inventory/update"
    return connected.call("POST", path, {"skus": [{"id": sku, "inventory": list(entries)}]})


def code(answer: Any) -> int:
    return int(answer["errors"][0]["code"])


def test_reserving_moves_units_from_available_to_committed(connected: Any) -> None:
    connected.list_sku("a", 3)
    assert inventory.reserve(connected.store, "a", HERE, 2)
    assert connected.stock("a") == (1, 2)


@pytest.mark.parametrize(("sku", "warehouse"), [("a", HERE), ("none", HERE), ("a", THERE)])
def test_too_few_units_are_not_reserved_at_all(connected: Any, sku: str, warehouse: str) -> None:
    connected.list_sku("a", 1)
    assert not inventory.reserve(connected.store, sku, warehouse, 2)
    assert connected.stock("a") == (1, 0)


def test_units_asked_for_at_once_are_sold_once(connected: Any) -> None:
    connected.list_sku("a", 5)
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: inventory.reserve(connected.store, "a", HERE, 1), range(16)))
    assert (taken.count(True), connected.stock("a")) == (5, (0, 5))


@pytest.mark.parametrize(("to_available", "left"), [(True, (3, 0)), (False, (1, 0))])
def test_released_units_come_back_or_are_gone(connected: Any, to_available: bool, left: tuple[int, int]) -> None:
    connected.list_sku("a", 1, 2)
    inventory.release(connected.store, "a", HERE, 2, to_available)
    assert connected.stock("a") == left


def test_bundle_reserves_its_components_or_nothing(connected: Any) -> None:
    connected.list_sku("a", 5)
    connected.list_sku("b", 1)
    parts = [{"sku_id": "a", "sku_count": 2}, {"sku_id": "b", "sku_count": 1}]
    connected.list_sku("bundle", 0, combined_skus=parts)
    assert inventory.reserve(connected.store, "bundle", HERE, 1)
    assert (connected.stock("a"), connected.stock("b")) == ((3, 2), (0, 1))
    assert not inventory.reserve(connected.store, "bundle", HERE, 1)
    assert connected.stock("a") == (3, 2)


def test_bundle_shows_what_its_components_allow_and_is_not_editable(connected: Any) -> None:
    connected.list_sku("a", 5)
    connected.list_sku("b", 9)
    parts = [{"sku_id": "a", "sku_count": 2}, {"sku_id": "b", "sku_count": 1}]
    connected.list_sku("bundle", 0, combined_skus=parts)
    row = connected.call("POST", SEARCH, {"sku_ids": ["bundle"]})["inventory"][0]["skus"][0]
    assert row["total_available_quantity"] == 2
    assert code(write(connected, "bundle", {"quantity": 1, "warehouse_id": HERE})) == 12052850


def test_search_groups_skus_by_product_and_skus_win_over_products(connected: Any) -> None:
    connected.list_sku("a", 5, 1)
    connected.list_sku("b", 7)
    by_product = connected.call("POST", SEARCH, {"product_ids": ["p-a", "p-b"]})["inventory"]
    assert [row["product_id"] for row in by_product] == ["p-a", "p-b"]
    found = connected.call("POST", SEARCH, {"product_ids": ["p-a"], "sku_ids": ["b", "none"]})["inventory"]
    assert [sku["id"] for row in found for sku in row["skus"]] == ["b"]
    sku = by_product[0]["skus"][0]
    assert (sku["total_available_quantity"], sku["total_committed_quantity"]) == (5, 1)


def test_search_of_nothing_is_refused_and_other_shops_stay_hidden(connected: Any) -> None:
    connected.list_sku("a", 5)
    assert connected.call("POST", SEARCH, {}) == 36009004
    assert connected.call("POST", SEARCH, {"sku_ids": [str(n) for n in range(601)]}) == 36009004
    assert connected.call("POST", SEARCH, {"sku_ids": ["a"]}, shop=US) == {}


def test_update_is_absolute_leaves_commitments_and_the_last_write_wins(connected: Any) -> None:
    connected.list_sku("a", 5, 2)
    assert write(connected, "a", {"quantity": 9, "warehouse_id": HERE}) == {}
    assert write(connected, "a", {"quantity": 0}) == {}
    assert connected.stock("a") == (0, 2)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], 12019022),
        ([{"quantity": -1, "warehouse_id": HERE}], 12052055),
        ([{"quantity": 100_000, "warehouse_id": HERE}], 12052055),
        ([{"quantity": "5", "warehouse_id": HERE}], 12019024),
        ([{"quantity": 5, "warehouse_id": "nowhere"}], 12052097),
        ([{"quantity": 5, "warehouse_id": THERE}], 12052530),
        ([{"quantity": 5, "warehouse_id": "second"}], 12019028),
        ([{"quantity": 5, "warehouse_id": HERE}, {"quantity": 5, "warehouse_id": "second"}], 12052533),
        ([{"quantity": 5, "warehouse_id": "fbt"}], 12052037),
        ([{"quantity": 5, "warehouse_id": "closed"}], 12052531),
        ([{"quantity": 5, "warehouse_id": "returns"}], 12052532),
    ],
)
def test_wrong_sku_is_reported_beside_code_zero(connected: Any, entries: list[dict[str, Any]], expected: int) -> None:
    sales = {"effect_status": "ENABLED", "type": "SALES_WAREHOUSE"}
    connected.put("warehouses", "second", sales)
    connected.put("warehouses", "fbt", {**sales, "_is_platform_owned": True})
    connected.put("warehouses", "closed", {**sales, "effect_status": "DISABLED"})
    connected.put("warehouses", "returns", {**sales, "type": "RETURN_WAREHOUSE"})
    connected.list_sku("a", 3)
    answer = write(connected, "a", *entries)
    assert code(answer) == expected
    assert answer["errors"][0]["detail"]["sku_id"] == "a"
    assert connected.stock("a") == (3, 0)


def test_all_warehouses_of_a_sku_must_be_listed(connected: Any) -> None:
    connected.put("warehouses", "second", {"effect_status": "ENABLED", "type": "SALES_WAREHOUSE"})
    places = [{"warehouse_id": id, "available_quantity": 1, "committed_quantity": 0} for id in (HERE, "second")]
    connected.list_sku("a", 3, warehouse_inventory=places)
    assert code(write(connected, "a", {"quantity": 5, "warehouse_id": HERE})) == 12019028
    both = ({"quantity": 5, "warehouse_id": HERE}, {"quantity": 6, "warehouse_id": "second"})
    assert write(connected, "a", *both) == {}
    assert [place["available_quantity"] for place in connected.body("inventory", "a")["warehouse_inventory"]] == [5, 6]


def test_stock_may_not_go_below_what_a_promotion_locks(connected: Any) -> None:
    locked = {"campaign_inventory": [{"quantity": 4, "campaign_name": "Live"}]}
    connected.list_sku("a", 9, total_available_inventory_distribution=locked)
    assert code(write(connected, "a", {"quantity": 3})) == 12052393
    assert write(connected, "a", {"quantity": 4}) == {}
    row = connected.call("POST", SEARCH, {"sku_ids": ["a"]})["inventory"][0]["skus"][0]
    assert row["total_available_inventory_distribution"]["in_shop_inventory"] == {"quantity": 0}


def test_one_wrong_sku_does_not_stop_the_other(connected: Any) -> None:
    connected.list_sku("a", 3)
    body = {"skus": [{"id": id, "inventory": [{"quantity": 8}]} for id in ("a", "b")]}
    answer = connected.call("POST", "/product/202309/products/p-a/inventory/update", body)
    assert [(error["code"], error["detail"]["sku_id"]) for error in answer["errors"]] == [(12052556, "b")]
    assert connected.stock("a") == (8, 0)


def test_whole_update_is_refused_when_it_makes_no_sense(connected: Any) -> None:
    connected.list_sku("a", 3)
    connected.list_sku("gone", 3, status="DELETED")
    path = "/product/202309/products/p-a/inventory/update"
    twice = {"skus": [{"id": "a", "inventory": []}, {"id": "a", "inventory": []}]}
    assert connected.call("POST", path, twice) == 12052553
    assert connected.call("POST", path, {"skus": []}) == 12052902
    assert connected.call("POST", path, {"skus": [{"id": str(n)} for n in range(101)]}) == 12052050
    assert connected.call("POST", path, {"skus": [{"id": "a"}]}, shop=US) == 12052048
    assert write(connected, "gone", {"quantity": 1}) == 12052901
    assert write(connected, "a", {"quantity": 1}, product="none") == 12052032
