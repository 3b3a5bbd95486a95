"""The job that Dagster runs every morning does what the command line's cycle does, and shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.accelerator.lineage import models, requires_full_refresh
from orchestration.assets.assembly import build_definitions
from orchestration.assets.resources import DbtProjectFiles, TieoutResource
from tests.support.worlds import CONFIG, World

pytestmark = pytest.mark.filterwarnings(
    "ignore:AssetExecutionContext.* is deprecated:DeprecationWarning"  # dagster-dbt still asks it for its op
)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run_job(world: World, files: DbtProjectFiles, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    tieout = TieoutResource(config_dir=str(CONFIG), home=str(world.home))
    definitions = build_definitions(files=files, resources={"tieout": tieout})
    job = definitions.resolve_job_def("finance_cycle")
    return job.execute_in_process(instance=instance, raise_on_error=False)


def reported(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Return the metadata of each asset's newest materialization in a run."""
    events = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {
        "/".join(event.asset_key.path): {name: value.value for name, value in event.metadata.items()}
        for event in events
    }


def external_ids(world: World) -> list[str]:
    return [journal["externalId"] for journal in world.journals()]


def per_currency(world: World, table: str, amount: str) -> str:
    found = world.query(
        f"select currency, sum({amount}) as amount from finance.{table} group by currency order by currency"
    )
    return "; ".join(f"{row['amount']:,.2f} {row['currency']}" for row in found)


def test_the_job_posts_what_is_new_once_and_shows_rows_money_and_checks(world, files, instance):
    before = external_ids(world)
    with duckdb.connect(world.home / "warehouse.duckdb") as warehouse:  # as if an earlier version had built it
        warehouse.execute("update tieout.built_from set inputs = '0123abcd ' || inputs")
        warehouse.execute("alter table staging.stg_tiktok_shop__orders add column former integer")
    world.call("POST", "/_sandbox/clock", {"advance_days": 14})
    done = run_job(world, files, instance)
    assert done.success
    after = external_ids(world)
    assert set(after) > set(before)
    assert set(Counter(after).values()) == {1}
    with duckdb.connect(world.home / "warehouse.duckdb") as warehouse:
        assert not requires_full_refresh(warehouse, models(world.home).values())

    shown = reported(done)
    assert {key for key, facts in shown.items() if "dagster/row_count" not in facts} == {"published/current"}
    assert shown["finance/payouts"]["amount"] == per_currency(world, "payouts", "amount")
    posted = per_currency(world, "payout_journals", "debit_amount")
    assert posted
    assert shown["published/acknowledged"]["debits"] == posted
    assert shown["finance/payout_journals"]["debits"] == posted
    for key, name in (
        ("raw_tiktok_shop/statements", "settlement_amount"),
        ("raw_tiktok_shop/payments", "amount"),
        ("raw_bank/entries", "amount"),
        ("finance/payout_lines", "amount"),
    ):
        assert shown[key][name][0].isdigit(), (key, shown[key])

    checks = done.get_asset_check_evaluations()
    assert {check.check_name for check in checks if check.asset_key.path[0] == "raw_bank"} == {"meets_expectations"}
    of_payouts = {check.check_name for check in checks if check.asset_key.path == ["finance", "payouts"]}
    assert {"payout_lines_sum_to_amount_before_exchange", "posted_bank_lines_equal_the_payout"} <= of_payouts
    assert [check for check in checks if not check.passed and check.blocking] == []


@pytest.mark.exhaustive  # the same by the command line: tests/dbt_project/test_failing_rows.py
def test_a_broken_expectation_holds_the_shops_that_break_it_and_all_is_published(fresh_world: World, files, instance):
    for statement in fresh_world.records("tiktok_shop", "statements"):
        path = f"/_sandbox/tiktok_shop/statements/{statement['_record']['id']}"
        fresh_world.call("PATCH", path, {"currency": "pounds"})
    result = run_job(fresh_world, files, instance)
    assert result.success
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed and check.blocking]
    assert ["raw_tiktok_shop", "statements"] in [check.asset_key.path for check in failed]
    assert {check.severity for check in failed} == {dg.AssetCheckSeverity.WARN}
    assert fresh_world.journals() == []
    assert "SYS-14" in {code for code, _kind, _key in fresh_world.exceptions()}
    assert (Path(fresh_world.home) / "published").exists()
