"""What a plan says, and that applying does that and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.transport.errors import OutcomeUnknownError, TransientError
from reverse_sync import OutboxState, PlanAction, approve, awaiting_approval, list_rows, plan
from reverse_sync.guards import blocked
from reverse_sync.model import fingerprint
from tests.support.clocks import ManualClock
from tests.support.journals import SYNC, Cycle, ScriptedVendor, any_sync, desired_journal, keys, propose
from tieout.errors import ConfigError, DataError
from tieout.settings import Books

FIRST, SECOND, THIRD = keys(3)
DOWN = [TransientError("503")] * 99


@pytest.fixture
def start(make_settings, state):
    def make(script=None, books=None, **retry_policy):
        settings = make_settings().model_copy(update={"books": books or Books()})
        return Cycle(settings, state, ManualClock(), ScriptedVendor(script), **retry_policy)

    return make


def shown(planned):
    return [(row.entity_key, str(row.action)) for row in planned.rows]


def in_outbox(cycle):
    """What is still to be done, by entity key."""
    states = [state for state in OutboxState if state != OutboxState.WITHDRAWN]
    return {row.entity_key: (row.state, row.desired_hash) for row in list_rows(cycle.state, states=states)}


def test_a_dry_run_shows_the_plan_row_for_row_and_moves_nothing(start):
    cycle = start()
    proposals = [propose(FIRST), propose(SECOND, blocked_reason="FIN-07: fee key is unknown"), propose(THIRD)]
    dry = cycle.plan(proposals, record=False)
    assert in_outbox(cycle) == {}
    recorded = cycle.plan(proposals)
    assert dry.rows == recorded.rows
    assert dry.fingerprint == recorded.fingerprint
    assert recorded.facts() == {"held": 1, "send": 2}


def test_apply_sends_exactly_what_the_plan_shows_to_be_sent(start):
    cycle = start()
    planned = cycle.plan([propose(FIRST), propose(SECOND, blocked_reason="unmapped"), propose(THIRD)])
    report = cycle.apply(planned)
    assert cycle.vendor.written == [row.entity_key for row in planned.rows if row.action == PlanAction.SEND]
    assert [row.entity_key for row in report.rows] == cycle.vendor.written


def test_a_plan_that_was_only_shown_is_refused(start):
    cycle = start()
    with pytest.raises(DataError, match="not recorded"):
        cycle.apply(cycle.plan([propose()], record=False))
    assert cycle.vendor.calls == []


def test_a_plan_with_a_row_more_than_was_planned_is_refused(start):
    cycle = start()
    planned = cycle.plan([propose(FIRST)])
    with pytest.raises(DataError, match="fingerprint"):
        cycle.apply(replace(planned, rows=(*planned.rows, replace(planned.rows[0], entity_key=SECOND))))
    assert cycle.vendor.calls == []


def test_rows_of_the_outbox_that_the_plan_does_not_show_are_left_alone(start):
    cycle = start()
    first = cycle.plan([propose(FIRST)])
    cycle.plan([propose(FIRST), propose(SECOND)])
    cycle.apply(first)
    assert cycle.vendor.written == [FIRST]


def test_a_row_that_another_plan_changed_meanwhile_is_not_sent(start):
    cycle = start()
    old = cycle.plan([propose()])
    cycle.plan([propose(total="90.00")])
    report = cycle.apply(old)
    assert cycle.vendor.written == []
    assert report.rows[0].state == "superseded"


def test_a_newer_desired_state_replaces_a_pending_older_one(start):
    cycle = start()
    cycle.plan([propose()])
    newer = propose(total="90.00")
    cycle.plan([newer])
    assert in_outbox(cycle) == {FIRST: (OutboxState.PENDING, newer.desired_hash)}


def test_a_newer_desired_state_waits_until_an_unknown_older_one_is_settled(start):
    cycle = start({FIRST: ["lost"]})
    older, newer = propose(), propose(total="90.00")
    cycle.vendor.broken_reads = [TransientError("503")] * 99
    cycle.run([older])
    cycle.vendor.broken_reads.clear()
    planned = cycle.plan([newer])
    assert shown(planned) == [(FIRST, "read_back")]
    assert "newer desired state waits" in planned.rows[0].held_because
    assert in_outbox(cycle) == {FIRST: (OutboxState.UNKNOWN, older.desired_hash)}
    cycle.apply(planned)
    assert in_outbox(cycle) == {FIRST: (OutboxState.ACKNOWLEDGED, older.desired_hash)}
    cycle.run([newer])
    assert cycle.vendor.records == [(FIRST, older.desired_hash), (FIRST, newer.desired_hash)]


def test_an_unknown_row_that_is_no_longer_desired_is_read_back_and_never_sent_again(start):
    cycle = start({FIRST: [OutcomeUnknownError("cut")]})
    cycle.vendor.broken_reads = [TransientError("503")] * 99
    cycle.run([propose()])
    cycle.vendor.broken_reads.clear()
    cycle.vendor.calls.clear()
    cycle.run([])
    assert cycle.vendor.calls == [("read_back", FIRST)]
    assert shown(cycle.plan([])) == [(FIRST, "withdraw")]
    assert in_outbox(cycle) == {}


def test_a_row_under_way_in_another_process_is_neither_replaced_nor_sent(start):
    cycle = start()
    planned = cycle.plan([propose()])
    seen = []

    def look(event):
        if event.name == "sent":
            seen.append(cycle.plan([propose(total="90.00")]))

    cycle.apply(planned, observe=look)
    assert shown(seen[0]) == [(FIRST, "held")]
    assert "in flight" in seen[0].rows[0].held_because
    assert cycle.vendor.records == [(FIRST, propose().desired_hash)]


@pytest.mark.parametrize("state_before", ["pending", "rejected", "dead"])
def test_a_waiting_row_that_is_no_longer_desired_is_withdrawn(start, state_before):
    from connectors.transport.errors import RejectedError

    scripts = {"pending": DOWN, "rejected": [RejectedError("no")], "dead": DOWN}
    cycle = start({FIRST: list(scripts[state_before])}, max_attempts=2 if state_before == "dead" else 99)
    cycle.run([propose()])
    assert in_outbox(cycle)[FIRST][0] == state_before
    assert shown(cycle.plan([])) == [(FIRST, "withdraw")]
    assert in_outbox(cycle) == {}
    assert cycle.plan([]).rows == ()


def test_a_withdrawn_row_that_is_desired_again_is_sent_with_all_its_attempts(start):
    cycle = start({FIRST: [TransientError("503")]}, patience_seconds=0)
    cycle.run([propose()])
    cycle.run([])
    assert cycle.run([propose()]).acknowledged == 1
    assert list_rows(cycle.state, states=[OutboxState.ACKNOWLEDGED])[0].attempts == 0


def test_an_acknowledged_row_that_is_no_longer_proposed_is_left(start):
    cycle = start()
    cycle.run([propose()])
    assert cycle.plan([]).rows == ()
    assert in_outbox(cycle)[FIRST][0] == OutboxState.ACKNOWLEDGED


def test_a_pending_row_that_becomes_blocked_is_taken_back_and_shown(start):
    cycle = start()
    cycle.plan([propose()])
    planned = cycle.plan([propose(blocked_reason="MAP-06: no account for penalty")])
    assert shown(planned) == [(FIRST, "held")]
    assert planned.rows[0].held_because == "blocked: MAP-06: no account for penalty"
    assert in_outbox(cycle) == {}


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ({"shop_id": "nobody's"}, "not in tieout.toml"),
        ({"desired": desired_journal("TTS-OTHER")}, "is not the entity key"),
        ({"desired": desired_journal(FIRST, lines=[{"account": "1", "debit": "5.00", "credit": "0"}])}, "not balance"),
        ({"desired": desired_journal(FIRST, date="1 March")}, "cannot be read"),
        ({"desired": desired_journal(FIRST, total="-5.00")}, "negative"),
        ({"desired": desired_journal(FIRST, total="0")}, "every line of the journal is zero"),
        ({"desired": desired_journal(FIRST, currency="")}, "lacks currency"),
    ],
)
def test_an_unfit_journal_is_shown_as_blocked_and_never_enqueued(start, changes, reported):
    cycle = start()
    planned = cycle.plan([propose(**changes)])
    assert shown(planned) == [(FIRST, "held")]
    assert reported in planned.rows[0].held_because
    assert in_outbox(cycle) == {}


def test_a_record_that_the_model_proposes_twice_is_blocked_and_others_go(start):
    cycle = start()
    planned = cycle.plan([propose(FIRST), propose(FIRST, total="90.00"), propose(SECOND)])
    assert shown(planned) == [(FIRST, "held"), (SECOND, "send")]
    assert "proposes it 2 times" in planned.rows[0].held_because


@pytest.mark.parametrize(
    "proposal", [propose(needs_approval=True), propose(amount=Decimal("-100000.01"))], ids=["delta", "above the limit"]
)
def test_what_needs_approval_waits_for_it_and_then_goes(start, proposal):
    cycle = start()
    planned = cycle.plan([proposal])
    assert shown(planned) == [(FIRST, "held")]
    assert "awaits approval" in planned.rows[0].held_because
    assert [row.entity_key for row in awaiting_approval(cycle.state)] == [FIRST]
    approve(cycle.state, SYNC, FIRST, actor="finance@brand", clock=cycle.clock)
    assert awaiting_approval(cycle.state) == []
    assert cycle.apply(planned).rows == (), "the plan did not show it as sent"
    assert cycle.run([proposal]).acknowledged == 1


def test_an_approval_holds_for_exactly_what_was_approved(start):
    cycle = start()
    cycle.plan([propose(needs_approval=True)])
    approve(cycle.state, SYNC, FIRST, actor="finance@brand", clock=cycle.clock)
    assert shown(cycle.plan([propose(total="90.00", needs_approval=True)])) == [(FIRST, "held")]


def test_at_most_the_configured_number_goes_in_one_run(start):
    cycle = start(books=Books(max_journals_per_run=2))
    proposals = [propose(key) for key in keys(3)]
    planned = cycle.plan(proposals)
    assert shown(planned) == [(FIRST, "send"), (SECOND, "send"), (THIRD, "held")]
    assert "books.max_journals_per_run = 2" in planned.rows[2].held_because
    cycle.apply(planned)
    assert cycle.run(proposals).acknowledged == 1
    assert cycle.vendor.written == keys(3)


def test_a_row_whose_next_attempt_is_far_waits_and_says_until_when(start):
    cycle = start({FIRST: list(DOWN)})
    for _ in range(3):
        cycle.run([propose()])
        cycle.clock.advance(20)
    held = cycle.plan([propose()]).rows[0]
    assert held.action == PlanAction.HELD
    assert "next attempt at 2026-03-02T09:0" in held.held_because and "503" in held.held_because


def test_the_rows_of_a_lower_lane_go_first(start):
    cycle = start()
    syncs = [any_sync("finance", lane=4), any_sync("stock", lane=1)]
    proposals = [propose(sync="finance"), propose(sync="stock")]
    planned = plan(cycle.settings, cycle.state, proposals, syncs=syncs, retry_policy=cycle.retry_policy)
    assert [row.sync for row in planned.rows] == ["stock", "finance"]


def test_planning_one_sync_leaves_the_others_alone(start):
    cycle = start()
    syncs = [any_sync("finance", lane=4), any_sync("stock", lane=1)]
    plan(
        cycle.settings,
        cycle.state,
        [propose(sync="finance"), propose(sync="stock")],
        syncs=syncs,
        retry_policy=cycle.retry_policy,
    )
    plan(cycle.settings, cycle.state, [], only="stock", syncs=syncs, retry_policy=cycle.retry_policy)
    assert [row.sync for row in list_rows(cycle.state, states=[OutboxState.PENDING])] == ["finance"]


def test_a_proposal_of_an_unplanned_sync_is_refused(start):
    cycle = start()
    with pytest.raises(DataError, match=r"'unheard_of' is not planned here; planned: .*netsuite__journal_entries"):
        cycle.plan([propose(sync="unheard_of")])


def test_the_fingerprint_changes_with_any_row(start):
    rows = start().plan([propose(FIRST), propose(SECOND)], record=False).rows
    others = [rows[:1], rows[::-1], (rows[0], replace(rows[1], amount=Decimal("1.00")))]
    assert len({fingerprint(rows), *map(fingerprint, others)}) == 4


def test_plans_made_at_once_each_store_their_intents_once(start):
    cycle = start()
    proposals = [propose(key) for key in keys(200)]
    with ThreadPoolExecutor(4) as threads:
        plans = list(threads.map(lambda _: cycle.plan(proposals), range(4)))
    assert len({planned.fingerprint for planned in plans}) == 1
    assert sorted(in_outbox(cycle)) == sorted(keys(200))


@pytest.mark.parametrize("error", [ConfigError("shop 9 is not configured"), TypeError("'<' of None and int")])
def test_a_proposal_that_cannot_be_checked_holds_itself_alone(start, error):
    def refuse(_settings, proposal):
        if proposal.entity_key == FIRST:
            raise error
        return ""

    settings = start().settings
    reasons = [blocked(settings, propose(key), refuse=refuse) for key in (FIRST, SECOND)]
    assert str(error) in reasons[0] and reasons[0].startswith("blocked: ")
    assert reasons[1] == ""


def test_what_the_vendor_holds_already_is_read_back_and_acknowledged_and_never_sent(start):
    cycle = start()
    known = propose(already_there="journal 1")
    cycle.vendor.records.append((known.entity_key, known.desired_hash))
    (row,) = cycle.plan([known], record=False).rows
    assert row.action == PlanAction.CONFIRM and "already in the books as journal 1" in row.held_because
    assert cycle.run([known]).acknowledged == 1
    assert cycle.vendor.calls == [("read_back", known.entity_key)]
    assert cycle.plan([known]).rows == ()


def test_a_row_that_waited_to_be_sent_is_confirmed_once_the_vendor_is_seen_to_hold_it(start):
    cycle = start()
    cycle.plan([propose()])
    cycle.vendor.records.append((propose().entity_key, propose().desired_hash))
    assert cycle.run([propose(already_there="journal 1")]).acknowledged == 1
    assert cycle.vendor.written == []


def test_what_is_said_to_be_there_and_is_not_is_not_sent_by_that_plan(start):
    cycle = start()
    report = cycle.run([propose(already_there="journal 1")])
    assert [row.state for row in report.rows] == [OutboxState.PENDING] and cycle.vendor.written == []
    assert shown(cycle.plan([propose()])) == [(propose().entity_key, "send")]


def test_what_is_there_with_another_content_waits_for_a_person(start):
    cycle = start()
    known = propose(already_there="journal 1", needs_approval=True, approval_reason="other lines")
    (held,) = cycle.plan([known]).rows
    assert held.action == PlanAction.HELD and "other lines" in held.held_because
    approve(cycle.state, SYNC, known.entity_key, actor="a person", clock=cycle.clock)
    assert [row.action for row in cycle.plan([known]).rows] == [PlanAction.CONFIRM]


def test_an_amount_above_the_limit_needs_no_approval_where_nothing_is_written(start):
    cycle = start()
    known = propose(total="9999999.00", already_there="journal 1")
    assert [row.action for row in cycle.plan([known]).rows] == [PlanAction.CONFIRM]
