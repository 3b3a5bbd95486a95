"""A demo looks at ports and home before it touches anything; it moves a former demo aside and deletes nothing."""

import json
import socket
import subprocess
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration.assets.resources import TieoutResource
from orchestration.demo.control import SandboxError
from orchestration.demo.demo import run_demo, serve_sandbox
from orchestration.demo.home import make_room, require_demos, require_free
from orchestration.warehouse.publish import publish
from tieout.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]

FORMER_DEMO = ("sandbox/this-is-a-demo", "warehouse.duckdb", "secrets/key", "notes of mine.txt")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _touched(home, *names):
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()


def _files(home):
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def _begin(how, port):
    if how == "demo":
        run_demo(None, baskets=1, days=1, seed=1, port=port, report=print)
    else:
        serve_sandbox(port=port, report=print)


@pytest.mark.parametrize("how", ["demo", "serve"])
@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_port_in_use_is_reported_in_one_sentence_and_nothing_is_touched(home, taken_port, how, before):
    _touched(home, *FORMER_DEMO)
    with pytest.raises(SandboxError) as reported:
        _begin(how, taken_port - before)
    assert f"port {taken_port} is in use" in str(reported.value)
    assert "--port" in str(reported.value)
    assert "\n" not in str(reported.value)
    assert _files(home) == sorted(FORMER_DEMO)


@pytest.mark.parametrize("how", ["demo", "serve"])
def test_data_that_is_not_a_demos_stays_as_it_is(home, how):
    _touched(home, "warehouse.duckdb", "secrets/tiktok_shop_token.json")
    with pytest.raises(SandboxError, match="data that is not a demo's: point TIEOUT_HOME"):
        _begin(how, 0)
    assert _files(home) == ["secrets/tiktok_shop_token.json", "warehouse.duckdb"]


def test_what_dagster_and_dbt_wrote_before_the_first_demo_is_no_data_and_stays(home):
    kept = ["dagster/dagster.yaml", "dbt/dagster/manifest.json"]
    _touched(home, *kept)
    require_free(home, 0)
    assert make_room(home) is None
    assert _files(home) == kept


def test_a_former_demo_is_moved_aside_whole_and_so_is_the_next(home):
    asides = []
    for _ in range(2):
        _touched(home, *FORMER_DEMO, "dagster/history")
        require_free(home, 0)
        asides.append(make_room(home))
    assert [_files(aside) for aside in asides] == [sorted(FORMER_DEMO)] * 2
    assert sorted(path.name for path in home.iterdir()) == ["dagster", "former"]


def test_a_run_that_is_at_work_is_reported(home):
    _touched(home, *FORMER_DEMO)
    with FileLock(home / "warehouse.lock"), pytest.raises(SandboxError, match="a tieout run is at work"):
        require_free(home, 0)
    require_free(home, 0)


def test_a_note_that_a_killed_sandbox_left_does_not_stop_the_next(home):
    _touched(home, *FORMER_DEMO)
    note = home / "sandbox" / "serving.json"
    for left in ("", json.dumps({"control": "http://127.0.0.1:9"})):
        note.write_text(left)
        require_free(home, 0)


def test_publishing_removes_no_file_that_it_did_not_write(make_settings):
    settings = make_settings()
    mine = ("data/mine.parquet", "data/finance.payouts/mine.parquet", "data/mine/deep/a.parquet", "mine.unfinished")
    _touched(settings.published_dir, *mine)
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema finance; create table finance.payouts as select 'P' as payment_id, 1 as n")
        for _ in range(5):
            warehouse.execute("update finance.payouts set n = n + 1")
            publish(settings.model_copy(update={"published_copies": 1}), warehouse)
    left = _files(settings.published_dir)
    assert set(mine) <= set(left)
    assert len([name for name in left if name.endswith(".parquet")]) == 3 + 3


def test_a_home_that_became_a_tenants_is_refused_though_a_sandbox_was_served_from_it(home):
    _touched(home, *FORMER_DEMO)
    (home / "tenant.txt").write_text("acme\n")
    with pytest.raises(SandboxError, match="home of tenant 'acme'"):
        _begin("demo", 0)
    assert _files(home) == sorted([*FORMER_DEMO, "tenant.txt"])
    (home / "tenant.txt").write_text("demo\n")
    require_demos(home, ROOT / "config" / "demo")
    with pytest.raises(ConfigError, match="no settings file"):
        require_demos(home, home / "nowhere")


def test_make_clean_touches_no_data():
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "clean"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    removed = {word for word in done.stdout.split() if not word.startswith(("@", "-")) and word != "rm"}
    assert removed == {"target", "logs", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".sqlfluff_cache"}


def test_dagster_refuses_another_tenants_home_as_the_command_line_does(make_settings, demo_config):
    settings = make_settings()
    resource = TieoutResource(config_dir=str(demo_config), home=str(settings.home))
    assert resource.settings().tenant == "demo"
    (settings.home / "tenant.txt").write_text("acme\n")
    with pytest.raises(ConfigError, match="data of tenant 'acme'"):
        resource.settings()
