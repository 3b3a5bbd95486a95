"""The questions of docs/finance.md, answered by its own SQL, equal what the stand-ins' records say.

Belongs here: each question's figures, computed from the records that the stand-ins hold (payments, statements, bank
lines, journals) and the maps, without a model. Does not: other marts (test_figures). One world in the suite; two more
seeds with the exhaustive tests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.support.stand_in_figures import (
    GB,
    PENNY,
    REGIONS,
    RESERVE,
    SALE,
    US,
    is_banked,
    is_posted,
    lines,
    payments,
    reported,
)
from tests.support.worlds import ROOT, STRAY, World, watched_month


@pytest.fixture(
    scope="module",
    params=[7, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (11, 23))],
)
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that was watched over a month end."""
    yield from watched_month(tmp_path_factory, seed=request.param)


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
    earned = summed([row for row in reported(month) if row["is_delivered"]], "shop_id")
    accrued = {shop: shown[shop, "earned by the end of 2026-01"] for shop in REGIONS}
    assert accrued == {shop: earned.get((shop,), Decimal(0)) for shop in REGIONS}
    assert {row["coverage"] for row in answer} == {"", "complete"}


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
    done = {body["id"] for body in payments(month) if banked(body) and posted(body)}
    waiting = [row for row in lines(month) if row["month"] == "2026-02" and row["payment_id"] not in done]
    answer = [{**row, "payment_id": row["payment_id"] or ""} for row in asked(month, 11)]
    assert (
        summed(answer, "payment_id", "currency", of="lines_amount") == summed(waiting, "payment_id", "currency") != {}
    )


def test_12_what_was_known_at_the_close(month: World) -> None:
    known = [row for row in reported(month) if row["is_delivered"] and row["estimate"] is not None]
    shown = asked(month, 12)
    assert summed(shown, "shop_id", of="known_amount") == summed(known, "shop_id", of="estimate")
    assert sum(row["orders"] for row in shown) == len(known)
