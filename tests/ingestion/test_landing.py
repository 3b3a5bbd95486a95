"""Versions land once and in order, deletions stay in their window, a killed load neither loses nor doubles."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.landing import Landing, next_load_id
from ingestion.parquet_buffer import GROUP_ROWS
from ingestion.raw import create_raw_tables, raw_tables
from ingestion.versions import Version, version_of
from tieout.errors import DataError

AT = datetime(2026, 1, 1, tzinfo=UTC)
ORDERS = ("orders", "s")


@pytest.fixture
def warehouse(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("set timezone = 'UTC'")
        create_raw_tables(connection)
        yield connection


def seen(number: int, content: str = "a", *, observed_at: datetime = AT, parent: str = "") -> Version:
    row = {"id": str(number), "content": content}
    return version_of(row, str(number), observed_at=observed_at, shop_id="s", parent_id=parent, updated_at=observed_at)


def start(warehouse, home: Path) -> Landing:
    load_id = next_load_id(warehouse, AT)
    return Landing(warehouse, home, dataset="raw_tiktok_shop", load_id=load_id)


def land(warehouse, home: Path, *versions: Version) -> Landing:
    landing = start(warehouse, home)
    landing.add("orders", versions)
    landing.flush()
    return landing


@contextmanager
def hidden_orders(warehouse):
    """Make orders a table that cannot be written for the length of a block."""
    warehouse.execute("alter table raw_tiktok_shop.orders rename to hidden")
    warehouse.execute("create view raw_tiktok_shop.orders as select * from raw_tiktok_shop.hidden")
    yield
    warehouse.execute("drop view raw_tiktok_shop.orders")
    warehouse.execute("alter table raw_tiktok_shop.hidden rename to orders")


def test_all_raw_tables_exist_empty_from_the_start(warehouse):
    for dataset, entities in raw_tables().items():
        for entity in entities:
            assert warehouse.execute(f"select count(*) from {dataset}.{entity}").fetchone() == (0,)


def test_unchanged_versions_do_not_land_again(warehouse, tmp_path):
    assert land(warehouse, tmp_path, seen(1), seen(2)).landed[ORDERS] == 2
    assert land(warehouse, tmp_path, seen(1), seen(2, "b")).landed[ORDERS] == 1


def test_versions_of_one_instant_keep_the_order_in_which_they_were_read(warehouse, tmp_path):
    land(warehouse, tmp_path, seen(1, "a"), seen(1, "b"), seen(1, "b"), seen(1, "a"))
    land(warehouse, tmp_path, seen(1, "c"))
    rows = warehouse.execute("select payload ->> 'content' from raw_tiktok_shop.orders order by observed_at").fetchall()
    assert rows == [("a",), ("b",), ("a",), ("c",)]


def test_version_read_while_the_vendors_clock_went_back_is_still_the_latest(warehouse, tmp_path):
    land(warehouse, tmp_path, seen(1, "a"))
    land(warehouse, tmp_path, seen(1, "b", observed_at=AT - timedelta(hours=1)))
    latest = "select arg_max(payload ->> 'content', observed_at) from raw_tiktok_shop.orders"
    assert warehouse.execute(latest).fetchone() == ("b",)


def test_load_ids_grow_even_when_the_clock_goes_back(warehouse, tmp_path):
    first = land(warehouse, tmp_path, seen(1)).load_id
    assert next_load_id(warehouse, AT - timedelta(days=9)) > first


def test_more_rows_than_are_held_in_memory_all_land(warehouse, tmp_path):
    rows = 2 * GROUP_ROWS + 10_001
    assert land(warehouse, tmp_path, *(seen(number) for number in range(rows))).landed[ORDERS] == rows
    assert warehouse.execute("select count(distinct id) from raw_tiktok_shop.orders").fetchone() == (rows,)


def test_versions_of_one_record_keep_their_order_however_far_apart_they_were_read(warehouse, tmp_path):
    filling = [seen(number) for number in range(1, GROUP_ROWS)]
    land(warehouse, tmp_path, seen(0, "a"), *filling, seen(0, "b"), *filling, seen(0, "b"), seen(0, "a"))
    query = "select payload ->> 'content' from raw_tiktok_shop.orders where id = '0' order by observed_at"
    assert warehouse.execute(query).fetchall() == [("a",), ("b",), ("a",)]


def test_landing_that_failed_is_tried_as_a_whole_when_asked_again(warehouse, tmp_path):
    landing = start(warehouse, tmp_path)
    landing.add("orders", [seen(1)])
    landing.add("payments", [seen(2)])
    with hidden_orders(warehouse):
        for _ in range(2):
            with pytest.raises(DataError, match="landing into raw_tiktok_shop failed"):
                landing.flush()
    landing.flush()
    assert landing.landed[ORDERS] == 1
    for entity in ("orders", "payments"):
        assert warehouse.execute(f"select count(*) from raw_tiktok_shop.{entity}").fetchone() == (1,)


def test_rows_that_could_not_be_kept_fail_whatever_is_landed_after_them(warehouse, tmp_path):
    landing = start(warehouse, tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))  # as a full disk would
    try:
        with pytest.raises(DataError, match="could not be written"):
            landing.add("orders", (seen(number) for number in range(GROUP_ROWS)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    for _ in range(2):
        with pytest.raises(DataError, match="could not be written"):
            landing.flush()
    assert warehouse.execute("select count(*) from raw_tiktok_shop.orders").fetchone() == (0,)


def test_what_was_read_before_the_source_failed_lands(warehouse, tmp_path):
    def failing():
        yield from (seen(number) for number in range(GROUP_ROWS + 1))
        raise DataError("the source failed")

    landing = start(warehouse, tmp_path)
    with pytest.raises(DataError, match="the source failed"):
        landing.add("orders", failing())
    landing.flush()
    rows = warehouse.execute("select count(*) from raw_tiktok_shop.orders").fetchone()[0]
    assert GROUP_ROWS <= rows <= GROUP_ROWS + 1


def test_vanished_record_is_deleted_once_and_lands_again_when_it_returns(warehouse, tmp_path):
    land(warehouse, tmp_path, seen(1), seen(2))
    for deleted in (1, 0):
        landing = start(warehouse, tmp_path)
        landing.delete_vanished("orders", "s", seen={"1"}, observed_at=AT)
        landing.flush()
        assert landing.deleted[ORDERS] == deleted
    assert land(warehouse, tmp_path, seen(2)).landed[ORDERS] == 1


@pytest.mark.parametrize(
    ("window", "gone"),
    [
        ({}, {"1", "2", "3"}),
        ({"parents": {"p"}}, {"1"}),
        ({"parents": set()}, set()),
        ({"updated_from": AT + timedelta(days=2)}, {"3"}),
    ],
)
def test_deletion_stays_within_its_window_and_shop(warehouse, tmp_path, window, gone):
    later = AT + timedelta(days=2)
    land(warehouse, tmp_path, seen(1, parent="p"), seen(2, parent="q"), seen(3, observed_at=later, parent="q"))
    for shop, expected in (("other", set()), ("s", gone)):
        landing = start(warehouse, tmp_path)
        landing.delete_vanished("orders", shop, seen=set(), observed_at=later, **window)
        landing.flush()
        rows = warehouse.execute("select id from raw_tiktok_shop.orders where is_deleted").fetchall()
        assert {row[0] for row in rows} == expected


def land_both(warehouse, home: Path, versions: list[Version]) -> None:
    landing = start(warehouse, home)
    for entity in ("orders", "payments"):
        landing.add(entity, versions)
    landing.flush()


KILLED = """
import os, signal, sys, time
from pathlib import Path
from dlt.pipeline.pipeline import Pipeline
from dlt.destinations.impl.duckdb.sql_client import DuckDbSqlClient
from tests.ingestion.test_landing import land_both, seen
import duckdb

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

