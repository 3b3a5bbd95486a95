"""The README's lines load each system over real sockets, to Parquet files and to another DuckDB, record for record."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from connectors.linnworks.client import open_linnworks
from connectors.netsuite.client import open_netsuite
from connectors.newstore.client import open_newstore
from connectors.tiktok_shop.client import open_tiktok_shop
from orchestration.demo.demo import running_sandbox
from tests.ingestion.conftest import NOW, UK, US, FakeTikTokShop
from tests.support import gxo_tenant, linnworks_tenant, newstore_tenant, zigzag_tenant
from tests.support.worlds import World
from tieout.settings import load_settings
from tieout.state import State

AT = int(NOW.timestamp()) - 86_400
ROOT = Path(__file__).resolve().parents[2]
LINES = re.search(r"```python\n(.*?)```", (ROOT / "ingestion" / "README.md").read_text(), re.DOTALL)[1]
KINDS = {
    "tiktok_shop": {
        "orders": "orders",
        "products": "products",
        "product_details": "products",
        "inventory": "inventory",
        "warehouses": "warehouses",
        "cancellations": "cancellations",
        "returns": "returns",
        "return_records": "returns",
        "statements": "statements",
        "statement_summaries": "statements",
        "statement_transactions": "statement_transactions",
        "payments": "payments",
        "unsettled_transactions": "unsettled_transactions",
    },
    "netsuite": {
        "accounts": "account",
        "accounting_periods": "accountingPeriod",
        "currencies": "currency",
        "subsidiaries": "subsidiary",
        "journal_entries": "journalEntry",
        "credit_memos": "creditMemo",
    },
    "linnworks": {
        "locations": "locations",
        "stock_items": "stock_items",
        "stock_levels": "stock_levels",
        "orders": "orders",
    },
    "newstore": {
        "locations": "locations",
        "availabilities": "stock",
        "orders": "orders",
        "fulfilment_requests": "fulfillment_requests",
        "returns": "returns",
    },
    "zigzag": {
        "returns": "returns",
        "reasons": "reasons",
        "conditions": "conditions",
        "dispositions": "dispositions",
    },
    "gxo": {
        "files": "files",
        "stock_levels": "stock",
        "stock_adjustments": "adjustments",
        "stock_receipts": "receipts",
    },
}
"""Each table of a source, and the stand-in's records that it must hold."""
RETURN = {
    "returnId": "R1",
    "status": "created",
    "createdAt": "2026-01-05T10:00:00Z",
    "updatedAt": "2026-01-05T10:00:00Z",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("sources")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        trade = {"baskets": 30, "days": 20, "seed": 3, "fulfilment": "connected"}
        world.call("POST", "/_sandbox/trade", trade)
        gxo_tenant.write_tenant(world, home / "config")
        linnworks_tenant.add_account(world, home / "config")
        zigzag_tenant.add_account(world, home / "config")
        world.call("PUT", "/_sandbox/zigzag/returns/R1", RETURN)
        newstore_tenant.add_stores(world, home / "config")
        settings = load_settings(home / "config", home)
        state = State(settings.database_url)
        with open_newstore(settings, state) as stores:
            write_store_order(world, stores)
        world.call("POST", "/_sandbox/clock", {"advance_days": 20})
        take_back(world)
        with open_netsuite(settings, state) as netsuite:
            write_journal(world, netsuite)
        with open_linnworks(settings, state) as linnworks:
            write_order(linnworks)
        with open_tiktok_shop(settings, state) as shop:
            write_return(world, shop)
        state.close()
        yield world


def write_journal(world, netsuite):
    """A journal and a refund as people enter them: the stand-in's books have none before a run."""
    numbers = ("1020", "1200")
    accounts = [row["id"] for row in world.records("netsuite", "account") if row["acctNumber"] in numbers]
    subsidiary = world.records("netsuite", "subsidiary")[0]
    items = [{"account": {"id": accounts[0]}, "debit": 5}, {"account": {"id": accounts[1]}, "credit": 5}]
    body = {
        "externalId": "TTS-by-hand",
        "tranDate": "2026-01-05",
        "subsidiary": {"id": subsidiary["id"]},
        "currency": {"id": subsidiary["currency"]["id"]},
        "line": {"items": items},
    }
    netsuite.create("journalEntry", body)
    items = [{"item": {"externalId": "ITEM-TTS-REFUND"}, "amount": 5}]
    refund = {"externalId": "tieout-refund-by-hand", "entity": {"externalId": "CUST-TTS-UK"}, "item": {"items": items}}
    netsuite.create("creditMemo", {**refund, "tranDate": "2026-01-05"})


def write_order(linnworks):
    line = {"ItemNumber": "1", "ChannelSKU": "unknown", "ItemTitle": "unknown", "Qty": 1, "PricePerUnit": 5}
    address = {"FullName": "A Buyer", "Address1": "1 Road", "Town": "Town", "PostCode": "12345", "Country": "US"}
    order = {
        "Source": "TIKTOK",
        "SubSource": "hand",
        "ReferenceNumber": "by-hand",
        "ReceivedDate": "2026-01-05T10:00:00Z",
        "PaidOn": "2026-01-05T10:00:00Z",
        "DispatchBy": "2026-01-07T10:00:00Z",
        "PaymentStatus": "Paid",
        "Currency": "USD",
        "DeliveryAddress": address,
        "OrderItems": [line],
    }
    assert linnworks.create_orders([order], "Default")


def write_store_order(world, stores):
    level = {"product_id": "MUG", "fulfillment_node_id": "LDN01", "on_hand": 5, "allocated": 0, "reserved": 0}
    world.call("PUT", "/_sandbox/newstore/stock/LDN01.MUG", {**level, "safety_stock": 0})
    address = {"country": "GB", "address_line_1": "1 Road", "city": "Town", "zip_code": "ZZ99 1AA"}
    price = {"item_price": 5, "item_list_price": 5, "item_tax_lines": []}
    item = {"external_item_id": "1", "product_id": "MUG", "price": price}
    routed = {"strategy": "external", "fulfillment_node_id": "LDN01"}
    option = {"service_level_identifier": "STANDARD", "price": 0, "tax": 0, "routing_strategy": routed}
    paid = {"processor": "tiktok_shop", "correlation_ref": "by-hand", "type": "captured", "method": "tiktok_shop"}
    order = {
        "external_id": "by-hand",
        "shop": "storefront-catalog-en",
        "shop_locale": "en-GB",
        "channel_type": "web",
        "channel_name": "tiktok_shop",
        "currency": "GBP",
        "price_method": "tax_included",
        "shipping_address": address,
        "billing_address": address,
        "shipments": [{"items": [item], "shipping_option": option}],
        "payments": [{**paid, "amount": 5, "processed_at": "2026-01-05T10:00:00Z"}],
    }
    assert stores.inject_order(order)["items"]


def take_back(world):
    """A return at a till, as the stand-in keeps it."""
    order = world.records("newstore", "orders")[0]
    item = {"id": "t-1-1", "product_id": "MUG", "quantity": 1, "refund_amount": "5.00"}
    kept = {"return_id": "t-1", "order_id": order["id"], "external_order_id": "by-hand", "is_blind": False}
    taken = {**kept, "returned_at": "2026-01-20T10:00:00Z", "currency": "GBP", "items": [item]}
    world.call("PUT", "/_sandbox/newstore/returns/t-1", {**taken, "created_at": "2026-01-20T10:00:00Z"})


def write_return(world, shop):
    """A refund that the seller starts."""
    orders = world.records("tiktok_shop", "orders")
    order = next(each for each in orders if (each["_record"]["shop"], each["status"]) == (US, "DELIVERED"))
    lines = [line["id"] for line in order["line_items"]]
    reason = "seller_return_reason_goodwill"
    wanted = {"return_type": "REFUND", "return_reason": reason, "order_line_item_ids": lines, "refund_total": "1.00"}
    made = shop.create_return(US, order["id"], wanted, idempotency_key="by-hand")
    assert shop.create_return(US, order["id"], wanted, idempotency_key="by-hand").keys() <= made.keys()


@pytest.fixture
def dlt_home(world, tmp_path, monkeypatch):
    """Where a user of dlt works: a folder of its own, which dlt's files go to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEOUT_CONFIG", str(world.home / "config"))
    monkeypatch.setenv("TIEOUT_HOME", str(world.home))
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "CRITICAL")
    monkeypatch.setenv("DESTINATION__FILESYSTEM__BUCKET_URL", (tmp_path / "files").as_uri())
    return tmp_path


def run_lines(system, destination="duckdb"):
    assert "tiktok_shop" in LINES and '"duckdb"' in LINES
    exec(LINES.replace("tiktok_shop", system).replace('"duckdb"', f'"{destination}"'), {})


def expected(world, system):
    return {table: len(world.records(system, kind)) for table, kind in KINDS[system].items()}


def in_database(folder, tables):
    with duckdb.connect(str(folder / "shop.duckdb"), read_only=True) as connection:
        known = {row[0] for row in connection.execute("select table_name from information_schema.tables").fetchall()}
        found = {table: f"select count(*) from raw.{table}" if table in known else "select 0" for table in tables}
        return {table: connection.execute(query).fetchone()[0] for table, query in found.items()}


def in_files(folder, tables):
    """Return the records of each table; a folder cannot merge, so the records of a snapshot are counted by their id."""
    counts = Counter()
    for table in tables:
        if files := [str(path) for path in (folder / "files" / "raw" / table).glob("*.parquet")]:
            counts[table] = duckdb.execute("select count(distinct id) from read_parquet($1)", [files]).fetchone()[0]
    return {table: counts[table] for table in tables}


@pytest.mark.parametrize("system", sorted(KINDS))
def test_the_lines_of_the_readme_fill_another_database_twice_without_doubling(system, world, dlt_home):
    run_lines(system)
    assert in_database(dlt_home, KINDS[system]) == expected(world, system)
    assert all(expected(world, system).values()), "an empty table proves nothing"
    run_lines(system)
    assert in_database(dlt_home, KINDS[system]) == expected(world, system)


@pytest.mark.parametrize("system", sorted(KINDS))
def test_the_lines_of_the_readme_fill_a_folder_of_parquet_files(system, world, dlt_home):
    run_lines(system, "filesystem")
    assert in_files(dlt_home, KINDS[system]) == expected(world, system)


@pytest.fixture
def run(dlt_home):
    """Run the source of a shop in memory; return a query on what is in the other database then."""

    import dlt  # only who runs this pays for it

    from ingestion.tiktok_shop import tiktok_shop_source

    def query(sql):
        with duckdb.connect(str(dlt_home / "shop.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def run(shop, **options):
        pipeline = dlt.pipeline("shop", destination="duckdb", dataset_name="raw")
        pipeline.run(tiktok_shop_source(shop, **options))
        return query

    return run


def order(number, *, at, **values):
    return {"id": str(number), "update_time": at, "status": "DELIVERED", **values}


def test_a_record_that_cannot_be_used_is_reported_and_blocks_no_other(run):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1, at=AT), {"no": "id"}, "no object"], US: []})
    query = run(shop)
    assert query("select shop_id, id from raw.orders") == [(UK, "1")]
    reported = query("select entity, field, reason from raw.quarantine order by reason")
    assert [(entity, field) for entity, field, _ in reported] == [("orders", "id"), ("orders", "id")]
    run(shop)
    assert query("select count(*) from raw.quarantine") == [(2,)]


def test_the_next_run_reads_from_half_an_hour_before_the_last_change_and_keeps_the_newest(run):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1, at=AT), order(2, at=AT)], US: [order(1, at=AT)]})
    run(shop)
    shop.asked.clear()
    shop.order_pages = [[order(1, at=AT + 9, status="A"), order(1, at=AT + 7, status="B")], [order(1, at=AT + 8)]]
    query = run(shop)
    assert ("orders", datetime.fromtimestamp(AT - 1800, UTC)) in shop.asked
    found = query(f"select id, status from raw.orders where shop_id = '{UK}' order by id")
    assert found == [("1", "A"), ("2", "DELIVERED")]
    assert query("select count(*) from raw.orders") == [(3,)]


def test_what_changes_while_the_shops_are_read_is_left_to_the_next_run(run):
    late = int(NOW.timestamp()) + 60
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1, at=AT)], US: [order(2, at=late)]})
    assert run(shop)("select id from raw.orders") == [("1",)]
    shop.now += timedelta(hours=1)
    shop.orders_by_shop[UK].append(order(3, at=late - 30))
    assert run(shop)("select id from raw.orders order by id") == [("1",), ("2",), ("3",)]


def test_a_list_read_whole_loses_what_is_gone_and_only_the_named_shops_are_read(run):
    shop = FakeTikTokShop(warehouse_rows=[{"id": "1"}, {"id": "2"}])
    run(shop, shops=[UK])
    shop.warehouse_rows = [{"id": "2"}]
    query = run(shop, shops=[UK])
    assert query("select shop_id, id from raw.warehouses") == [(UK, "2")]


def test_importing_ingestion_does_not_import_dlt():
    code = "import sys, ingestion, ingestion.gxo, ingestion.tiktok_shop.goods; print('dlt' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
