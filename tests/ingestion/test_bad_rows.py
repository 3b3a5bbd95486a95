"""A row of a list that is none, or holds a value that can be none, is quarantined; every other row of it lands.

Belongs here: each system's whole load over such lists. Does not: one page of a vendor (test_hostile_json).
"""

from __future__ import annotations

import pytest

from ingestion.linnworks import loader as linnworks
from ingestion.netsuite import loader as netsuite
from ingestion.tiktok_shop import loader as tiktok_shop
from ingestion.zigzag import loader as zigzag
from tests.ingestion.conftest import NOW, UK, FakeTikTokShop
from tests.ingestion.linnworks.test_loader import ACCOUNT, FakeLinnworks, item
from tests.ingestion.netsuite.test_loader import FakeNetSuite, balanced, header, line
from tests.ingestion.zigzag.test_loader import ACCOUNT as ZIGZAG
from tests.ingestion.zigzag.test_loader import FakeZigZag, returned
from tests.support.hostile_json import bad_row


@pytest.mark.parametrize("kind", ["no object", "no number"])
def test_tiktok_shop_loads_all_but_the_bad_row_of_each_list(bench, kind):
    at = int(NOW.timestamp()) - 60
    good, bad = {"id": "1", "update_time": at}, bad_row(kind, id="2", update_time=at)
    money = {"id": "1", "statement_time": at, "create_time": at}
    shop = FakeTikTokShop(order_pages=[[good, bad]], product_rows=[{**good, "skus": [{"id": "S"}]}])
    shop.warehouse_rows, shop.package_rows, shop.unsettled_rows = [good, bad], [good, bad], [good, bad]
    shop.statement_rows, shop.payment_rows, shop.transactions = [money], [money, bad], {"1": [good, bad]}
    shop.return_rows = [{"return_id": "1", "update_time": at}, bad_row(kind, return_id="2", update_time=at)]
    shop.records = {"1": [bad_row("no number", event="ASKED")]}
    done = bench.ingest(tiktok_shop=lambda run: tiktok_shop.load(run, shop))
    assert not any(summary.problem for summary in done.values())
    lists = ("orders", "warehouses", "packages", "returns", "unsettled_transactions", "payments")
    for entity in (*lists, "statement_transactions"):
        assert bench.live(f"raw_tiktok_shop.{entity}") == {"1"}, entity
        assert done["tiktok_shop", entity, UK].quarantined == 1, entity
    assert bench.live("raw_tiktok_shop.return_records") == set()
    assert done["tiktok_shop", "return_records", UK].quarantined == 1


@pytest.mark.parametrize("kind", ["no object", "no number"])
def test_netsuite_loads_all_but_the_bad_journal(bench, kind):
    client = FakeNetSuite(headers=[header(1), bad_row(kind, **header(2))], lines=balanced(1) + balanced(2))
    done = bench.ingest(netsuite=lambda run: netsuite.load(run, client))
    assert not any(summary.problem for summary in done.values())
    assert bench.live("raw_netsuite.journal_entries") == {"1"}
    assert done["netsuite", "journal_entries", ""].quarantined == 1


def test_netsuite_puts_a_journal_aside_whose_line_holds_an_amount_that_is_none(bench):
    client = FakeNetSuite(headers=[header(1), header(2)], lines=balanced(1) + balanced(2, amount="NaN"))
    client.lines += [bad_row("no number", **line(2, 3, "101"))]
    bench.ingest(netsuite=lambda run: netsuite.load(run, client))
    assert bench.live("raw_netsuite.journal_entries") == {"1"}


@pytest.mark.parametrize("kind", ["no object", "no number"])
def test_linnworks_loads_all_but_the_bad_row_of_each_list(bench, kind):
    client = FakeLinnworks(places=[*FakeLinnworks().places, bad_row(kind, StockLocationId="p-2", LocationName="x")])
    client.items["p-2"] = []
    client.items["p-1"].append(bad_row(kind, **{**item("c", 1), "ItemNumber": "C"}))
    done = bench.ingest(linnworks=lambda run: linnworks.load(run, client, ACCOUNT))
    assert bench.live("raw_linnworks.stock_levels") >= {"a/p-1", "b/p-1"}
    assert bench.live("raw_linnworks.locations") == {"p-1"}
    assert done["linnworks", "locations", ""].quarantined == 1


@pytest.mark.parametrize("kind", ["no object", "no number"])
def test_zigzag_loads_all_but_the_bad_row_of_each_list(bench, kind):
    client = FakeZigZag(extra=[bad_row(kind, **returned("R3"))])
    client.lists["reasons"].append(bad_row(kind, code="B"))
    done = bench.ingest(zigzag=lambda run: zigzag.load(run, client, ZIGZAG))
    assert not any(summary.problem for summary in done.values())
    assert (bench.live("raw_zigzag.returns"), bench.live("raw_zigzag.reasons")) == ({"R1", "R2"}, {"A"})
    assert {done["zigzag", entity, ""].quarantined for entity in ("returns", "reasons")} == {1}
