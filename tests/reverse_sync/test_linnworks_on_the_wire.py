"""Orders and returns through the real connector into the stand-in Linnworks, in a process of its own."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from connectors.linnworks.client import open_linnworks
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.linnworks.orders import LinnworksOrders
from reverse_sync.destinations.linnworks.restocks import LinnworksRestocks
from reverse_sync.model import Change
from tests.support.stand_ins import ask, stand_ins

SHOP = "7495000000000000202"
ADDRESS = {"name": "A Buyer", "address_line1": "1 Example Street", "postal_code": "97000", "region_code": "US"}
LABEL = "9400111111111111111111"
SECTION = '\n[linnworks]\nbase_url = "{base_url}"\n\n[linnworks.shops]\n"{shop}" = "{sub_source}"\n'


@pytest.fixture(scope="module")
def systems(tmp_path_factory):
    """What they say about themselves after two days with a clock, and with stock in Linnworks."""
    with stand_ins(tmp_path_factory.mktemp("sandbox")) as control:
        ask(f"{control}/trade", {"baskets": 10, "days": 2, "seed": 1, "fulfilment": "connected"})
        yield ask(f"{control}/systems")


@dataclass
class Shop:
    """A TikTok Shop that shows the same order under every id that is asked for."""

    order: dict
    rows: list = field(default_factory=list)

    def orders(self, shop_id, ids):
        return Shop(self.order, [{**self.order, "id": order_id} for order_id in ids])

    def close(self):
        self.order = {}


@pytest.fixture
def settings(systems, make_settings, demo_config, tmp_path):
    account = systems["linnworks"]
    folder = tmp_path / "config"
    shutil.copytree(demo_config, folder)
    written = (folder / "tieout.toml").read_text().partition("[linnworks]")[0]
    (folder / "tieout.toml").write_text(written + SECTION.format(shop=SHOP, **account))
    names = ("application_id", "application_secret", "token")
    return make_settings(config_dir=folder, **{f"linnworks__{name}": account[name] for name in names})


@pytest.fixture
def client(settings, sqlite_state):
    with open_linnworks(settings, sqlite_state) as opened:
        yield opened


@pytest.fixture
def shop():
    return Shop({"status": "AWAITING_SHIPMENT", "recipient_address": ADDRESS})


@pytest.fixture
def orders(settings, client, shop):
    return LinnworksOrders(client, shop, settings.linnworks)


@pytest.fixture
def restocks(settings, client):
    return LinnworksRestocks(client, settings.linnworks)


@pytest.fixture
def goods(client):
    """Return an item with stock and a function that gives its stock now."""
    place = client.locations().rows[0]["StockLocationId"]

    def quantity(sku):
        return next(row["Quantity"] for row in client.stock_items(place).rows if row["ItemNumber"] == sku)

    rows = [row for row in client.stock_items(place).rows if not row["IsCompositeParent"]]
    return max(rows, key=lambda row: row["Available"])["ItemNumber"], quantity


@pytest.fixture
def shipped(systems, orders, goods):
    """Return a function that saves an order of three units and lets the warehouse process it."""

    def ship(number):
        saved = orders.write(change(number, lines=[{"sku": goods[0], "quantity": 3, "price": "3.33", "tax": "0.00"}]))
        account = systems["linnworks"]
        keys = {"ApplicationId": "application_id", "ApplicationSecret": "application_secret", "Token": "token"}
        session = ask(account["authorize_url"], {name: account[key] for name, key in keys.items()})
        url = f"{session['Server']}/api/Orders/ProcessOrder"
        assert ask(url, {"orderId": saved, "scanPerformed": True}, Authorization=session["Token"])["Processed"]
        return saved

    return ship


@pytest.fixture
def lose_reply(systems):
    def plant(method):
        wish = {"system": "linnworks", "kind": "lost_reply", "match": method, "rate": 1.0, "count": 1}
        ask(f"{systems['control']}/faults", wish)

    yield plant
    ask(f"{systems['control']}/faults", method="DELETE")


def change(number, purpose="N", **more):
    lines = [
        {"sku": "GROC-1", "quantity": 2, "price": "3.33", "tax": "0.59"},
        {"sku": "GROC-1", "quantity": 1, "price": "3.34", "tax": "0.29"},
    ]
    instants = dict.fromkeys(("received_at", "paid_at", "dispatch_by"), "2026-01-10T09:00:00Z")
    desired = {"location": "Default", "service": "UPS Ground", "currency": "USD", "tax": "channel", "lines": lines}
    desired = {"order_id": number, "purpose": purpose, **desired, **instants, **more}
    return Change("linnworks__orders", number, SHOP, desired, "hash", "key")


def returned(number, sku, quantity=2):
    desired = {"location": "Default", "order_id": number, "return_id": f"R{number}"}
    return Change(
        "linnworks__restocks",
        f"R{number}",
        SHOP,
        {**desired, "lines": [{"sku": sku, "quantity": quantity}]},
        "hash",
        "key",
    )


def test_an_order_is_saved_with_its_money_to_the_penny_and_a_repetition_saves_nothing(orders, client):
    saved = orders.write(change("576000000000000001"))
    [found] = client.orders([saved]).rows
    assert found["GeneralInfo"]["ReferenceNum"] == "576000000000000001"
    assert (found["TotalsInfo"]["Tax"], found["TotalsInfo"]["TotalCharge"]) == (Decimal("0.88"), Decimal("10.88"))
    assert orders.write(change("576000000000000001")) == saved
    assert len(client.orders_by_reference("576000000000000001")) == 1


def test_orders_go_twenty_a_call_and_those_that_are_there_are_known_by_their_ids(orders, client, shop):
    shop.order |= {"status": "AWAITING_COLLECTION", "line_items": [{"tracking_number": LABEL}]}
    numbers = [f"57600000000000{number:04d}" for number in range(100, 120)]
    before = orders.write(change(numbers[3], tracking_number=LABEL))
    answers = orders.write_batch([change(number, tracking_number=LABEL) for number in numbers])
    found = {row["OrderId"]: row for row in client.orders(answers).rows}
    assert answers[3] == before
    assert [found[answer]["GeneralInfo"]["ReferenceNum"] for answer in answers] == numbers
    assert {row["ShippingInfo"]["TrackingNumber"] for row in found.values()} == {LABEL}


def test_an_order_that_linnworks_refuses_holds_none_of_its_call_back(orders, client):
    nameless = {"sku": "", "quantity": 1, "price": "1.00", "tax": "0.00"}
    bad = change("576000000000000201", lines=[nameless])
    first, refused, last = orders.write_batch([change("576000000000000200"), bad, change("576000000000000202")])
    assert isinstance(refused, RejectedError)
    assert {row["OrderId"] for row in client.orders([first, last]).rows} == {first, last}


def test_a_lost_reply_to_saving_is_settled_with_one_order(orders, client, lose_reply):
    lose_reply("CreateOrders")
    with pytest.raises(OutcomeUnknownError):
        orders.write(change("576000000000000002"))
    seen = orders.read_back(change("576000000000000002"))
    [found] = client.orders_by_reference("576000000000000002")
    assert (seen.vendor_id, seen.difference) == (found["OrderId"], "")


def test_a_label_is_on_the_order_and_the_rest_of_its_shipping_block_too(orders, client, shop):
    shop.order |= {"status": "AWAITING_COLLECTION", "line_items": [{"tracking_number": LABEL}]}
    saved = orders.write(change("576000000000000003", tracking_number=LABEL))
    [found] = client.orders([saved]).rows
    assert found["ShippingInfo"]["TrackingNumber"] == LABEL
    assert orders.read_back(change("576000000000000003", tracking_number=LABEL)).difference == ""


def test_a_cancelled_order_leaves_the_open_book_for_the_list_of_cancelled_ones(orders, client, lose_reply):
    saved = orders.write(change("576000000000000004"))
    location = client.locations().rows[0]["StockLocationId"]
    assert saved in client.open_order_ids(location, source="TIKTOK")
    lose_reply("CancelOrder")
    with pytest.raises(OutcomeUnknownError):
        orders.write(change("576000000000000004", "F"))
    assert orders.read_back(change("576000000000000004", "F")).difference == ""
    assert saved not in client.open_order_ids(location, source="TIKTOK")
    [closed] = client.orders([saved]).rows
    at = datetime.fromisoformat(closed["ProcessedDateTime"])
    window = (at - timedelta(days=1), at + timedelta(days=1))
    assert [row["pkOrderID"] for row in client.processed_orders("cancelled", *window, source="TIKTOK")] == [saved]
    assert client.processed_orders("processed", *window, source="TIKTOK") == []


def test_a_parked_order_is_not_cancelled_and_says_so(orders, client, systems):
    saved = orders.write(change("576000000000000005"))
    [found] = client.orders([saved]).rows
    general = {**json.loads(json.dumps(found["GeneralInfo"], default=str)), "IsParked": True}
    ask(f"{systems['control']}/linnworks/orders/{saved}", {"GeneralInfo": general}, method="PATCH")
    with pytest.raises(RejectedError, match="parked"):
        orders.write(change("576000000000000005", "F"))
    assert orders.read_back(change("576000000000000005", "F")) is None


def test_a_return_comes_into_stock_once_and_a_second_run_writes_nothing(restocks, client, shipped, goods):
    sku, quantity = goods
    order, before = shipped("576000000000000301"), quantity(sku)
    booked = restocks.write(returned("576000000000000301", sku))
    assert quantity(sku) == before + 2
    seen = restocks.read_back(returned("576000000000000301", sku))
    assert (seen.vendor_id, seen.difference) == (booked, "")
    assert restocks.write(returned("576000000000000301", sku)) == booked
    [header] = client.returns_of_order(order)
    assert (header["ExternalReference"], header["Actioned"]) == ("R576000000000000301", True)
    assert quantity(sku) == before + 2


@pytest.mark.parametrize(
    ("method", "number", "is_there"),
    [("CreateRMABooking", "576000000000000302", False), ("ActionRMABooking", "576000000000000303", True)],
)
def test_a_lost_reply_to_a_return_ends_in_one_actioned_booking(
    restocks, client, shipped, goods, lose_reply, method, number, is_there
):
    sku, quantity = goods
    order, before = shipped(number), quantity(sku)
    lose_reply(method)
    with pytest.raises(OutcomeUnknownError):
        restocks.write(returned(number, sku))
    assert (restocks.read_back(returned(number, sku)) is not None) is is_there
    restocks.write(returned(number, sku))
    assert [header["Actioned"] for header in client.returns_of_order(order)] == [True]
    assert quantity(sku) == before + 2


def test_linnworks_refusals_of_a_return_are_reported_in_its_words(client, shipped, goods):
    order = shipped("576000000000000304")
    [row] = client.orders([order]).rows[0]["Items"]
    line = {"OrderItemRowId": row["RowId"], "ReturnQuantity": 4}
    with pytest.raises(RejectedError, match="more than the 3"):
        client.book_return(order, [line], reference="R")
    booked = client.book_return(order, [{**line, "ReturnQuantity": 1}], reference="R")
    client.action_return(order, booked)
    with pytest.raises(RejectedError, match="already actioned"):
        client.action_return(order, booked)