stage, home = sys.argv[1], Path(sys.argv[2])
if stage in ("normalize", "load"):
    setattr(Pipeline, stage, die)
elif stage in ("between appends", "between merges"):
    word = {"between appends": "read_parquet", "between merges": "MERGE INTO"}[stage]
    execute, writes = DuckDbSqlClient.execute_query, []
    def counting(self, query, *args, **options):
        writes.append(1) if word in str(query) else None
        if word in str(query) and len(writes) == 2:
            time.sleep(1)  # what was written to the first table commits meanwhile
            die()
        return execute(self, query, *args, **options)
    DuckDbSqlClient.execute_query = counting
with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
    land_both(warehouse, home, [seen(number) for number in range(500)])
die()
"""


@pytest.mark.parametrize("stage", ["normalize", "load", "between appends", "between merges", "after load"])
def test_killed_load_neither_loses_nor_doubles_a_version(tmp_path, stage):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        create_raw_tables(warehouse)
        if stage == "between merges":  # records that are known are merged, others appended
            land_both(warehouse, tmp_path, [seen(0, "old")])
    root = Path(__file__).resolve().parent.parent.parent
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, stage, str(tmp_path)], cwd=root, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    counts = "select count(*), count(distinct id) from raw_tiktok_shop."
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        before = [warehouse.execute(counts + entity).fetchone() for entity in ("orders", "payments")]
        land_both(warehouse, tmp_path, [seen(number) for number in range(500)])
        after = [warehouse.execute(counts + entity).fetchone() for entity in ("orders", "payments")]
    old = int(stage == "between merges")
    assert after == [(500 + old, 500)] * 2
    landed = {"normalize": [0, 0], "load": [0, 0], "after load": [500, 500]}.get(stage, [old, 500 + old])
    assert sorted(rows for rows, _ in before) == landed


def test_failed_landing_reports_its_cause_in_one_line_and_lands_when_run_again(warehouse, tmp_path):
    with (
        hidden_orders(warehouse),
        pytest.raises(DataError, match="landing into raw_tiktok_shop failed") as refusal,
    ):
        land(warehouse, tmp_path, seen(1))
    assert "\n" not in str(refusal.value)
    assert land(warehouse, tmp_path, seen(1)).landed[ORDERS] == 1


def test_no_file_is_left_behind_by_a_landing(warehouse, tmp_path):
    land(warehouse, tmp_path, seen(1))
    land(warehouse, tmp_path, seen(1), seen(1, "b"))
    assert [path for path in (tmp_path / "dlt").rglob("*") if path.is_file()] == []
