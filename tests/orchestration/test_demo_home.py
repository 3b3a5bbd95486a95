"""A demo begins in an empty home; it empties what a demo left, spares Dagster's history, and refuses anything else."""

import pytest

from orchestration.demo import start_afresh
from orchestration.demo_control import SandboxError


def _touched(home, *names):
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()


def test_what_dagster_and_dbt_wrote_before_the_first_demo_is_no_data(tmp_path):
    _touched(tmp_path, "dagster/dagster.yaml", "dbt/dagster/manifest.json")
    start_afresh(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dagster"]


def test_a_former_demo_is_removed(tmp_path):
    _touched(tmp_path, "sandbox/this-is-a-demo", "warehouse.duckdb", "secrets/key", "dagster/history")
    start_afresh(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dagster"]


def test_data_that_is_not_a_demos_stays(tmp_path):
    _touched(tmp_path, "warehouse.duckdb")
    with pytest.raises(SandboxError, match="data that is not a demo's"):
        start_afresh(tmp_path)
    assert (tmp_path / "warehouse.duckdb").exists()
