"""Order search, detail and price detail."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from sandbox.store import Record

SEARCH = "/order/202309/orders/search"
START = 1_767_571_200


def _all(client: Any, body: dict[str, Any] | None = None, **query: Any) -> list[dict[str, Any]]:
    orders: list[dict[str, Any]] = []
    token = None
    while token != "":
        data = client.data("POST", SEARCH, body=body or {}, page_token=token, **query)
        orders += data.get("orders", [])
        token = data["next_page_token"]
    return orders


def test_search_defaults_to_twenty_newest_first(client: Any) -> None:
    data = client.data("POST", SEARCH)
    times = [order["create_time"] for order in data["orders"]]
    assert (len(times), data["total_count"]) == (20, 45)
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("sort_field", ["create_time", "update_time"])
@pytest.mark.parametrize("sort_order", ["ASC", "DESC"])
def test_all_pages_hold_every_order_once_in_order(client: Any, sort_field: str, sort_order: str) -> None:
    orders = _all(client, page_size=7, sort_field=sort_field, sort_order=sort_order)
    times = [order[sort_field] for order in orders]
    assert len({order["id"] for order in orders}) == len(orders) == 45
    assert times == sorted(times, reverse=sort_order == "DESC")


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ({"order_status": "CANCELLED"}, 5),
        ({"create_time_ge": START + 60, "create_time_lt": START + 180}, 2),
        ({"update_time_ge": START + 3600, "update_time_lt": START + 3600 + 60}, 2),
        ({"buyer_user_id": "buyer0"}, 15),
        ({"warehouse_ids": ["wh1", "wh9"]}, 22),
        ({"order_status": "CANCELLED", "warehouse_ids": ["wh1"]}, 0),
    ],
)
def test_filters_narrow_the_search(client: Any, body: dict[str, Any], count: int) -> None:
    assert len(_all(client, body)) == count
    assert client.data("POST", SEARCH, body=body)["total_count"] == count


def test_empty_result_has_no_list(client: Any) -> None:
    data = client.data("POST", SEARCH, body={"create_time_ge": START + 10**6})
    assert data == {"next_page_token": "", "total_count": 0}


@pytest.mark.parametrize(
    "query", [{"page_size": 0}, {"page_size": 101}, {"sort_field": "paid_time"}, {"page_token": "x"}]
)
def test_bad_parameter_is_36009004(client: Any, query: dict[str, Any]) -> None:
    assert client.call("POST", SEARCH, **query).json()["code"] == 36009004


def test_page_token_belongs_to_its_filters(client: Any) -> None:
    token = client.data("POST", SEARCH, body={"order_status": "COMPLETED"}, page_size=5)["next_page_token"]
    other = client.call("POST", SEARCH, body={"order_status": "CANCELLED"}, page_size=5, page_token=token)
    assert other.json()["code"] == 36009004


def test_row_updated_while_paging_shows_up_again(client: Any, store: Any) -> None:
    query = {"page_size": 10, "sort_field": "update_time", "sort_order": "ASC"}
    first = client.data("POST", SEARCH, **query)
    moved = first["orders"][0]["id"]
    store.patch("tiktok_shop", "orders", moved, {"update_time": START + 99_999})
    rest = client.data("POST", SEARCH, **{**query, "page_size": 100}, page_token=first["next_page_token"])
    assert [order["id"] for order in rest["orders"]].count(moved) == 1
    assert len(rest["orders"]) == 36


def test_private_keys_stay_inside(client: Any) -> None:
    assert not [key for key in client.data("POST", SEARCH)["orders"][0] if key.startswith("_")]


@pytest.mark.parametrize(
    "ids", ["5770000000000000002,5770000000000000001", ["5770000000000000002", "5770000000000000001"]]
)
def test_detail_takes_comma_and_repeated_ids(client: Any, ids: Any) -> None:
    orders = client.data("GET", "/order/202507/orders", ids=ids)["orders"]
    assert sorted(order["id"] for order in orders) == ["5770000000000000001", "5770000000000000002"]


def test_only_the_newer_detail_has_the_payment_method_code(client: Any) -> None:
    newer = client.data("GET", "/order/202507/orders", ids="5770000000000000001")["orders"][0]
    older = client.data("GET", "/order/202309/orders", ids="5770000000000000001")["orders"][0]
    assert set(newer) - set(older) == {"payment_method_code"}


def test_detail_refuses_more_than_fifty_ids_and_none(client: Any) -> None:
    many = ",".join(str(number) for number in range(51))
    assert client.call("GET", "/order/202507/orders", ids=many).json()["code"] == 36009004
    assert client.call("GET", "/order/202507/orders").json()["code"] == 36009004


def test_detail_of_another_shops_order_is_empty(client: Any) -> None:
    assert client.data("GET", "/order/202507/orders", cipher="ROW_US", ids="5770000000000000001") == {}


def test_price_detail_units_add_up_to_what_was_paid(client: Any) -> None:
    data = client.data("GET", "/order/202407/orders/5770000000000000001/price_detail")
    lines = data["line_items"]
    assert len(lines) == 3
    assert sum(Decimal(line["total"]) for line in lines) == Decimal(data["total"]) == Decimal("33.33")
    assert sum(Decimal(line["shipping_sale_price"]) for line in lines) == Decimal("3.33")
    assert {line["sku_sale_price"] for line in lines} == {"10"}


def test_price_detail_of_a_foreign_order_is_21008111(client: Any) -> None:
    assert client.call("GET", "/order/202407/orders/1/price_detail").json()["code"] == 21008111


def test_page_of_a_hundred_orders_is_quick_among_many(client: Any, store: Any) -> None:
    sample = store.get("tiktok_shop", "orders", "5770000000000000001")
    pad = ["x" * 40] * 120
    store.put_many(
        Record(
            "tiktok_shop", "orders", f"68{n:08}", {**sample.body, "id": f"68{n:08}", "pad": pad}, sample.shop, "", n, n
        )
        for n in range(20_000)
    )
    client.data("POST", SEARCH, page_size=100)
    started = time.perf_counter()
    for _ in range(5):
        client.data("POST", SEARCH, page_size=100, sort_field="update_time", sort_order="ASC")
    # A quarter of a second is generous: alone on a machine a page takes some 20 ms, most of it in the client.
    assert (time.perf_counter() - started) / 5 < 0.25
