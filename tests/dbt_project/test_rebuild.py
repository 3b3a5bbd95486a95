"""Models that were built change by change hold row for row what a rebuild from raw gives.

Belongs here: sequences of loads, and the comparison. Does not: which exception a change raises (test_root_causes).
"""

from __future__ import annotations

import random
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
    build,
    gone,
    money,
    set_fields,
)

Rows = dict[str, list[str]]
Step = tuple[str, str, Change, str, str]
ORDER_MODELS = ("reconciliation.rec_payouts__settlement_lines_vs_order_lines", "intermediate.int_settlements__lines")
FEE_MAP, COMMISSION = "raw_config.fee_map", "fee_tax.fee.platform_commission_amount"


def _change(table: str, key: str, change: Change, new_key: str = "", new_parent: str = "") -> Step:
    return table, key, change, new_key, new_parent


def _land(home: Path, hour: int, steps: list[Step], *, observed: int | None = None) -> None:
    seen = hour if observed is None else observed
    load = (f"2026-02-19 {seen:02d}:30:00+00", f"20260219T{hour:02d}0000.000000Z")
    for table, key, change, new_key, new_parent in steps:
        append(home, table, key, change=change, load=load, new_key=new_key, new_parent=new_parent)


def _models(home: Path) -> Rows:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and not starts_with(table_schema, 'raw_') and table_schema <> 'tieout'"
        ).fetchall()
        return {
            table: sorted(repr(row) for row in connection.execute(f"select * from {table}").fetchall())
            for (table,) in tables
        }


CHANGES: dict[str, list[list[Step]]] = {
    "twin outlives its original": [
        [
            _change(STATEMENTS, "statement-1", set_fields(), "statement-19"),
            _change(LINES, "line-11", set_fields(), "line-119", "statement-19"),
            _change(LINES, "line-12", set_fields(), "line-129", "statement-19"),
        ],
        [_change(LINES, "line-21", set_fields(note="read again"))],
        [_change(STATEMENTS, "statement-1", gone)],
    ],
    "lines move and break": [
        [_change(LINES, "line-12", set_fields(), "", "statement-2")],
        [_change(LINES, "line-21", set_fields(settlement_amount="abc"))],
        [_change(LINES, "line-21", set_fields()), _change(LINES, "line-12", set_fields())],
    ],
    "statement empties": [
        [_change(LINES, "line-11", gone), _change(LINES, "line-12", gone)],
        [_change(LINES, "line-11", set_fields())],
    ],
    "payment comes and goes": [
        [_change(STATEMENTS, "statement-2", set_fields(payment_id="")), _change(PAID, NAMED, gone)],
        [_change(STATEMENTS, "statement-2", set_fields()), _change(BANK, "main/1", gone)],
    ],
    "maps change": [
        [_change(ORDERS, "5711", set_fields(status="CANCELLED")), _change(ORDERS, "5722", gone)],
        [_change(FEE_MAP, COMMISSION, set_fields(line_class="referral_fee"))],
        [_change(PAID, NAMED, set_fields(amount=money("1.00")))],
    ],
    "lines name other orders": [
        [_change(ORDERS, "5711", gone)],
        [_change(LINES, "line-11", set_fields(order_id="5722"))],
        [_change(LINES, "line-11", set_fields(order_id=""))],
        [_change(LINES, "line-11", set_fields()), _change(LINES, "line-21", set_fields(order_id="5711"))],
    ],
}
IN_THE_SUITE = ("lines move and break",)
"""Random loads hold the rest there; the exhaustive tests take each by itself."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in IN_THE_SUITE else pytest.mark.exhaustive) for name in CHANGES]
)
def test_change_by_change_equals_a_rebuild_row_for_row(home: Path, name: str) -> None:
    for hour, steps in enumerate(CHANGES[name], start=1):
        _land(home, hour, steps)
        build(home)
    changed = _models(home)

    build(home, is_anew=True)

    assert changed == _models(home)


def _order_breaks(home: Path) -> set[tuple[str, str]]:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute(
            "select order_id, status from reconciliation.rec_payouts__settlement_lines_vs_order_lines"
        ).fetchall()
    return set(rows)


def test_an_order_is_checked_again_when_its_line_names_another_one(home: Path) -> None:
    expected = [
        (_change(LINES, "line-11", set_fields(order_id="5712")), {("5712", "mismatched")}),
        (_change(LINES, "line-11", set_fields()), set()),
        (_change(ORDERS, "5711", gone), {("5711", "missing_right")}),
        (_change(LINES, "line-11", set_fields(order_id="")), set()),
    ]
    for hour, (step, breaks) in enumerate(expected, start=1):
        _land(home, hour, [step])
        build(home, *ORDER_MODELS)
        assert _order_breaks(home) == breaks


def _random_steps(chance: random.Random) -> list[Step]:
    """One load: lines and orders that are new, changed, doubled, moved, deleted or back again."""
    orders = ["5711", "5712", "5721", "5722", "5799"]
    lines = ["line-11", "line-12", "line-21", "line-22"]
    statements = ["statement-1", "statement-2", "statement-3"]
    changes: dict[str, Change] = {
        "same": set_fields(),
        "gone": gone,
        "price": set_fields(revenue_breakdown={"subtotal_before_discount_amount": f"{chance.randint(1, 9)}.00"}),
        "order": set_fields(order_id=chance.choice([*orders, ""])),
        "damaged": set_fields(settlement_amount="abc"),
        "kind": set_fields(type=chance.choice(["ORDER", "LOGISTICS_REIMBURSEMENT"])),
    }
    steps = []
    for line in chance.sample(lines, chance.randint(0, 3)):
        new_key = chance.choice(["", "", f"{line}-copy"])
        parent = chance.choice(["", "", chance.choice(statements)])
        steps.append(_change(LINES, line, changes[chance.choice(list(changes))], new_key, parent))
    for order in chance.sample(orders[:4], chance.randint(0, 2)):
        change = chance.choice([gone, set_fields(), set_fields(status="CANCELLED"), set_fields(line_items=[])])
        steps.append(_change(ORDERS, order, change))
    for statement in chance.sample(statements[:2], chance.randint(0, 1)):
        change = chance.choice([gone, set_fields(), set_fields(payment_id=""), set_fields(settlement_amount="1.00")])
        steps.append(_change(STATEMENTS, statement, change, chance.choice(["", "statement-3"])))
    return steps


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (1, 2))])
def test_random_loads_change_by_change_equal_a_rebuild_row_for_row(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    for hour in range(1, 7):
        steps = _random_steps(chance)
        # A late row was observed before the version that was landed last.
        _land(home, hour, steps, observed=chance.choice([hour, hour, 0]))
        build(home, *ORDER_MODELS)
    changed = _models(home)

    build(home, *ORDER_MODELS, is_anew=True)

    assert changed == _models(home)
