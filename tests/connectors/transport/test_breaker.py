from datetime import UTC, datetime, timedelta

from connectors.transport.breaker import FAILURES_TO_DOUBT, FAILURES_TO_OPEN, Breaker

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed("a", NOON)
    return breaker


def test_a_run_of_failures_opens_only_its_own_key():
    breaker = opened()
    assert breaker.open_until("a", NOON) == NOON + timedelta(seconds=60)
    assert breaker.open_until("b", NOON) is None


def test_one_fewer_leaves_it_closed_and_an_answer_starts_the_count_again():
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed("a", NOON)
    breaker.succeeded("a")
    breaker.failed("a", NOON)
    assert breaker.open_until("a", NOON) is None


def test_after_its_rest_one_failure_opens_it_again_and_one_answer_closes_it():
    breaker, later = opened(), NOON + timedelta(seconds=60)
    assert breaker.open_until("a", later) is None
    breaker.failed("a", later)
    assert breaker.open_until("a", later) == later + timedelta(seconds=60)
    breaker.succeeded("a")
    assert breaker.open_until("a", later) is None


def test_before_it_opens_a_key_is_in_doubt():
    breaker = Breaker()
    for _ in range(FAILURES_TO_DOUBT):
        assert not breaker.in_doubt("a")
        breaker.failed("a", NOON)
    assert breaker.in_doubt("a") and breaker.open_until("a", NOON) is None
    breaker.succeeded("a")
    assert not breaker.in_doubt("a")
