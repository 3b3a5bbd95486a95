"""What people do with waiting rows, and the message when it cannot be done."""

import pytest
from sqlalchemy import select, update

from connectors.transport.errors import RejectedError
from reverse_sync import OutboxState, approve, awaiting_approval, list_rows, replay
from tests.support.clocks import ManualClock
from tests.support.journals import SYNC, UK_SHOP, Cycle, ScriptedVendor, keys, propose
from tieout.errors import DataError
from tieout.state import approvals, audit, outbox

FIRST, SECOND = keys(2)
SHOPS = (UK_SHOP, "7495000000000000202")


@pytest.fixture
def cycle(make_settings, state):
    script = {FIRST: [RejectedError("period closed", code="PERIOD_CLOSED")]}
    return Cycle(make_settings(), state, ManualClock(), ScriptedVendor(script))


def audited(cycle):
    with cycle.state.reading() as connection:
        return [tuple(row) for row in connection.execute(select(audit.c.actor, audit.c.action, audit.c.subject))]


def test_an_approval_is_audited_and_given_once(cycle):
    cycle.plan([propose(needs_approval=True)])
    for _ in range(2):
        approve(cycle.state, SYNC, FIRST, actor="ann", clock=cycle.clock)
    assert audited(cycle) == [("ann", "outbox.approve", f"{SYNC}/{FIRST}")]
    with cycle.state.reading() as connection:
        assert connection.execute(select(approvals.c.approved_by)).scalars().all() == ["ann"]


def test_what_is_approved_for_one_shop_is_not_for_another_that_has_the_same_key(cycle):
    ours, theirs = (propose(SECOND, shop_id=shop, needs_approval=True) for shop in SHOPS)
    cycle.plan([ours])
    approve(cycle.state, SYNC, SECOND, actor="ann", clock=cycle.clock)
    assert cycle.plan([ours], record=False).rows[0].held_because == ""
    assert cycle.plan([theirs], record=False).rows[0].held_because.startswith(f"blocked: shop {SHOPS[0]} has this key")
    with cycle.state.transaction() as connection:
        connection.execute(update(outbox).values(shop_id=SHOPS[1]))
    assert cycle.plan([theirs], record=False).rows[0].held_because.startswith("awaits approval")
    assert [row.shop_id for row in awaiting_approval(cycle.state)] == [SHOPS[1]]
    assert cycle.run([theirs]).acknowledged == 0
    assert approve(cycle.state, SYNC, SECOND, actor="ann", clock=cycle.clock).shop_id == SHOPS[1]
    assert awaiting_approval(cycle.state) == []
    assert cycle.run([theirs]).acknowledged == 1


@pytest.mark.parametrize("proposals", [[], [propose()]], ids=["not there", "needs none"])
def test_what_does_not_wait_for_approval_cannot_be_approved(cycle, proposals):
    cycle.plan(proposals)
    with pytest.raises(DataError, match="does not wait for approval"):
        approve(cycle.state, SYNC, FIRST, actor="ann", clock=cycle.clock)


def test_a_rejected_row_is_offered_again_by_replay(cycle):
    cycle.run([propose()])
    assert cycle.plan([propose()]).rows[0].held_because.startswith("rejected: PERIOD_CLOSED: period closed")
    [row] = replay(cycle.state, FIRST, actor="ann", clock=cycle.clock)
    assert row.state == OutboxState.REJECTED
    assert ("ann", "outbox.replay", f"{SYNC}/{FIRST}") in audited(cycle)
    assert cycle.run([propose()]).acknowledged == 1


def test_replaying_what_is_not_there_says_so(cycle):
    with pytest.raises(DataError, match="nothing rejected, dead or waiting"):
        replay(cycle.state, SECOND, actor="ann", clock=cycle.clock)


def test_rows_are_listed_by_state(cycle):
    cycle.run([propose(FIRST), propose(SECOND)])
    assert [row.entity_key for row in list_rows(cycle.state, states=[OutboxState.REJECTED])] == [FIRST]
    assert list_rows(cycle.state, states=[OutboxState.ACKNOWLEDGED], sync="another") == []


def test_a_rule_that_was_dropped_lets_a_waiting_row_go(cycle):
    cycle.plan([propose(SECOND, needs_approval=True)])
    assert cycle.run([propose(SECOND)]).acknowledged == 1


def test_a_rule_that_was_added_holds_a_row_that_waits_already(cycle):
    cycle.plan([propose(SECOND)])
    wanted = [propose(SECOND, needs_approval=True)]
    assert cycle.run(wanted).acknowledged == 0
    approve(cycle.state, SYNC, SECOND, actor="ann", clock=cycle.clock)
    assert cycle.run(wanted).acknowledged == 1
