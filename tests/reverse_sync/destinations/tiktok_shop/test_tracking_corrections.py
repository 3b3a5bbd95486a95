"""Tracking numbers are corrected once; a refusal as one too many is settled by what the package shows."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.tiktok_shop.tracking_corrections import (
    TikTokTrackingCorrections,
    refuse_tracking_correction,
)
from reverse_sync.model import Change, Proposal

SHOP = "7495000000000000101"
DESIRED = {"package_id": "k1", "seen": "OLD", "tracking_number": "NEW", "provider_id": "9"}
CHANGE = Change("tiktok_shop__tracking_corrections", "k1", SHOP, DESIRED, "hash", "key")
AGAIN = RejectedError("updated once already", vendor="tiktok_shop", code="21011052")


@dataclass
class FakeShop:
    """One package; `refusal` is what correcting it raises."""

    number: str = "OLD"
    refusal: Exception | None = None
    reported: list = field(default_factory=list)

    def package(self, shop_id, package_id):
        return SimpleNamespace(data={"package_id": package_id, "tracking_number": self.number})

    def correct_tracking(self, shop_id, package_id, *, tracking_number, provider_id):
        if self.refusal:
            raise self.refusal
        self.reported.append((package_id, tracking_number, provider_id))

    def close(self):
        self.reported.clear()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def corrections(shop):
    return TikTokTrackingCorrections(shop)


def test_a_number_is_corrected_on_its_package(corrections, shop):
    assert corrections.write(CHANGE) == "k1"
    assert shop.reported == [("k1", "NEW", "9")]


@pytest.mark.parametrize(("number", "code"), [("NEW", None), ("OLD", "21011052"), ("THIRD", "EDITED")])
def test_one_correction_too_many_is_settled_by_what_the_package_shows(corrections, shop, number, code):
    shop.refusal, shop.number = AGAIN, number
    if code is None:
        assert corrections.write(CHANGE) == "k1"
        return
    with pytest.raises(RejectedError) as caught:
        corrections.write(CHANGE)
    assert caught.value.code == code


@pytest.mark.parametrize(("number", "found"), [("NEW", ""), ("THIRD", "the package carries THIRD; ours is NEW")])
def test_reading_back_shows_what_the_package_carries(corrections, shop, number, found):
    shop.number = number
    assert corrections.read_back(CHANGE).difference == found


def test_a_package_with_the_number_to_correct_was_not_corrected(corrections):
    assert corrections.read_back(CHANGE) is None


def test_a_correction_without_its_parts_is_refused(make_settings):
    def refused(**changes):
        proposal = Proposal(CHANGE.sync, "k1", SHOP, {**DESIRED, **changes}, "hash", amount=0, currency="")
        return refuse_tracking_correction(make_settings(), proposal)

    assert refused() == ""
    assert refused(provider_id="") == "the correction lacks provider_id"
