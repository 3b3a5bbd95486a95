"""The job that Dagster runs every morning does what the command line's cycle does, and shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.build import build_definitions
from orchestration.resources import DbtProjectFiles, TieoutResource
from tests.integration.conftest import CONFIG, World, fresh_world, traded

__all__ = ["fresh_world", "traded"]  # fixtures: pytest finds them by these names

pytestmark = pytest.mark.filterwarnings(
    "ignore:AssetExecutionContext.* is deprecated:DeprecationWarning"  # dagster-dbt still asks it for its op
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DbtProjectFiles:
    return DbtProjectFiles(home=tmp_path_factory.mktemp("dbt"))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run_job(world: World, files: DbtProjectFiles, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    tieout = TieoutResource(config_dir=str(CONFIG), home=str(world.home))
    definitions = build_definitions(files=files, resources={"tieout": tieout})
    job = definitions.resolve_job_def("finance_cycle")
    return job.execute_in_process(instance=instance, raise_on_error=False)


def told(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Return the metadata of each asset's newest materialization in a run."""
    events = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {
        "/".join(event.asset_key.path): {name: value.value for name, value in event.metadata.items()}
        for event in events
    }


def posts(world: World) -> int:
    calls = world.call("GET", "/_sandbox/netsuite/calls")
    return sum(call["method"] in ("POST", "PUT", "PATCH") and "journal" in call["path"].lower() for call in calls)


def test_the_job_posts_each_journal_once_and_shows_rows_money_and_checks(fresh_world, files, instance):
    first = run_job(fresh_world, files, instance)
    assert first.success
    ids = [journal["externalId"] for journal in fresh_world.journals()]
    assert ids
    assert set(Counter(ids).values()) == {1}
    shown = told(first)
    without_rows = {key for key, facts in shown.items() if "dagster/row_count" not in facts}
    assert without_rows == {"published/current"}
    paid = fresh_world.query(
        "select currency, sum(amount) as amount from finance.payouts group by currency order by currency"
    )
    assert shown["finance/payouts"]["amount"] == "; ".join(f"{r['amount']:,.2f} {r['currency']}" for r in paid)
    debits = fresh_world.query(
        "select currency, sum(debit_amount) as amount from finance.payout_journals group by currency order by currency"
    )
    posted = "; ".join(f"{row['amount']:,.2f} {row['currency']}" for row in debits)
    assert posted
    assert shown["netsuite/journal_entries"]["debits"] == posted
    assert shown["finance/payout_journals"]["debits"] == posted
    for key, name in (
        ("raw_tiktok_shop/statements", "settlement_amount"),
        ("raw_tiktok_shop/payments", "amount"),
        ("raw_bank/entries", "amount"),
        ("finance/payout_lines", "amount"),
    ):
        assert shown[key][name][0].isdigit(), (key, shown[key])

    checks = first.get_asset_check_evaluations()
    assert {check.check_name for check in checks if check.asset_key.path[0] == "raw_bank"} == {"meets_expectations"}
    of_models = [check for check in checks if check.asset_key.path[0] == "finance"]
    assert len(of_models) > 5
    assert [check for check in checks if not check.passed and check.blocking] == []

    writes = posts(fresh_world)
    assert writes >= len(ids)
    second = run_job(fresh_world, files, instance)
    assert second.success
    assert posts(fresh_world) == writes
    assert sorted(journal["externalId"] for journal in fresh_world.journals()) == sorted(ids)
    assert told(second)["finance/payout_journals"]["debits"] == posted
    assert told(second)["raw_tiktok_shop/statements"]["landed"] == 0


def test_a_failing_blocking_expectation_stops_what_comes_after_it(fresh_world: World, files, instance):
    for statement in fresh_world.records("tiktok_shop", "statements"):
        path = f"/_sandbox/tiktok_shop/statements/{statement['_record']['id']}"
        fresh_world.call("PATCH", path, {"currency": "pounds"})
    result = run_job(fresh_world, files, instance)
    assert not result.success
    failed = [check for check in result.get_asset_check_evaluations() if check.blocking and not check.passed]
    assert [check.asset_key.path for check in failed] == [["raw_tiktok_shop", "statements"]]
    materialized = {key.split("/")[0] for key in told(result)}
    assert materialized == {"raw_config", "raw_tiktok_shop", "raw_netsuite", "raw_bank"}
    assert fresh_world.journals() == []
    assert not (Path(fresh_world.home) / "published").exists()
