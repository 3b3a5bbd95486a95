"""Pauses between attempts."""

import pytest

from tests.support.clocks import START, ManualClock


def test_a_pause_doubles_up_to_its_cap():
    retry_policy = ManualClock().retry_policy(first_delay=2, max_delay=30)
    assert [retry_policy.delay(attempt) for attempt in (1, 2, 3, 4, 5, 6, 500)] == [2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize(("share", "pause"), [(0.0, 4.0), (0.5, 6.0), (1.0, 8.0)])
def test_jitter_spreads_a_pause_over_its_later_half(share, pause):
    assert ManualClock().retry_policy(jitter=lambda: share).delay(4) == pause


def test_a_run_waits_no_longer_than_its_patience():
    assert (ManualClock().retry_policy(patience_seconds=20).horizon(START) - START).total_seconds() == 20
