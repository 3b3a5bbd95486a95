import pytest

from sandbox.world import days

MONDAY = 1_767_571_200


@pytest.mark.parametrize(
    ("start", "count", "expected"), [(0, 1, 1), (4, 1, 7), (4, 3, 9), (5, 0, 7), (5, 1, 8), (2, 0, 2)]
)
def test_business_days_skip_weekends_and_keep_the_time_of_day(start, count, expected):
    at = MONDAY + start * days.DAY + 3600
    assert days.business_days_after(at, count) == MONDAY + expected * days.DAY + 3600


def test_days_are_utc():
    assert days.weekday(MONDAY) == 0
    assert days.midnight(MONDAY + 86_399) == MONDAY
    assert days.date_text(MONDAY + 86_399) == "2026-01-05"
