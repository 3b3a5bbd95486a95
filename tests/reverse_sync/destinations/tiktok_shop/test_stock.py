"""Stock on TikTok Shop: what was sold between reading and writing is never offered again."""

from dataclasses import dataclass, field, replace

import pytest

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.tiktok_shop.stock import TikTokStock, refuse_stock
from reverse_sync.model import Change, Observation, Proposal
from tieout.errors import DataError

SHOP, SKU, PRODUCT = "7495000000000000101", "1730000000000000001", "1729000000000000001"


@dataclass
class Page:
    rows: list


@dataclass
class FakeShop:
    """One SKU's available units by warehouse."""

    listed: dict
    written: list = field(default_factory=list)
    is_closed: bool = False

    def inventory(self, shop_id, sku_ids):
        places = [{"warehouse_id": id, "available_quantity": units} for id, units in self.listed.items()]
        return Page([{"id": sku, "warehouse_inventory": places} for sku in sku_ids])

    def update_inventory(self, shop_id, product_id, skus):
        assert (shop_id, product_id, [sku["id"] for sku in skus]) == (SHOP, PRODUCT, [SKU])
        self.listed = {entry["warehouse_id"]: entry["quantity"] for entry in skus[0]["inventory"]}
        self.written.append(self.listed)

    def close(self):
        self.is_closed = True


def change(**figures):
    """A change of warehouses, each as (seen, quantity)."""
    warehouses = [{"warehouse_id": id, "seen": seen, "quantity": units} for id, (seen, units) in figures.items()]
    desired = {"product_id": PRODUCT, "sku_id": SKU, "seen_at": "t", "written_before": "", "warehouses": warehouses}
    return Change("tiktok_shop__stock", SKU, SHOP, desired, "hash", "key")


@pytest.mark.parametrize(
    ("now", "seen", "wanted", "written"),
    [
        (10, 10, 4, 4),
        (10, 10, 40, 40),
        (9, 10, 40, 39),
        (7, 10, 4, 1),
        (2, 10, 4, 0),
        (12, 10, 40, 40),
        (60, 10, 4, 4),
    ],
)
def test_what_was_sold_since_it_was_seen_is_taken_off(now, seen, wanted, written):
    shop = FakeShop({"W": now})
    assert TikTokStock(shop).write(change(W=(seen, wanted))) == SKU
    assert shop.written == [{"W": written}]


def test_a_warehouse_that_is_not_ours_to_count_keeps_what_it_has():
    shop = FakeShop({"V": 3, "W": 10})
    TikTokStock(shop).write(change(W=(10, 4)))
    assert shop.written == [{"V": 3, "W": 4}]


def test_what_is_listed_as_wanted_already_is_not_written():
    shop = FakeShop({"W": 4})
    assert TikTokStock(shop).write(change(W=(4, 4))) == SKU
    assert shop.written == []


@pytest.mark.parametrize("listed", [" 10 ", "+10", "10.0"])
def test_a_count_is_read_as_the_models_read_it(listed):
    shop = FakeShop({"W": listed})
    TikTokStock(shop).write(change(W=(10, 4)))
    assert shop.written == [{"W": 4}]


@pytest.mark.parametrize("listed", ["ten", "1.5", None, {"a": 1}])
def test_a_listing_without_a_count_is_reported_with_what_to_do(listed):
    with pytest.raises(DataError, match="no count: set it in Seller Center"):
        TikTokStock(FakeShop({"W": listed})).read_back(change(W=(10, 4)))


def test_a_warehouse_that_the_sku_has_left_is_refused():
    with pytest.raises(RejectedError, match="does not list SKU") as caught:
        TikTokStock(FakeShop({"V": 3})).write(change(W=(10, 4)))
    assert caught.value.code == "NOT_LISTED"


@pytest.mark.parametrize(
    ("now", "seen", "wanted", "is_there"),
    [
        (4, 10, 4, True),
        (3, 10, 4, True),
        (10, 10, 4, False),
        (9, 10, 4, False),
        (40, 10, 40, True),
        (38, 10, 40, True),
        (10, 10, 40, False),
        (9, 10, 40, False),
    ],
)
def test_an_update_whose_answer_was_lost_is_reported_by_where_the_figure_moved(now, seen, wanted, is_there):
    observed = TikTokStock(FakeShop({"W": now})).read_back(change(W=(seen, wanted)))
    assert observed == (Observation(SKU) if is_there else None)


def test_an_update_is_there_only_when_every_warehouse_has_moved():
    destination = TikTokStock(FakeShop({"V": 2, "W": 10}))
    assert destination.read_back(change(V=(3, 2), W=(10, 4))) is None


def test_a_sku_that_moved_to_other_warehouses_is_reported_as_a_difference():
    observed = TikTokStock(FakeShop({"V": 2})).read_back(change(W=(10, 4)))
    assert observed is not None and observed.difference == "TikTok Shop lists the SKU in other warehouses now"


def test_closing_closes_the_client():
    shop = FakeShop({})
    TikTokStock(shop).close()
    assert shop.is_closed


PROPOSAL = Proposal("tiktok_shop__stock", SKU, SHOP, change(W=(10, 4)).desired, "hash", 0, "")


@pytest.mark.parametrize(
    ("part", "reported"),
    [
        ({}, ""),
        ({"product_id": ""}, "the stock of the SKU lacks product_id"),
        ({"warehouses": []}, "the stock of the SKU lacks warehouses"),
        (
            {"warehouses": [{"warehouse_id": "W", "seen": 1, "quantity": -1}]},
            "expected 0 to 99999 units in warehouse W",
        ),
        ({"warehouses": [{"warehouse_id": "W", "seen": 1, "quantity": None}]}, "expected 0 to 99999 units"),
    ],
)
def test_figures_that_cannot_be_are_refused_before_they_are_sent(make_settings, part, reported):
    proposal = replace(PROPOSAL, desired={**PROPOSAL.desired, **part})
    refusal = refuse_stock(make_settings(), proposal)
    assert refusal.startswith(reported) and bool(refusal) == bool(reported)
