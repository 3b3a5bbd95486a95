"""A controller's figures, computed again from the records of the stand-ins and the rows as received.

Belongs here: figures of the published file that are recomputed without reading a model. Does not: what makes a payout
tie (test_tie_out), or faults.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.support.worlds import World, watched_month

MONTH_END = datetime(2026, 2, 1, tzinfo=UTC)
ZONES = {"GBP": ZoneInfo("Europe/London"), "USD": ZoneInfo("America/Los_Angeles")}


@pytest.fixture(scope="module")
def traded_month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that was watched over a month end."""
    yield from watched_month(tmp_path_factory, seed=7)


def instant(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def settlements(world: World) -> dict[str, tuple[datetime, Decimal]]:
    """Return of each order its first statement's time and all that settled, until now."""
    now = datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)
    statements = {body["id"]: instant(body["statement_time"]) for body in world.records("tiktok_shop", "statements")}
    found: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    for line in world.records("tiktok_shop", "statement_transactions"):
        order = line["order_id"]  # what is charged for an order by an adjustment does not settle it
        at = statements[line["_statement_id"]]
        if order and at <= now:
            found[order].append((at, Decimal(line["settlement_amount"])))
    return {order: (min(at for at, _ in lines), sum(amount for _, amount in lines)) for order, lines in found.items()}


