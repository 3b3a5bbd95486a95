"""How fast settlement lines are tied out with order lines, against queries written by hand, in the same run.

    python -m bench.tie_out [--rows 1000000,3000000,10000000]

For each size: N settled orders of one settlement line (0.4 % without their order, 0.2 % with a surplus copy, 0.4 % off
by one penny) and N order lines, all DECIMAL(18,4). The models are run by dbt in this process; their time is the
execution time dbt reports for them, so neither dbt's start nor its parsing counts. By hand: keys and BIGINT minor units
first, details only for breaks, once as a join of two sums and once as a single sum; the quicker one is the yardstick.
pandas merges the same columns, and is timed from frames that are already in memory. Every figure is the median of three
rounds in a process of its own with a limit of 2500 MB; memory is that process's peak.

Belongs here: making the rows, timing, checking that everyone finds the planted breaks. Does not: the SQL (`tie_out.sql`
beside it), and any rule of the tie-out.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

ROUNDS = 3
MEMORY_LIMIT = "2500MB"
PANDAS_MOST_ROWS = 3_000_000
MODELS = ("int_settlements__order_breaks", "rec_payouts__settlement_lines_vs_order_lines")
STATUSES = f"select status, count(*) from reconciliation.{MODELS[1]} group by status"
NAMES = {
    "joined": "by hand, two sums joined",
    "summed": "by hand, one sum",
    "pandas": "pandas merge",
    "models": "models",
}
CYCLES = {
    "recent": "models, newest: 0.1 % changed",
    "any_age": "models, any age: 0.1 % changed",
}
ROOT = Path(__file__).resolve().parent.parent
SIDES = {
    "left": "select shop_id, settled_order_id as order_id, is_surplus, cast(sold_amount * 10000 as bigint) as amount"
    " from intermediate.int_settlements__transactions",
    "right": "select shop_id, order_id, cast(original_price_amount * 10000 as bigint) as amount"
    " from intermediate.int_orders__lines",
}
Measured = dict[str, Any]


def planted(rows: int) -> dict[str, int]:
    """The breaks that the synthetic rows hold, by status."""
    return {"duplicate_key": rows // 500, "mismatched": rows // 250, "missing_right": rows // 250}


def open_warehouse(home: Path, **config: str) -> duckdb.DuckDBPyConnection:
    """Open the synthetic warehouse with the bounds that the product sets itself.

    They are set after opening, because dbt may hold the same file open in this process with a config of its own.
    """
    connection = duckdb.connect(str(home / "warehouse.duckdb"), config=dict(config))
    for setting in (f"memory_limit = '{MEMORY_LIMIT}'", f"temp_directory = '{home}/spill'", "TimeZone = 'UTC'"):
        connection.execute(f"set {setting}")
    connection.execute("set preserve_insertion_order = false")
    return connection


def make(home: Path, rows: int) -> Measured:
    """Fill the tables that the models read."""
    with open_warehouse(home, storage_compatibility_version="v1.5.0") as connection:
        _execute(connection, "tables", rows=rows)
        connection.execute("checkpoint")
    return {}


def by_hand(home: Path, rows: int, query: str) -> Measured:
    """Time a hand-written query that keeps the breaks with their details in a table."""
    seconds = []
    (text,) = _statements(query)
    for _ in range(ROUNDS):
        with open_warehouse(home) as connection:
            start = time.perf_counter()
            connection.execute(f"create or replace table main.by_hand as {text}")
            seconds.append(time.perf_counter() - start)
            _check(connection.execute("select status, count(*) from by_hand group by status").fetchall(), planted(rows))
    return {"seconds": statistics.median(seconds)}


def by_models(home: Path, rows: int) -> Measured:
    """Time the models' full build, then cycles in which 0.1 % of the orders have changed."""
    run = _dbt(home)
    full = statistics.median(run("--full-refresh") for _ in range(ROUNDS))
    full_memory = _peak_megabytes()
    expected = planted(rows)
    _check(_statuses(home), expected)
    cycles: dict[str, list[float]] = {"recent": [], "any_age": []}
    for round_number in range(ROUNDS):
        for name, youngest in (("recent", 0.9), ("any_age", 0.0)):
            expected["mismatched"] += _change(home, youngest, round_number)
            cycles[name].append(run())
            _check(_statuses(home), expected)
    medians = {name: statistics.median(seconds) for name, seconds in cycles.items()}
    return {"seconds": full, "megabytes": full_memory, **medians}


