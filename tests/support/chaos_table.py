"""Bad values of every kind for every entity of every system, and what must be said of each.

Belongs here: the table. Does not: choosing records, or making them bad (chaos).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MISSING = object()
FULL_WIDTH = "\uff11\uff12\uff13"


def deep(levels: int) -> list[Any]:
    """Return lists in lists."""
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@dataclass(frozen=True)
class Bad:
    """A bad value at a path of a record (`0` is a list's first entry), and what must be said of it.

    `held`: entity and field of its row in quarantine; or `code`: that of an exception which reports it. Where `value`
    is not to be read in that row, it cannot be: an id that is missing, an amount that counts as none.
    """

    path: str
    value: Any
    held: str = ""
    code: str = ""
    shows_value: bool = True


def bad(path: str, *values: Any, held: str) -> list[Bad]:
    """Return one for each value, held in quarantine under this entity and field."""
    return [Bad(path, value, held) for value in values]


BAD: dict[tuple[str, str], list[Bad]] = {
    ("tiktok_shop", "orders"): [
        *bad("create_time", "soon", held="orders create_time"),
        *bad("paid_time", "soon", held="orders paid_time"),
        *bad("payment.total_amount", "12,30", held="orders payment.total_amount"),
        *bad("payment.currency", "XX", held="orders payment.currency"),
        *bad("payment", "free", held="orders payment"),
        *bad("status", ["COMPLETED"], held="orders status"),
        *bad("line_items", "soap", held="orders line_items"),
        *bad("line_items", ["soap"], held="orders line_items[*]"),
        *bad("line_items.0.sale_price", "five", held="order_lines sale_price"),
        *bad("id", ["1"], "", FULL_WIDTH, held="orders id"),
        Bad("line_items.0.id", MISSING, "order_lines id", shows_value=False),
        Bad("buyer_message", deep(400), "orders buyer_message", shows_value=False),
        Bad("line_items.0.sale_price", "-5", code="FIN-24", shows_value=False),
        Bad("create_time", MISSING, code="FIN-24", shows_value=False),
        Bad("line_items", MISSING, code="FIN-24", shows_value=False),
        Bad("status", "ABDUCTED", code="ORD-12"),
        Bad("fulfillment_type", "BY_DRONE", code="ORD-12"),
    ],
    ("tiktok_shop", "packages"): [
        *bad("create_time", "soon", held="packages create_time"),
        *bad("orders", "1", held="packages orders"),
        *bad("orders", ["x"], held="packages orders[*]"),
        *bad("order_line_item_ids", {"a": 1}, held="packages order_line_item_ids"),
        *bad("tracking_number", ["T"], held="packages tracking_number"),
        *bad("package_id", [], FULL_WIDTH, held="packages id"),
        Bad("package_status", "LOST_IN_SPACE", code="ORD-12"),
    ],
    ("tiktok_shop", "cancellations"): [
        *bad("create_time", -1, held="cancellations create_time"),
        *bad("cancel_line_items", "all", held="cancellations cancel_line_items"),
        *bad("order_id", {"id": 1}, held="cancellations order_id"),
        Bad("cancel_status", "PERHAPS", code="ORD-12"),
    ],
    ("tiktok_shop", "returns"): [
        *bad("create_time", "soon", held="returns create_time"),
        *bad("order_id", {"id": 1}, held="returns order_id"),
        *bad("return_line_items", "all", held="returns return_line_items"),
        *bad("return_line_items", ["x"], held="returns return_line_items[*]"),
        *bad("return_line_items.0.refund_amount", "free", held="returns return_line_items[*].refund_amount"),
        *bad("return_line_items.0.refund_amount.refund_total", "five", held="return_lines refund_amount.refund_total"),
        Bad("return_line_items.0.return_line_item_id", MISSING, "return_lines return_line_item_id", shows_value=False),
        *bad("refund_amount.refund_total", "12,30", held="returns refund_amount.refund_total"),
        *bad("refund_amount.currency", "XX", held="returns refund_amount.currency"),
        *bad("refund_amount", "free", held="returns refund_amount"),
        *bad("shipping_fee_amount", "none", held="returns shipping_fee_amount"),
        *bad("is_quick_refund", "perhaps", held="returns is_quick_refund"),
        *bad("return_id", [], FULL_WIDTH, held="returns id"),
        *bad("_records.0.create_time", "soon", held="return_records records.create_time"),
        Bad("return_status", "MISLAID", code="ORD-12"),
        Bad("return_type", "GIFT", code="ORD-12"),
        Bad("arbitration_status", "TOSSED", code="ORD-12"),
    ],
    ("tiktok_shop", "warehouses"): [
        *bad("name", ["N"], held="warehouses name"),
        *bad("id", ["7"], held="warehouses id"),
    ],
    ("tiktok_shop", "products"): [
        *bad("skus", "none", held="products skus"),
        *bad("skus", ["x"], held="products skus[*]"),
        *bad("skus.0.id", ["1"], held="products skus.id"),
        *bad("status", ["ACTIVATE"], held="products status"),
        *bad("id", {}, held="products id"),
        Bad("skus.0.id", MISSING, "products skus.id", shows_value=False),
        Bad("title", deep(400), "products title", shows_value=False),
        Bad("status", "HALF", code="ORD-12"),
    ],
    ("tiktok_shop", "inventory"): [
        *bad("warehouse_inventory", "here", held="inventory warehouse_inventory"),
        *bad("warehouse_inventory", [3], held="inventory warehouse_inventory[*]"),
        *bad("warehouse_inventory.0.available_quantity", "many", -7, held="inventory warehouse_inventory.available"),
        Bad("warehouse_inventory.0.warehouse_id", MISSING, "inventory warehouse_inventory.ware", shows_value=False),
        Bad("warehouse_inventory.0.warehouse_id", FULL_WIDTH, code="INV-07"),
    ],
    ("tiktok_shop", "statement_transactions"): [
        *bad("settlement_amount", "12,30", held="statement_transactions settlement_amount"),
        *bad("reserve_amount", True, held="statement_transactions reserve_amount"),
        *bad("order_create_time", "soon", held="statement_transactions order_create_time"),
        *bad("type", ["ORDER"], held="statement_transactions type"),
        *bad("order_id", [1], held="statement_transactions order_id"),
        *bad("id", ["1"], "", FULL_WIDTH, held="statement_transactions id"),
        *bad("revenue_breakdown", [1], held="statement_transactions revenue_breakdown"),
        *bad("shipping_cost_breakdown", 7, held="statement_transactions shipping_cost_breakdown"),
        *bad("fee_tax_breakdown", "none", held="statement_transactions fee_tax_breakdown"),
        *bad("fee_tax_breakdown.fee", "none", held="statement_transactions fee_tax_breakdown.fee"),
        *bad("fee_tax_breakdown.tax", ["x"], held="statement_transactions fee_tax_breakdown.tax"),
        *bad(
            "fee_tax_breakdown.fee.platform_commission_amount",
            {"value": "1"},
            held="statement_transactions fee_tax_breakdown.fee.platform_commission_amount",
        ),
        *bad("supplementary_component", "none", held="statement_transactions supplementary_component"),
        Bad("settlement_amount", MISSING, code="FIN-03", shows_value=False),
    ],
    ("tiktok_shop", "statements"): [
        *bad("settlement_amount", "12,30", held="statements settlement_amount"),
        *bad("statement_time", "soon", held="statements statement_time"),
        *bad("currency", "XX", held="statements currency"),
        *bad("payment_id", {"id": 1}, held="statements payment_id"),
        *bad("id", ["1"], held="statements id"),
    ],
    ("tiktok_shop", "payments"): [
        *bad("amount.value", "12,30", held="payments amount.value"),
        *bad("create_time", "soon", held="payments create_time"),
        *bad("amount.currency", "XX", held="payments amount.currency"),
        *bad("id", FULL_WIDTH, held="payments id"),
        Bad("status", "MAYBE", code="SYS-15 FIN-04"),
    ],
    ("tiktok_shop", "unsettled_transactions"): [
        *bad("est_settlement_amount", "12,30", held="unsettled_transactions est_settlement_amount"),
        *bad("order_create_time", "soon", held="unsettled_transactions order_create_time"),
        *bad("currency", "XX", held="unsettled_transactions currency"),
        *bad("type", ["ORDER"], held="unsettled_transactions type"),
        *bad("estimated_settlement", -4, held="unsettled_transactions estimated_settlement"),
        *bad("id", ["1"], held="unsettled_transactions id"),
    ],
    ("netsuite", "journalEntry"): [
        Bad("tranDate", "soon", code="ERP-07", shows_value=False),
        Bad("exchangeRate", "abc", code="ERP-07", shows_value=False),
        Bad("line", {"items": []}, code="ERP-07", shows_value=False),
        Bad("approvalStatus", {"id": "9", "refName": "Perhaps"}, code="ERP-11", shows_value=False),
    ],
    ("netsuite", "account"): bad("isInactive", "perhaps", held="accounts isinactive"),
    ("netsuite", "accountingPeriod"): bad("closed", "perhaps", held="accounting_periods closed"),
    ("linnworks", "orders"): [
        *bad("TotalsInfo.TotalCharge", "12,30", held="orders TotalsInfo.TotalCharge"),
        *bad("GeneralInfo.ReceivedDate", "soon", held="orders GeneralInfo.ReceivedDate"),
        *bad("GeneralInfo.SecondaryReference", {"a": 1}, held="orders GeneralInfo.SecondaryReference"),
        *bad("TotalsInfo.Currency", "XX", held="orders TotalsInfo.Currency"),
        *bad("Items.0.Quantity", -3, held="orders Items.Quantity"),
    ],
    ("linnworks", "stock_items"): [
        *bad("ItemNumber", ["A"], held="stock_items ItemNumber"),
        *bad("ItemTitle", True, held="stock_items ItemTitle"),
    ],
    ("linnworks", "stock_levels"): [
        *bad("StockLevel", "many", 1.5, held="stock_levels Quantity"),
        *bad("MinimumLevel", [1], held="stock_levels MinimumLevel"),
        Bad("StockLevel", -7, code="INV-06"),
    ],
    ("linnworks", "locations"): bad("IsFulfillmentCenter", "perhaps", held="locations IsFulfillmentCenter"),
    ("linnworks", "compositions"): bad("Quantity", "many", -1, held="compositions Components.Quantity"),
    ("bank", "lines"): [
        *bad("amount", "12,30", held="entries amount"),
        *bad("booking_date", "soon", held="entries booking_date"),
        *bad("currency", "XX", held="entries currency"),
    ],
}
