"""The questions of docs/finance.md, answered by its own SQL, equal what the stand-ins' records say.

Belongs here: each question's figures, computed from the records that the stand-ins hold (payments, statements, bank
lines, journals) and the maps, without a model. Does not: other marts (test_figures). One world in the suite; two more
seeds with the exhaustive tests.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pytest

from orchestration.demo import call_sandbox, running_sandbox
from tests.support.worlds import CONFIG, ROOT, World

GB, US = "7495000000000000101", "7495000000000000202"
REGIONS = {GB: "GB", US: "US"}
DAYS = (20, 3, 12, 13)
"""The cycles, in days after each other: twice before the end of January, and twice after it."""
MONTH_END = datetime(2026, 2, 1, tzinfo=UTC)
SALE = ("gross_sales", "seller_discount", "refund", "refund_discount", "shipping_income")
RESERVE = ("reserve_held", "reserve_released")
STRAY = "FT99000000000001"
PENNY = Decimal("0.01")


@pytest.fixture(
    scope="module",
    params=[7, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (11, 23))],
)
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that was watched over a month end, with one deposit of TikTok Shop's that pays nothing it lists."""
    home = tmp_path_factory.mktemp("controller")
    with running_sandbox(home, port=0) as urls:
        trade = {"baskets": 120, "days": sum(DAYS), "seed": request.param}
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", trade)
        world = World(home, urls)
        for days in DAYS:
            world.call("POST", "/_sandbox/clock", {"advance_days": days})
            if days == DAYS[-1]:
                _send_stray_deposit(world)
            world.run()
        yield world


def _send_stray_deposit(world: World) -> None:
    paid = next(line for line in world.records("bank", "lines") if line["_payment_ids"])
    stray = {**paid, "id": STRAY, "amount": "12.34", "reference": "", "_payment_ids": []}
    stray["remittance"] = re.sub(r"\d{8,}", "7900000000000000001", paid["remittance"])
    stray |= {"booking_date": "2026-02-05", "value_date": "2026-02-05"}
    stray.pop("_record")
    world.call("PUT", f"/_sandbox/bank/lines/{STRAY}", stray)


def asked(world: World, number: int) -> list[dict[str, Any]]:
    """Return what the SQL below a question of the page answers."""
    sql = questions()[number]
    assert len(sql.splitlines()) <= 10
    return world.query(sql)


def questions() -> dict[int, str]:
    text = (ROOT / "docs" / "finance.md").read_text()
    found = re.findall(r"^## (\d+)\. .*?```sql\n(.*?)```", text, flags=re.DOTALL | re.MULTILINE)
    return {int(number): sql.strip() for number, sql in found}


def test_the_page_has_twelve_questions() -> None:
    assert list(questions()) == list(range(1, 13))


def now(world: World) -> datetime:
    return datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)


def payments(world: World) -> list[dict[str, Any]]:
    return [body for body in world.records("tiktok_shop", "payments") if body["status"] == "PAID"]


def is_banked(world: World) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether the bank's lines up to now bring a payment whole."""
    until = now(world).date().isoformat()
    amounts = {body["id"]: Decimal(body["amount"]["value"]) for body in payments(world)}
    brought: dict[str, Decimal] = defaultdict(Decimal)
    for line in world.records("bank", "lines"):
        ids = line["_payment_ids"]
        if line["booking_date"] < until and ids:
            for payment in ids:
                brought[payment] += amounts[payment] if len(ids) > 1 else Decimal(line["amount"])
    return lambda body: brought[body["id"]] == amounts[body["id"]]


def is_posted(world: World) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether NetSuite holds the journal of a payment's own month."""
    keys = {body["externalId"] for body in world.journals()}

    def posted(body: Mapping[str, Any]) -> bool:
        paid = datetime.fromtimestamp(body["paid_time"], UTC)
        return f"TTS-{body['_record']['shop']}-{body['id']}-{paid:%Y%m}-R0" in keys

    return posted


def lines(world: World) -> list[dict[str, Any]]:
    """Return each amount of each statement up to now with its class by fees.csv, and the VAT within it."""
    rows = list(csv.DictReader((CONFIG / "fees.csv").read_text().splitlines()))
    classes = {(row["region"], row["fee_key"]): row["line_class"] for row in rows}
    statements = {body["id"]: body for body in world.records("tiktok_shop", "statements")}
    found = []
    for body in world.records("tiktok_shop", "statement_transactions"):
        statement = statements[body["_statement_id"]]
        shop = statement["_record"]["shop"]
        day = (datetime.fromtimestamp(statement["statement_time"], UTC) - timedelta(seconds=1)).date()
        if statement["statement_time"] > now(world).timestamp():
            continue
        for key, amount in leaves(body):
            line_class = classes.get((REGIONS[shop], key)) or classes.get(("*", key)) or "unclassified"
            if line_class == "memo" or not amount:
                continue
            owes = shop == GB and line_class in SALE
            vat = (amount / 6).quantize(PENNY, ROUND_HALF_UP) if owes else Decimal(0)
            of = {"shop_id": shop, "day": day, "month": f"{day:%Y-%m}", "currency": statement["currency"]}
            order = body["order_id"] or body["adjustment_order_id"] or None
            what = {"line_class": line_class, "order_id": order, "amount": amount, "vat": vat}
            found.append({**of, **what, "payment_id": statement["payment_id"]})
    return found


