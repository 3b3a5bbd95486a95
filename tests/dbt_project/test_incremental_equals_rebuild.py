"""A traded world, run cycle by cycle through changes, always holds row for row what a rebuild from raw gives.

Belongs here: whole cycles against the sandbox, and what they rebuilt. Does not: single raw rows (test_rebuild).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.accelerator.lineage import models
from orchestration.accelerator.replay import build_models
from orchestration.steps.cycle import run_cycle
from tests.support.worlds import ROOT, World
from tieout.reading import Reading
from tieout.settings import load_settings
from tieout.state import State

LINES = "/_sandbox/tiktok_shop/statement_transactions"
STATEMENTS = "/_sandbox/tiktok_shop/statements"
INCREMENTAL = {
    "staging.stg_tiktok_shop__statement_transactions": "statement_id",
    "intermediate.int_settlements__transactions": "statement_id",
    "intermediate.int_settlements__lines": "statement_id",
    "intermediate.int_books__statement_classes": "statement_id",
    "finance.payout_lines": "statement_id",
}
_ROWS = "select hash(each_row), count(*) from {} as each_row group by all"


def _cycle(world: World, config: Path) -> None:
    settings = load_settings(config, world.home)
    state = State(settings.database_url)
    try:
        run_cycle(settings, state, report=lambda _text: None)
    finally:
        state.close()


def _rows(home: Path) -> dict[str, Counter[int]]:
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        models = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema not in ('exceptions', 'tieout') and not starts_with(table_schema, 'raw_')"
        ).fetchall()
        return {model: Counter(dict(connection.execute(_ROWS.format(model)).fetchall())) for (model,) in models}


def _rebuild(world: World, folder: Path, *, by_stock_dbt: bool = False) -> None:
    """Copy the warehouse into a home of its own and build it again from raw alone."""
    folder.mkdir(exist_ok=True)
    shutil.copy(world.home / "warehouse.duckdb", folder / "warehouse.duckdb")
    if not by_stock_dbt:
        build_models(Reading(home=folder, config_dir=folder), models(folder).values(), is_anew=True)
        return
    stock = ["--full-refresh", "--vars", "materializations: stock", "--target-path", str(folder / "dbt")]
    subprocess.run(
        [Path(sys.executable).parent / "dbt", "--quiet", "run", *stock, "--log-path", str(folder / "dbt")],
        cwd=ROOT,
        env=os.environ | {"TIEOUT_HOME": str(folder)},
        check=True,
    )


def _differences(world: World, folder: Path, *, by_stock_dbt: bool = False) -> dict[str, tuple[int, int]]:
    """Return, by model, how many rows only the cycles hold and how many only the rebuild; empty when none differ."""
    _rebuild(world, folder, by_stock_dbt=by_stock_dbt)
    built, rebuilt = _rows(world.home), _rows(folder)
    assert built.keys() == rebuilt.keys() >= {"finance.payouts", "operations.orders", "staging.stg_tiktok_shop__orders"}
    return {
        model: ((built[model] - rebuilt[model]).total(), (rebuilt[model] - built[model]).total())
        for model in built
        if built[model] != rebuilt[model]
    }


def _line(world: World, position: int) -> dict[str, Any]:
    return world.query(
        "select transaction_id, statement_id, payment_id from finance.payout_lines where transaction_type = 'ORDER'"
        " and payment_id is not null qualify row_number() over (partition by statement_id order by transaction_id) = 1"
        f" order by statement_at desc, statement_id limit 1 offset {position}"
    )[0]


def _damage(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Change, move, double and remove records; returns what to write to take it back."""
    broken, moved, flipped, gone = (_line(world, position) for position in range(4))
    other = _line(world, 5)
    undo = []
    for path, changes in (
        (f"{LINES}/{broken['transaction_id']}", {"settlement_amount": "1.23"}),
        (f"{LINES}/{moved['transaction_id']}", {"_statement_id": other["statement_id"]}),
        (f"{STATEMENTS}/{flipped['statement_id']}", {"payment_id": other["payment_id"]}),
    ):
        before = world.call("GET", path)
        undo.append((path, {name: before[name] for name in changes}))
        world.call("PATCH", path, changes)
    path = f"{LINES}/{gone['transaction_id']}"
    before = world.call("GET", path)
    before.pop("_record")
    undo.append((path, before))
    world.call("DELETE", path)
    world.call("POST", f"{STATEMENTS}/{other['statement_id']}/duplicate")
    return undo


@pytest.mark.parametrize("each_step", [False, pytest.param(True, marks=pytest.mark.exhaustive)], ids=["end", "steps"])
def test_cycles_of_changes_hold_what_a_rebuild_from_raw_holds(
    world: World, demo_config: Path, tmp_path: Path, each_step: bool
) -> None:
    config, copy = tmp_path / "config", tmp_path / "rebuilt"
    shutil.copytree(demo_config, config)
    world.call("POST", "/_sandbox/clock", {"advance_days": 3})
    _cycle(world, config)
    undo = _damage(world)
    _cycle(world, config)
    differences = {"days pass, then damage": _differences(world, copy) if each_step else {}}

    for path, body in undo:
        world.call("PATCH", path, body)
    world.call("POST", "/_sandbox/clock", {"advance_days": 4})
    _cycle(world, config)
    fees = config / "fees.csv"
    text = fees.read_text()
    fees.write_text(text.replace("platform_commission_amount,platform_commission,", "platform_commission_amount,ads,"))
    assert fees.read_text() != text
    _cycle(world, config)
    differences["damage undone, another fee map, by stock dbt"] = _differences(world, copy, by_stock_dbt=True)

    assert {step: found for step, found in differences.items() if found} == {}


def test_one_changed_statement_rebuilds_its_own_rows_alone(world: World, demo_config: Path) -> None:
    changed = _line(world, 0)
    before = _stamps(world)
    path = f"{LINES}/{changed['transaction_id']}"
    world.call("PATCH", path, {"settlement_amount": "1.23"})

    _cycle(world, demo_config)

    after = _stamps(world)
    payments = {row["statement_id"] for row in world.query(_SIBLINGS.format(**changed))}
    for model, stamps in after.items():
        rebuilt = {key for key, stamp in stamps.items() if before[model].get(key) != stamp}
        assert changed["statement_id"] in rebuilt
        assert rebuilt <= (payments if model == "finance.payout_lines" else {changed["statement_id"]})
        assert len(stamps) > len(rebuilt)


_SIBLINGS = "select distinct statement_id from finance.payout_lines where payment_id = '{payment_id}'"


def _stamps(world: World) -> dict[str, dict[str, int]]:
    with duckdb.connect(world.home / "warehouse.duckdb", read_only=True) as connection:
        return {
            model: dict(connection.execute(f"select {key}, max(loaded_through) from {model} group by all").fetchall())
            for model, key in INCREMENTAL.items()
        }
