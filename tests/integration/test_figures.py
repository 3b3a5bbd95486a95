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

import duckdb
import pytest

from orchestration.demo import call_sandbox, running_sandbox
from tests.support.worlds import World

MONTH_END = datetime(2026, 2, 1, tzinfo=UTC)
DAYS = (20, 3, 12, 13)
"""The cycles, in days after each other: twice before the month end, and twice after it."""


@pytest.fixture(scope="module")
def traded_month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that was watched over a month end."""
    home = tmp_path_factory.mktemp("month")
    with running_sandbox(home, port=0) as urls:
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", {"baskets": 200, "days": sum(DAYS), "seed": 7})
        world = World(home, urls)
        for days in DAYS:
            world.call("POST", "/_sandbox/clock", {"advance_days": days})
            world.run()
        yield world


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
    """Return what was told of each order by the month end, last, from the rows as received."""
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
    settled, told = settlements(traded_month), estimates(traded_month)
    expected = {}
    for order in traded_month.records("tiktok_shop", "orders"):
        delivered = instant(order.get("delivery_time"))
        at, amount = settled.get(order["id"], (None, None))
        if delivered and delivered <= MONTH_END and order["status"] != "CANCELLED" and (not at or at > MONTH_END):
            expected[order["id"]] = told.get(order["id"], amount)
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
    assert {row["place"] for row in paid} == {"payout", "other"}
