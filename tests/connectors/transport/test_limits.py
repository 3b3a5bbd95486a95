import multiprocessing
import os
import time
from datetime import timedelta

import pytest

from connectors.transport.errors import TransientError
from connectors.transport.limits import Pacer, Slots, Window
from connectors.transport.messages import Call
from tieout.clock import utc_now
from tieout.state import State, limits, slots

CALL = Call("things", "GET", "/things", is_read=True, scope="shop-1")
OTHER = Call("things", "GET", "/things", is_read=True, scope="shop-2")
SPAWN = multiprocessing.get_context("spawn")


def pass_many(url, count, results):
    pacer = Pacer(State(url), "vendor", per_second=50)
    for _ in range(count):
        with pacer.acquire(CALL):
            results.put(time.time())


def hold_slot(url, entered, leave):
    holder = Slots(State(url), "account", limit=1, call_seconds=30)
    with holder.acquire(CALL):
        entered.set()
        leave.wait(30)
    os._exit(9)  # as a kill would: nothing is given back


def test_two_processes_together_stay_under_the_rate(state):
    results = SPAWN.Queue()
    both = [SPAWN.Process(target=pass_many, args=(state.url, 40, results)) for _ in range(2)]
    for process in both:
        process.start()
    passed = sorted(results.get(timeout=60) for _ in range(80))
    for process in both:
        process.join(30)
    busiest = max(sum(start <= at < start + 1 for at in passed) for start in passed)
    assert busiest <= 50
    assert passed[-1] - passed[0] >= 79 / 50


def test_turns_of_one_quota_are_evenly_spaced_and_another_quota_does_not_wait(state, steady_time):
    pacer = Pacer(state, "vendor", per_second=10, now=steady_time.now, sleep=steady_time.sleep)
    for _ in range(4):
        with pacer.acquire(CALL):
            pass
    assert steady_time.slept == pytest.approx([0.104] * 3)
    with pacer.acquire(OTHER):
        assert len(steady_time.slept) == 3


def test_turns_are_reserved_a_few_at_a_time(state, steady_time):
    pacer = Pacer(state, "vendor", per_second=50, now=steady_time.now, sleep=steady_time.sleep)
    stamps = set()
    for _ in range(30):
        with pacer.acquire(CALL), state.transaction() as connection:
            stamps.add(connection.execute(limits.select()).one().next_free_at)
    assert len(stamps) <= 9


def test_a_turn_not_taken_in_time_is_forfeited(state, steady_time):
    pacer = Pacer(state, "vendor", per_second=10, now=steady_time.now, sleep=steady_time.sleep)
    for _ in range(4):
        with pacer.acquire(CALL):
            pass
    steady_time.slept.clear()
    steady_time.instant += timedelta(seconds=60)
    for _ in range(3):
        with pacer.acquire(CALL):
            pass
    assert steady_time.slept == pytest.approx([0.104] * 2)


def test_a_pause_the_vendor_asked_for_holds_every_process_back(state, steady_time):
    refused, other = (
        Pacer(state, "vendor", per_second=10, now=steady_time.now, sleep=steady_time.sleep) for _ in range(2)
    )
    refused.throttle(CALL, 7)
    with other.acquire(CALL):
        assert steady_time.slept == pytest.approx([7.0])


def test_a_stamp_from_a_clock_that_was_set_back_is_not_believed(state, steady_time):
    pacer = Pacer(state, "vendor", per_second=10, now=steady_time.now, sleep=steady_time.sleep)
    with pacer.acquire(CALL):
        pass
    steady_time.instant -= timedelta(days=1)
    with Pacer(state, "vendor", per_second=10, now=steady_time.now, sleep=steady_time.sleep).acquire(CALL):
        assert steady_time.slept == []


def pass_window(url, count, results):
    window = Window(State(url), "vendor", per_minute=100, sleep=results.put)
    for _ in range(count):
        with window.acquire(CALL):
            pass
    results.put("done")


