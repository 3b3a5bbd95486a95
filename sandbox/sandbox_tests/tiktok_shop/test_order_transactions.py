"""Transactions by order: the split over SKUs adds up exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

ORDER = "/finance/202501/orders/5770000000000000001/statement_transactions"
FLAT = "/finance/202309/orders/5770000000000000001/statement_transactions"


def test_unsettled_order_has_no_transactions(client: Any) -> None:
    data = client.data("GET", "/finance/202501/orders/5770000000000000009/statement_transactions")
    assert data == {"total_count": 0}


def test_sku_shares_add_up_to_the_transaction(client: Any) -> None:
    data = client.data("GET", ORDER)
    skus = data["sku_transactions"]
    assert [(sku["sku_id"], sku["quantity"], sku["statement_id"]) for sku in skus] == [
        ("sku-a", "2", "stm-1"),
        ("sku-b", "1", "stm-1"),
    ]
    for key, total in (("revenue_amount", "30.01"), ("fee_tax_amount", "-3.34"), ("settlement_amount", "23.34")):
        assert sum(Decimal(sku[key]) for sku in skus) == Decimal(total)
    assert (data["fee_and_tax_amount"], data["settlement_amount"]) == ("-3.34", "23.34")


def test_every_sku_keeps_the_settlement_identity(client: Any) -> None:
    for sku in client.data("GET", ORDER)["sku_transactions"]:
        parts = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount")
        assert Decimal(sku["settlement_amount"]) == sum(Decimal(sku[key]) for key in parts)


def test_lines_the_order_view_lacks_are_left_out(client: Any) -> None:
    sku = client.data("GET", ORDER)["sku_transactions"][0]
    assert sku["shipping_cost_breakdown"]["supplementary_component"] == {}


def test_second_transaction_of_an_order_is_listed_too(client: Any, store: Any) -> None:
    twin = store.duplicate("tiktok_shop", "statement_transactions", "7400000000000000001")
    assert twin is not None
    data = client.data("GET", ORDER)
    assert (data["total_count"], data["settlement_amount"]) == (4, "46.68")


def test_older_version_has_whole_number_quantities(client: Any) -> None:
    (row,) = client.data("GET", FLAT)["statement_transactions"]
    assert [sku["quantity"] for sku in row["sku_statement_transactions"]] == [2, 1]
    assert sum(Decimal(sku["settlement_amount"]) for sku in row["sku_statement_transactions"]) == Decimal("23.34")
