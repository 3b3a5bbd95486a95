"""Models that were built change by change hold row for row what a rebuild from raw gives.

Belongs here: sequences of loads, and the comparison. Does not: which exception a change raises (test_root_causes).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support.raw_world import (
    BANK,
    LINES,
    NAMED,
    ORDERS,
    PAID,
    STATEMENTS,
    Change,
    append,
    gone,
    money,
    run_dbt,
    set_fields,
)

Rows = dict[str, list[str]]
Step = tuple[str, str, Change, str, str]
FEE_MAP, COMMISSION = "raw_config.fee_map", "fee_tax.fee.platform_commission_amount"


def _change(table: str, key: str, change: Change, new_key: str = "", new_parent: str = "") -> Step:
    return table, key, change, new_key, new_parent


def _land(home: Path, hour: int, steps: list[Step]) -> None:
    load = (f"2026-02-19 {hour:02d}:00:00+00", f"20260219T{hour:02d}0000.000000Z")
    for table, key, change, new_key, new_parent in steps:
        append(home, table, key, change=change, load=load, new_key=new_key, new_parent=new_parent)


def _models(home: Path) -> Rows:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and not starts_with(table_schema, 'raw_')"
        ).fetchall()
        return {
            table: sorted(repr(row) for row in connection.execute(f"select * from {table}").fetchall())
            for (table,) in tables
        }


@pytest.mark.parametrize(
    "loads",
    [
        [
            [
                _change(STATEMENTS, "statement-1", set_fields(), "statement-19"),
                _change(LINES, "line-11", set_fields(), "line-119", "statement-19"),
                _change(LINES, "line-12", set_fields(), "line-129", "statement-19"),
            ],
            [_change(LINES, "line-21", set_fields(note="read again"))],
            [_change(STATEMENTS, "statement-1", gone)],
        ],
        [
            [_change(LINES, "line-12", set_fields(), "", "statement-2")],
            [_change(LINES, "line-21", set_fields(settlement_amount="abc"))],
            [_change(LINES, "line-21", set_fields()), _change(LINES, "line-12", set_fields())],
        ],
        [
            [_change(LINES, "line-11", gone), _change(LINES, "line-12", gone)],
            [_change(LINES, "line-11", set_fields())],
        ],
        [
            [_change(STATEMENTS, "statement-2", set_fields(payment_id="")), _change(PAID, NAMED, gone)],
            [_change(STATEMENTS, "statement-2", set_fields()), _change(BANK, "main/1", gone)],
        ],
        [
            [_change(ORDERS, "5711", set_fields(status="CANCELLED")), _change(ORDERS, "5722", gone)],
            [_change(FEE_MAP, COMMISSION, set_fields(line_class="referral_fee"))],
            [_change(PAID, NAMED, set_fields(amount=money("1.00")))],
        ],
    ],
    ids=[
        "twin outlives its original",
        "lines move and break",
        "statement empties",
        "payment comes and goes",
        "maps change",
    ],
)
def test_change_by_change_equals_a_rebuild_row_for_row(home: Path, loads: list[list[Step]]) -> None:
    for hour, steps in enumerate(loads, start=1):
        _land(home, hour, steps)
        run_dbt(home)
    changed = _models(home)

    run_dbt(home, "--full-refresh")

    assert changed == _models(home)
