"""A small world of raw rows whose records all agree, and ways to damage it.

Belongs here: landing rows as ingestion does, changing them, and running dbt on them. Does not: what should come of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import changed_models, forget_built, models, models_before, remember_built
from orchestration.accelerator.replay import build_models
from tieout.reading import Reading

ROOT = Path(__file__).resolve().parents[2]
SHOP = "700000000000000001"
PAYMENTS = {
    "7910000000012345678": "TIKTOK INFORMATION TECHNOLOGIES UK LIMITED",
    "7920000000087654321": "J.P. MORGAN SE",
}
NAMED, UNNAMED = PAYMENTS
FIRST_LOAD = ("2026-02-19 00:00:00+00", "20260219T000000.000000Z")
DAMAGE_LOAD = ("2026-02-19 01:00:00+00", "20260219T010000.000000Z")
UNDO_LOAD = ("2026-02-19 02:00:00+00", "20260219T020000.000000Z")
Payload = dict[str, Any]


def land(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    payload: Payload | None,
    *,
    shop: str = SHOP,
    parent: str = "",
    load: tuple[str, str] = FIRST_LOAD,
) -> None:
    """Land one version of a record as ingestion does; a record without payload has been deleted."""
    text = None if payload is None else json.dumps(payload, sort_keys=True)
    content_hash = "deleted" if text is None else hashlib.sha256(text.encode()).hexdigest()
    connection.execute(
        f"insert into {table} values (?, ?, ?, null, ?, ?, '202501', ?, ?, ?)",
        [shop, key, parent, load[0], payload is None, text, content_hash, load[1]],
    )


def order_line(order: str, sold: str, fee: str, settled: str) -> Payload:
    """Return an ORDER row of the nested shape with one sale and one commission."""
    return {
        "type": "ORDER",
        "order_id": order,
        "order_create_time": 1769904000,
        "settlement_amount": settled,
        "revenue_amount": sold,
        "shipping_cost_amount": "0",
        "fee_tax_amount": fee,
        "adjustment_amount": "0",
        "revenue_breakdown": {"subtotal_before_discount_amount": sold},
        "shipping_cost_breakdown": {},
        "fee_tax_breakdown": {"fee": {"platform_commission_amount": fee}, "tax": {}},
    }


def money(value: str) -> Payload:
    """Return an amount in GBP as payments spell it."""
    return {"value": value, "currency": "GBP"}


def land_payment(connection: duckdb.DuckDBPyConnection, number: int, payment: str, payer: str) -> None:
    """Land a payment of one statement with two lines, their orders, and its deposit."""
    total = f"{16 + number * 2}.00"
    for suffix, sold, settled in (("1", "10.00", "9.00"), ("2", f"{8 + number * 2}.00", f"{7 + number * 2}.00")):
        order = f"57{number}{suffix}"
        line = order_line(order, sold, "-1.00", settled)
        land(
            connection,
            "raw_tiktok_shop.statement_transactions",
            f"line-{number}{suffix}",
            line,
            parent=f"statement-{number}",
        )
        item = {
            "id": f"item-{order}",
            "original_price": sold,
            "sale_price": sold,
            "currency": "GBP",
            "display_status": "DELIVERED",
        }
        payment_part = {"currency": "GBP", "total_amount": sold}
        land(
            connection,
            "raw_tiktok_shop.orders",
            order,
            {"status": "COMPLETED", "payment": payment_part, "create_time": 1769904000, "line_items": [item]},
        )
    statement = {
        "payment_id": payment,
        "payment_status": "PAID",
        "currency": "GBP",
        "statement_time": 1770249600 + number,
        "settlement_amount": total,
        "revenue_amount": f"{18 + number * 2}.00",
        "shipping_cost_amount": "0",
        "fee_amount": "-2.00",
        "adjustment_amount": "0",
    }
    land(connection, "raw_tiktok_shop.statements", f"statement-{number}", statement, parent=payment)
    land(
        connection,
        "raw_tiktok_shop.statement_summaries",
        f"statement-{number}",
        {"total_settlement_amount": total, "total_reserve_amount": "0"},
    )
    paid = {
        "status": "PAID",
        "amount": money(total),
        "payment_amount_before_exchange": money(total),
        "exchange_rate": "1",
    }
    times = {"settlement_amount": money(total), "create_time": 1770336000, "paid_time": 1770422400}
    land(connection, "raw_tiktok_shop.payments", payment, paid | times)
    reference = payment if payer.startswith("TIKTOK") else "JPM0000000001"
    entry = {
        "account_id": "main",
        "booking_date": "2026-02-09",
        "value_date": "2026-02-09",
        "amount": total,
        "currency": "GBP",
        "reference": reference,
        "counterparty": payer,
        "remittance": "TTS PAYOUT",
    }
    land(connection, "raw_bank.entries", f"main/{number}", entry, shop="")


def land_settings(connection: duckdb.DuckDBPyConnection) -> None:
    """Land the maps and settings of the one shop, and what has been read completely."""
    shop = {
        "shop_id": SHOP,
        "name": "Shop",
        "region": "GB",
        "currency": "GBP",
        "payout_currency": "GBP",
        "bank_account": "main",
        "netsuite_subsidiary": "1",
    }
    land(connection, "raw_config.shops", SHOP, shop, shop="")
    land(connection, "raw_config.books", "books", {"days_to_arrive": "5"}, shop="")
    classes = {
        "revenue.subtotal_before_discount_amount": "gross_sales",
        "fee_tax.fee.platform_commission_amount": "platform_commission",
        "fee_tax.unitemised": "unitemised_fee",
    }
    for fee_key, line_class in classes.items():
        land(
            connection,
            "raw_config.fee_map",
            fee_key,
            {"region": "*", "fee_key": fee_key, "line_class": line_class},
            shop="",
        )
    booked = ("gross_sales", "platform_commission", "unitemised_fee", "clearing", "bank", "rounding", "output_vat")
    for number, line_class in enumerate(booked):
        account = str(1000 + number)
        row = {"shop_id": "*", "line_class": line_class, "netsuite_account": account}
        land(connection, "raw_config.account_map", line_class, row, shop="")
        land(connection, "raw_netsuite.accounts", account, {"acctnumber": account, "isinactive": "F"}, shop="")
    for line_class in ("gross_sales", "seller_discount", "refund", "refund_discount", "shipping_income"):
        tax = {"shop_id": "*", "line_class": line_class, "treatment": "seller", "rate": "20"}
        land(connection, "raw_config.tax_map", line_class, tax, shop="")
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": FIRST_LOAD[0]}
    for system, entity, shop_id in (
        ("tiktok_shop", "orders", SHOP),
        ("tiktok_shop", "payments", SHOP),
        ("bank", "entries", ""),
    ):
        covered = window | {"system": system, "entity": entity, "shop_id": shop_id}
        land(connection, "raw_tieout.coverage", f"{system}-{entity}", covered, shop=shop_id)


def build(home: Path, *tables: str, is_anew: bool = False, without: str = "") -> None:
    """Build what has changed in the warehouse of `home`: of these tables and all before them, or of everything.

    Raises:
        DbtError: when a model cannot be built.
    """
    wanted = {model.relation: model for table in tables for model in models_before(home, table)} or models(home)
    found = [model for table, model in wanted.items() if table != without]
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        if is_anew:
            forget_built(connection)
        changed = changed_models(connection, found)
    build_models(
        Reading(home=home, config_dir=home), [model for model in found if model.relation in changed], is_anew=is_anew
    )
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        remember_built(connection, changed)


def create_sound_world(path: Path) -> None:
    """Write a warehouse with two payouts whose statements, lines, orders and deposits agree."""
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_tables(connection)
        land_settings(connection)
        for number, (payment, payer) in enumerate(PAYMENTS.items(), start=1):
            land_payment(connection, number, payment, payer)


Change = Callable[[Payload], Payload | None]


def set_fields(**fields: Any) -> Change:
    """Return the change that gives these fields other values."""
    return lambda payload: payload | fields


def gone(payload: Payload) -> None:
    """Change a record into a deleted one."""


def append(
    home: Path,
    table: str,
    key: str,
    *,
    change: Change,
    load: tuple[str, str],
    new_key: str = "",
    new_parent: str | None = None,
) -> None:
    """Land the first version of a record again, changed, or as another record under `new_key` or `new_parent`."""
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        shop, parent, payload = connection.execute(
            f"select shop_id, parent_id, payload from {table} where id = ? order by observed_at limit 1", [key]
        ).fetchall()[0]
        land(
            connection,
            table,
            new_key or key,
            change(json.loads(payload)),
            shop=shop,
            parent=new_parent or parent,
            load=load,
        )


LINES, STATEMENTS = "raw_tiktok_shop.statement_transactions", "raw_tiktok_shop.statements"
PAID, ORDERS, BANK = "raw_tiktok_shop.payments", "raw_tiktok_shop.orders", "raw_bank.entries"
