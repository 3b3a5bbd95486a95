"""The demo's report: each part's total is what the stand-ins' records add up to, and its rows add up to the total.

Belongs here: totals recomputed from the stand-ins' records, and how counts and clocks are worded. Does not: the marts
themselves (test_figures, test_controller).
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo import report as demo_report
from orchestration.demo.demo import running_sandbox
from orchestration.demo.engineering import count_world
from orchestration.demo.run import Tally
from orchestration.demo.tables import Part, counted, open_for
from orchestration.steps.cycle import CycleOutcome
from orchestration.warehouse.queries import exception_rows
from reverse_sync import ApplyReport
from reverse_sync.model import AppliedRow
from sandbox.world.shops import USUAL
from tests.support.whole_world import HOURS
from tests.support.worlds import World
from tieout.settings import load_settings

SHOPS = {shop.id: shop.name for shop in USUAL}


@pytest.fixture(scope="module")
def shown(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[Part]]]:
    """The world of all systems, and the parts that the demo would print of it."""
    home = Path(shutil.copytree(whole, tmp_path_factory.mktemp("report") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        settings = load_settings(home / "config", home)
        parts = demo_report.report_parts(settings, Tally(since(world)), count_world(urls["control"]), seconds=61)
        yield world, parts


def since(world: World) -> datetime:
    now = datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)
    return (now - timedelta(hours=sum(HOURS))).replace(hour=0)


def rows(part: Part, title: str) -> dict[str, dict[str, Any]]:
    """Return the rows of the table whose title begins so, by their words."""
    found = next(rows for name, rows in part.tables if name.startswith(title))
    return {next(iter(row.values())).strip(): row for row in found}


def test_finance_adds_up_to_the_payments_and_journals_of_the_stand_ins(shown):
    world, (finance, _, _, _) = shown
    payments = world.records("tiktok_shop", "payments")
    paid = [body for body in payments if body["status"] == "PAID"]
    amount = sum(Decimal(body["amount"]["value"]) for body in paid)
    assert finance.total[0].startswith(
        f"{len(paid)} of {counted(len(payments), 'payout{s}')} paid, {amount:,.2f} GBP: "
    )
    journals = world.journals()
    assert finance.total[2] == f"{counted(len(journals), 'journal{s}')} in NetSuite, debits equal credits"

    counts, amounts = rows(finance, "Payouts and their journals"), rows(finance, "Paid into the bank, GBP")
    for shop, name in SHOPS.items():
        ours = [body for body in paid if body["_record"]["shop"] == shop]
        assert counts["paid"][name] == len(ours)
        assert amounts["paid"][name] == sum(Decimal(body["amount"]["value"]) for body in ours)
    assert counts["payouts on TikTok Shop"]["total"] == len(payments)


def test_the_payouts_that_tie_have_deposits_of_their_amounts_at_the_bank(shown):
    world, (finance, _, _, _) = shown
    paid = {body["id"]: body for body in world.records("tiktok_shop", "payments") if body["status"] == "PAID"}
    banked = Counter()
    for line in world.records("bank", "lines"):
        if line["_payment_ids"] and line["booking_date"] < now(world).date().isoformat():
            banked[frozenset(line["_payment_ids"])] += Decimal(line["amount"])
    tied = [
        payment
        for ids, amount in banked.items()
        if amount == sum(Decimal(paid[payment]["amount"]["value"]) for payment in ids)
        for payment in ids
    ]
    assert tied
    assert rows(finance, "Payouts and their journals")["tied to their deposits"]["total"] == len(tied)


def test_the_rows_of_finance_add_up_to_each_other(shown):
    _, (finance, _, _, _) = shown
    counts, amounts = rows(finance, "Payouts and their journals"), rows(finance, "Paid into the bank, GBP")
    made_of = rows(finance, "What the paid payouts are made of")
    for column in (*SHOPS.values(), "total"):
        places = ("tied to their deposits", "on their way to the bank", "that do not tie out")
        assert sum(counts[place][column] for place in places) == counts["paid"][column]
        books = ("paid, and all journals posted", "paid, and not all posted")
        assert sum(counts[place][column] for place in books) == counts["paid"][column]
        sums = ("tied to deposits", "on its way to the bank", "that does not tie out")
        assert sum(amounts[place][column] for place in sums) == amounts["paid"][column]
    for name in SHOPS.values():
        parts = ("sales, discounts off", "refunds", "fees and other charges", "reserve, held and let go")
        assert sum(made_of[part][name] for part in parts) == made_of["payouts before exchange"][name]
    assert made_of["payouts before exchange"]["Northgate UK"] == amounts["paid"]["Northgate UK"]


def test_operations_adds_up_to_the_orders_of_the_stand_ins(shown):
    world, (_, operations, _, _) = shown
    orders = world.records("tiktok_shop", "orders")
    ours = {
        body["id"]
        for body in orders
        if body["create_time"] >= since(world).timestamp() and body["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
    }
    left = {body["order"] for body in world.records("gxo", "orders") if body["shipped_at"]}
    left |= {body["GeneralInfo"]["ReferenceNum"] for body in world.records("linnworks", "orders") if body["Processed"]}
    cancelled = {body["id"] for body in orders if body["status"] == "CANCELLED"}
    assert left <= ours

    reported = operations.total[0]
    assert reported.startswith(
        f"{counted(len(ours), 'order{s}')} for our warehouses since {since(world):%a %d %b %H:%M}: "
    )
    assert f" {len(left):,} shipped, " in reported
    assert reported.endswith(f", {len((ours & cancelled) - left):,} cancelled before they left")
    assert operations.total[1].endswith(" of them late, 0 sent twice")
    table = rows(operations, "Orders")
    for column in (*SHOPS.values(), "total"):
        wheres = ("from before our warehouses shipped", "shipped by TikTok Shop", "for our warehouses")
        assert sum(table[place][column] for place in wheres if place in table) == table["orders on TikTok Shop"][column]
    assert table["orders on TikTok Shop"]["total"] == len(orders)


def test_customer_service_adds_up_to_the_returns_of_the_stand_ins(shown):
    world, (_, _, service, _) = shown
    found = world.records("tiktok_shop", "returns")
    refunded = [body for body in found if body["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"]
    assert refunded and service.total[0].startswith(f"{counted(len(found), 'return{s}')}: ")
    assert service.total[1].startswith(f"{counted(len(refunded), 'refund{s}')}: ")
    table, money = rows(service, "Returns"), rows(service, "Refunds, three ways")
    places = ("asked for", "on their way", "received, in", "inspected", "refunded or", "refused", "closed")
    for column in (*SHOPS.values(), "total"):
        sums = [row[column] for words, row in table.items() if words.startswith(places)]
        assert len(sums) == len(places) and sum(sums) == table["returns on TikTok Shop"][column]
        kinds = ("taken back by settlements, to the penny", "to be settled yet", "that do not tie out")
        assert sum(money[kind][column] for kind in kinds) <= money["refunds paid to buyers"][column]
    assert money["that do not tie out"]["total"] == 0


def test_the_open_exceptions_of_the_readers_are_all_that_are_open(shown):
    world, parts = shown
    found = [re.match(r"(\d+) exceptions? (?:is|are) open for", sentence) for part in parts for sentence in part.total]
    reported = sum(int(match[1]) for match in found if match)
    settings = load_settings(world.home / "config", world.home)
    assert reported == len(exception_rows(settings, code=None, history=False)) > 0
    tables = [rows for part in parts for title, rows in part.tables if title.startswith("Open for")]
    assert sum(row["open"] for rows in tables for row in rows) == reported


def test_engineering_compares_with_what_the_stand_ins_hold(shown):
    world, (_, _, _, engineering) = shown
    table = rows(engineering, "tieout's count beside the stand-ins' own")
    assert table["journals in NetSuite"]["stand-ins"] == len(world.journals())
    documents = len(world.records("gxo", "orders")) + len(world.records("linnworks", "orders"))
    assert table["orders at warehouses"]["stand-ins"] == documents
    assert "NOT EXPLAINED" not in {row["so"] for row in table.values()}


def test_a_second_cycle_that_writes_is_reported_as_a_fault(shown):
    world, _ = shown
    rows = (AppliedRow("gxo__warehouse_orders", "1", "acknowledged"), AppliedRow("linnworks__orders", "2", "dead"))
    cycle = CycleOutcome(applied=ApplyReport(rows, {}))
    for again, verdict in ((CycleOutcome(), "0, as it must"), (cycle, "1, AND MUST WRITE NOTHING")):
        tally = Tally(since(world), Counter({"gxo__warehouse_orders": 1}), 2, cycle, again)
        part = demo_report.report_parts(
            load_settings(world.home / "config", world.home), tally, count_world(world.urls["control"]), seconds=61
        )[3]
        assert part.total[0] == (
            "2 cycles wrote 1 record. While the world stood still, a whole cycle wrote 1, and the same again " + verdict
        )


def test_each_part_is_printed_with_its_total_first_and_a_command_last(shown, capsys):
    world, parts = shown
    demo_report.print_report(parts, count_world(world.urls["control"]))
    printed = capsys.readouterr().out
    assert printed.startswith(f"The world's clock shows {now(world):%a %d %b %Y %H:%M} UTC; ")
    for number, part in enumerate(parts, start=1):
        said = printed.split(f"\n{number}. {part.reader}\n")[1].split(f"\n{number + 1}. ")[0]
        assert said.startswith(f"{part.total[0]}.\n")
        assert said.rstrip().splitlines()[-1].strip() in ("make ui", *(f".venv/bin/{each}" for each in part.commands))
    assert not set(SHOPS) & set(re.findall(r"\d+", printed)), "a shop by its number"


def test_counts_have_their_nouns():
    assert [counted(count, "order{s} to GXO") for count in (0, 1, 2000)] == [
        "0 orders to GXO",
        "1 order to GXO",
        "2,000 orders to GXO",
    ]


def test_open_exceptions_are_reported_to_their_first_owner_by_code_and_currency():
    def found(code: str, owner: str, minutes: int | None, currency: str | None) -> dict[str, Any]:
        row = {"code": code, "owner": owner, "minutes_left": minutes, "currency": currency, "actual": "a break"}
        amount = Decimal("-2.50") if currency else None
        return {**row, "money_at_risk_amount": amount, "entity_type": "payment", "entity_id": "7"}

    exceptions = [
        found("FIN-01", "FIN", -61, "GBP"),
        found("FIN-01", "FIN", 5, "GBP"),
        found("FIN-01", "FIN", None, "USD"),
        found("MAP-06", "TAX/FIN", None, None),
        found("FIN-03", "ENG/FIN", None, "GBP"),
        found("CAN-03", "CX", 30, None),
    ]
    reported, rows = open_for("Finance", exceptions)
    assert reported == "4 exceptions are open for finance, 1 of them past the clock"
    assert [(row["code"], row["open"], row["at risk"]) for row in rows] == [
        ("FIN-01", 2, "5.00 GBP"),
        ("FIN-01", 1, "2.50 USD"),
        ("MAP-06", 1, ""),
    ]
    assert rows[0]["most urgent"] == "payment 7: a break (1 h 01 min over)"
    assert open_for("Engineering", exceptions)[0] == "1 exception is open for engineering"
    assert open_for("Customer service", exceptions)[1][0]["most urgent"] == "payment 7: a break (30 min left)"


def now(world: World) -> datetime:
    return datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)