def test_two_processes_use_a_minute_up_together_and_then_wait_for_it_to_pass(state):
    results = SPAWN.Queue()
    both = [SPAWN.Process(target=pass_window, args=(state.url, 50, results)) for _ in range(2)]
    for process in both:
        process.start()
    reported = [results.get(timeout=60) for _ in range(3)]
    for process in both:
        process.join(30)
    (waited,) = [each for each in reported if each != "done"]
    assert 40 < waited <= 60.5, "one of a hundred is kept back: the hundredth call waited"


def test_a_minutes_quota_is_spent_as_calls_come_and_another_quota_does_not_wait(state, steady_time):
    window = Window(state, "vendor", per_minute=4, now=steady_time.now, sleep=steady_time.sleep)
    for _ in range(3):
        with window.acquire(CALL):
            steady_time.instant += timedelta(seconds=10)
    assert steady_time.slept == []
    for _ in range(2):
        with window.acquire(CALL):
            pass
    assert steady_time.slept == pytest.approx([30.5, 10])
    with window.acquire(OTHER):
        assert len(steady_time.slept) == 2


def test_a_pause_that_the_vendor_asked_for_holds_a_minutes_quota_back(state, steady_time):
    refused, other = (
        Window(state, "vendor", per_minute=150, now=steady_time.now, sleep=steady_time.sleep) for _ in range(2)
    )
    refused.throttle(CALL, 7)
    with other.acquire(CALL):
        assert steady_time.slept == pytest.approx([7.0])


def test_a_minutes_turns_from_a_clock_that_was_set_back_are_not_believed(state, steady_time):
    window = Window(state, "vendor", per_minute=1, now=steady_time.now, sleep=steady_time.sleep)
    with window.acquire(CALL):
        pass
    steady_time.instant -= timedelta(days=1)
    with window.acquire(CALL):
        assert steady_time.slept == []


def test_no_more_than_the_limit_are_under_way(state, steady_time):
    first, second = (
        Slots(state, "account", limit=2, call_seconds=300, now=steady_time.now, sleep=steady_time.sleep)
        for _ in range(2)
    )
    refused = pytest.raises(TransientError, match="all 2 slots of account")
    with first.acquire(CALL), second.acquire(CALL), refused, first.acquire(CALL):
        pass
    first.close()
    second.close()
    with first.acquire(CALL), first.acquire(CALL), state.transaction() as connection:
        assert len(connection.execute(slots.select()).all()) == 2


def test_a_slot_is_used_again_without_touching_the_state(state, steady_time):
    pool = Slots(state, "account", limit=1, call_seconds=30, now=steady_time.now, sleep=steady_time.sleep)
    holders = set()
    for _ in range(3):
        with pool.acquire(CALL), state.transaction() as connection:
            holders.add(connection.execute(slots.select()).one().holder)
    assert len(holders) == 1


def test_a_slot_too_old_for_another_call_is_replaced(state, steady_time):
    pool = Slots(state, "account", limit=1, call_seconds=30, now=steady_time.now, sleep=steady_time.sleep)
    with pool.acquire(CALL):
        pass
    steady_time.instant += timedelta(seconds=6)
    with pool.acquire(CALL), state.transaction() as connection:
        [row] = connection.execute(slots.select()).all()
    assert row.held_until == (steady_time.instant + timedelta(seconds=35)).isoformat(timespec="microseconds")


def test_an_expired_slot_of_another_machine_comes_free(state, steady_time):
    pool = Slots(state, "account", limit=1, call_seconds=30, now=steady_time.now, sleep=steady_time.sleep)
    until = (steady_time.instant + timedelta(seconds=20)).isoformat(timespec="microseconds")
    with state.transaction() as connection:
        connection.execute(slots.insert().values(quota="account", holder="elsewhere:1:x", held_until=until))
    with pool.acquire(CALL):
        assert 20 <= sum(steady_time.slept) < 20.2


def test_a_killed_process_frees_its_slot(state):
    entered, leave = SPAWN.Event(), SPAWN.Event()
    other = SPAWN.Process(target=hold_slot, args=(state.url, entered, leave))
    other.start()
    assert entered.wait(60)
    leave.set()
    other.join(30)
    begun = utc_now()
    with Slots(state, "account", limit=1, call_seconds=30).acquire(CALL):
        assert utc_now() - begun < timedelta(seconds=10)
