"""dbt's data tests, run as one reading of the warehouse.

Belongs here: running the SQL that dbt compiled of its data tests, and judging by their own thresholds as dbt does. Does
not: any test (dbt_project). dbt takes ten times as long around a test as the test itself takes; its SQL depends on the
project alone, so it is compiled once for a project and kept beside what dbt has parsed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from orchestration.dbt import DbtError, NodeResult, dbt_results, kept_for_project
from tieout.settings import Settings
from tieout.warehouse import open_warehouse


@dataclass(frozen=True)
class DataTest:
    """A compiled test. `models`: unique ids of what it reads, sources left out; `sql` gives what dbt judges by."""

    name: str
    is_warning: bool
    models: list[str]
    sql: str


def run_data_tests(settings: Settings, *, models: Collection[str] | None = None) -> list[NodeResult]:
    """Run every data test, or those that read no model but these (unique ids). Call it inside `warehouse_lock`.

    Raises:
        DbtError: when a test's query cannot run.
    """
    tests = _compiled(settings)
    if models is not None:
        tests = [test for test in tests if test.models and set(test.models) <= set(models)]
    with open_warehouse(settings) as warehouse:
        return [_judged(warehouse, test) for test in tests]


def _judged(warehouse: duckdb.DuckDBPyConnection, test: DataTest) -> NodeResult:
    try:
        row = warehouse.execute(test.sql).fetchone()
    except duckdb.Error as error:
        raise DbtError(f"dbt's test {test.name} could not run: {' '.join(str(error).split())}") from error
    failures, should_warn, should_error = row or (0, False, False)
    status = "fail" if should_error and not test.is_warning else "warn" if should_warn else "pass"
    return NodeResult(test.name, "test", status, "", int(failures or 0))


def _compiled(settings: Settings) -> list[DataTest]:
    kept = kept_for_project(settings.home, "data_tests", lambda: [asdict(test) for test in _compile(settings)])
    return [DataTest(**test) for test in kept]


def _compile(settings: Settings) -> list[DataTest]:
    results = dbt_results(settings, ["compile", "--select", "resource_type:test"])
    broken = [result for result in results if str(result.status) == "error"]
    if broken:
        raise DbtError(f"dbt could not compile the test {broken[0].node.name}: {broken[0].message}")
    return [_data_test(result.node) for result in results]


def _data_test(node: Any) -> DataTest:
    config = node.config
    limit = f"limit {config.limit}" if config.limit is not None else ""
    sql = (
        f"select {config.fail_calc}, {config.fail_calc} {config.warn_if}, {config.fail_calc} {config.error_if}"
        f" from (\n{node.compiled_code}\n{limit}) as dbt_internal_test"
    )
    models = [name for name in node.depends_on.nodes if not name.startswith("source.")]
    return DataTest(str(node.name), str(config.severity).lower() == "warn", models, sql)
