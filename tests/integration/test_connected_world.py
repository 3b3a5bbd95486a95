"""Both warehouses, a live event and a faulty wire: nothing is lost, doubled or shipped needlessly; then at rest."""

from collections import Counter
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import live_events, write_tenant
from orchestration.steps.cycle import run_cycle
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State

pytestmark = pytest.mark.exhaustive

# Hours from the world's beginning; live events are on the second evening, 19:00 in either shop.
STOPS = (34, 43.5, 48.5, 68)
# Faults come at a steady pace: at one pace for all, every retry would meet the next of them.
RATES = {"500": 0.004, "lost_reply": 0.003, "429": 0.0035, "drop_request": 0.005}
FAULTS = [
    {"system": system, "match": match, "kind": kind, "rate": RATES[kind]}
    for system, match, kinds in (
        ("tiktok_shop", "/", ("500", "lost_reply", "429")),
        ("linnworks", "/", ("500", "lost_reply")),
        ("gxo", "rename", ("drop_request", "lost_reply")),
    )
    for kind in kinds
]


class Company:
    """A connected world, and the product that looks after both of its shops."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.settings = load_settings(folder, world.home)
        self.last = []

    def cycle(self):
        state = State(self.settings.database_url)
        try:
            return run_cycle(self.settings, state, report=lambda _text: None)
        finally:
            state.close()

    def orders(self):
        found = self.world.records("tiktok_shop", "orders")
        return {order["id"]: order for order in found if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"}

    def sent(self):
        """How often each order was sent to a warehouse."""
        names = [file["name"] for file in self.world.records("gxo", "files")]
        files = Counter(name.split("_")[1] for name in names if name.startswith("940_") and "_1N_" in name)
        return files + Counter(order["GeneralInfo"]["ReferenceNum"] for order in self.linnworks_orders())

    def linnworks_orders(self):
        found = self.world.records("linnworks", "orders")
        return [order for order in found if order["GeneralInfo"]["Source"] == "TIKTOK"]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    home = tmp_path_factory.mktemp("connected")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        wanted = {"baskets": 600, "days": 20, "seed": 5, "fulfilment": "connected", "first_live_day": 1}
        start = world.call("POST", "/_sandbox/trade", wanted)["now"]
        company = Company(world, write_tenant(CONFIG, home, urls["control"]))
        for fault in FAULTS:
            world.call("POST", "/_sandbox/faults", fault)
        for hours in STOPS:
            world.call("POST", "/_sandbox/clock", {"to": start + int(hours * 3600)})
            company.cycle()
        world.call("DELETE", "/_sandbox/faults")
        # One cycle may buy a label, the next shows the warehouse of it, and the third has nothing left to do.
        company.last = [company.cycle() for _ in range(3)]
        yield company


def test_live_events_came_within_the_time(company):
    events = live_events(company.world.call("GET", "/_sandbox/world"))
    now = company.world.call("GET", "/_sandbox/clock")["now"]
    assert len(events) == 2
    assert all(at.timestamp() < now for _, at in events)


def test_every_released_order_is_at_its_warehouse_and_none_is_there_twice(company):
    orders, sent = company.orders(), company.sent()
    released = {
        number
        for number, order in orders.items()
        if order["status"] not in ("UNPAID", "ON_HOLD", "CANCELLED") and not order["is_buyer_request_cancel"]
    }
    assert len(released) > 60
    assert released - set(sent) == set()
    assert {number: times for number, times in sent.items() if times > 1} == {}
    assert set(sent) <= set(orders)


def test_nothing_is_shipped_that_was_cancelled_before(company):
    counted = company.world.call("GET", "/_sandbox/world")
    assert counted["shipped_after_cancel"] == 0
    assert any(order["status"] == "CANCELLED" for order in company.orders().values())


def test_every_parcel_that_left_has_its_tracking_number_on_tiktok_shop(company):
    orders = company.orders()
    reported = {line["tracking_number"] for order in orders.values() for line in order["line_items"]}
    parcels = {
        carton["tracking"]: shipment["order"]
        for shipment in company.world.records("gxo", "shipments")
        if shipment.get("reported_at")
        for carton in shipment["cartons"]
    }
    parcels |= {
        order["ShippingInfo"]["TrackingNumber"]: order["GeneralInfo"]["ReferenceNum"]
        for order in company.linnworks_orders()
        if order.get("Processed")
    }
    shipped = {number for number, order in parcels.items() if orders[order]["status"] != "CANCELLED"}
    assert len(shipped) > 10
    assert shipped - reported == set()


def test_nothing_is_written_once_the_world_stops(company):
    assert company.last[-1].applied.acknowledged == 0
    assert company.last[-1].problems == []
