"""Every write of returns killed at every boundary, and every reply lost: the same end state, each write once.

Belongs here: kills and lost replies over all four syncs of returns. Does not: what others do meanwhile
(test_return_races), or a single call (tests/reverse_sync).
"""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.run import LIMITS
from orchestration.demo.tenant import write_tenant
from reverse_sync import OutboxState, PlanAction
from tests.support.return_kills import RETURNS, WRITES
from tests.support.stepped_tenant import served
from tests.support.waiting_returns import bring_about, end_state, references, write_rules
from tests.support.worlds import CONFIG, World

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ("leased", "sent", "read_back", "replied", "acknowledged")
TRADE = {
    **{"baskets": 300, "days": 4, "seed": 3, "fulfilment": "connected", "live_events": 0, "returns_permille": 0},
}
ENDED = {OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN}
LOST = {"put an order": 1, "open a return order": 2}
"""How many replies are lost of calls that must get through in the end."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The home of a world in which returns wait for each of the four syncs."""
    home = tmp_path_factory.mktemp("waiting") / "home"
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        world.call("PUT", "/_sandbox/limits", LIMITS)
        world.call("POST", "/_sandbox/clock", {"advance_hours": 33})
        write_tenant(CONFIG, home, urls["control"])
        write_rules(home)
    bring_about(home)
    with served(home) as tenant:
        tenant.look()
    return home


@pytest.fixture
def copied(template, tmp_path):
    """A copy of the world, being served."""
    with served(Path(shutil.copytree(template, tmp_path / "home"))) as tenant:
        yield tenant


def run_on(tenant):
    """Look at what was written, and write what follows from it; return what vendors hold then."""
    tenant.look()
    assert tenant.apply(tenant.plan(RETURNS)).problems == []
    assert tenant.states(RETURNS) <= ENDED
    return end_state(tenant.world)


@pytest.fixture(scope="module")
def undisturbed(template, tmp_path_factory):
    """What vendors hold when nothing is killed and no reply is lost: at once, and after a second look."""
    with served(Path(shutil.copytree(template, tmp_path_factory.mktemp("undisturbed") / "home"))) as tenant:
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
    assert (ended.returncode, ended.stderr) == (0, "")
    visited = set(json.loads(ended.stdout)["visited"])
    assert visited >= {f"{sync} {event}" for sync in RETURNS for event in EVENTS} | WRITES.keys()
    assert copied.states(RETURNS) <= ENDED
    assert (end_state(copied.world), run_on(copied)) == undisturbed


def test_with_every_reply_lost_the_end_is_the_same(copied, undisturbed):
    for name, write in WRITES.items():
        copied.world.call("POST", "/_sandbox/faults", write.fault("lost_reply", count=LOST.get(name)))
    while copied.apply(copied.plan(RETURNS)).rows:
        continue
    assert min(fault["hits"] for fault in copied.world.call("GET", "/_sandbox/faults")) >= 1
    copied.world.call("DELETE", "/_sandbox/faults")
    assert copied.states(RETURNS) <= ENDED
    assert (end_state(copied.world), run_on(copied)) == undisturbed
