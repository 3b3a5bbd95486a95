"""TikTok's labels: one per order, whoever bought it, and none for an order that may not go."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from connectors.transport.errors import RejectedError, TransientError
from reverse_sync.destinations.tiktok_shop.labels import TikTokLabels, refuse_label
from reverse_sync.model import Change, Proposal

ORDER, SHOP = "576812345678901234", "7495000000000000101"
CHANGE = Change("tiktok_shop__labels", ORDER, SHOP, {"order_id": ORDER, "after": []}, "hash", "key")
SHIPPED = RejectedError("already shipped", vendor="tiktok_shop", code="21011006")


def line(**more):
    return {"id": "1", "display_status": "AWAITING_SHIPMENT", **more}


@dataclass
class FakeShop:
    """One order; `packages` are by id, `refusal` is what buying raises, after which the order reads `then`."""

    order: dict
    packages: dict = field(default_factory=dict)
    refusal: Exception | None = None
    then: dict | None = None
    reported: list = field(default_factory=list)

    def orders(self, shop_id, ids):
        return SimpleNamespace(rows=[self.order] if self.order else [])

    def package(self, shop_id, package_id):
        return SimpleNamespace(data={"package_id": package_id, "package_status": self.packages[package_id]})

    def create_package(self, shop_id, order_id, *, line_ids=()):
        self._tell("create", order_id)
        return "k1"

    def ship_package(self, shop_id, package_id, *, handover_method):
        self._tell("ship", package_id, handover_method)

    def _tell(self, *reported):
        if self.refusal:
            self.order = self.then or self.order
            raise self.refusal
        self.reported.append(reported)

    def close(self):
        self.reported.clear()


@pytest.fixture
def shop():
    return FakeShop({"id": ORDER, "status": "AWAITING_SHIPMENT", "line_items": [line()]})


@pytest.fixture
def labels(shop):
    return TikTokLabels(shop)


def packed(package="k7", status="AWAITING_COLLECTION"):
    lines = [line(package_id=package, tracking_number="H01"), line(display_status="CANCELLED")]
    return {"id": ORDER, "status": status, "line_items": lines}


def test_a_label_is_bought_for_the_whole_order(labels, shop):
    assert labels.write(CHANGE) == "k1"
    assert shop.reported == [("create", ORDER)]


def test_a_package_that_waits_is_arranged_instead_of_a_second_one_made(labels, shop):
    shop.order["packages"] = [{"id": "k0"}, {"id": "k2"}]
    shop.packages = {"k0": "CANCELLED", "k2": "TO_FULFILL"}
    assert labels.write(CHANGE) == "k2"
    assert shop.reported == [("ship", "k2", "DROP_OFF")]


def test_an_order_that_has_its_label_gets_no_second_one(labels, shop):
    shop.order = packed()
    assert labels.write(CHANGE) == "k7"
    assert shop.reported == []


@pytest.mark.parametrize("changes", [{"status": "CANCELLED"}, {"status": "ON_HOLD"}, {"is_buyer_request_cancel": True}])
def test_an_order_that_may_not_go_now_gets_no_label(labels, shop, changes):
    shop.order |= changes
    with pytest.raises(TransientError) as caught:
        labels.write(CHANGE)
    assert (caught.value.code, shop.reported) == ("NOT_RELEASED", [])


def test_an_order_that_vanished_gets_no_label(labels, shop):
    shop.order = None
    with pytest.raises(TransientError, match="no such order"):
        labels.write(CHANGE)


def test_already_shipped_is_settled_by_what_the_order_shows(labels, shop):
    shop.refusal, shop.then = SHIPPED, packed()
    assert labels.write(CHANGE) == "k7"


def test_a_refusal_of_an_order_without_label_stays_a_refusal(labels, shop):
    shop.refusal = SHIPPED
    with pytest.raises(RejectedError) as caught:
        labels.write(CHANGE)
    assert caught.value.code == "21011006"


def test_reading_back_finds_the_package_or_nothing(labels, shop):
    assert labels.read_back(CHANGE) is None
    shop.order = packed()
    assert labels.read_back(CHANGE).vendor_id == "k7"


def test_a_label_of_no_order_is_refused(make_settings):
    def refused(**desired):
        proposal = Proposal(CHANGE.sync, ORDER, SHOP, desired, "hash", amount=0, currency="")
        return refuse_label(make_settings(), proposal)

    assert (refused(order_id=ORDER), refused()) == ("", "expected an order_id")