def by_pandas(home: Path, rows: int) -> Measured:
    """Time pandas from integer frames in memory: two sums, an outer merge, the rows that part."""
    with open_warehouse(home) as connection:
        left, right = (connection.execute(SIDES[side]).df() for side in ("left", "right"))
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        keys = ["shop_id", "order_id"]
        left["counted"] = left["amount"].where(~left["is_surplus"], 0)
        settled = left.groupby(keys, as_index=False).agg(left=("counted", "sum"), doubled=("is_surplus", "any"))
        ordered = right.groupby(keys, as_index=False).agg(right=("amount", "sum"))
        merged = settled.merge(ordered, on=keys, how="left")
        missing, doubled = merged["right"].isna(), merged["doubled"]
        differs = ~missing & ~doubled & (merged["left"] != merged["right"])
        counts = [int(flags.sum()) for flags in (doubled, differs, missing & ~doubled)]
        seconds.append(time.perf_counter() - start)
        _check(list(zip(planted(rows), counts, strict=True)), planted(rows))
    return {"seconds": statistics.median(seconds)}


def _dbt(home: Path) -> Callable[..., float]:
    """Return a run of the models in this process that gives their execution time in seconds."""
    places = {"TIEOUT_HOME": home, "DBT_TARGET_PATH": home / "target", "DBT_LOG_PATH": home / "log"}
    os.environ |= {name: str(place) for name, place in places.items()}
    os.environ["TIEOUT_MEMORY_LIMIT"] = MEMORY_LIMIT
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    project = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    manifest: Any = dbtRunner().invoke(["--quiet", "parse", *project]).result
    runner = dbtRunner(manifest=manifest)

    def run(*options: str) -> float:
        done = runner.invoke(["--quiet", "run", *project, "--select", *MODELS, *options])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        assert done.success, done.exception or [result.message for result in done.result]  # type: ignore[union-attr]
        return sum(result.execution_time for result in done.result)  # type: ignore[union-attr]

    return run


def _change(home: Path, youngest: float, round_number: int) -> int:
    """Put pennies on 0.1 % of the orders, as a new load would, and return how many orders now part."""
    with open_warehouse(home) as connection:
        _execute(connection, "change", youngest=youngest, round=round_number)
        changed = connection.execute("select count(*) from main.changed").fetchone()
        connection.execute("checkpoint")
    assert changed
    return int(changed[0])


def _statements(name: str) -> list[str]:
    section = (ROOT / "bench" / "tie_out.sql").read_text().split(f"-- name: {name}\n")[1].split("-- name: ")[0]
    return [statement for statement in section.split(";\n") if "select" in statement or "create" in statement]


def _execute(connection: duckdb.DuckDBPyConnection, name: str, **values: float) -> None:
    for statement in _statements(name):
        connection.execute(statement, {key: value for key, value in values.items() if f"${key}" in statement})


def _statuses(home: Path) -> list[tuple[str, int]]:
    with open_warehouse(home) as connection:
        return connection.execute(STATUSES).fetchall()


def _check(found: list[tuple[str, int]], expected: dict[str, int]) -> None:
    counted = {status: int(count) for status, count in found}
    assert counted == expected, f"found {counted}, planted {expected}"


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS: dict[str, Callable[[Path, int], Measured]] = {
    "make": make,
    "joined": lambda home, rows: by_hand(home, rows, "joined"),
    "summed": lambda home, rows: by_hand(home, rows, "summed"),
    "models": by_models,
    "pandas": by_pandas,
}


def measure(step: str, home: Path, rows: int) -> Measured:
    """Run one step in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--step", step, "--home", str(home), "--rows", str(rows)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    measured: Measured = json.loads(done.stdout.splitlines()[-1])
    return measured


def compare(rows: int) -> float:
    """Measure one size, print its lines, and return the seconds of the models' full build."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        measure("make", home, rows)
        results = {step: measure(step, home, rows) for step in ("joined", "summed")}
        if rows <= PANDAS_MOST_ROWS:
            results["pandas"] = measure("pandas", home, rows)
        models = results["models"] = measure("models", home, rows)
    yardstick = min(results[step]["seconds"] for step in ("joined", "summed"))
    for step, name in NAMES.items():
        if step in results:
            seconds, memory = results[step]["seconds"], results[step]["megabytes"]
            print(f"{rows:>10,}  {name:34}{seconds:8.2f} s{seconds / yardstick:8.2f} x{memory:8.0f} MB")
    for cycle, name in CYCLES.items():
        share = 100 * models[cycle] / models["seconds"]
        print(f"{rows:>10,}  {name:34}{models[cycle]:8.2f} s{share:8.1f} % of the models' full build")
    return float(models["seconds"])


def main() -> None:
    """Print the table, or run one step of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1000000,3000000", help="sizes, comma-separated")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = [int(size) for size in given.rows.split(",")]
    if given.step:
        with contextlib.redirect_stdout(io.StringIO()):
            measured = STEPS[given.step](given.home, sizes[0])
        print(json.dumps({"megabytes": _peak_megabytes(), **measured}))
        return
    print(f"{'rows':>10}  {'':34}{'median':>10}{'by hand':>10}{'peak':>11}")
    seconds = {rows: compare(rows) for rows in sizes}
    first = sizes[0]
    for rows in sizes[1:]:
        growth = seconds[rows] / seconds[first]
        print(f"{rows / first:.0f} x the rows of {first:,} take the models {growth:.1f} x the time")


if __name__ == "__main__":
    main()
