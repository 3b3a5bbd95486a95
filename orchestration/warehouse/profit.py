"""What a channel earned: `tieout profit`, by month, day, SKU or order.

Belongs here: reading the profit marts for the command line. Does not: what a figure is (macro profit_steps).
"""

from __future__ import annotations

from typing import Literal

from orchestration.warehouse.queries import Row, fetch, reading, require_shop
from tieout.reading import Reading

By = Literal["month", "day", "sku", "order"]
FIGURES = (
    *("gross_sales_amount", "seller_discount_amount", "refunds_amount", "net_sales_amount", "cost_of_goods_amount"),
    *("margin_1_amount", "platform_fees_amount", "shipping_amount", "margin_2_amount", "affiliate_commission_amount"),
    *("ads_amount", "samples_amount", "margin_3_amount", "penalties_amount", "reimbursements_amount"),
    *("adjustments_amount", "profit_amount"),
)
_SOURCES: dict[By, tuple[str, str, str]] = {
    "month": ("analytics.channel_profit_daily", "month", "sum(units_without_cost)"),
    "day": ("analytics.channel_profit_daily", "on_day", "sum(units_without_cost)"),
    "sku": ("analytics.sku_profit_daily", "item", "sum(units_without_cost)"),
    "order": ("analytics.order_profit", "order_id", "sum(units_without_cost)"),
}


def profit_rows(settings: Reading, *, by: By, shop: str | None, month: str | None) -> list[Row]:
    """Return what was earned, one row per shop, currency and `by`; amounts DECIMAL, costs negative, without output VAT.

    `month` (YYYY-MM, UTC) takes what was settled in it; of orders, those first settled in it. Orders and SKUs come with
    the least profit first, days and months in their order.

    Raises:
        DataError: when the shop was never read, with those that were.
    """
    table, name, without_cost = _SOURCES[by]
    in_month = {"order": "first_settled_on"}.get(by, "on_day")
    ordered = "profit_amount" if by in ("sku", "order") else name
    sums = ", ".join(f"sum({figure}) as {figure}" for figure in FIGURES)
    sql = f"""
        select {name}, shop_id, currency, {sums}, {without_cost} as units_without_cost
        from {table}
        where ($shop is null or shop_id = $shop) and ($month is null or strftime({in_month}, '%Y-%m') = $month)
        group by {name}, shop_id, currency
        order by {ordered}, shop_id, {name}, currency
    """
    with reading(settings) as connection:
        require_shop(connection, shop)
        return fetch(connection, sql, {"shop": shop, "month": month})
