"""A failing row holds the record that it names, by the nearest key, and nothing else."""

from __future__ import annotations

import duckdb
import pytest

from expectations.result import ExpectationResult, SuiteResult
from orchestration.steps.holds import (
    Hold,
    Holding,
    data_tests_that_hold,
    held,
    holds_of,
    holds_of_suite,
    remember,
    suite_name,
)

SYNC = "netsuite__journal_entries"


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema staging; create schema intermediate; create schema finance; create schema reconciliation;
            create table intermediate.int_settlements__statements as
            select 'S' as shop_id, 'st1' as statement_id, 'P1' as payment_id;
            create table intermediate.int_settlements__transactions as
            select 'S' as shop_id, 'tx1' as transaction_id, 'st1' as statement_id;
            create table staging.stg_tiktok_shop__order_lines as
            select 'S' as shop_id, 'O1' as order_id, 'line1' as order_line_id;
            create table intermediate.int_stock__listed as
            select 'S' as shop_id, unnest(['1', '2']) as sku_id, 'apples' as component;
            """
        )
        yield connection


def found(warehouse, rows):
    holds = holds_of(warehouse, test="t", relation="a_model", rows_sql=rows, readers=[SYNC])
    return {(hold.shop_id, hold.kind, hold.key, hold.syncs) for hold in holds}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("'S' as shop_id, 'P9' as payment_id, null as amount", {("S", "payment_id", "P9", "")}),
        ("'P9' as payment_id", {("", "payment_id", "P9", "")}),
        ("'S' as shop_id, null as payment_id, 'st1' as statement_id", {("S", "payment_id", "P1", "")}),
        ("'S' as shop_id, 'tx1' as transaction_id, 'O1' as order_id", {("S", "payment_id", "P1", "")}),
        ("'S' as shop_id, 'O1' as order_id, '7' as sku_id", {("S", "order_id", "O1", "")}),
        ("'S' as shop_id, 'line1' as order_line_id", {("S", "order_id", "O1", "")}),
        ("'apples' as item, 'N' as location", {("S", "sku_id", "1", ""), ("S", "sku_id", "2", "")}),
        ("'S' as shop_id, 'unheard' as statement_id", {("S", "statement_id", "unheard", "")}),
        ("'S' as shop_id, 5 as amount", {("S", "shop", "S", SYNC)}),
        ("'*' as shop_id, 5 as amount", {("", "table", "a_model", SYNC)}),
        ("'1010' as account_number", {("", "table", "a_model", SYNC)}),
    ],
)
def test_a_row_holds_what_its_nearest_key_names(warehouse, row, wanted):
    assert found(warehouse, f"select {row}") == wanted


def test_what_most_rows_fail_is_about_the_table(warehouse):
    assert found(warehouse, "select 'P' || range as payment_id from range(5000)") == {("", "table", "a_model", SYNC)}


def test_what_is_held_is_kept_until_the_same_test_is_checked_again(warehouse):
    first, other = Hold("t1", "S", "payment_id", "P1", "", "x"), Hold("t2", "S", "order_id", "O1", "", "x")
    assert remember(warehouse, [first, other], checked=None)
    assert not remember(warehouse, [first], checked={"t1"})
    assert remember(warehouse, [], checked={"t1"})
    assert held(warehouse) == [other]
    assert remember(warehouse, [], checked=None)
    assert held(warehouse) == []


def test_a_test_that_the_project_has_no_more_holds_nothing_once_the_others_have_run(warehouse):
    former = Hold("former_test", "S", "payment_id", "P1", "", "m")
    suite = Hold(suite_name("raw_bank.entries"), "", "table", "raw_bank.entries", SYNC, "m")
    remember(warehouse, [former, suite], checked=None)
    assert data_tests_that_hold(warehouse) == {"former_test"}
    remember(warehouse, [], checked=data_tests_that_hold(warehouse))
    assert held(warehouse) == [suite]


def test_a_proposal_is_held_by_its_keys_its_shop_or_its_sync():
    holding = Holding(
        [
            Hold("t1", "S", "payment_id", "P1", "", "amount"),
            Hold("t2", "T", "shop", "T", SYNC, "rows"),
            Hold("t3", "", "table", "maps", "gxo__warehouse_orders", "rows"),
            Hold("t4", "U", "shop", "U", "", "rows"),
        ]
    )
    assert holding.reason(SYNC, "S", {"payment_id": "P1"}) == "SYS-14: t1: amount"
    assert holding.reason(SYNC, "S", {"payment_id": "P2"}) == ""
    assert holding.reason(SYNC, "T", {"payment_id": "P1"}) == "SYS-14: t2: rows"
    assert holding.reason("tiktok_shop__stock", "T", {"sku_id": "1"}) == ""
    assert holding.reason("gxo__warehouse_orders", "S", {"order_id": "1"}) == "SYS-14: t3: rows"
    assert holding.reason(SYNC, "U", {}) == ""


def test_a_broken_suite_holds_the_shops_that_break_it():
    broken = ExpectationResult("amount is a number", is_blocking=True, passed=False, unexpected=20, share=0.5)
    of_shops = SuiteResult("raw_tiktok_shop.payments", 40, (broken,), ("S",))
    assert [(hold.shop_id, hold.kind) for hold in holds_of_suite(of_shops, [SYNC])] == [("S", "shop")]
    of_files = SuiteResult("raw_bank.entries", 40, (broken,))
    [hold] = holds_of_suite(of_files, [SYNC])
    assert (hold.test, hold.kind, hold.syncs) == (suite_name("raw_bank.entries"), "table", SYNC)
    assert holds_of_suite(SuiteResult("raw_bank.entries", 40, ()), [SYNC]) == []
