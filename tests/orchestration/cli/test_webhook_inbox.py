"""What is kept of webhooks is what doctor and the operator see of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.transport.webhooks import Notification
from orchestration.cli.doctor import _webhooks
from orchestration.cli.operator_commands import _what_to_register
from orchestration.cli.webhook_inbox import count_refused, received, remember
from tieout.clock import utc_now
from tieout.state import State, stamp

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = timedelta(hours=192)


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture
def state(settings):
    opened = State(settings.database_url)
    yield opened
    opened.close()


def stored(state: State, number: int, at: datetime) -> bool:
    notification = Notification(str(number), "7", "1", "orders", "571", at)
    return remember(state, "tiktok_shop", notification, window=WINDOW, now=at)


def test_what_came_since_a_day_is_counted_by_outcome(state):
    assert [stored(state, number, NOW + timedelta(days=number)) for number in (0, 1, 2, 2)] == [True, True, True, False]
    count_refused(state, {("tiktok_shop", "forged"): 4, ("other", "forged"): 9}, now=NOW + timedelta(days=2))
    last, counts = received(state, "tiktok_shop", since=NOW + timedelta(days=1))
    assert (last, counts) == (stamp(NOW + timedelta(days=2)), {"stored": 2, "forged": 4})
    assert received(state, "nobody", since=NOW) == ("", {})


def test_doctor_says_whether_webhooks_come_and_is_content_without_any(settings, state):
    (none,) = _webhooks(settings, state)
    assert (none.subject, none.verdict) == ("webhooks of tiktok_shop", "ok")
    assert "none came yet" in none.found


def test_doctor_finds_wrong_when_all_that_came_was_refused(settings, state):
    now = utc_now()
    count_refused(state, {("tiktok_shop", "forged"): 4, ("tiktok_shop", "too_large"): 1}, now=now)
    (wrong,) = _webhooks(settings, state)
    assert (wrong.verdict, wrong.remedy) == ("wrong", "see docs/runbooks/SYS-05.md")
    assert wrong.found.endswith("4 refused as forged, 1 refused as too large since yesterday")
    assert stored(state, 1, now)
    (mixed,) = _webhooks(settings, state)
    assert mixed.verdict == "ok"
    assert mixed.found.startswith(f"last one stored at {now:%Y-%m-%d %H:%M} UTC, 4 refused")


def test_the_command_says_where_it_listens_and_what_to_register(settings):
    listening, register = _what_to_register(settings, "::1", 8720)
    assert listening == "listening on http://[::1]:8720/webhooks/tiktok_shop"
    assert register.startswith("register https://YOUR-HOST/webhooks/tiktok_shop in Partner Center")
    assert "RETURN_STATUS_CHANGE" in register
