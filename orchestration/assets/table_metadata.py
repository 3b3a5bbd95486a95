"""Figures that a table is checked by at a glance: how many rows, and how much money, per currency.

Belongs here: which amount of which table is summed. Does not: comparing sums (dbt's), or showing them (assets).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb

from tieout.money import show_money
from tieout.settings import Settings
from tieout.warehouse import open_warehouse, warehouse_lock

_NEWEST = """(
    select payload from raw_{table} where true
    qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1 and not is_deleted
)"""
_DECIMAL = "try_cast({} as decimal(18, 4))"

_AMOUNTS: dict[str, tuple[str, str, str, str]] = {
    "raw_tiktok_shop.statements": (
        "settlement_amount",
        _DECIMAL.format("payload ->> '$.settlement_amount'"),
        "payload ->> '$.currency'",
        _NEWEST.format(table="tiktok_shop.statements"),
    ),
    "raw_tiktok_shop.payments": (
        "amount",
        _DECIMAL.format("payload ->> '$.amount.value'"),
        "payload ->> '$.amount.currency'",
        _NEWEST.format(table="tiktok_shop.payments"),
    ),
    "raw_bank.entries": (
        "amount",
        _DECIMAL.format("payload ->> '$.amount'"),
        "payload ->> '$.currency'",
        _NEWEST.format(table="bank.entries"),
    ),
    "finance.payouts": ("amount", "amount", "currency", "finance.payouts"),
    "finance.payout_lines": ("amount", "amount", "currency", "finance.payout_lines"),
    "finance.payout_journals": ("debits", "debit_amount", "currency", "finance.payout_journals"),
    "exceptions.open": ("money_at_risk_amount", "abs(money_at_risk_amount)", "currency", "exceptions.open"),
}
"""Per table: what the figure is called, the amount, its currency, and the rows summed (raw: the newest versions)."""


def figures(warehouse: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, Any]:
    """Return the row count, and for tables of money the sum of their main amount as text, one per currency.

    Raw amounts that cannot be read are left out: staging puts those records aside and names them.
    """
    count = warehouse.execute(f'select count(*) from {schema}."{table}"').fetchone()
    message: dict[str, Any] = {"dagster/row_count": (count or (0,))[0]}
    summed = _AMOUNTS.get(f"{schema}.{table}")
    if summed is not None:
        name, amount, currency, rows = summed
        found = warehouse.execute(
            f"select {currency} as unit, sum({amount}) from {rows} group by unit having sum({amount}) is not null"
            " and unit is not null order by unit"
        ).fetchall()
        message[name] = "; ".join(show_money(Decimal(total), unit) for unit, total in found) or "none"
    return message


def table_figures(settings: Settings, schema: str, tables: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the figures of several tables of one schema, by table; waits for whoever holds the warehouse."""
    with warehouse_lock(settings), open_warehouse(settings) as warehouse:
        return {table: figures(warehouse, schema, table) for table in tables}
