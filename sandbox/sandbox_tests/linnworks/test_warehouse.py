"""The warehouse staff: what they pack, when, and what they leave."""

from __future__ import annotations

import pytest

from sandbox import linnworks
from sandbox_tests.linnworks.conftest import DAY, HOUR, LEVELS, MONDAY, channel_order


def waves(live, hours):
    """Run a wave every half hour up to so many hours after Monday 00:00 UTC."""
    for at in range(live.store.now, MONDAY + int(hours * HOUR) + 1, linnworks.WAVE_SECONDS):
        live.store.set_now(at)
        linnworks.wave(live.store, at)


def test_paid_orders_leave_in_working_hours_with_a_label_and_one_number(live):
    ids = live.create(*(channel_order(f"5770{number:02}", ("GROC-1", 1)) for number in range(20)))
    waves(live, 12.5)
    assert not any(live.order(id)["Processed"] for id in ids)
    waves(live, 4 * 24)
    orders = [live.order(id) for id in ids]
    assert all(order["Processed"] and order["GeneralInfo"]["LabelPrinted"] for order in orders)
    numbers = {order["ShippingInfo"]["TrackingNumber"] for order in orders}
    assert len(numbers) == 20 and {order["ShippingInfo"]["Vendor"] for order in orders} == {"UPS", "USPS"}
    assert all(13 <= int(order["ProcessedDateTime"][11:13]) < 23 for order in orders)
    assert live.level("GROC-1") == (30, 0, 30)


def test_most_orders_leave_within_a_day_and_some_are_late(live):
    linnworks.seed_stock(live.store, {"GROC-1": 1000})
    ids = live.create(*(channel_order(f"577{number:03}", ("GROC-1", 1)) for number in range(200)))
    waves(live, 24 * 4)
    days = [live.order(id)["ProcessedDateTime"][:10] for id in ids]
    assert 170 <= days.count("2026-01-05") < 200 and set(days) >= {"2026-01-05", "2026-01-06"}


def test_what_is_short_unpaid_parked_locked_or_on_hold_waits(live):
    wanted = [
        channel_order("577001", ("GROC-3", 1)),
        channel_order("577002", PaymentStatus="Unpaid"),
        channel_order("577003", OrderState="Park"),
        channel_order("577004"),
        channel_order("577005", OrderState="Hold"),
        channel_order("577006", ("UNHEARD-OF", 1)),
    ]
    short, *rest = live.create(*wanted)
    live.call("Orders/LockOrder", {"orderIds": [rest[2]], "lockOrder": True})
    waves(live, 24 * 4)
    assert not any(live.order(id)["Processed"] for id in (short, *rest))
    linnworks.seed_stock(live.store, {"GROC-3": 1})
    waves(live, 24 * 4 + 20)
    assert live.order(short)["Processed"]


def test_a_number_given_by_the_client_is_kept(live):
    (id,) = live.create(channel_order("577001"))
    live.call("Orders/SetOrderShippingInfo", {"orderId": id, "info": {"TrackingNumber": "OURS"}})
    waves(live, 24 * 4)
    assert live.order(id)["ShippingInfo"]["TrackingNumber"] == "OURS"


def test_deliveries_fill_up_what_is_below_half_on_tuesdays(live):
    assert linnworks.consume(live.store, "GROC-1", 26) == 26 and linnworks.consume(live.store, "GROC-2", 5) == 5
    waves(live, 24 + 14)
    assert live.level("GROC-1")[0] == 24
    waves(live, 24 + 15)
    assert live.level("GROC-1")[0] == LEVELS["GROC-1"] and live.level("GROC-2")[0] == 5


@pytest.mark.parametrize("steps", [(3 * DAY,), (DAY // 2 + 77, DAY, 2 * DAY + 5, 3 * DAY)])
def test_the_clock_moves_the_warehouse_however_it_is_sliced(live, steps):
    from sandbox import world
    from sandbox.world.state import World

    live.store.set_now(0)
    world.create_world(live.store, seed=7, start=MONDAY, days=3, baskets=5)
    opening = World.of(live.store)
    opening.agenda.add(MONDAY, "linnworks_wave", "all")
    opening.agenda.save()
    (id,) = live.create(channel_order("577001"))
    for step in steps:
        live.control("POST", "/clock", {"to": MONDAY + step})
    order = live.order(id)
    assert order["ProcessedDateTime"] == "2026-01-05T16:00:00Z" and order["ShippingInfo"]["TrackingNumber"]
