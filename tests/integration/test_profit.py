"""What the channel earned, in a world that was tied out, against the stand-in's own records.

Belongs here: profit of a whole world. Does not: single rules (the unit tests beside the models).
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.warehouse.profit import FIGURES, profit_rows
from tests.support.worlds import CONFIG, World

US = "7495000000000000202"


def cost_of(sku: str) -> Decimal | None:
    """Return the cost of a SKU by its number; one in seven has none."""
    number = int(sku.rsplit("-", 1)[-1])
    return None if number % 7 == 0 else Decimal(number % 300 + 1) / 100


@pytest.fixture(scope="module")
def earned(tied_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world after a cycle with costs."""
    home = Path(shutil.copytree(tied_out, tmp_path_factory.mktemp("earned") / "home"))
    config = Path(shutil.copytree(CONFIG, home / "config", dirs_exist_ok=True))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, config)
        orders = world.records("tiktok_shop", "orders")
        sold = {(line["seller_sku"], line["currency"]) for order in orders for line in order["line_items"]}
        rows = [f"{sku},{cost_of(sku)},{currency},," for sku, currency in sorted(sold) if cost_of(sku) is not None]
        (config / "costs.csv").write_text("\n".join(["item,cost,currency,valid_from,valid_to", *rows]) + "\n")
        world.run()
        yield world


def test_an_order_earned_what_its_settlements_brought_less_what_its_units_cost(earned: World) -> None:
    """In the US shop no tax is in any amount: a settlement's own total is the whole of it."""
    expected: dict[str, Decimal] = defaultdict(Decimal)
    sold = set()
    for body in earned.records("tiktok_shop", "statement_transactions"):
        if body["_record"]["shop"] == US and body.get("order_id"):
            expected[body["order_id"]] += Decimal(body["settlement_amount"] or 0)
            if Decimal(body["revenue_breakdown"]["subtotal_before_discount_amount"]) > 0:
                sold.add(body["order_id"])
    for order in (order for order in earned.records("tiktok_shop", "orders") if order["id"] in sold):
        lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
        expected[order["id"]] -= sum((cost_of(line["seller_sku"]) or Decimal() for line in lines), Decimal())
    rows = earned.query(f"select order_id, profit_amount from analytics.order_profit where shop_id = '{US}'")
    found = {row["order_id"]: row["profit_amount"] for row in rows}
    assert len(sold) > 20
    assert {id: amount for id, amount in found.items() if id in sold} == {id: expected[id] for id in sold}


@pytest.mark.parametrize("figure", FIGURES)
def test_line_items_add_up_to_orders_and_items(earned: World, figure: str) -> None:
    of_lines = f"select order_id, sum({figure}) as amount from analytics.order_lines_profit group by order_id"
    of_orders = f"select order_id, {figure} as amount from analytics.order_profit"
    joined = f"select count(*) as n, count(*) filter (l.amount <> o.amount) as odd from ({of_lines}) as l"
    [row] = earned.query(f"{joined} join ({of_orders}) as o using (order_id)")
    assert row["n"] > 40 and row["odd"] == 0
    tables = ("order_lines_profit", "sku_profit_daily")
    of_lines, of_items = (earned.query(f"select sum({figure}) as amount from analytics.{name}") for name in tables)
    assert of_lines == of_items


def test_months_are_the_sum_of_days_and_name_units_without_cost(earned: World) -> None:
    months = profit_rows(earned.settings(), by="month", shop=None, month=None)
    days = profit_rows(earned.settings(), by="day", shop=None, month=None)
    assert sum(row["profit_amount"] for row in months) == sum(row["profit_amount"] for row in days) != 0
    unknown = sum(row["units_without_cost"] for row in months)
    assert 0 < unknown == sum(row["units_without_cost"] for row in days)
    january = profit_rows(earned.settings(), by="month", shop=US, month="2026-01")
    assert [(row["month"], row["shop_id"]) for row in january] == [("2026-01", US)]


def test_orders_and_items_come_with_what_lost_most_first(earned: World) -> None:
    for by in ("order", "sku"):
        rows = profit_rows(earned.settings(), by=by, shop=None, month=None)
        amounts = [row["profit_amount"] for row in rows]
        assert len(amounts) > 20 and amounts == sorted(amounts)
