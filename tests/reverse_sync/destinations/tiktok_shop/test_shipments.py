"""Shipments on TikTok Shop: reported once, and a refusal as already shipped is settled by what the order shows."""

from dataclasses import dataclass, field

import pytest

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.tiktok_shop.shipments import TikTokShipments, refuse_shipment
from reverse_sync.model import Change, Proposal

ORDER, SHOP = "576812345678901234", "7495000000000000101"
DESIRED = {"order_id": ORDER, "order_line_ids": ["1", "2"], "tracking_number": "RM1", "provider_id": "9"}


@dataclass
class Page:
    rows: list


@dataclass
class FakeShop:
    """An order of two line items; `refusal` is what marking it as shipped raises."""

    lines: list = field(default_factory=lambda: [{"id": "1"}, {"id": "2"}])
    refusal: Exception | None = None
    reported: list = field(default_factory=list)

    def orders(self, shop_id, ids):
        return Page([{"id": ORDER, "line_items": self.lines}])

    def mark_shipped(self, shop_id, order_id, *, line_ids, tracking_number, provider_id):
        if self.refusal:
            raise self.refusal
        self.reported.append((shop_id, order_id, line_ids, tracking_number, provider_id))
        return "P1"

    def close(self):
        self.reported.clear()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def shipments(shop):
    return TikTokShipments(shop)


CHANGE = Change("tiktok_shop__shipments", "S/1", SHOP, DESIRED, "hash", "key")
ALREADY = RejectedError("already shipped", vendor="tiktok_shop", code="21011027")


def shipped(number, *ids):
    return [{"id": line, "tracking_number": number, "package_id": "P7"} for line in ids]


def test_a_shipment_is_reported_and_its_package_returned(shipments, shop):
    assert shipments.write(CHANGE) == "P1"
    assert shop.reported == [(SHOP, ORDER, ["1", "2"], "RM1", "9")]


def test_already_shipped_with_our_number_is_done(shipments, shop):
    shop.refusal, shop.lines = ALREADY, shipped("RM1", "1", "2")
    assert shipments.write(CHANGE) == "P7"


def test_already_shipped_with_another_number_is_reported_as_such(shipments, shop):
    shop.refusal, shop.lines = ALREADY, shipped("OTHER", "1", "2")
    with pytest.raises(RejectedError, match=r"another shipment.*OTHER; ours is RM1") as caught:
        shipments.write(CHANGE)
    assert caught.value.code == "EDITED"


def test_a_refusal_of_what_has_not_shipped_stays_a_refusal(shipments, shop):
    shop.refusal = ALREADY
    with pytest.raises(RejectedError) as caught:
        shipments.write(CHANGE)
    assert caught.value.code == "21011027"


@pytest.mark.parametrize(
    ("lines", "vendor_id", "differs"),
    [
        (shipped("RM1", "1", "2"), "P7", False),
        ([*shipped("RM1", "1"), {"id": "2"}], "P7", True),
        (shipped("RM1", "1") + shipped("RM2", "2"), "P7", True),
    ],
)
def test_reading_back_shows_the_package_and_where_it_differs(shipments, shop, lines, vendor_id, differs):
    shop.lines = lines
    seen = shipments.read_back(CHANGE)
    assert seen.vendor_id == vendor_id
    assert bool(seen.difference) is differs


def test_reading_back_what_has_not_shipped_finds_nothing(shipments):
    assert shipments.read_back(CHANGE) is None


def test_a_shipment_without_its_parts_is_refused(make_settings):
    def refused(**changes):
        proposal = Proposal(CHANGE.sync, "S/1", SHOP, {**DESIRED, **changes}, "hash", amount=0, currency="")
        return refuse_shipment(make_settings(), proposal)

    assert refused() == ""
    assert refused(tracking_number="", order_line_ids=[]) == "the shipment lacks order_line_ids, tracking_number"
