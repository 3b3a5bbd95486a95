"""The demo stops inside its days; warehouse shipping goes live before a live event, and months end with a snapshot."""

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.demo.days import Days, connected_from_day, live_day, stops_after, stops_before

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 20, 60])
def test_stops_are_in_order_inside_the_days_and_end_with_the_last_one(count):
    days = Days(START, count)
    event = START + timedelta(days=live_day(count), hours=19)
    stops = [*stops_before(days), *stops_after(days, [("UK", event)])]
    instants = [stop.at for stop in stops]
    assert instants == sorted(set(instants))
    assert instants[0] >= START
    assert instants[-1] == days.end
    assert stops[-1].doing == "goods"


def test_the_warehouses_take_over_on_the_first_day_of_their_orders():
    days = Days(START, 60)
    before = stops_before(days)
    assert before[-1].doing == "connect"
    assert before[-1].at.date() == days.ships_from == (START + timedelta(days=connected_from_day(60))).date()
    assert live_day(60) > connected_from_day(60)


def test_each_month_that_ends_is_a_snapshot():
    days = Days(START, 60)
    stops = [*stops_before(days), *stops_after(days, [])]
    snapshots = [stop.at for stop in stops if stop.doing == "snapshot"]
    assert snapshots == [datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)]


def test_a_live_event_has_stops_for_stock_alone():
    event = START + timedelta(days=live_day(60), hours=20)
    stops = stops_after(Days(START, 60), [("UK", event)])
    assert [(stop.at - event).seconds // 60 for stop in stops if stop.doing == "stock"] == [20, 50]


def test_short_demos_are_connected_from_their_first_day():
    assert connected_from_day(3) == 0
    assert live_day(3) == 1
