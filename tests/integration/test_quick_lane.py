"""`tieout run --only SYNC`: one sync, up to date and checked, without what it does not need."""

import duckdb
import pytest

from tieout.errors import DataError

JOURNALS = "netsuite__journal_entries"


def content(world):
    return [(body["externalId"], body["tranDate"], body["line"]["items"]) for body in world.journals()]


def called(world, system):
    paths = [call["path"] for call in world.call("GET", f"/_sandbox/{system}/calls")]
    world.call("DELETE", f"/_sandbox/{system}/calls")
    return paths


def generation(world):
    return sorted(path.name for path in world.settings().published_dir.glob("generation-*.json"))


def test_a_lane_on_an_empty_home_writes_what_a_whole_cycle_writes(fresh_world, world):
    outcome = fresh_world.run(only=JOURNALS)
    assert [step.name for step in outcome.steps] == ["ingest", "build", "check", "plan", "apply"]
    assert outcome.problems == []
    assert content(fresh_world) == content(world) != []
    assert generation(fresh_world) == []


def test_a_lane_between_cycles_writes_what_is_new_and_the_next_cycle_publishes_it(world):
    before, published = world.journals(), generation(world)
    world.call("POST", "/_sandbox/clock", {"advance_days": 7})
    assert world.run(only=JOURNALS).applied.acknowledged == len(world.journals()) - len(before) > 0
    assert generation(world) == published
    assert world.run(only=JOURNALS).applied.acknowledged == 0
    assert not [row for row in world.run().applied.rows if (row.sync, row.state) == (JOURNALS, "acknowledged")]
    found = world.query("select distinct journal_id from finance.payout_journals")
    assert {row["journal_id"] for row in found} == {body["externalId"] for body in world.journals()}


def test_a_lane_reads_only_what_its_sync_is_made_of(world):
    for system in ("tiktok_shop", "netsuite"):
        called(world, system)
    world.run(only="tiktok_shop__shipments")
    paths = called(world, "tiktok_shop")
    assert [path for path in paths if "/orders/search" in path]
    assert [path for path in paths if "/finance/" in path] == []
    assert called(world, "netsuite") == []


def test_a_lane_writes_nothing_on_facts_that_fail_a_check(world):
    world.call("POST", "/_sandbox/clock", {"advance_days": 7})
    before = world.journals()
    with duckdb.connect(str(world.home / "warehouse.duckdb")) as warehouse:
        warehouse.execute(
            "insert into staging.stg_config__bank_accounts select * from staging.stg_config__bank_accounts"
        )
        warehouse.execute("insert into staging.stg_config__books select * from staging.stg_config__books")
    outcome = world.run(only=JOURNALS)
    assert world.journals() == before
    held = {row.held_because[:16] for row in outcome.planned.rows} if outcome.planned else set()
    assert "blocked: SYS-14:" in held
    assert held <= {"blocked: SYS-14:", "blocked: FIN-07:"}, "and what the trade itself holds"


def test_a_sync_that_there_is_none_of_is_refused_before_anything_is_read(world):
    called(world, "tiktok_shop")
    with pytest.raises(DataError, match="no sync 'shopify': expected tiktok_shop__stock"):
        world.run(only="shopify")
    assert called(world, "tiktok_shop") == []
