"""Every suite's claims hold of a record as its vendor writes it, and name the field of one that is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import duckdb
import pytest

from expectations.runner import run_expectations, validate
from expectations.suites import SUITES
from expectations.suites.claims import (
    Suite,
    amounts,
    currency,
    digits,
    epochs,
    fields,
    guids,
    natural_numbers,
    one_of,
    present,
    whole_numbers,
)
from ingestion.raw import create_raw_tables

GUID = "0b3bd7a2-8c3e-4f1d-9d53-2f6f6d2f1a11"
DEFAULT = "00000000-0000-0000-0000-000000000000"
PLACE = {"warehouse_id": "7390", "available_quantity": 3, "committed_quantity": 0}
GOOD: dict[str, dict[str, Any]] = {
    "raw_tiktok_shop.warehouses": {"id": "7390", "type": "SALES_WAREHOUSE", "effect_status": "ENABLED"},
    "raw_tiktok_shop.products": {
        "id": "17290", "status": "ACTIVATE", "update_time": 1769904000, "skus": [{"id": "17291"}, {"id": "17292"}],
    },
    "raw_tiktok_shop.product_details": {
        "id": "17290", "skus": [{"id": "17291", "combined_skus": [{"sku_count": 2}]}, {"id": "17292"}],
    },
    "raw_tiktok_shop.inventory": {"id": "17291", "product_id": "17290", "warehouse_inventory": [PLACE, PLACE]},
    "raw_tiktok_shop.orders": {
        "id": "5767", "status": "ON_HOLD", "warehouse_id": "7390", "create_time": 1769904000, "update_time": 1769904000,
        "paid_time": 0, "rts_sla_time": 1769990400, "payment": {"currency": "GBP", "total_amount": "9.5"},
        "line_items": [{"id": "57671", "sku_id": "17291"}, {"id": "57672", "sku_id": "17291"}],
    },
    "raw_tiktok_shop.packages": {
        "id": "1153", "status": "FULFILLING", "shipping_provider_id": "7117", "create_time": 1769904000,
        "update_time": 1769904000, "orders": [{"id": "5767"}], "order_line_item_ids": ["57671", "57672"],
    },
    "raw_tiktok_shop.cancellations": {
        "cancel_id": "4035", "order_id": "5767", "cancel_type": "BUYER_CANCEL", "create_time": 1769904000,
        "update_time": 1769904000, "cancel_status": "CANCELLATION_REQUEST_PENDING",
        "cancel_line_items": [{"order_line_item_id": "57671"}],
    },
    "raw_tiktok_shop.returns": {
        "return_id": "4036", "order_id": "5767", "return_type": "REFUND", "create_time": 1769904000,
        "update_time": 1769904000, "return_status": "AWAITING_BUYER_RESPONSE", "arbitration_status": "",
        "refund_amount": {"currency": "GBP", "refund_total": "9.5"},
        "return_line_items": [
            {"return_line_item_id": "1", "order_line_item_id": "57671", "refund_amount": {"refund_total": "9.5"}},
            {"return_line_item_id": "2", "order_line_item_id": ""},
        ],
    },
    "raw_tiktok_shop.return_records": {"return_id": "4036", "records": [{"event": "ASKED", "create_time": 1769904000}]},
    "raw_tiktok_shop.statement_summaries": {
        "id": "7301", "currency": "GBP", "total_settlement_amount": "130", "total_reserve_amount": "-30",
        "payable_amount": "100.00",
    },
    "raw_tiktok_shop.unsettled_transactions": {
        "id": "7302", "type": "ORDER", "currency": "GBP", "order_id": "5767", "order_create_time": 1769904000,
        "order_delivery_time": 0, "est_settlement_amount": "7.25", "est_revenue_amount": "9.50",
        "est_shipping_cost_amount": "0", "est_fee_tax_amount": "-2.25", "est_adjustment_amount": "",
    },
    "raw_linnworks.locations": {"id": DEFAULT, "LocationName": "Default"},
    "raw_linnworks.stock_items": {"id": GUID, "ItemNumber": "MUG-1"},
    "raw_linnworks.stock_levels": {
        "StockItemId": GUID, "LocationId": DEFAULT, "ItemNumber": "MUG-1", "Quantity": 1, "InOrder": 3, "Available": -2,
        "MinimumLevel": -1,
    },
    "raw_linnworks.stock_snapshots": {
        "id": DEFAULT, "location": "Default", "as_of": "2026-02-01T00:00:00+00:00", "items": 9, "items_at_zero": 0,
    },
    "raw_linnworks.compositions": {"id": GUID, "SKU": "SET-1", "Components": [{"SKU": "MUG-1", "Quantity": 2}]},
    "raw_linnworks.orders": {
        "id": GUID, "NumOrderId": 100012, "FulfilmentLocationId": DEFAULT, "TotalsInfo": {"TotalCharge": "9.5"},
        "GeneralInfo": {"Source": "TIKTOK", "ReferenceNum": "5767", "Status": 1},
        "Items": [{"RowId": GUID, "Quantity": 1}, {"RowId": GUID, "Quantity": 2}],
    },
    "raw_newstore.locations": {"id": "LDN01", "fulfillment_node_id": "LDN01"},
    "raw_newstore.availabilities": {
        "id": "MUG-1/LDN01", "product_id": "MUG-1", "fulfillment_node_id": "LDN01", "atp": -1,
    },
    "raw_newstore.stock_snapshots": {
        "id": "LDN01", "as_of": "2026-02-01T00:00:00+00:00", "full_at": "2026-02-01T00:00:00+00:00", "watermark": 7,
        "items": 9, "items_at_zero": 0,
    },
    "raw_newstore.orders": {
        "id": "7f1e", "externalId": "5767", "status": "open", "channel": "tiktok_shop", "currency": "GBP",
        "items": [{"id": "i-1", "status": "complete"}, {"id": "i-2", "status": "on_hold"}],
    },
    "raw_newstore.fulfilment_requests": {"id": "f-1", "orderId": "7f1e", "status": "acknowledged", "nodeId": "LDN01"},
    "raw_newstore.returns": {
        "id": "t-1", "orderId": "7f1e", "returnedAt": "2026-02-01T10:00:00", "currency": "GBP",
        "totalRefundAmount": "9.5",
    },
    "raw_zigzag.returns": {
        "id": "R1", "returnId": "R1", "status": "graded", "createdAt": "2026-02-01T00:00:00Z",
        "updatedAt": "2026-02-01T00:00:00Z", "refund": {"status": "ready", "amount": "9.50", "currency": "GBP"},
        "lines": [
            {"quantityRequested": 1, "quantityReceived": None}, {"quantityRequested": 0, "quantityReceived": 2},
        ],
    },
    "raw_zigzag.reasons": {"id": "SIZE", "code": "SIZE", "text": "Does not fit", "reasonId": 1},
    "raw_zigzag.conditions": {"id": "A", "code": "A", "text": "Sellable"},
    "raw_zigzag.dispositions": {"id": "restock", "code": "restock", "text": ""},
    "raw_config.fee_map": {"id": "*/fee", "line_class": "ads"},
    "raw_tieout.acknowledgements": {
        "sync": "s", "entity_key": "k", "desired_hash": "h", "idempotency_key": "i", "acknowledged_at": "2026-02-01",
    },
    "raw_tieout.outbox": {
        "sync": "s", "entity_key": "k", "desired_hash": "h", "idempotency_key": "i", "state": "pending",
        "updated_at": "2026-02-01", "amount": "0",
    },
}  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_raw_tables(connection)
        yield connection


def land(warehouse: duckdb.DuckDBPyConnection, table: str, *payloads: dict[str, Any]) -> None:
    for number, payload in enumerate(payloads):
        key = f"{payload.get('id') or payload.get('cancel_id') or payload.get('return_id') or 0}"
        key = f"{key[:-2]}{number:02d}" if number else key
        warehouse.execute(
            f"insert into {table} values ('1', ?, '', null, timestamptz '2026-02-01' + ?::int * interval 1 second,"
            " false, '', ?, ?, 'load')",
            [key, number, json.dumps(payload), str(number)],
        )


def damaged(payload: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    record = deepcopy(payload)
    *parents, last = path.split(".")
    place: Any = record
    for part in parents:
        place = place[int(part)] if part.isdecimal() else place[part]
    place[int(last) if last.isdecimal() else last] = value
    return record


def test_records_as_their_vendors_write_them_meet_every_claim(warehouse):
    for table, payload in GOOD.items():
        land(warehouse, table, payload)
    results = run_expectations(warehouse)
    assert {result.table for result in results} == GOOD.keys()
    assert [
        (result.table, *result.blocking, *result.warnings) for result in results if result.blocking or result.warnings
    ] == []


DAMAGES = [
    ("raw_tiktok_shop.warehouses", "id", "7.39E+18", "id is an id of digits", True),
    ("raw_tiktok_shop.warehouses", "effect_status", "GONE", "effect_status is one of", False),
    ("raw_tiktok_shop.products", "skus.1.id", "SKU 2", "sku_id is an id of digits", True),
    ("raw_tiktok_shop.products", "update_time", 1769904000000, "update_time is a time in epoch seconds", False),
    ("raw_tiktok_shop.product_details", "skus.0.combined_skus.0.sku_count", -1, "part_quantity is a whole", True),
    ("raw_tiktok_shop.inventory", "warehouse_inventory.1.available_quantity", 2.5, "available_quantity is a", True),
    ("raw_tiktok_shop.inventory", "warehouse_inventory.1.committed_quantity", -1, "committed_quantity is a", True),
    ("raw_tiktok_shop.inventory", "warehouse_inventory.0.warehouse_id", "main", "warehouse_id is an id", True),
    ("raw_tiktok_shop.orders", "line_items.1.sku_id", "\uff11\uff12", "sku_id is an id of digits", True),
    ("raw_tiktok_shop.orders", "line_items", [], "line_id is given", False),
    ("raw_tiktok_shop.orders", "payment.total_amount", "9,50", "total_amount is a decimal number", True),
    ("raw_tiktok_shop.orders", "status", "LOST", "status is one of", False),
    ("raw_tiktok_shop.packages", "orders", [], "order_id is given", False),
    ("raw_tiktok_shop.packages", "order_line_item_ids.1", "x", "line_id is an id of digits", True),
    ("raw_tiktok_shop.cancellations", "order_id", "5767.0", "order_id is an id of digits", True),
    ("raw_tiktok_shop.cancellations", "cancel_status", "NEW", "cancel_status is one of", False),
    ("raw_tiktok_shop.returns", "order_id", "5767.0", "order_id is an id of digits", True),
    ("raw_tiktok_shop.returns", "return_status", "NEW", "return_status is one of", False),
    ("raw_tiktok_shop.returns", "refund_amount.refund_total", "9,50", "refund_total is a decimal number", True),
    ("raw_tiktok_shop.returns", "return_line_items.1.order_line_item_id", "x", "line_id is an id of digits", True),
    ("raw_tiktok_shop.returns", "return_line_items.0.refund_amount.refund_total", "1e2", "line_refund_total is", True),
    ("raw_tiktok_shop.return_records", "records.0.create_time", 1769904000000, "create_time is a time in", False),
    ("raw_tiktok_shop.statement_summaries", "payable_amount", "1e2", "payable_amount is a decimal number", True),
    ("raw_tiktok_shop.unsettled_transactions", "est_fee_tax_amount", "(2)", "est_fee_tax_amount is a decimal", True),
    ("raw_tiktok_shop.unsettled_transactions", "currency", "\u00a3", "currency is a currency", True),
    ("raw_linnworks.locations", "id", "Default", "id is a GUID", True),
    ("raw_linnworks.stock_items", "ItemNumber", "", "ItemNumber is given", False),
    ("raw_linnworks.stock_levels", "Available", 0.5, "Available is a whole number", True),
    ("raw_linnworks.stock_levels", "StockItemId", "7", "StockItemId is a GUID", True),
    ("raw_linnworks.stock_snapshots", "items_at_zero", -1, "items_at_zero is a whole", True),
    ("raw_linnworks.compositions", "Components.0.Quantity", "two", "part_quantity is a whole", True),
    ("raw_linnworks.orders", "Items.1.Quantity", -2, "quantity is a whole", True),
    ("raw_linnworks.orders", "GeneralInfo.ReferenceNum", "", "reference is given", False),
    ("raw_newstore.locations", "fulfillment_node_id", "", "fulfillment_node_id is given", False),
    ("raw_newstore.availabilities", "atp", "1.5", "atp is a whole number", True),
    ("raw_newstore.availabilities", "product_id", "", "product_id is given", False),
    ("raw_newstore.orders", "status", "asleep", "status is one of", False),
    ("raw_newstore.orders", "items.1.status", "lost", "item_status is one of", False),
    ("raw_newstore.orders", "currency", "\u00a3", "currency is a currency", True),
    ("raw_newstore.fulfilment_requests", "nodeId", "", "nodeId is given", False),
    ("raw_newstore.returns", "totalRefundAmount", "9,50", "totalRefundAmount is a decimal number", True),
    ("raw_newstore.stock_snapshots", "watermark", -1, "watermark is a whole", True),
    ("raw_zigzag.returns", "lines.1.quantityReceived", -2, "quantityReceived is a whole", True),
    ("raw_zigzag.returns", "refund.amount", "9,50", "amount is a decimal number", True),
    ("raw_zigzag.returns", "refund.currency", "\u00a3", "currency is a currency", True),
    ("raw_zigzag.returns", "status", "asleep", "status is one of", False),
    ("raw_zigzag.returns", "updatedAt", "", "updatedAt is given", False),
    ("raw_zigzag.conditions", "code", "", "code is given", False),
    ("raw_tieout.outbox", "entity_key", "", "entity_key is given", False),
]


def test_a_lone_damage_is_a_warning_that_names_claim_and_value(warehouse):
    for table, path, value, reported, _blocks in DAMAGES:
        warehouse.execute(f"delete from {table}")
        land(warehouse, table, damaged(GOOD[table], path, value))
        (result,) = run_expectations(warehouse, tables=[table])
        (warning,) = result.warnings or ("nothing",)
        assert reported in warning, (table, path)
        assert result.blocking == []


def test_a_changed_format_blocks_where_money_or_identity_would_be_wrong(warehouse):
    for table, path, value, reported, blocks in DAMAGES:
        warehouse.execute(f"delete from {table}")
        land(warehouse, table, *[damaged(GOOD[table], path, value)] * 12)
        (result,) = run_expectations(warehouse, tables=[table])
        assert bool(result.blocking) is blocks, (table, path, result.blocking)
        assert reported in (result.blocking or result.warnings)[0]
        assert result.shops == (("1",) if blocks else ())


VALUES = [
    None, "", "0", "7", "-7", "1.5", "-1.55555", "1,5", "1e3", "+1", "12\n", "\uff11\uff12", "999999999999999999999999",
    "1769904000", "1769904000000", "GBP", "gbp", "GBP ", "PAID", "paid", "it's", GUID, GUID.upper(), DEFAULT, "{}",
]  # fmt: skip


def test_sql_and_great_expectations_count_the_same_breaks(warehouse):
    one = "x"
    of_each_kind = [
        *amounts(one), currency(one), *digits(one), *guids(one), *natural_numbers(one), *whole_numbers(one),
        *epochs(one), *present(one), one_of(one, ("GBP", "PAID")),
    ]  # fmt: skip
    suite = Suite("raw_bank.files", fields(one), of_each_kind)
    land(warehouse, suite.table, *({"id": str(number), "x": value} for number, value in enumerate(VALUES)))
    query = suite.select("true")
    counts = warehouse.execute(f"select {', '.join(c.broken for c in suite.claims)} from ({query})").fetchone()
    checked = validate(warehouse.execute(query).to_arrow_table().to_pandas(), suite.build())
    reported = {result.claim: result.unexpected for result in checked.results}
    assert reported == {claim.text: count for claim, count in zip(suite.claims, counts or (), strict=True)}
    assert all(reported[claim.text] for claim in of_each_kind)


def test_a_configured_rule_must_name_one_version(warehouse):
    configured = [table for table in SUITES if table.startswith("raw_config.")]
    for table in configured:
        for content in ("1", "2"):
            columns = "'', 'rule', '', null, timestamptz '2026-02-01', false, '', '{}', ?, 'load'"
            warehouse.execute(f"insert into {table} values ({columns})", [content])
    results = run_expectations(warehouse, tables=configured)
    assert [result.table for result in results if "name one version" in result.blocking[0]] == configured
