"""The laws of sending, on SQLite and on Postgres."""

import pytest
from sqlalchemy import select

from connectors.transport.errors import (
    CredentialError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from reverse_sync import OutboxState, list_rows, replay
from tests.support.clocks import ManualClock
from tests.support.journals import SYNC, Cycle, ScriptedVendor, keys, propose
from tieout.state import acknowledgements, attempts, audit

FIRST, SECOND, THIRD = keys(3)
ALL_STATES = list(OutboxState)


@pytest.fixture
def start(make_settings, state):
    def make(script=None, **retry_policy):
        return Cycle(make_settings(), state, ManualClock(), ScriptedVendor(script), **retry_policy)

    return make


def stored(cycle, key=FIRST):
    return next(row for row in list_rows(cycle.state, states=ALL_STATES) if row.entity_key == key)


def acknowledged(cycle):
    with cycle.state.reading() as connection:
        return [
            tuple(row)
            for row in connection.execute(select(acknowledgements.c.entity_key, acknowledgements.c.vendor_id))
        ]


def test_desired_rows_are_written_once_and_acknowledged(start):
    cycle = start()
    report = cycle.run([propose(key) for key in keys(3)])
    assert cycle.vendor.written == keys(3)
    assert acknowledged(cycle) == [(FIRST, "id-1"), (SECOND, "id-2"), (THIRD, "id-3")]
    assert (report.acknowledged, report.problems, report.facts()) == (3, [], {"acknowledged": 3})
    assert cycle.names(FIRST) == ["leased", "sent", "replied", "acknowledged"]
    assert cycle.vendor.closed == 1


def test_what_is_acknowledged_is_not_sent_again(start):
    cycle = start()
    cycle.run([propose()])
    assert cycle.plan([propose()]).rows == ()
    assert cycle.run([propose()]).rows == ()
    assert cycle.vendor.written == [FIRST]


def test_an_empty_plan_opens_nothing_and_sends_nothing(start):
    cycle = start()
    report = cycle.run([])
    assert (report.rows, cycle.vendor.calls, cycle.vendor.closed) == ((), [], 0)


def test_failed_row_is_offered_again(start):
    cycle = start({FIRST: [TransientError("503")] * 5})
    report = cycle.run([propose()])
    assert stored(cycle).state == OutboxState.PENDING
    assert report.problems == [f"{SYNC} {FIRST} is pending: 503"]
    cycle.clock.advance(30)
    assert cycle.run([propose()]).acknowledged == 1


def test_passing_faults_are_retried_with_growing_pauses(start):
    cycle = start({FIRST: [TransientError("503")] * 4})
    assert cycle.run([propose()]).acknowledged == 1
    assert cycle.clock.slept == [1, 2, 4, 8]
    assert cycle.names(FIRST).count("retried") == 4


def test_pauses_are_spread_by_jitter(start):
    cycle = start({FIRST: [TransientError("503")] * 2}, jitter=lambda: 0.0)
    cycle.run([propose()])
    assert cycle.clock.slept == [0.5, 1.0]


def test_after_the_last_attempt_a_row_is_dead_until_replayed(start):
    cycle = start({FIRST: [TransientError("503")] * 3}, max_attempts=3)
    report = cycle.run([propose()])
    assert (stored(cycle).state, cycle.names(FIRST)[-1]) == (OutboxState.DEAD, "dead")
    assert "is dead: 503" in report.problems[0]
    cycle.clock.advance(86400)
    held = cycle.plan([propose()]).rows[0]
    assert held.action == "held" and "tieout replay" in held.held_because
    replay(cycle.state, FIRST, actor="finance", clock=cycle.clock)
    assert cycle.run([propose()]).acknowledged == 1


def test_lost_reply_is_settled_by_reading_back_before_anything_is_sent(start):
    cycle = start({FIRST: ["lost"]})
    assert cycle.run([propose()]).acknowledged == 1
    assert cycle.vendor.calls == [("write", FIRST), ("read_back", FIRST)]
    assert cycle.names(FIRST) == ["leased", "sent", "unknown", "read_back", "acknowledged"]


@pytest.mark.parametrize("error", [OutcomeUnknownError("cut"), MalformedReplyError("half"), KeyError("a surprise")])
def test_unknown_row_that_the_vendor_does_not_have_is_sent_again(start, error):
    cycle = start({FIRST: [error]})
    assert cycle.run([propose()]).acknowledged == 1
    assert [kind for kind, _ in cycle.vendor.calls] == ["write", "read_back", "write"]
    assert cycle.vendor.records == [(FIRST, propose().desired_hash)]


def test_an_unforeseen_error_is_reported_without_its_message(start):
    cycle = start({FIRST: [ValueError("buyer Jane Doe")] * 9}, max_attempts=1)
    report = cycle.run([propose()])
    assert "unexpected ValueError at journals.py" in report.problems[0]
    assert "Jane" not in report.problems[0]


def test_unknown_row_is_never_given_up_while_it_cannot_be_read_back(start):
    cycle = start({FIRST: ["lost"]}, max_attempts=2)
    cycle.vendor.broken_reads = [TransientError("503")] * 4
    cycle.run([propose()])
    assert stored(cycle).state == OutboxState.UNKNOWN
    cycle.clock.advance(3600)
    cycle.run([propose()])
    assert stored(cycle).state == OutboxState.ACKNOWLEDGED
    assert cycle.vendor.written == [FIRST]


def test_a_row_that_never_arrives_is_dead_once_reading_back_has_proved_it(start):
    cycle = start({FIRST: [OutcomeUnknownError("cut")] * 9}, max_attempts=3)
    cycle.run([propose()])
    assert [kind for kind, _ in cycle.vendor.calls] == ["write", "read_back"] * 3
    assert stored(cycle).state == OutboxState.DEAD
    assert stored(cycle).last_error == "cut; read back: the vendor has nothing"


def test_unknown_row_is_settled_before_others_are_sent(start):
    cycle = start({SECOND: ["lost"]})
    cycle.vendor.broken_reads = [TransientError("503")] * 9
    cycle.run([propose(SECOND)])
    cycle.vendor.calls.clear()
    cycle.vendor.broken_reads.clear()
    cycle.run([propose(key) for key in keys(3)])
    assert cycle.vendor.calls == [("read_back", SECOND), ("write", FIRST), ("write", THIRD)]


def test_unknown_row_that_differs_at_the_vendor_is_rejected_as_edited(start):
    cycle = start({FIRST: [OutcomeUnknownError("cut")]})
    cycle.vendor.records.append((FIRST, "what a person made of it"))
    cycle.run([propose()])
    assert (stored(cycle).state, stored(cycle).last_error) == (OutboxState.REJECTED, "EDITED: another amount")


def test_rejected_row_says_the_vendors_reason_and_waits_for_a_change(start):
    refusal = RejectedError("The accounting period Mar 2026 is closed.", code="PERIOD_CLOSED")
    cycle = start({FIRST: [refusal]})
    cycle.run([propose()])
    row = stored(cycle)
    assert (row.state, row.error_code) == (OutboxState.REJECTED, "PERIOD_CLOSED")
    assert row.last_error == "PERIOD_CLOSED: The accounting period Mar 2026 is closed."
    assert cycle.run([propose()]).rows == ()
    assert cycle.run([propose(total="90.00")]).acknowledged == 1
    assert cycle.vendor.records == [(FIRST, propose(total="90.00").desired_hash)]


def test_one_bad_row_never_blocks_the_others(start):
    cycle = start({FIRST: [RejectedError("no")], SECOND: [TransientError("503")] * 99})
    report = cycle.run([propose(key) for key in keys(5)])
    assert report.acknowledged == 3
    assert [row.state for row in report.rows] == ["rejected", "pending", *["acknowledged"] * 3]


def test_refused_credentials_stop_the_destination_and_spend_no_attempt(start):
    cycle = start({SECOND: [CredentialError("HTTP 401")]})
    report = cycle.run([propose(key) for key in keys(3)])
    assert cycle.vendor.written == [FIRST, SECOND]
    assert report.stopped == {SYNC: "HTTP 401"}
    assert report.problems == [f"{SYNC} stopped: HTTP 401"]
    rows = [stored(cycle, SECOND), stored(cycle, THIRD)]
    assert [(row.state, row.attempts, row.lease_owner) for row in rows] == [(OutboxState.PENDING, 0, "")] * 2
    assert cycle.run([propose(key) for key in keys(3)]).acknowledged == 2


def test_a_slow_down_pauses_the_destination_and_spends_no_attempt(start):
    cycle = start({FIRST: [RateLimitedError("429", retry_after=7)]})
    report = cycle.run([propose(key) for key in keys(3)])
    assert report.acknowledged == 3
    assert cycle.clock.slept == [7]
    assert stored(cycle).attempts == 0
    assert cycle.vendor.written[0] == FIRST and len(cycle.vendor.written) == 4


def test_a_vendor_that_is_down_is_left_alone_after_some_calls(start):
    many = keys(40)
    cycle = start({key: [TransientError("503")] * 99 for key in many}, outage_after=10)
    report = cycle.run([propose(key) for key in many])
    assert len(cycle.vendor.written) == 10
    assert "10 calls in a row failed" in report.stopped[SYNC]
    assert not [row for row in list_rows(cycle.state, states=ALL_STATES) if row.lease_owner]


def test_same_intent_has_the_same_key_and_another_intent_another(start):
    cycle = start({FIRST: [TransientError("503")] * 2})
    cycle.run([propose()])
    cycle.run([propose(total="90.00")])
    with cycle.state.reading() as connection:
        used = list(connection.execute(select(attempts.c.idempotency_key).order_by(attempts.c.id)).scalars())
    assert len(used) == 4
    assert len(set(used[:3])) == 1 and used[3] != used[0]


def test_every_call_leaves_a_finished_attempt(start):
    cycle = start({FIRST: [TransientError("503"), "lost"]})
    cycle.run([propose()])
    with cycle.state.reading() as connection:
        rows = connection.execute(select(attempts.c.outcome, attempts.c.finished_at).order_by(attempts.c.id)).all()
    assert [row.outcome for row in rows] == ["pending", "unknown"]
    assert all(row.finished_at for row in rows)


def test_what_was_left_and_is_desired_again_is_sent_again(start):
    cycle = start()
    for total in ("100.00", "90.00", "100.00"):
        assert cycle.run([propose(total=total)]).acknowledged == 1
    assert cycle.plan([propose()]).rows == ()
    assert [hash_ for _, hash_ in cycle.vendor.records] == [
        propose(total=total).desired_hash for total in ("100.00", "90.00", "100.00")
    ]


def test_rows_are_given_back_when_an_observer_breaks_the_run(start):
    cycle = start()

    def breaks(event):
        if event.name == "sent" and event.entity_key == SECOND:
            raise RuntimeError("the terminal is gone")

    planned = cycle.plan([propose(key) for key in keys(3)])
    with pytest.raises(RuntimeError):
        cycle.apply(planned, observe=breaks)
    states = [(stored(cycle, key).state, stored(cycle, key).lease_owner) for key in keys(3)]
    assert states == [(OutboxState.ACKNOWLEDGED, ""), (OutboxState.UNKNOWN, ""), (OutboxState.PENDING, "")]
    assert cycle.run([propose(key) for key in keys(3)]).acknowledged == 2
    assert sorted(key for key, _ in cycle.vendor.records) == keys(3)


def test_a_withdrawal_leaves_an_audit_row(start):
    cycle = start()
    cycle.plan([propose()])
    cycle.plan([])
    with cycle.state.reading() as connection:
        row = connection.execute(select(audit.c.action, audit.c.subject)).one()
    assert tuple(row) == ("outbox.withdraw", f"{SYNC}/{FIRST}")
    assert cycle.names(FIRST) == ["withdrawn"]
