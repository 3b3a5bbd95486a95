"""Several calls under way at once: only the calls overlap, and nothing is lost or sent twice."""

import threading
from dataclasses import replace

import pytest

from connectors.transport.errors import CredentialError, RateLimitedError, RejectedError, TransientError
from reverse_sync import OutboxState, list_rows
from reverse_sync.concurrency import Calls, Concurrency
from reverse_sync.engine import dispatch
from tests.support.clocks import ManualClock
from tests.support.journals import SYNC, Cycle, keys, propose

AT_ONCE = 4
AT_ONCE_CALLS = Concurrency(AT_ONCE)


class Meeting:
    """A vendor that answers only when several calls are there; then each as the script has it, else with its id."""

    def __init__(self, parties, script=None):
        self.barrier = threading.Barrier(parties, timeout=20)
        self.script, self.written, self.closed = script or {}, [], 0

    def write(self, change):
        self.written.append(change.entity_key)
        self.barrier.wait()
        if error := self.script.pop(change.entity_key, None):
            raise error
        return f"id of {change.entity_key}"

    def read_back(self, change):
        raise AssertionError(f"nothing of {change.entity_key} is in doubt")

    def close(self):
        self.closed += 1


@pytest.fixture
def cycle(make_settings, sqlite_state):
    return Cycle(make_settings(), sqlite_state, ManualClock(), None)


def send(cycle, vendor, wanted, limit=AT_ONCE_CALLS):
    planned = cycle.plan([propose(key) for key in wanted])
    return dispatch(
        cycle.state,
        planned,
        {SYNC: lambda: vendor},
        retry_policy=cycle.retry_policy,
        observe=cycle.events.append,
        concurrency={SYNC: limit},
    )


def states(cycle):
    return {row.entity_key: row.state for row in list_rows(cycle.state, states=list(OutboxState))}


def test_calls_overlap_and_each_row_is_acknowledged_once(cycle):
    wanted = keys(3 * AT_ONCE)
    vendor = Meeting(AT_ONCE)
    assert send(cycle, vendor, wanted) == {}
    assert sorted(vendor.written) == sorted(wanted)
    assert set(states(cycle).values()) == {OutboxState.ACKNOWLEDGED}
    assert all(cycle.names(key) == ["leased", "sent", "replied", "acknowledged"] for key in wanted)


def test_never_more_calls_than_allowed_are_under_way(cycle):
    under_way, most, guard = [], [], threading.Lock()

    class Counting(Meeting):
        def write(self, change):
            with guard:
                under_way.append(change.entity_key)
                most.append(len(under_way))
            answer = super().write(change)
            with guard:
                under_way.remove(change.entity_key)
            return answer

    send(cycle, Counting(2), keys(6 * AT_ONCE))
    assert 2 <= max(most) <= AT_ONCE


def test_what_is_under_way_is_stored_when_one_call_gives_the_vendor_up(cycle):
    wanted = keys(10 * AT_ONCE)
    vendor = Meeting(AT_ONCE, {wanted[0]: CredentialError("revoked", vendor="v")})
    vendor.barrier = threading.Barrier(1)
    stopped = send(cycle, vendor, wanted)
    assert "revoked" in stopped[SYNC]
    found = states(cycle)
    acknowledged = {key for key, state in found.items() if state == OutboxState.ACKNOWLEDGED}
    assert acknowledged == set(vendor.written) - {wanted[0]}
    assert set(found.values()) == {OutboxState.ACKNOWLEDGED, OutboxState.PENDING}


def test_a_pause_that_the_vendor_asks_for_holds_the_rest(cycle):
    wanted = keys(2 * AT_ONCE)
    vendor = Meeting(AT_ONCE, {wanted[0]: RateLimitedError("slow down", retry_after=7)})
    vendor.barrier = threading.Barrier(1)
    assert send(cycle, vendor, wanted) == {}
    assert max(cycle.clock.slept) >= 6
    assert sorted(vendor.written) == sorted([*wanted, wanted[0]])
    assert set(states(cycle).values()) == {OutboxState.ACKNOWLEDGED}