def estimates(world: World) -> dict[str, Decimal]:
    """Return what was reported of each order by the month end, last, from the rows as received."""
    query = (
        "select id, payload from raw_tiktok_shop.unsettled_transactions"
        " where observed_at <= $at and payload is not null"
        " qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1"
    )
    with duckdb.connect(world.home / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(query, {"at": MONTH_END}).fetchall()
    found: dict[str, Decimal] = defaultdict(Decimal)
    for _id, payload in rows:
        body = json.loads(payload)
        found[body["order_id"] or body["adjustment_order_id"]] += Decimal(body["est_settlement_amount"])
    return dict(found)


def test_the_accrual_of_a_month_end_is_of_what_was_delivered_and_not_settled(traded_month: World) -> None:
    settled, reported = settlements(traded_month), estimates(traded_month)
    expected = {}
    for order in traded_month.records("tiktok_shop", "orders"):
        delivered = instant(order.get("delivery_time"))
        at, amount = settled.get(order["id"], (None, None))
        if delivered and delivered <= MONTH_END and order["status"] != "CANCELLED" and (not at or at > MONTH_END):
            expected[order["id"]] = reported.get(order["id"], amount)
    shown = traded_month.query(
        "select order_id, accrued_amount, basis from finance.accruals where month = '2026-01'"
        " and accrual_status = 'delivered' and basis <> 'free'"
    )
    assert {row["order_id"]: row["accrued_amount"] for row in shown} == {
        order: amount for order, amount in expected.items() if amount is not None
    }
    assert {"estimate", "statement"} <= {row["basis"] for row in shown}
    (month,) = traded_month.query(
        "select sum(accrued_amount) as amount, min(coverage) as coverage from finance.accrual_months"
        " where month = '2026-01' and currency = 'GBP'"
    )
    assert month["coverage"] == "complete"
    lines = traded_month.query(
        "select journal, line_class, currency, debit_amount - credit_amount as amount, account"
        " from finance.accrual_journals where month = '2026-01'"
    )
    assert sum(row["amount"] for row in lines if row["journal"] == "accrual") == 0
    booked = [row for row in lines if row["journal"] == "accrual" and row["currency"] == "GBP"]
    assert sum(row["amount"] for row in booked if row["line_class"] == "accrued_settlement") == month["amount"]
    assert all(row["account"] for row in lines)


def test_every_line_of_the_bank_is_there_once_and_in_one_place(traded_month: World) -> None:
    lines = traded_month.records("bank", "lines")
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        expected[line["account_id"]] += Decimal(line["amount"])
    now = traded_month.call("GET", "/_sandbox/clock")["now"]
    until = datetime.fromtimestamp(now, UTC).date().isoformat()
    late = [line for line in lines if line["booking_date"] >= until]
    for line in late:
        expected[line["account_id"]] -= Decimal(line["amount"])
    shown = traded_month.query("select account_id, sum(amount) as amount from finance.bank_lines group by 1")
    assert {row["account_id"]: row["amount"] for row in shown} == dict(expected)
    paid = traded_month.query("select sum(matched_amount) as lines, place from finance.bank_lines group by 2")
    matched = traded_month.query("select sum(matched_amount) as amount from finance.bank_matches")
    assert sum(row["lines"] for row in paid) == matched[0]["amount"]
    assert {row["place"] for row in paid} == {"payout", "other", "no_payout"}


def received(world: World, entity: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return shop, id, parent and payload of each record of TikTok Shop as it was received last."""
    query = (
        f"select shop_id, id, parent_id, payload from raw_tiktok_shop.{entity}"
        " qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1"
    )
    with duckdb.connect(world.home / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    return [(shop, key, parent, json.loads(payload)) for shop, key, parent, payload in rows if payload]


def settlements_of_orders(world: World) -> dict[str, tuple[datetime, list[str], bool]]:
    """Return of each order its first statement's time, the payouts of its statements, and whether one refunds."""
    statements = {key: body for _shop, key, _parent, body in received(world, "statements")}
    found: dict[str, list[tuple[datetime, str, Decimal]]] = defaultdict(list)
    for _shop, _key, parent, body in received(world, "statement_transactions"):
        if body.get("order_id"):
            refund = Decimal(body["revenue_breakdown"].get("refund_subtotal_before_discount_amount") or 0)
            at = datetime.fromtimestamp(int(statements[parent]["statement_time"]), UTC)
            found[body["order_id"]].append((at, statements[parent].get("payment_id") or "", refund))
    return {
        order: (
            min(at for at, _, _ in lines),
            sorted({payment for _, payment, _ in lines} - {""}),
            any(refund for _, _, refund in lines),
        )
        for order, lines in found.items()
    }


def test_every_line_item_of_every_order_is_there_once_with_its_money_days_and_payouts(traded_month: World) -> None:
    settled = settlements_of_orders(traded_month)
    expected = []
    for shop, order, _parent, body in received(traded_month, "orders"):
        currency = body["payment"]["currency"]
        sold = datetime.fromtimestamp(int(body["paid_time"] or body["create_time"]), UTC)
        days = [sold.date(), sold.astimezone(ZONES[currency]).date()]
        first, payments, is_refunded = settled.get(order, (None, [], False))
        expected += [
            {
                **{"order_id": order, "shop_id": shop, "order_line_id": line["id"], "quantity": 1},
                **{name: line[name] for name in ("sku_id", "seller_sku", "product_name")},
                **{"item": line["seller_sku"], "line_status": line["display_status"], "currency": currency},
                "list_price_amount": Decimal(line["original_price"]),
                **{f"{name}_amount": Decimal(line[name]) for name in ("seller_discount", "platform_discount")},
                "sale_price_amount": Decimal(line["sale_price"]),
                "tax_amount": sum((Decimal(tax["tax_amount"]) for tax in line["item_tax"]), Decimal(0)),
                "is_cancelled": "CANCELLED" in (line["display_status"], body["status"]),
                "is_order_refunded": is_refunded,
                **{"created_at": instant(body["create_time"]), "paid_at": instant(body["paid_time"])},
                **{"accounting_date_utc": days[0], "accounting_month_utc": days[0].replace(day=1)},
                **{"accounting_date_shop": days[1], "accounting_month_shop": days[1].replace(day=1)},
                **{"settled_at": first, "payment_ids": payments},
            }
            for line in body["line_items"]
        ]
    columns = ", ".join(expected[0])
    shown = traded_month.query(f"select {columns} from finance.order_lines order by order_id, order_line_id")
    assert shown == sorted(expected, key=lambda row: (row["order_id"], row["order_line_id"]))
    assert {row["currency"] for row in shown} == {"GBP", "USD"}
    assert any(row["is_cancelled"] for row in shown) and any(row["is_order_refunded"] for row in shown)
    assert any(row["accounting_month_utc"] != row["accounting_month_shop"] for row in shown)
    assert any(row["tax_amount"] for row in shown) and any(row["platform_discount_amount"] for row in shown)
    assert any(len(row["payment_ids"]) > 1 for row in shown) and any(not row["payment_ids"] for row in shown)
