"""`tieout run` killed anywhere, run again: the same journals, once each, and the same published figures."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.killed_runs import MOMENTS
from tests.support.worlds import CONFIG, World

ROOT = Path(__file__).resolve().parent.parent.parent
THE_END = "the end"
PUBLISHED = (
    "select shop_id, id, content_hash, is_deleted from raw_tiktok_shop.statement_transactions order by all",
    "select shop_id, id, content_hash, is_deleted from raw_bank.entries order by all",
    "select * exclude (posted_at, vendor_id) from finance.payout_journals order by all",
    "select * exclude (loaded_through) from finance.payout_lines order by all",
    "select * from finance.payouts order by all",
    "select code, entity_type, entity_id, expected, actual from exceptions.open order by all",
)


def start(world: World, *moments: str) -> subprocess.Popen:
    environment = {**os.environ, "TIEOUT_CONFIG": str(CONFIG), "TIEOUT_HOME": str(world.home)}
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.killed_runs", *moments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, start_new_session=True, **pipes)


def run_until(world: World, *moments: str) -> dict[str, int]:
    reported, errors = start(world, *moments).communicate(timeout=1100)
    ended = [json.loads(line) for line in reported.splitlines()]
    assert [one["moment"] for one in ended] == list(moments), errors
    return {one["moment"]: one["ended"] for one in ended}


def figures(world: World) -> list[list[dict]]:
    return [world.query(sql) for sql in PUBLISHED]


def journals(world: World) -> list[tuple[str, list[tuple]]]:
    return [(body["externalId"], [lines(item) for item in body["line"]["items"]]) for body in world.journals()]


def lines(item: dict) -> tuple:
    return item["account"], item.get("debit"), item.get("credit")


@pytest.fixture
def undisturbed(world) -> tuple:
    """What the same world holds when nothing is killed."""
    return journals(world), figures(world)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)  # one run more than there are moments
def test_runs_killed_one_after_another_leave_each_journal_once(fresh_world, undisturbed):
    ended = run_until(fresh_world, *MOMENTS, THE_END)
    assert ended == {**dict.fromkeys(MOMENTS, -signal.SIGKILL), THE_END: 0}
    assert (journals(fresh_world), figures(fresh_world)) == undisturbed


def test_a_run_killed_between_the_vendors_commit_and_its_reply_leaves_each_journal_once(fresh_world, undisturbed):
    slow = {"system": "netsuite", "match": "/record/v1/journal", "method": "POST", "kind": "slow_reply"}
    fresh_world.call("POST", "/_sandbox/faults", {**slow, "count": 1, "seconds": 60})
    process = start(fresh_world, THE_END)
    while not fresh_world.journals():
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert len(fresh_world.journals()) == 1
    assert run_until(fresh_world, THE_END) == {THE_END: 0}
    assert (journals(fresh_world), figures(fresh_world)) == undisturbed