class Batching(Meeting):
    """A vendor that takes several rows a call; `fails` is raised by the call that has the row of that key."""

    def __init__(self, script=None, fails=None):
        super().__init__(1, script)
        self.fails, self.calls = fails or {}, []

    def write_batch(self, changes):
        self.calls.append([change.entity_key for change in changes])
        for change in changes:
            if error := self.fails.pop(change.entity_key, None):
                raise error
        return [self.script.pop(change.entity_key, f"id of {change.entity_key}") for change in changes]


def test_rows_that_go_in_one_call_are_each_acknowledged_or_not(cycle):
    wanted = keys(7)
    vendor = Batching({wanted[1]: RejectedError("no such SKU", vendor="v")})
    assert send(cycle, vendor, wanted, Concurrency(rows=3)) == {}
    assert [len(call) for call in vendor.calls] == [3, 3] and vendor.written == [wanted[6]]
    found = states(cycle)
    assert found.pop(wanted[1]) == OutboxState.REJECTED
    assert set(found.values()) == {OutboxState.ACKNOWLEDGED}


def test_a_call_that_fails_as_a_whole_counts_once_and_goes_again(cycle):
    wanted = keys(6)
    vendor = Batching(fails={wanted[4]: TransientError("busy", vendor="v")})
    cycle.retry_policy = replace(cycle.retry_policy, outage_after=2)
    assert send(cycle, vendor, wanted, Concurrency(rows=3)) == {}
    assert sorted(key for call in vendor.calls for key in call) == sorted([*wanted, *wanted[3:]])
    assert set(states(cycle).values()) == {OutboxState.ACKNOWLEDGED}


def test_a_credential_refused_for_one_row_of_a_call_stores_what_the_others_brought(cycle):
    wanted = keys(6)
    vendor = Batching({wanted[0]: CredentialError("revoked", vendor="v")})
    assert "revoked" in send(cycle, vendor, wanted, Concurrency(rows=3))[SYNC]
    found = states(cycle)
    assert {key for key, state in found.items() if state == OutboxState.ACKNOWLEDGED} == set(wanted[1:3])
    assert {found[key] for key in [wanted[0], *wanted[3:]]} == {OutboxState.PENDING}


def test_calls_about_the_same_thing_never_overlap():
    limit = Concurrency(3, exclusive_by="order_id")
    go_on = threading.Event()
    with Calls[str, str](limit.calls) as calls:
        calls.begin("a", lambda: str(go_on.wait(20)), about=limit.about({"order_id": "1"}))
        assert not calls.have_room_for(limit.about({"order_id": "1"}))
        assert calls.have_room_for(limit.about({"order_id": "2"}))
        assert Concurrency(3).about({"order_id": "1"}) == ""
        go_on.set()
        assert calls.ended() == ("a", "True")
        assert calls.have_room_for(limit.about({"order_id": "1"}))


def test_leaving_waits_for_the_calls_under_way():
    done = threading.Event()
    with Calls[int, str](2) as calls:
        calls.begin(1, lambda: done.wait(20) and "late")
        threading.Timer(0.05, done.set).start()
    assert calls.ended() == (1, "late")


def test_a_single_call_runs_where_it_is_begun():
    with Calls[int, str](1) as calls:
        calls.begin(7, lambda: threading.current_thread().name)
        assert not calls.have_room_for("")
        assert calls.ended() == (7, threading.current_thread().name)
        assert not calls.any_in_flight


def test_a_run_that_is_interrupted_leaves_what_was_sent_unknown(cycle):
    class Interrupted(Meeting):
        def write(self, change):
            super().write(change)
            raise KeyboardInterrupt

    vendor = Interrupted(AT_ONCE)
    with pytest.raises(KeyboardInterrupt):
        send(cycle, vendor, keys(2 * AT_ONCE))
    found = states(cycle)
    assert {key for key, state in found.items() if state == OutboxState.UNKNOWN} == set(vendor.written)
    assert set(found.values()) == {OutboxState.UNKNOWN, OutboxState.PENDING}
    assert vendor.closed == 1
