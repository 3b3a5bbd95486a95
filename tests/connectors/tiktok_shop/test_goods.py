import json
from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop import goods
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from connectors.transport.exact_json import Unusable

PRODUCTS, INVENTORY = "/product/202502/products/search", "/product/202309/inventory/search"
UPDATE, WAREHOUSES = "/product/202309/products/p1/inventory/update", "/logistics/202309/warehouses"
STOCK = [{"id": "s1", "inventory": [{"warehouse_id": "w", "quantity": 3}]}]


def bodies(fake_shop, path):
    return [json.loads(request.content) for request in fake_shop.seen if request.url.path == path]


def ids_of(pages):
    return [row["id"] for page in pages for row in page.rows]


def stock_of(*products):
    """Return a route that knows these SKUs, by product."""

    def route(answer):
        def found(request):
            wanted = set(json.loads(request.content)["sku_ids"])
            rows = [
                {"product_id": name, "skus": [{"id": sku} for sku in skus if sku in wanted]}
                for name, skus in products
                if wanted & set(skus)
            ]
            return answer({"inventory": rows} if rows else {})

        return found

    return route


def test_products_of_every_status_are_searched_without_an_order(client, fake_shop, paged):
    fake_shop.routes[PRODUCTS] = paged([{"id": str(number)} for number in range(230)], "products")
    assert len(set(ids_of(client.products("S1", updated_from=datetime(2026, 10, 1, tzinfo=UTC))))) == 230
    assert bodies(fake_shop, PRODUCTS)[0] == {"status": "ALL", "update_time_ge": 1790812800}
    assert "sort_field" not in fake_shop.seen[-1].url.params


def test_a_list_too_long_to_page_is_read_in_windows_of_creation(client, fake_shop, answer, monkeypatch):
    monkeypatch.setattr(goods, "MOST_PAGED", 3)
    created = {str(number): 1_700_000_000 + number for number in range(10)}

    def route(request):
        wanted = json.loads(request.content)
        low, high = wanted.get("create_time_ge", 0), wanted.get("create_time_le", 10**12)
        rows = [{"id": key} for key, at in created.items() if low <= at <= high]
        return answer({"products": rows, "total_count": len(rows)})

    fake_shop.routes[PRODUCTS] = route
    assert sorted(ids_of(client.products("S1", updated_from=None))) == sorted(created)


def test_stock_is_asked_six_hundred_skus_a_call_and_unknown_ones_once_more(client, fake_shop, answer):
    known = [f"s{number}" for number in range(700)]
    fake_shop.routes[INVENTORY] = stock_of(("p1", known[:1]), ("p2", known[1:]))(answer)
    page = client.inventory("S1", [*known, "gone"])
    assert [len(body["sku_ids"]) for body in bodies(fake_shop, INVENTORY)] == [600, 101, 1]
    assert [row["id"] for row in page.rows] == known
    assert {row["product_id"] for row in page.rows[:1]} == {"p1"}


def test_stock_of_no_sku_is_no_question(client):
    with pytest.raises(ValueError, match="at least one SKU"):
        client.inventory("S1", [])


def test_stock_that_is_no_list_leaves_the_other_products(client, fake_shop, answer):
    products = [{"product_id": "p", "skus": "none"}, {"product_id": "q", "skus": [{"id": "s2"}]}]
    fake_shop.routes[INVENTORY] = lambda request: answer({"inventory": products})
    bad, good, *_again = client.inventory("S1", ["s1", "s2"]).rows
    assert isinstance(bad["skus"], Unusable) and bad.get("id") is None
    assert (good["id"], good["product_id"]) == ("s2", "q")


def test_stock_is_written_for_all_warehouses_of_a_sku(client, fake_shop, answer):
    fake_shop.routes[UPDATE] = lambda request: answer({})
    client.update_inventory("S1", "p1", STOCK)
    assert bodies(fake_shop, UPDATE) == [{"skus": STOCK}]


def test_a_sku_refused_beside_code_zero_is_an_error_that_names_sku_warehouse_and_code(client, fake_shop, answer):
    detail = {"sku_id": "s1", "extra_errors": [{"warehouse_id": "w", "code": 12052531, "message": "disabled"}]}
    errors = [{"code": 12052531, "message": "The warehouse is disabled", "detail": detail}]
    fake_shop.routes[UPDATE] = lambda request: answer({"errors": errors})
    with pytest.raises(RejectedError) as refused:
        client.update_inventory("S1", "p1", STOCK)
    assert refused.value.code == "12052531"
    assert refused.value.message == "SKU s1 in warehouse w: The warehouse is disabled (12052531)"


def test_a_write_whose_answer_is_lost_is_sent_once_and_left_open(client, fake_shop, answer):
    fake_shop.routes[UPDATE] = lambda request: answer({}, status=500)
    with pytest.raises(OutcomeUnknownError):
        client.update_inventory("S1", "p1", STOCK)
    assert fake_shop.paths()[UPDATE] == 1


def test_warehouses_are_believed_when_two_readings_agree(client, fake_shop, answer):
    readings = [[{"id": "a"}], [{"id": "a"}, {"id": "b"}], [{"id": "a"}, {"id": "b"}]]
    fake_shop.routes[WAREHOUSES] = lambda request: answer({"warehouses": readings.pop(0)})
    assert ids_of(client.warehouses("S1")) == ["a", "b"]


def test_a_products_composition_comes_with_its_detail(client, fake_shop, answer):
    sku = {"id": "s1", "combined_skus": [{"seller_sku": "A", "sku_count": 2}]}
    fake_shop.routes["/product/202309/products/p1"] = lambda request: answer({"id": "p1", "skus": [sku]})
    assert client.product("S1", "p1").data["skus"] == [sku]
