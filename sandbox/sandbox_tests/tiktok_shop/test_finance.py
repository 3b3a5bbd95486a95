"""Statements, transactions, payments, unsettled amounts, withdrawals."""

from __future__ import annotations

from typing import Any

import pytest

STATEMENTS = "/finance/202309/statements"
TRANSACTIONS = "/finance/202501/statements/stm-1/statement_transactions"
FLAT = "/finance/202309/statements/stm-1/statement_transactions"
UNSETTLED = "/finance/202507/orders/unsettled"
START = 1_767_571_200


@pytest.mark.parametrize("path", [STATEMENTS, TRANSACTIONS, FLAT, UNSETTLED, "/finance/202605/payments"])
def test_finance_demands_sort_field(client: Any, path: str) -> None:
    reply = client.call("GET", path)
    assert (reply.status_code, reply.json()["code"]) == (400, 36009004)
    assert "sort_field" in reply.json()["message"]


def test_statements_carry_their_payment_and_no_private_key(client: Any) -> None:
    (statement,) = client.data("GET", STATEMENTS, sort_field="statement_time")["statements"]
    assert (statement["payment_id"], statement["settlement_amount"]) == ("pay-1", "46.68")
    assert "_total_reserve_amount" not in statement


@pytest.mark.parametrize(
    "query", [{"payment_status": "FAILED"}, {"statement_time_ge": START + 86401}, {"statement_time_lt": START}]
)
def test_statement_filters_can_leave_nothing(client: Any, query: dict[str, Any]) -> None:
    assert client.data("GET", STATEMENTS, sort_field="statement_time", **query) == {}


def test_header_pays_settlement_and_reserve(client: Any) -> None:
    data = client.data("GET", TRANSACTIONS, sort_field="order_create_time")
    assert (data["total_settlement_amount"], data["total_reserve_amount"], data["payable_amount"]) == (
        "46.68",
        "-5",
        "41.68",
    )
    assert data["total_settlement_breakdown"]["total_revenue_amount"] == "60.02"
    assert (data["status"], data["create_time"], data["total_count"]) == ("SETTLED", START + 86400, 3)
    assert [row["type"] for row in data["transactions"]] == ["ORDER", "ORDER", "RESERVE"]


def test_transaction_pages_join_up(client: Any) -> None:
    first = client.data("GET", TRANSACTIONS, sort_field="order_create_time", page_size=2)
    token = first["next_page_token"]
    last = client.data("GET", TRANSACTIONS, sort_field="order_create_time", page_size=2, page_token=token)
    assert len({row["id"] for row in first["transactions"] + last["transactions"]}) == 3
    assert "next_page_token" not in last and last["total_count"] == 3


def test_flat_rows_leave_reserves_out(client: Any) -> None:
    data = client.data("GET", FLAT, sort_field="order_create_time")
    rows = data["statement_transactions"]
    assert (data["statement_id"], data["total_count"], len(rows)) == ("stm-1", 2, 2)
    assert (rows[0]["fee_amount"], rows[0]["platform_commission_amount"]) == ("-3.34", "-2.7")
    assert (rows[0]["gross_sales_amount"], rows[0]["after_seller_discounts_subtotal_amount"]) == ("36.01", "30.01")


def test_unknown_statement_is_refused(client: Any) -> None:
    path = "/finance/202501/statements/none/statement_transactions"
    assert client.call("GET", path, sort_field="order_create_time").json()["code"] == 36009004


def test_only_the_older_payments_tell_the_reserve(client: Any) -> None:
    (newer,) = client.data("GET", "/finance/202605/payments", sort_field="create_time")["payments"]
    (older,) = client.data("GET", "/finance/202309/payments", sort_field="create_time")["payments"]
    assert "reserve_amount" not in newer
    assert older["reserve_amount"] == {"value": "-5", "currency": "GBP"}


def test_unsettled_sums_are_over_all_pages(client: Any) -> None:
    first = client.data("GET", UNSETTLED, sort_field="order_create_time", page_size=2)
    token = first["next_page_token"]
    second = client.data("GET", UNSETTLED, sort_field="order_create_time", page_size=2, page_token=token)
    for page in (first, second):
        assert (page["total_count"], page["sum_est_settlement_amount"], page["sum_est_fee_amount"]) == (5, "5.5", "-2")
        assert len(page["transactions"]) == 2


def test_unsettled_of_an_empty_shop_sums_to_zero(client: Any) -> None:
    data = client.data("GET", UNSETTLED, cipher="ROW_US", sort_field="order_create_time")
    assert (data["total_count"], data["sum_est_settlement_amount"]) == (0, "0")
    assert "transactions" not in data


def test_withdrawals_are_empty_and_need_types(client: Any) -> None:
    path = "/finance/202309/withdrawals"
    assert client.data("GET", path, types="WITHDRAW,SETTLE") == {"total_count": 0}
    assert client.call("GET", path).json()["code"] == 36009004
    assert client.call("GET", path, types="CASH").json()["code"] == 36009004