def leaves(body: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts that a settlement line is made of, by path, and what its totals hold beyond them."""
    fee_tax = body["fee_tax_breakdown"]
    groups = [
        ("revenue", "revenue_amount", {"": body["revenue_breakdown"]}),
        ("shipping_cost", "shipping_cost_amount", {"": body["shipping_cost_breakdown"]}),
        ("fee_tax", "fee_tax_amount", {"fee.": fee_tax.get("fee") or {}, "tax.": fee_tax.get("tax") or {}}),
    ]
    memo = memos()
    for group, total, parts in groups:
        rest = Decimal(body[total] or 0)
        for prefix, values in parts.items():
            for name, value in values.items():
                key = f"{group}.{prefix}{name}"
                if isinstance(value, str) and value and key not in memo:
                    rest -= Decimal(value)
                    yield key, Decimal(value)
        yield f"{group}.unitemised", rest
    yield f"adjustment.{body['type']}", Decimal(body["adjustment_amount"] or 0)
    yield f"reserve.{body['reserve_status']}", Decimal(body["reserve_amount"] or 0)


def memos() -> set[str]:
    rows = csv.DictReader((CONFIG / "fees.csv").read_text().splitlines())
    return {row["fee_key"] for row in rows if row["line_class"] == "memo"}


def summed(rows: list[dict[str, Any]], *by: str, of: str = "amount") -> dict[tuple[Any, ...], Decimal]:
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[tuple(row[name] for name in by)] += row[of] or 0
    return dict(found)


def test_1_what_is_not_tied_or_not_booked(month: World) -> None:
    banked, posted = is_banked(month), is_posted(month)
    expected = {body["id"] for body in payments(month) if not banked(body) or not posted(body)}
    assert {row["payment_id"] for row in asked(month, 1)} == expected


def test_2_what_tiktok_shop_charged(month: World) -> None:
    charged = [row for row in lines(month) if row["line_class"] not in (*SALE, *RESERVE)]
    by = ("shop_id", "month", "line_class", "currency")
    assert summed(asked(month, 2), *by) == summed(charged, *by) != {}


def test_3_what_was_refunded(month: World) -> None:
    by = ("shop_id", "month", "currency")
    answer = asked(month, 3)
    for line_class, column in (("refund", "refunded_amount"), ("refund_discount", "discounts_taken_back_amount")):
        refunds = [row for row in lines(month) if row["line_class"] == line_class]
        shown = {key: amount for key, amount in summed(answer, *by, of=column).items() if amount}
        assert shown == summed(refunds, *by)
    assert answer


def test_4_what_is_not_settled(month: World) -> None:
    answer = asked(month, 4)
    shown = {(row["shop_id"], row["what"]): row["amount"] for row in answer}
    listed: dict[str, Decimal] = defaultdict(Decimal)
    for body in month.records("tiktok_shop", "unsettled_transactions"):
        listed[body["_record"]["shop"]] += Decimal(body["est_settlement_amount"])
    assert {shop: shown.get((shop, "not settled now")) for shop in listed} == dict(listed) != {}
    earned = summed([row for row in told(month) if row["is_delivered"]], "shop_id")
    accrued = {shop: shown[shop, "earned by the end of 2026-01"] for shop in REGIONS}
    assert accrued == {shop: earned.get((shop,), Decimal(0)) for shop in REGIONS}
    assert {row["coverage"] for row in answer} == {"", "complete"}


def told(world: World) -> list[dict[str, Any]]:
    """Return each order not settled at the month end with what it was to bring: as received then, or settled since."""
    settled: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    statements = {body["id"]: body["statement_time"] for body in world.records("tiktok_shop", "statements")}
    for body in world.records("tiktok_shop", "statement_transactions"):
        at = datetime.fromtimestamp(statements[body["_statement_id"]], UTC)
        if body["order_id"] and at <= now(world):
            settled[body["order_id"]].append((at, Decimal(body["settlement_amount"])))
    with duckdb.connect(world.home / "warehouse.duckdb", read_only=True) as connection:
        estimates = dict(connection.execute(_ESTIMATES).fetchall())
    found = []
    for order in world.records("tiktok_shop", "orders"):
        rows = settled.get(order["id"], [])
        first = min((at for at, _ in rows), default=None)
        made = datetime.fromtimestamp(order["create_time"], UTC)
        if order["status"] in ("CANCELLED", "UNPAID") or made >= MONTH_END or (first and first <= MONTH_END):
            continue
        delivered = order.get("delivery_time") or 0
        found.append(
            {
                "shop_id": order["_record"]["shop"],
                "order_id": order["id"],
                "is_delivered": 0 < delivered <= MONTH_END.timestamp(),
                "estimate": estimates.get(order["id"]),
                "amount": estimates.get(order["id"], sum((amount for _, amount in rows), Decimal(0))),
            }
        )
    return found


_ESTIMATES = """
with rows as (
    select payload from raw_tiktok_shop.unsettled_transactions
    where observed_at <= timestamptz '2026-02-01 00:00:00+00' and payload is not null
    qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1
)
select
    coalesce(nullif(payload ->> '$.order_id', ''), payload ->> '$.adjustment_order_id') as order_id,
    sum(cast(payload ->> '$.est_settlement_amount' as decimal(18, 4))) as amount
from rows group by all
"""


def test_5_deposits_without_a_payout(month: World) -> None:
    assert [row["bank_entry_id"].endswith(STRAY) for row in asked(month, 5)] == [True]


def test_6_cash_in_transit(month: World) -> None:
    account = next(body["id"] for body in month.records("netsuite", "account") if body["acctNumber"] == "1270")
    balance: dict[str, Decimal] = defaultdict(Decimal)
    for body in month.journals():
        for line in body["line"]["items"]:
            if line["account"]["id"] == account and body["tranDate"] <= "2026-01-31":
                balance["GBP"] += Decimal(line.get("debit") or 0) - Decimal(line.get("credit") or 0)
    assert {row["currency"]: row["in_transit_amount"] for row in asked(month, 6)} == dict(balance)


def test_7_the_reserve_on_a_day(month: World) -> None:
    held = [
        {**row, "amount": -row["amount"]}
        for row in lines(month)
        if row["line_class"] in RESERVE and row["day"] <= date(2026, 1, 31)
    ]
    assert summed(asked(month, 7), "shop_id", of="held_amount") == summed(held, "shop_id")


def test_8_who_owes_the_tax(month: World) -> None:
    sales = [row for row in lines(month) if row["line_class"] in SALE]
    by = ("shop_id", "month", "currency")
    answer = asked(month, 8)
    assert summed(answer, *by, of="gross_amount") == summed(sales, *by)
    assert summed(answer, *by, of="vat_amount") == summed(sales, *by, of="vat")
    owed = {(row["shop_id"], row["tax_responsibility"], row["tax_rate"]) for row in answer}
    assert owed == {(GB, "seller", Decimal(20)), (US, "marketplace", None)}


def test_9_the_orders_behind_the_journals_of_a_month(month: World) -> None:
    answer = [row for row in asked(month, 9) if row["currency"] == "GBP"]
    shown = summed(answer, "payment_id", "line_class")
    shown |= {(payment, "output_vat"): vat for (payment,), vat in summed(answer, "payment_id", of="vat_amount").items()}
    booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for body in month.journals():
        _, shop, payment, period, revision = body["externalId"].split("-")
        for line in body["line"]["items"] if (shop, period, revision[0]) == (GB, "202601", "R") else ():
            if line["memo"] not in ("clearing", "in_transit", "rounding"):
                booked[payment, line["memo"]] += Decimal(line.get("credit") or 0) - Decimal(line.get("debit") or 0)
    assert {key: amount for key, amount in shown.items() if amount} == dict(booked) != {}
    orders = {row["order_id"] for row in answer}
    assert orders == {row["order_id"] for row in lines(month) if (row["payment_id"], row["month"]) in _keys(answer)}


def _keys(answer: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["payment_id"], "2026-01") for row in answer}


def test_10_what_the_exchange_left_over(month: World) -> None:
    expected = {}
    for body in payments(month):
        before, amount = body["payment_amount_before_exchange"], body["amount"]
        if before["currency"] != amount["currency"]:
            computed = Decimal(before["value"]) * Decimal(body["exchange_rate"])
            expected[body["id"]] = Decimal(amount["value"]) - computed.quantize(PENNY, ROUND_HALF_UP)
    assert {row["payment_id"]: row["difference_amount"] for row in asked(month, 10)} == expected != {}


def test_11_what_keeps_a_month_from_being_closed(month: World) -> None:
    banked, posted = is_banked(month), is_posted(month)
    february = [b for b in payments(month) if f"{datetime.fromtimestamp(b['paid_time'], UTC):%Y-%m}" == "2026-02"]
    waiting = [body for body in february if not banked(body) or not posted(body)]
    answer = asked(month, 11)
    assert sum(row["payouts"] for row in answer) == len(waiting)
    assert sum(row["amount"] for row in answer) == sum(Decimal(body["amount"]["value"]) for body in waiting)


def test_12_what_was_known_at_the_close(month: World) -> None:
    known = [row for row in told(month) if row["is_delivered"] and row["estimate"] is not None]
    shown = asked(month, 12)
    assert summed(shown, "shop_id", of="known_amount") == summed(known, "shop_id", of="estimate")
    assert sum(row["orders"] for row in shown) == len(known)
