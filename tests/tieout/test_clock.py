from datetime import UTC, datetime

import pytest

from tieout.clock import from_epoch, to_epoch, utc_now


def test_epoch_seconds_and_instants_are_each_others_inverse():
    assert from_epoch("1767225600") == datetime(2026, 1, 1, tzinfo=UTC)
    assert to_epoch(from_epoch(1767225600)) == 1767225600


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        to_epoch(datetime(2026, 1, 1))  # noqa: DTZ001


def test_now_carries_utc():
    assert utc_now().utcoffset().total_seconds() == 0
