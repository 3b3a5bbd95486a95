"""Every write of returns killed at every boundary, and every reply lost: the same end state, each write once.

Belongs here: kills and lost replies over all four syncs of returns. Does not: what others do meanwhile
(test_return_races), or a single call (tests/reverse_sync).
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestration.steps.steps import apply_step
from reverse_sync import OutboxState, PlanAction
from tests.support.return_kills import RETURNS, WRITES
from tests.support.stepped_tenant import quiet, served
from tests.support.waiting_returns import end_state, references
from tieout.state import State

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ("leased", "sent", "read_back", "replied", "acknowledged")
ENDED = {OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN}
LOST = {"put an order": 1, "open a return order": 2}
"""How many replies are lost of calls that must get through in the end."""
OF_ANOTHER_PORT = re.compile(
    r"return \d+: a photo is left out of its refusal: its host is 127\.0\.0\.1:\d+, expected one of: 127\.0\.0\.1:\d+"
)


@pytest.fixture
def copied(waiting_returns, tmp_path):
    """A copy of the world, being served."""
    with served(Path(shutil.copytree(waiting_returns, tmp_path / "home"))) as tenant:
        yield tenant


def run_on(tenant):
    """Look at what was written, and write what follows from it; return what vendors hold then."""
    tenant.look()
    assert tenant.apply(tenant.plan(RETURNS)).problems == []
    assert tenant.states(RETURNS) <= ENDED
    return end_state(tenant.world)


@pytest.fixture(scope="module")
def undisturbed(waiting_returns, tmp_path_factory):
    """What vendors hold when nothing is killed and no reply is lost: at once, and after a second look."""
    with served(Path(shutil.copytree(waiting_returns, tmp_path_factory.mktemp("undisturbed") / "home"))) as tenant:
        plan = tenant.plan(RETURNS)
        waiting = Counter(row.sync for row in plan.rows if row.action == PlanAction.SEND)
        assert waiting.keys() == RETURNS
        assert min(waiting.values()) >= 2
        assert tenant.apply(plan).problems == []
        return end_state(tenant.world), run_on(tenant)


def test_whatever_waits_is_written_once(undisturbed):
    for state in undisturbed:
        assert {*references(state)} == {1}
    first, _second = undisturbed
    found = Counter(status for status, *_ in first["returns"].values())
    assert found["AWAITING_BUYER_RESPONSE"] >= 4
    assert found["REFUND_OR_RETURN_REQUEST_REJECT"] >= 2 and found["REJECT_RECEIVE_PACKAGE"] >= 2


def test_killed_at_every_boundary_the_end_is_the_same(copied, undisturbed):
    home, url = copied.settings.home, copied.world.urls["control"]
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.return_kills", str(home), url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert ended.returncode == 0, ended.stderr
    # The photos were read when the world was served on another port.
    assert all(OF_ANOTHER_PORT.fullmatch(line) for line in ended.stderr.splitlines()), ended.stderr
    visited = set(json.loads(ended.stdout)["visited"])
    assert visited >= {f"{sync} {event}" for sync in RETURNS for event in EVENTS} | WRITES.keys()
    assert copied.states(RETURNS) <= ENDED
    assert (end_state(copied.world), run_on(copied)) == undisturbed


def strike(tenant, kind, **counts):
    """Let a fault befall every write, each as often as `counts` says by its name, else each time."""
    for name, write in WRITES.items():
        tenant.world.call("POST", "/_sandbox/faults", write.fault(kind, count=counts.get(name)))


def write_all(tenant):
    """Write what waits, run after run, until nothing can be done any more."""
    while tenant.apply(tenant.plan(RETURNS)).rows:
        continue
    assert min(fault["hits"] for fault in tenant.world.call("GET", "/_sandbox/faults")) >= 1
    tenant.world.call("DELETE", "/_sandbox/faults")
    assert tenant.states(RETURNS) <= ENDED


def test_with_every_reply_lost_the_end_is_the_same(copied, undisturbed):
    strike(copied, "lost_reply", **LOST)
    write_all(copied)
    assert (end_state(copied.world), run_on(copied)) == undisturbed


def test_with_every_request_come_twice_the_end_is_the_same(copied, undisturbed):
    strike(copied, "doubled_request")
    write_all(copied)
    assert end_state(copied.world) == undisturbed[0]


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["drop_request", "500", "html_503", "429", "truncated_body", "bad_json"])
def test_whatever_befalls_every_write_the_end_is_the_same(copied, undisturbed, kind):
    strike(copied, kind, **dict.fromkeys(WRITES, 2))
    write_all(copied)
    assert (end_state(copied.world), run_on(copied)) == undisturbed


def test_two_runs_at_the_same_time_write_each_thing_once(copied, undisturbed):
    plan = copied.plan(RETURNS)
    rivals = [State(copied.settings.database_url) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        reports = threads.map(lambda state: apply_step(copied.settings, state, plan, observe=quiet), rivals)
        outcomes = [row.state for report in reports for row in report.rows]
    for state in rivals:
        state.close()
    assert "rejected" not in outcomes and "dead" not in outcomes
    assert copied.states(RETURNS) <= ENDED
    assert end_state(copied.world) == undisturbed[0]
