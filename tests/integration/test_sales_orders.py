"""A shop moves to NetSuite with orders under way, and is paid: one document an order, equal to the penny, none doubled.

Belongs here: orders, sales orders, deposits and journals of a whole world against the stand-ins' own records. Does not:
single rows (the models' unit tests), one call (tests/reverse_sync).
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.netsuite.client import open_netsuite
from orchestration.demo.demo import running_sandbox
from orchestration.demo.shops import DIRECT
from tests.support.moved_world import FIRST_DAY_AFTER, FIRST_DAY_WITHOUT_CYCLES
from tests.support.worlds import World
from tieout.state import State

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(3600)]

ORDERS_SETTLED, SALES = "1290", "4000"
Order = dict[str, Any]


@pytest.fixture(scope="module")
def shop(moved: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world after all was paid, served once more."""
    home = Path(shutil.copytree(moved, tmp_path_factory.mktemp("moved") / "home"))
    with running_sandbox(home, port=0) as urls:
        yield World(home, urls, home / "config")


def orders(shop: World) -> dict[str, Order]:
    """Return the moved shop's orders that were paid and that it ships itself, by id."""
    found = [order for order in shop.records("tiktok_shop", "orders") if order["_record"]["shop"] == DIRECT]
    ours = (order for order in found if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER" and order.get("paid_time"))
    return {order["id"]: order for order in ours}


def is_paid_before(order: Order, day: str) -> bool:
    return bool(order["paid_time"] < datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def sales_orders(shop: World) -> dict[str, list[dict[str, Any]]]:
    """Return NetSuite's sales orders by the order that they are for."""
    found = defaultdict(list)
    for document in shop.records("netsuite", "salesOrder"):
        found[str(document["otherRefNum"])].append(document)
    return found


def worth(order: Order) -> Decimal:
    """Return what a sale is worth to the seller: goods and shipping after its own discounts."""
    paid = {name: Decimal(str(value)) for name, value in order["payment"].items() if name != "currency" and value}
    goods = paid["original_total_product_price"] - paid.get("seller_discount", Decimal())
    shipping = paid.get("original_shipping_fee", Decimal()) - paid.get("shipping_fee_seller_discount", Decimal())
    return goods + shipping


def kept(order: Order) -> Decimal:
    """Return what of a sale's worth is left without the line items that were cancelled."""
    gone = [line for line in order["line_items"] if line["display_status"] == "CANCELLED"]
    off = (Decimal(line["original_price"]) - Decimal(line["seller_discount"]) for line in gone)
    return worth(order) - sum(off, Decimal())


def listed(shop: World) -> dict[str, int]:
    """Return what TikTok Shop lists of the moved shop's SKUs."""
    found = (record for record in shop.records("tiktok_shop", "inventory") if record["_record"]["shop"] == DIRECT)
    return {record["id"]: place["available_quantity"] for record in found for place in record["warehouse_inventory"]}


def lose_a_unit(shop: World, sku: str) -> None:
    """Let the warehouse of NetSuite's count one unit fewer of a SKU, as a picker does who finds one missing."""
    [account] = [each["id"] for each in shop.records("netsuite", "account") if each["acctNumber"] == "5900"]
    line = {"item": {"externalId": sku}, "location": {"id": "3"}, "adjustQtyBy": -1}
    body = {"subsidiary": {"id": "1"}, "account": {"id": account}, "memo": "Pick short", "inventory": {"items": [line]}}
    state = State(shop.settings().database_url)
    try:
        with open_netsuite(shop.settings(), state) as client:
            client.create("inventoryAdjustment", body)
    finally:
        state.close()


def balances(shop: World) -> Counter[str]:
    """Return what journals and deposits leave on each account of NetSuite's, debit positive, by its number."""
    numbers = {account["id"]: account["acctNumber"] for account in shop.records("netsuite", "account")}
    found: Counter[str] = Counter()
    for journal in shop.journals():
        for line in journal["line"]["items"]:
            amount = Decimal(str(line.get("debit") or 0)) - Decimal(str(line.get("credit") or 0))
            found[numbers[line["account"]["id"]]] += amount
    for deposit in shop.records("netsuite", "customerDeposit"):
        found[numbers[deposit["account"]["id"]]] += Decimal(str(deposit["payment"]))
    return found


def test_each_order_is_once_in_the_system_that_shipped_on_its_day(shop):
    """E18, N15: nothing is keyed again, and a move of the shop neither loses nor doubles an order."""
    documents = sales_orders(shop)
    at_gxo = Counter(
        file["name"].split("_")[1]
        for file in shop.records("gxo", "files")
        if file["name"].startswith("940_") and "_1N_" in file["name"]
    )
    sold = orders(shop)
    before = [number for number, order in sold.items() if is_paid_before(order, FIRST_DAY_AFTER)]
    after = [number for number in sold if number not in before]
    reached = [number for number in after if documents.get(number)]
    kept = [number for number in before if at_gxo[number]]
    assert len(kept) >= 5 and len(reached) >= 20
    assert {number: len(documents[number]) for number in reached} == dict.fromkeys(reached, 1)
    assert {number: at_gxo[number] for number in kept} == dict.fromkeys(kept, 1)
    assert [number for number in before if documents.get(number)] == []
    assert [number for number in after if at_gxo[number]] == []
    early = [number for number, order in sold.items() if is_paid_before(order, FIRST_DAY_WITHOUT_CYCLES)]
    assert {sold[number]["status"] for number in early if number not in {*reached, *kept}} <= {"CANCELLED"}


def test_orders_from_before_the_move_ship_and_cancel_where_they_are(shop):
    """E14, E15a, E15c: what is cancelled is stopped in its own system; the numbers of what left are on TikTok Shop."""
    day = f"timestamptz '{FIRST_DAY_WITHOUT_CYCLES} 00:00:00+00'"
    rows = shop.query(
        "select order_id, status, shipping_type, coalesce(fulfilment_system, '') as system, warehouse_status,"
        f" cancelled_at < {day} as is_stopped, tracking_sent_at is not null as is_sent from operations.orders"
        f" where shop_id = '{DIRECT}' and warehouse_order_count > 0 and paid_at < {day}"
    )
    by_system = Counter((row["system"], row["warehouse_status"]) for row in rows)
    assert by_system["gxo", "shipped"] >= 5 and by_system["netsuite", "shipped"] >= 20
    assert {row["warehouse_status"] for row in rows} <= {"shipped", "part_shipped", "cancelled"}
    assert any(row["is_stopped"] for row in rows)
    assert {row["warehouse_status"] for row in rows if row["is_stopped"]} == {"cancelled"}
    shipped = [row for row in rows if row["status"] != "CANCELLED" and row["warehouse_status"] == "shipped"]
    assert {row["is_sent"] for row in shipped if row["shipping_type"] == "SELLER"} == {True}


def test_each_sales_order_is_worth_its_sale_to_the_penny(shop):
    """E6, G6: price, discount and shipping are those of the order; ERP-06 has nothing to say."""
    documents, sales = sales_orders(shop), orders(shop)
    compared = {
        number: (Decimal(str(found[0]["total"])), worth(sales[number]))
        for number, found in documents.items()
        if number in sales and sales[number]["status"] != "CANCELLED"
    }
    assert len(compared) >= 20
    assert {number: both for number, both in compared.items() if both[0] != both[1]} == {}
    assert {code for code, _, _ in shop.exceptions()} & {"ERP-06", "ERP-09", "ERP-10", "ORD-05"} == set()


def test_each_settled_sales_order_has_one_deposit_of_what_was_settled(shop):
    """E13, E17: a payout is matched with the sales orders in it, one by one."""
    deposits = {body["externalId"]: body for body in shop.records("netsuite", "customerDeposit")}
    rows = shop.query("select * from finance.order_deposits order by payment_id, order_id")
    assert len(rows) >= 20 and {row["books"] for row in rows} == {"booked"}
    assert deposits.keys() == {row["external_id"] for row in rows}
    documents, sales = sales_orders(shop), orders(shop)
    for row in rows:
        deposit = deposits[row["external_id"]]
        assert Decimal(str(deposit["payment"])) == row["amount"]
        assert [deposit["salesOrder"]["id"]] == [found["id"] for found in documents[row["order_id"]]]
    whole = Counter(row["order_id"] for row in rows)
    settled = {row["order_id"]: row["amount"] for row in rows if whole[row["order_id"]] == 1}
    assert {number: amount for number, amount in settled.items() if amount != kept(sales[number])} == {}
    assert not any(is_paid_before(sales[number], FIRST_DAY_AFTER) for number in whole)


def test_the_account_between_payouts_and_orders_is_even_and_what_came_before_is_income(shop):
    """E13: what journals put on the account of orders, deposits have taken away; earlier orders stay income."""
    left = balances(shop)
    assert left[ORDERS_SETTLED] == 0
    [row] = shop.query(f"select sum(amount) as amount from finance.order_deposits where shop_id = '{DIRECT}'")
    assert row["amount"] > 0
    lines = shop.query(
        "select account, line_class, sum(credit_amount - debit_amount) as amount from finance.payout_journals"
        f" where shop_id = '{DIRECT}' and line_class = 'gross_sales' group by all"
    )
    amounts = {line["account"]: line["amount"] for line in lines}
    assert amounts.keys() == {ORDERS_SETTLED, SALES} and all(amount > 0 for amount in amounts.values())


def test_what_is_listed_is_what_netsuite_has_left_once_its_orders_are_committed(shop):
    """E12a, E16, N13: a sales order takes its goods off what TikTok Shop lists; no more is for sale than is there."""
    rows = shop.query(
        "select sku_id, available_to_sell_quantity, available_quantity, in_flight_quantity from operations.stock"
        f" where shop_id = '{DIRECT}' and fulfilment_system = 'netsuite' and held_because is null"
    )
    found = listed(shop)
    assert len(rows) > 100
    compared = [(found[row["sku_id"]], row["available_to_sell_quantity"]) for row in rows if row["sku_id"] in found]
    assert len(compared) > 100 and [both for both in compared if both[0] != both[1]] == []
    assert all(row["available_to_sell_quantity"] <= max(row["available_quantity"], 0) for row in rows)


def test_every_payout_of_the_moved_shop_ties_and_its_journals_balance(shop):
    """E13, E17, N12: each payout is one set of balanced journals, and reaches the bank."""
    rows = shop.query(f"select * from finance.payouts where shop_id = '{DIRECT}' and status = 'PAID'")
    assert rows and sum(row["statement_count"] for row in rows) >= 2
    assert {row["books_status"] for row in rows} == {"posted"}
    assert {row["tie_out_status"] for row in rows} <= {"tied", "in_transit"}
    for journal in shop.journals():
        lines = journal["line"]["items"]
        assert sum(Decimal(str(line.get("debit") or 0)) - Decimal(str(line.get("credit") or 0)) for line in lines) == 0


def test_a_unit_that_a_picker_does_not_find_is_not_for_sale_from_the_next_push_on(shop):
    """E12c: stock that is not there is neither picked again nor sold."""
    [row] = shop.query(
        "select sku_id, seller_sku, available_to_sell_quantity as units from operations.stock"
        f" where shop_id = '{DIRECT}' and fulfilment_system = 'netsuite' and held_because is null"
        " and limiting_item = seller_sku order by available_to_sell_quantity desc, sku_id limit 1"
    )
    assert listed(shop)[row["sku_id"]] == row["units"] > 1
    lose_a_unit(shop, row["seller_sku"])
    assert shop.run(only="tiktok_shop__stock").problems == []
    assert listed(shop)[row["sku_id"]] == row["units"] - 1
