"""TikTok's labels from the stand-in, where an order's package is created, and where it waits to be shipped."""

import pytest

from connectors.tiktok_shop.client import open_tiktok_shop
from orchestration.demo.demo import call_sandbox, running_sandbox
from reverse_sync.destinations.tiktok_shop.labels import TikTokLabels
from reverse_sync.model import Change
from tests.support.worlds import CONFIG
from tieout.settings import load_settings
from tieout.state import State

UK, US = "7495000000000000101", "7495000000000000202"
CREATED, SHIPPED = "/fulfillment/202512/packages", "/ship"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A world in which the UK shop's packages wait, and the US shop's are created; yields its control API and home."""
    home = tmp_path_factory.mktemp("labels")
    with running_sandbox(home, port=0) as urls:

        def control(method, path, body=None):
            return call_sandbox(urls["control"], method, f"/_sandbox{path}", body)

        control("PUT", "/limits", {"tiktok_shop": {"labels": {UK: "ship_package"}}})
        control("POST", "/trade", {"baskets": 60, "days": 3, "seed": 4, "fulfilment": "connected", "live_events": 0})
        control("POST", "/clock", {"advance_hours": 30})
        yield control, home


@pytest.fixture
def labels(world):
    settings = load_settings(CONFIG, world[1])
    state = State(settings.database_url)
    opened = TikTokLabels(open_tiktok_shop(settings, state))
    yield opened
    opened.close()
    state.close()


def waiting(control, shop):
    """Return an order of a shop that TikTok ships and that waits for its shipment."""
    orders = control("GET", f"/tiktok_shop/orders?limit=1000&shop={shop}")["items"]
    wanted = {"status": "AWAITING_SHIPMENT", "shipping_type": "TIKTOK", "fulfillment_type": "FULFILLMENT_BY_SELLER"}
    return next(order for order in orders if all(order[name] == value for name, value in wanted.items()))


@pytest.mark.parametrize(
    ("shop", "waits", "path", "other"), [(UK, True, SHIPPED, CREATED), (US, False, CREATED, SHIPPED)]
)
def test_one_label_is_bought_in_the_shops_own_way(world, labels, shop, waits, path, other):
    control, _ = world
    order = waiting(control, shop)
    assert bool(order["packages"]) is waits
    change = Change("tiktok_shop__labels", order["id"], shop, {"order_id": order["id"], "after": []}, "hash", "key")
    control("DELETE", "/tiktok_shop/calls")
    package = labels.write(change)
    assert labels.write(change) == package == labels.read_back(change).vendor_id
    called = [call["path"] for call in control("GET", "/tiktok_shop/calls") if call["method"] == "POST"]
    assert [len([each for each in called if each.endswith(end)]) for end in (path, other)] == [1, 0]
    shipped = control("GET", f"/tiktok_shop/orders/{order['id']}")
    assert shipped["status"] == "AWAITING_COLLECTION" and shipped["packages"] == [{"id": package}]
    assert all(line["tracking_number"] for line in shipped["line_items"])
