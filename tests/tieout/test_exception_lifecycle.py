"""The life of an exception over builds."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from tieout.exception_lifecycle import ExceptionRow, record_episodes
from tieout.state import episodes

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def broken(number=1, **changes):
    row = ExceptionRow(
        exception_id=f"e{number}",
        code="FIN-01",
        shop_id="101",
        entity_type="payment",
        entity_id=f"P{number}",
        severity="S1",
        owner="finance",
        money_at_risk_amount=Decimal("12.3000"),
        currency="GBP",
        due_at=None,
        expected="100.00",
        actual="87.70",
        evidence="{}",
        cause="bank amount differs",
    )
    return replace(row, **changes)


def kept(state):
    with state.reading() as connection:
        return connection.execute(select(episodes).order_by(episodes.c.exception_id, episodes.c.episode)).all()


def test_a_condition_opens_an_episode(state):
    assert record_episodes(state, [broken()], seen_at=MONDAY) == (1, 0, 0)
    [row] = kept(state)
    assert (row.exception_id, row.episode, row.code, row.entity_id, row.cleared_at) == ("e1", 1, "FIN-01", "P1", "")
    assert row.first_seen_at == row.last_seen_at == "2026-03-02T06:00:00.000000+00:00"
    assert json.loads(row.record)["money_at_risk_amount"] == "12.3000"


def test_a_condition_that_lasts_keeps_its_beginning_and_shows_its_present_figures(state):
    record_episodes(state, [broken()], seen_at=MONDAY)
    later = broken(actual="80.00", due_at=WEDNESDAY)
    assert record_episodes(state, [later], seen_at=TUESDAY) == (0, 0, 1)
    [row] = kept(state)
    assert row.first_seen_at.startswith("2026-03-02") and row.last_seen_at.startswith("2026-03-03")
    assert json.loads(row.record)["actual"] == "80.00"
    assert json.loads(row.record)["due_at"].startswith("2026-03-04")


def test_a_condition_that_is_gone_clears_with_proof(state):
    record_episodes(state, [broken(1), broken(2)], seen_at=MONDAY)
    assert record_episodes(state, [broken(2)], seen_at=TUESDAY) == (0, 1, 1)
    first, second = kept(state)
    assert first.cleared_at.startswith("2026-03-03") and first.last_seen_at.startswith("2026-03-02")
    assert "expected 100.00, actual 87.70" in first.proof
    assert (second.cleared_at, second.proof) == ("", "")


def test_a_condition_that_returns_is_a_new_episode(state):
    for seen_at, rows in ((MONDAY, [broken()]), (TUESDAY, []), (WEDNESDAY, [broken()])):
        record_episodes(state, rows, seen_at=seen_at)
    first, second = kept(state)
    assert (first.episode, bool(first.cleared_at)) == (1, True)
    assert (second.episode, second.cleared_at, second.first_seen_at[:10]) == (2, "", "2026-03-04")


def test_a_build_recorded_twice_changes_nothing(state):
    for _ in range(2):
        record_episodes(state, [broken(1), broken(2)], seen_at=MONDAY)
    assert [(row.exception_id, row.episode) for row in kept(state)] == [("e1", 1), ("e2", 1)]


def test_rows_with_one_id_are_one_exception_that_says_what_each_says(state):
    graver = broken(severity="S1", actual="other", money_at_risk_amount=Decimal("-50.0000"), currency="EUR")
    assert record_episodes(state, [broken(severity="S2"), graver, graver], seen_at=MONDAY) == (1, 0, 0)
    said = json.loads(kept(state)[0].record)
    assert (said["severity"], said["money_at_risk_amount"], said["currency"]) == ("S1", "-50.0000", "EUR")
    assert said["actual"] == "87.70; other"
    assert said["expected"] == "100.00"


def test_thousands_are_recorded_in_moments(state):
    rows = [broken(number) for number in range(5000)]
    started = time.perf_counter()
    assert record_episodes(state, rows, seen_at=MONDAY) == (5000, 0, 0)
    assert record_episodes(state, rows[:4000], seen_at=TUESDAY) == (0, 1000, 4000)
    assert record_episodes(state, rows, seen_at=WEDNESDAY) == (1000, 0, 4000)
    assert time.perf_counter() - started < 20
