"""Warehouse orders: what file is delivered, what is refused before it, and how an unknown outcome is settled."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.gxo.client import RemoteFile
from connectors.gxo.x12 import read_interchange
from connectors.transport.errors import ConnectorError, RejectedError, TransientError
from reverse_sync.destinations.gxo.warehouse_orders import GxoOrders, file_name, refuse_warehouse_order
from reverse_sync.model import Change, Proposal
from tests.support.clocks import ManualClock
from tieout.settings import Gxo
from tieout.state import State

ORDER, SHOP = "576812345678901234", "7495000000000000101"
SITE = Gxo(
    site="NTH1",
    shops=[SHOP],
    host="sftp.example",
    user="northgate",
    password=SecretStr("only-for-tests"),
    host_key="ssh-ed25519 AAAA",
    depositor="NORTHGATE",
    our_id="NORTHGATE",
    their_id="GXONTH1",
)
ADDRESS = {
    "name": "A Buyer",
    "address_line1": "1 High Street",
    "address_line2": "Flat 2",
    "post_town": "Leeds",
    "postal_code": "LS1 1AA",
    "region_code": "GB",
    "phone_number": "+44 20 7946 0000",
}
LINES = [{"sku": "GROC-1", "quantity": 2}, {"sku": "GROC-2", "quantity": 1}]


@dataclass
class Page:
    rows: list


@dataclass
class FakeFolders:
    delivered: dict[str, bytes] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def deliver(self, name, content):
        self.delivered.setdefault(name, content)

    def was_delivered(self, name):
        return name in self.delivered

    def list_sent(self):
        times = [datetime(2026, 1, 10, tzinfo=UTC) + timedelta(minutes=n) for n in range(len(self.delivered))]
        files = [RemoteFile(name, 1, at) for name, at in zip(self.delivered, times, strict=True)]
        return [("archive", file) for file in reversed(files)]

    def read_file(self, folder, name):
        self.read.append(name)
        return self.delivered[name]

    def close(self):
        self.delivered.clear()


@dataclass
class FakeShop:
    order: dict | None

    def orders(self, shop_id, ids):
        return Page([self.order] if self.order else [])

    def close(self):
        self.order = None


@pytest.fixture
def shop():
    return FakeShop({"id": ORDER, "status": "AWAITING_SHIPMENT", "recipient_address": dict(ADDRESS)})


@pytest.fixture
def folders():
    return FakeFolders()


@pytest.fixture
def orders(folders, shop, sqlite_state):
    return GxoOrders(folders, shop, SITE, sqlite_state, clock=ManualClock())


def change(purpose="N", **more):
    desired = {"order_id": ORDER, "purpose": purpose, "service": "STD", "lines": LINES, "ship_by": "2026-01-12", **more}
    return Change("gxo__warehouse_orders", ORDER, SHOP, desired, "hash", "key-of-the-intent")


def segments(folders):
    (content,) = folders.delivered.values()
    interchange = read_interchange(content)
    return interchange, [(found.id, *found.elements) for found in interchange.sets[0].segments]


def test_an_order_goes_out_with_the_address_that_tiktok_shop_shows_now(orders, folders):
    name = orders.write(change())
    interchange, found = segments(folders)
    assert name == f"1/{file_name(change())}"
    assert (interchange.sender, interchange.receiver, interchange.control_number) == (
        "NORTHGATE",
        "GXONTH1",
        "000000001",
    )
    assert ("W05", "N", ORDER) in found
    assert ("N3", "1 High Street", "Flat 2") in found
    assert ("N4", "Leeds", "", "LS1 1AA", "GB") in found
    assert ("W01", "2", "EA", "", "SK", "GROC-1") in found
    assert ("G62", "38", "20260112") in found


def labelled(number="H01", status="AWAITING_COLLECTION"):
    lines = [{"tracking_number": number}, {"tracking_number": "", "display_status": "CANCELLED"}]
    return {"id": ORDER, "status": status, "recipient_address": dict(ADDRESS), "line_items": lines}


def test_an_order_with_tiktoks_label_goes_out_with_its_number_though_tiktok_awaits_collection(orders, folders, shop):
    shop.order = labelled()
    orders.write(change(service="TTS", tracking_number="H01"))
    found = segments(folders)[1]
    assert ("N9", "2I", "H01") in found
    assert any("TTS" in segment for segment in found if segment[0] == "W66")


@pytest.mark.parametrize("order", [labelled("H02"), labelled(status="CANCELLED"), labelled(status="IN_TRANSIT")])
def test_an_order_whose_label_is_another_one_now_or_that_left_already_is_not_sent(orders, folders, shop, order):
    shop.order = order
    with pytest.raises(TransientError) as caught:
        orders.write(change(tracking_number="H01"))
    assert (caught.value.code, folders.delivered) == ("NOT_RELEASED", {})


def test_a_cancellation_asks_nobody_and_names_the_order(orders, folders, shop):
    shop.order = None
    orders.write(change("F"))
    assert segments(folders)[1][0] == ("W05", "F", ORDER)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "CANCELLED"}, "NOT_RELEASED"),
        ({"status": "ON_HOLD"}, "NOT_RELEASED"),
        ({"is_buyer_request_cancel": True}, "NOT_RELEASED"),
        ({"recipient_address": None}, "NO_ADDRESS"),
        ({"recipient_address": {**ADDRESS, "name": "A****", "address_line1": "*****"}}, "NO_ADDRESS"),
        ({"recipient_address": {**ADDRESS, "postal_code": ""}}, "NO_ADDRESS"),
    ],
)
def test_an_order_that_may_not_go_now_is_refused_and_nothing_is_delivered(orders, folders, shop, changes, code):
    shop.order |= changes
    with pytest.raises(ConnectorError) as caught:
        orders.write(change())
    assert caught.value.code == code
    assert isinstance(caught.value, TransientError if code == "NOT_RELEASED" else RejectedError)
    assert folders.delivered == {}
    assert "High Street" not in str(caught.value)


def test_an_order_that_vanished_is_not_sent(orders, shop):
    shop.order = None
    with pytest.raises(TransientError, match="no such order"):
        orders.write(change())


def test_what_x12_cannot_carry_is_refused_with_its_place(orders):
    with pytest.raises(RejectedError, match="W0502") as caught:
        orders.write(change(order_id="1" * 23))
    assert caught.value.code == "UNSENDABLE"


def case(name):
    return json.loads((Path(__file__).resolve().parents[3] / "cases" / name / "recipient.json").read_text())


def test_a_long_street_is_sent_whole(orders, folders, shop):
    shop.order["recipient_address"] = case("20-address-cut")
    orders.write(change())
    streets = [part for segment in segments(folders)[1] if segment[0] == "N3" for part in segment[1:]]
    assert " ".join(streets) == case("20-address-cut")["address_line1"]


def test_a_partners_delimiter_in_an_address_is_replaced_and_the_order_goes(folders, shop, sqlite_state):
    shop.order["recipient_address"] = case("21-delimiter-in-address")
    partner = SITE.model_copy(update={"component_separator": ":"})
    GxoOrders(folders, shop, partner, sqlite_state, clock=ManualClock()).write(change())
    assert ("N3", "Unit 4 Mill Lane") in segments(folders)[1]


@pytest.mark.parametrize(
    ("desired", "place"),
    [
        ({"lines": [{"sku": "GROC*1", "quantity": 1}]}, "W0105"),
        ({"lines": [{"sku": "GROC-1\udcff", "quantity": 1}]}, "W0105"),
        ({"service": "STD~"}, "W6605"),
        ({"service": "x" * 36}, "W6605"),
        ({"ship_by": "soon"}, ""),
        ({"lines": [{"sku": "GROC-1"}]}, ""),
        ({"order_id": "1*2", "purpose": "F"}, "W0502"),
    ],
)
def test_what_cannot_be_written_is_rejected_before_anything_is_delivered(orders, folders, desired, place):
    with pytest.raises(RejectedError) as caught:
        orders.write(change(**{"purpose": "N", **desired}))
    assert (caught.value.code, caught.value.field, folders.delivered) == ("UNSENDABLE", place, {})


def test_an_address_without_room_is_rejected_and_not_shown(orders, folders, shop):
    shop.order["recipient_address"]["post_town"] = "Upper Saint Something on the Hill North"
    with pytest.raises(RejectedError, match="N401") as caught:
        orders.write(change())
    assert (caught.value.code, folders.delivered) == ("UNSENDABLE", {})
    assert "Saint" not in str(caught.value)


def test_the_same_intent_has_the_same_name_and_another_intent_another():
    again = Change("gxo__warehouse_orders", ORDER, SHOP, change().desired, "hash", "another-intent")
    assert file_name(change()) == file_name(change())
    assert file_name(change()) != file_name(again)
    assert file_name(change()) < file_name(change("F"))


def test_reading_back_finds_the_file_under_the_number_it_went_out_with(orders, folders):
    assert orders.read_back(change()) is None
    written = orders.write(change())
    assert orders.read_back(change()).vendor_id == written
    folders.delivered.clear()
    assert orders.read_back(change()) is None


def forgetful(folders, shop, tmp_path):
    """Return a destination whose state is an earlier copy: it knows nothing of what was sent."""
    state = State(f"sqlite:///{tmp_path / 'restored.db'}")
    return state, GxoOrders(folders, shop, SITE, state, clock=ManualClock())


def test_a_state_that_came_back_from_an_earlier_copy_uses_no_number_twice(orders, folders, shop, tmp_path):
    changes = [
        Change("gxo__warehouse_orders", ORDER, SHOP, change().desired, "hash", f"{n}-key-of-an-intent")
        for n in range(8)
    ]
    sent = [orders.write(each) for each in changes[:7]]
    state, restored = forgetful(folders, shop, tmp_path)
    assert [number.partition("/")[0] for number in sent] == ["1", "2", "3", "4", "5", "6", "7"]
    assert restored.write(changes[7]).startswith("8/")
    assert restored.write(changes[3]) == sent[3]  # the same intent is there already: it does not go twice
    assert restored.read_back(changes[4]).vendor_id == sent[4]
    assert len(folders.delivered) == 8
    folders.read.clear()
    GxoOrders(folders, shop, SITE, state, clock=ManualClock()).write(change())
    assert folders.read == []  # what was recalled once is remembered
    state.close()


def proposal(**desired):
    body = {"order_id": ORDER, "purpose": "N", "lines": LINES, **desired}
    return Proposal("gxo__warehouse_orders", ORDER, SHOP, body, "hash", amount=0, currency="")


def test_only_what_makes_sense_is_accepted(make_settings):
    settings = make_settings().model_copy(update={"gxo": SITE})
    assert refuse_warehouse_order(settings, proposal()) == ""
    assert refuse_warehouse_order(settings, proposal(purpose="F", lines=[])) == ""
    assert "no lines" in refuse_warehouse_order(settings, proposal(lines=[]))
    assert "quantity" in refuse_warehouse_order(settings, proposal(lines=[{"sku": "A", "quantity": 0}]))
    assert "purpose" in refuse_warehouse_order(settings, proposal(purpose="X"))
    assert "no GXO site" in refuse_warehouse_order(make_settings(), proposal())
