"""dbt's data tests, run on the open warehouse without dbt.

Belongs here: running the SQL that dbt compiled of its data tests, and checking by their own thresholds as dbt does.
Does not: any test (dbt_project), or what a failing row holds (holds). dbt takes ten times as long around a test as the
test itself takes; its SQL depends on the project alone, so it is compiled once for a project and kept beside what dbt
has parsed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb

from orchestration.accelerator.invoke import dbt_results
from orchestration.accelerator.lineage import models as known_models
from orchestration.accelerator.project import DbtError, cache_by_project_hash
from orchestration.steps.holds import Hold, holds_of
from reverse_sync.registry import SYNCS
from tieout.settings import Settings
from tieout.warehouse import open_warehouse


@dataclass(frozen=True)
class DataTest:
    """A compiled test. `models`: unique ids of what it reads, sources left out; `sql` gives what dbt checks by.

    `rows` selects the rows that fail, as whole as the test gives them; `relation` is the table that it is about.
    """

    unique_id: str
    name: str
    is_warning: bool
    models: list[str]
    relation: str
    sql: str
    rows: str


@dataclass(frozen=True)
class TestResult:
    """What became of one test: dbt's own word (pass, warn, fail), how many rows, and what those of a failure hold."""

    __test__ = False  # pytest: not one of its own

    test: DataTest
    status: str
    failures: int
    holds: tuple[Hold, ...] = ()

    @property
    def text(self) -> str:
        """Return the failure as one sentence."""
        held = ", ".join(dict.fromkeys(f"{hold.kind} {hold.key}" for hold in self.holds[:5]))
        more = f" and {len(self.holds) - 5} more" if len(self.holds) > 5 else ""
        return f"{self.test.name}: {self.failures} rows" + (f", held: {held}{more}" if held else "")


def run_data_tests(settings: Settings, *, models: Collection[str] | None = None) -> list[TestResult]:
    """Run every data test, or those that read no model but these (unique ids). Call it inside `warehouse_lock`.

    Raises:
        DbtError: when a test's query cannot run.
    """
    tests = data_tests(settings, models=models)
    with open_warehouse(settings) as warehouse:
        return results_of(settings, warehouse, tests)


def data_tests(settings: Settings, *, models: Collection[str] | None = None) -> list[DataTest]:
    """Return every data test, or those that read no model but these (unique ids).

    Where dbt has to compile them first, it opens the warehouse itself: no other connection may have it open.

    Raises:
        DbtError: when a test does not compile.
    """
    tests = _compiled(settings)
    return tests if models is None else [test for test in tests if test.models and set(test.models) <= set(models)]


def results_of(settings: Settings, warehouse: duckdb.DuckDBPyConnection, tests: Sequence[DataTest]) -> list[TestResult]:
    """Run these tests; each that fails says what its failing rows hold.

    Raises:
        DbtError: when a test's query cannot run.
    """
    results = [_checked(warehouse, test) for test in tests]
    return [_with_holds(settings, warehouse, result) if result.status == "fail" else result for result in results]


def _checked(warehouse: duckdb.DuckDBPyConnection, test: DataTest) -> TestResult:
    try:
        row = warehouse.execute(test.sql).fetchone()
    except duckdb.Error as error:
        raise DbtError(f"dbt's test {test.name} could not run: {' '.join(str(error).split())}") from error
    failures, should_warn, should_error = row or (0, False, False)
    status = "fail" if should_error and not test.is_warning else "warn" if should_warn else "pass"
    return TestResult(test, status, int(failures or 0))


def _with_holds(settings: Settings, warehouse: duckdb.DuckDBPyConnection, result: TestResult) -> TestResult:
    test = result.test
    readers = readers_of(settings, test.models)
    found = holds_of(warehouse, test=test.name, relation=test.relation, rows_sql=test.rows, readers=readers)
    return replace(result, holds=tuple(found))


def readers_of(settings: Settings, models: Collection[str]) -> list[str]:
    """Return the syncs whose model is one of these (unique ids of models or sources), or is made of one."""
    known = known_models(settings.home)
    made_of = {sync.name: known[sync.model].upstream | {known[sync.model].unique_id} for sync in SYNCS}
    return [name for name, upstream in made_of.items() if not upstream.isdisjoint(models)]


def _compiled(settings: Settings) -> list[DataTest]:
    kept = cache_by_project_hash(settings.home, "data_tests", lambda: [asdict(test) for test in _compile(settings)])
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
    about = getattr(node, "attached_node", None) or (models[0] if models else "")
    return DataTest(
        unique_id=str(node.unique_id),
        name=str(node.name),
        is_warning=str(config.severity).lower() == "warn",
        models=models,
        relation=about.split(".")[-1],
        sql=sql,
        rows=str(node.compiled_code),
    )
