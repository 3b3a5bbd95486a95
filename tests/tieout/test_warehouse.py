import os
import resource
import subprocess
import sys
import time

import duckdb
import pytest

from reverse_sync.registry import SYNCS
from tieout.errors import DataError, LockedError, WarehouseError
from tieout.published import open_published
from tieout.warehouse import open_warehouse, warehouse_lock

HOLDER = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(lock, seconds):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline().strip() == "held"
    return holder


def test_a_second_process_waits_for_the_first(make_settings):
    settings = make_settings()
    holder = hold(settings.home / "warehouse.lock", 0.5)
    with holder, warehouse_lock(settings, wait_seconds=30), open_warehouse(settings) as warehouse:
        assert warehouse.execute("select 1").fetchone() == (1,)


def test_waiting_ends_with_a_message_that_says_what_to_do(make_settings):
    settings = make_settings()
    holder = hold(settings.home / "warehouse.lock", 30)
    started = time.monotonic()
    with holder:
        with pytest.raises(LockedError, match="another tieout run"), warehouse_lock(settings, wait_seconds=0.2):
            pass
        holder.kill()
    assert time.monotonic() - started < 25


def test_the_lock_of_a_killed_process_is_free(make_settings):
    settings = make_settings()
    holder = hold(settings.home / "warehouse.lock", 60)
    with holder:
        holder.kill()
    with warehouse_lock(settings, wait_seconds=5):
        assert (settings.home / "warehouse.lock").exists()


def test_reading_before_anything_is_published_says_what_to_run(make_settings):
    with pytest.raises(DataError, match="tieout run"), open_published(make_settings()):
        pass


def test_published_readers_cannot_write(make_settings):
    settings = make_settings()
    settings.published_dir.mkdir(parents=True)
    duckdb.connect(str(settings.published_dir / "current.duckdb")).close()
    with open_published(settings) as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader.execute("create table t (a int)")


def test_a_damaged_warehouse_names_the_way_back(make_settings):
    settings = make_settings()
    with open_warehouse(settings) as warehouse:
        warehouse.execute("create table t as select range as a, repeat('x', 100) as b from range(200000)")
    whole = settings.warehouse_path.read_bytes()
    for damaged in (
        b"no database" * 2_000,
        whole[:4_096] + b"\xa5" * 60_000 + whole[64_096:],
        whole[: len(whole) // 3],
    ):
        settings.warehouse_path.write_bytes(damaged)
        with pytest.raises(WarehouseError, match="tieout backfill") as reported, open_warehouse(settings) as warehouse:
            warehouse.execute("select count(*), sum(a), max(b) from t").fetchall()
        assert "\n" not in str(reported.value)


def test_a_warehouse_that_another_program_has_open_is_named(make_settings):
    settings = make_settings()
    with open_warehouse(settings):
        pass
    code = f"import duckdb; held = duckdb.connect({str(settings.warehouse_path)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(WarehouseError, match="held by another program"), open_warehouse(settings):
            pass
        holder.kill()


def test_a_full_disk_is_reported_without_a_traceback(make_settings):
    settings = make_settings()
    with open_warehouse(settings) as warehouse:
        for schema in {sync.model.split(".")[0] for sync in SYNCS} | {"finance"}:
            warehouse.execute(f"create schema {schema}; create table {schema}.built as select 1 as a")
        warehouse.execute("create table finance.payouts as select range as a, uuid() as b from range(300000)")
    limit = 300_000
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli.app import main; main()", "publish"],
        capture_output=True,
        text=True,
        env={**os.environ, "TIEOUT_HOME": str(settings.home), "TIEOUT_CONFIG": str(settings.config_dir)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 2, done
    assert "free disk space" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_no_more_processors_are_taken_than_may_be(make_settings, monkeypatch):
    monkeypatch.setenv("TIEOUT_THREADS", "3")
    with open_warehouse(make_settings()) as warehouse:
        assert warehouse.execute("select current_setting('threads')").fetchone() == (3,)
    monkeypatch.delenv("TIEOUT_THREADS")
    assert make_settings().threads == len(os.sched_getaffinity(0))
