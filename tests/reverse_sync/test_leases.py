"""Leases between processes, and the table of legal transitions, on both databases."""

import os
import subprocess
import sys
from itertools import product

import pytest
from sqlalchemy import delete, update

from reverse_sync import OutboxState, PlanAction, approve, list_rows
from reverse_sync.model import LEGAL_TRANSITIONS
from reverse_sync.outbox_row import IllegalTransitionError, check_transition
from tests.support.clocks import ManualClock
from tests.support.fake_netsuite import FakeNetSuite
from tests.support.journals import SYNC, Cycle, ScriptedVendor, keys, propose
from tieout.state import approvals, outbox, stamp

FIRST = keys(1)[0]


@pytest.fixture
def cycle(make_settings, state):
    return Cycle(make_settings(), state, ManualClock(), ScriptedVendor())


def hold(cycle, found, *, owner):
    """Leave a row as a process leaves it that went no further."""
    cycle.plan([propose()])
    until = stamp(cycle.clock.now.replace(minute=10))
    with cycle.state.transaction() as connection:
        connection.execute(update(outbox).values(state=found, lease_owner=owner, lease_until=until))


@pytest.mark.parametrize(("found", "calls"), [("leased", ["write"]), ("sent", ["read_back", "write"])])
def test_the_rows_of_a_killed_process_go_on_when_their_lease_ends(cycle, found, calls):
    hold(cycle, found, owner="another-machine:1:1:x")
    assert [str(row.action) for row in cycle.plan([propose()]).rows] == ["held"]
    cycle.clock.advance(601)
    assert cycle.run([propose()]).acknowledged == 1
    assert [kind for kind, _ in cycle.vendor.calls] == calls


@pytest.mark.parametrize("found", ["leased", "sent"])
def test_the_rows_of_a_process_killed_on_this_machine_go_on_at_once(cycle, found):
    child = subprocess.run(
        [sys.executable, "-c", "from tieout.process_identity import new_owner; print(new_owner())"],
        capture_output=True,
        text=True,
        check=True,
    )
    hold(cycle, found, owner=child.stdout.strip())
    assert cycle.run([propose()]).acknowledged == 1


def test_a_dry_run_sees_through_a_lease_that_ended_and_changes_nothing(cycle):
    hold(cycle, "sent", owner="another-machine:1:1:x")
    cycle.clock.advance(601)
    assert [row.action for row in cycle.plan([propose()], record=False).rows] == [PlanAction.SETTLE]
    assert list_rows(cycle.state, states=[OutboxState.SENT])[0].lease_owner == "another-machine:1:1:x"


def test_a_row_that_another_process_reads_back_is_left_to_it(cycle):
    hold(cycle, "unknown", owner="another-machine:1:1:x")
    report = cycle.run([propose()])
    assert cycle.vendor.calls == []
    assert report.rows[0].state == "unknown"


def test_a_row_whose_approval_is_gone_by_the_time_of_sending_is_not_sent(cycle):
    costly = propose(needs_approval=True)
    cycle.plan([costly])
    approve(cycle.state, SYNC, FIRST, actor="ann", clock=cycle.clock)
    planned = cycle.plan([costly])
    with cycle.state.transaction() as connection:
        connection.execute(delete(approvals))
    report = cycle.apply(planned)
    assert cycle.vendor.calls == []
    assert (report.rows[0].state, report.rows[0].detail[:9]) == ("pending", "not taken")


def test_whoever_lost_its_lease_to_another_sender_does_not_acknowledge_for_it(cycle):
    def slow_write(_change):
        with cycle.state.transaction() as connection:
            connection.execute(update(outbox).values(lease_owner="another-machine:1:1:x"))
        return "id-1"

    cycle.vendor.write = slow_write
    assert cycle.run([propose()]).rows[0].state == OutboxState.SENT


def test_whoever_lost_its_lease_while_the_vendor_worked_does_not_acknowledge(cycle):
    def slow_write(_change):
        with cycle.state.transaction() as connection:
            connection.execute(update(outbox).values(state="unknown", lease_owner="", lease_until=""))
        return "id-1"

    cycle.vendor.write = slow_write
    report = cycle.run([propose()])
    assert report.rows[0].state == OutboxState.UNKNOWN
    assert "acknowledged" not in cycle.names(FIRST)


def test_two_processes_with_one_plan_write_every_journal_once(database_url, tmp_path, make_settings):
    settings = make_settings()
    vendor_file = tmp_path / "netsuite.sqlite"
    FakeNetSuite(vendor_file)
    environment = {**os.environ, "TIEOUT_CONFIG": str(settings.config_dir), "TIEOUT_HOME": str(settings.home)}
    command = [sys.executable, "-m", "tests.support.rival_runs", database_url, str(vendor_file), "60"]
    rivals = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [(rival.communicate()[1], rival.returncode) for rival in rivals]
    assert ended == [("", 0)] * 3
    assert FakeNetSuite(vendor_file).external_ids() == sorted(keys(60))


@pytest.mark.parametrize(("state", "to"), list(product(OutboxState, OutboxState)))
def test_only_the_transitions_of_the_table_are_made(state, to):
    if to in LEGAL_TRANSITIONS[state]:
        check_transition(state, to)
    else:
        with pytest.raises(IllegalTransitionError):
            check_transition(state, to)


@pytest.mark.parametrize("state", [OutboxState.LEASED, OutboxState.SENT, OutboxState.UNKNOWN])
def test_nothing_under_way_is_replaced(state):
    with pytest.raises(IllegalTransitionError):
        check_transition(state, OutboxState.PENDING, replacing=True)


def test_every_state_has_a_way_on_and_what_was_sent_never_simply_ends():
    assert set(LEGAL_TRANSITIONS) == set(OutboxState)
    assert OutboxState.ACKNOWLEDGED not in LEGAL_TRANSITIONS[OutboxState.PENDING]
    assert LEGAL_TRANSITIONS[OutboxState.LEASED] == {OutboxState.SENT, OutboxState.PENDING}


def test_a_sync_name_and_key_fit_their_columns():
    assert len(SYNC) <= outbox.c.sync.type.length
    assert len(FIRST) <= outbox.c.entity_key.type.length
