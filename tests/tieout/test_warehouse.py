import subprocess
import sys
import time

import duckdb
import pytest

from tieout.errors import DataError, LockedError
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
