"""A model is built again when what it is made of has changed, and only then; its data tests check as dbt's do.

Belongs here: which models are built and their tests, on the sound world. Does not: what models hold.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.accelerator.data_tests import run_data_tests
from orchestration.accelerator.invoke import run_dbt
from orchestration.accelerator.lineage import (
    changed_models,
    models,
    models_before,
    raw_tables_of,
    requires_full_refresh,
    systems_of,
)
from orchestration.accelerator.project import PROJECT_ROOT, DbtError, project_stamp
from orchestration.steps.steps import build_step
from tests.support import raw_world
from tests.support.raw_world import BANK, DAMAGE_LOAD, ORDERS, append, set_fields
from tieout.errors import DataError
from tieout.state import State

CLOCK = re.compile(r"\b(now|today|random|uuid|gen_random_uuid|get_current_\w+)\s*\(|\bcurrent_(date|time|timestamp)\b")


def _changed(home: Path) -> set[str]:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        return set(changed_models(connection, models(home).values()))


def _made_of(home: Path, raw_table: str) -> set[str]:
    """Return the tables that are made of a raw table; a view is only its SQL."""
    return {model.relation for model in models(home).values() if raw_table in model.raw_tables and not model.is_view}


def test_nothing_is_built_again_when_nothing_was_landed(home: Path) -> None:
    assert _changed(home) == set()


def test_a_landed_row_has_the_models_made_of_its_table_built_again_and_no_other(home: Path) -> None:
    append(home, BANK, "main/1", change=set_fields(amount="17.00"), load=DAMAGE_LOAD)

    assert _changed(home) == _made_of(home, BANK) >= {"staging.stg_bank__entries", "finance.payouts"}

    raw_world.build(home)
    assert _changed(home) == set()


def test_a_table_that_was_dropped_is_built_again(home: Path) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("drop table staging.stg_bank__entries")

    assert _changed(home) == {"staging.stg_bank__entries"}


def test_a_build_that_failed_is_done_again(home: Path) -> None:
    append(home, BANK, "main/1", change=set_fields(amount="17.00"), load=DAMAGE_LOAD)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("drop table reference.payout_processors")  # a seed: nothing landed has it built again
        connection.execute("delete from tieout.built_from where relation = 'reference.payout_processors'")
        connection.execute("create view reference.payout_processors as select 1 as nonsense")
    with pytest.raises(DbtError):
        raw_world.build(home, without="reference.payout_processors")

    assert _changed(home) >= _made_of(home, BANK)


def test_an_incremental_model_whose_columns_have_changed_waits_for_a_rebuild(home: Path) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("alter table staging.stg_tiktok_shop__orders add column former integer")
    append(home, ORDERS, "5711", change=set_fields(status="CANCELLED"), load=DAMAGE_LOAD)
    with pytest.raises(DbtError, match=r"columns of stg_tiktok_shop__orders have changed.*tieout rebuild"):
        raw_world.build(home, "staging.stg_tiktok_shop__orders")

    raw_world.build(home, "staging.stg_tiktok_shop__orders", is_anew=True)

    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select * from staging.stg_tiktok_shop__orders where order_id = '5711'")
        assert "former" not in [column[0] for column in rows.description]
        assert "CANCELLED" in rows.fetchone()


def test_what_another_version_of_tieout_built_is_built_anew_by_the_next_cycle(home: Path, make_settings) -> None:
    settings = make_settings(home=home)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("alter table staging.stg_tiktok_shop__orders add column former integer")
        connection.execute("update staging.stg_tiktok_shop__orders set order_status = 'FORMER'")
        assert not requires_full_refresh(connection, models(home).values())
        connection.execute("update tieout.built_from set inputs = '0123abcd ' || inputs")
        assert requires_full_refresh(connection, models_before(home, "staging.stg_tiktok_shop__orders"))

    state = State(settings.database_url)
    try:
        build_step(settings, state, report=print)
    finally:
        state.close()

    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select * from staging.stg_tiktok_shop__orders")
        assert "former" not in [column[0] for column in rows.description]
        assert not any("FORMER" in row for row in rows.fetchall())
        assert not requires_full_refresh(connection, models(home).values())
    assert _changed(home) == set()


def test_a_table_of_which_nobody_knows_what_built_it_is_not_trusted(home: Path) -> None:
    wanted = models_before(home, "staging.stg_bank__entries")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("delete from tieout.built_from where relation = 'staging.stg_bank__entries'")
        assert requires_full_refresh(connection, wanted)
        connection.execute("drop table staging.stg_bank__entries")
        assert not requires_full_refresh(connection, wanted)


def test_a_changed_file_of_the_project_is_another_project(tmp_path: Path) -> None:
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_ROOT / name, tmp_path)
    model = tmp_path / "dbt_project" / "models" / "model.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1")
    before = project_stamp(tmp_path)
    assert project_stamp(tmp_path) == before

    model.write_text("select 11")
    changed = project_stamp(tmp_path)
    model.unlink()

    assert len({before, changed, project_stamp(tmp_path)}) == 3


@pytest.mark.parametrize("folder", ["models", "macros", "materializations"])
def test_no_model_asks_a_clock_because_time_alone_has_nothing_built(folder: str) -> None:
    for path in sorted((PROJECT_ROOT / "dbt_project" / folder).rglob("*.sql")):
        found = CLOCK.search(re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(), flags=re.DOTALL).lower())
        assert not found, f"{path.name}: {found.group() if found else ''}"


def test_a_sync_needs_the_systems_behind_its_model_and_nothing_else(home: Path) -> None:
    wanted = models_before(home, "sync.sync_netsuite__journal_entries")
    assert wanted[-1].relation == "sync.sync_netsuite__journal_entries"
    assert systems_of(raw_tables_of(wanted)) == ["bank", "config", "netsuite", "tiktok_shop"]
    wanted = models_before(home, "sync.sync_tiktok_shop__shipments")
    assert not {table for table in raw_tables_of(wanted) if "statement" in table or "payment" in table}


def test_an_unknown_model_is_refused_by_name(home: Path) -> None:
    with pytest.raises(DataError, match=r"no model makes finance\.nothing: expected one of"):
        models_before(home, "finance.nothing")


@pytest.mark.parametrize(
    "models",
    [["payouts", "stg_tiktok_shop__orders", "int_orders__lines"], pytest.param([], marks=pytest.mark.exhaustive)],
)
def test_data_tests_check_as_dbt_does(home: Path, make_settings, models: list[str]) -> None:
    settings = make_settings(home=home)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("insert into finance.payouts select * from finance.payouts")
        connection.execute("update staging.stg_tiktok_shop__orders set created_at = null, order_status = 'ODD'")
        connection.execute("insert into intermediate.int_orders__lines select * from intermediate.int_orders__lines")

    dbt = [*["test", "--exclude-resource-type", "unit_test"], *(["--select", *models] if models else [])]
    theirs = {(test.name, test.status, test.failures) for test in run_dbt(settings, dbt)}
    ours = {(each.test.name, each.status, each.failures) for each in run_data_tests(settings)}

    assert theirs == {each for each in ours if each[0] in {name for name, _status, _failures in theirs}}
    assert theirs == ours or models
    assert {status for _name, status, _failures in theirs} == {"pass", "warn", "fail"}


def test_data_tests_of_some_models_are_those_that_read_nothing_else(home: Path, make_settings) -> None:
    settings = make_settings(home=home)
    wanted = models_before(home, "staging.stg_bank__entries")

    names = {each.test.name for each in run_data_tests(settings, models=[model.unique_id for model in wanted])}

    assert names
    assert all("stg_bank__entries" in name for name in names)
    assert len(names) < len(run_data_tests(settings)) / 10
