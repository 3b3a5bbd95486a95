"""What we rely on in TikTok Shop's listings, orders, parcels, cancellations, returns (fact sheet tiktok_shop 3 to 6).

Belongs here: their ids, quantities, times and closed lists. Does not: money that was settled (tiktok_shop), or which
words the models know (ORD-12, CAN-07 and the like report one that they do not).
"""

from __future__ import annotations

from expectations.suites.claims import (
    AMOUNT,
    DIGITS,
    EPOCH,
    NATURAL,
    Suite,
    amounts,
    currency,
    digits,
    each,
    epochs,
    fields,
    natural_numbers,
    one_of,
    present,
)

_ORDER_STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)
_ORDER_TIMES = ("create_time", "update_time", "paid_time", "rts_sla_time", "tts_sla_time", "shipping_due_time")
_CANCELLATIONS = tuple(f"CANCELLATION_REQUEST_{end}" for end in ("PENDING", "SUCCESS", "COMPLETE", "CANCEL"))
_RETURNS = (
    *(f"RETURN_OR_REFUND_REQUEST_{end}" for end in ("PENDING", "SUCCESS", "COMPLETE", "CANCEL")),
    *("REFUND_OR_RETURN_REQUEST_REJECT", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "REJECT_RECEIVE_PACKAGE"),
    "AWAITING_BUYER_RESPONSE",
    *(f"REPLACEMENT_REQUEST_{end}" for end in ("PENDING", "REJECT", "REFUND_SUCCESS", "CANCEL", "COMPLETE")),
    *(f"EXCHANGE_REQUEST_{end}" for end in ("PENDING", "REFUND_SUCCESS", "CANCEL", "COMPLETE")),
)
_SKU_ID = {"sku_id": each("skus[*].id", DIGITS)}

SUITES = (
    Suite(
        "raw_tiktok_shop.warehouses",
        fields("type", "effect_status"),
        [
            *digits("id"),
            one_of("type", ("SALES_WAREHOUSE", "RETURN_WAREHOUSE")),
            one_of("effect_status", ("ENABLED", "DISABLED", "RESTRICTED")),
        ],
    ),
    Suite(
        "raw_tiktok_shop.products",
        fields("status", "update_time"),
        [*digits("id", "sku_id"), *present("status"), *epochs("update_time")],
        computed=_SKU_ID,
    ),
    Suite(
        "raw_tiktok_shop.product_details",
        {},
        [*digits("id", "sku_id"), *natural_numbers("part_quantity")],
        computed=_SKU_ID | {"part_quantity": each("skus[*].combined_skus[*].sku_count", NATURAL)},
    ),
    Suite(
        "raw_tiktok_shop.inventory",
        fields("product_id"),
        [
            *digits("id", "product_id", "warehouse_id"),
            *natural_numbers("available_quantity", "committed_quantity"),
        ],
        computed={
            "warehouse_id": each("warehouse_inventory[*].warehouse_id", DIGITS),
            "available_quantity": each("warehouse_inventory[*].available_quantity", NATURAL),
            "committed_quantity": each("warehouse_inventory[*].committed_quantity", NATURAL),
        },
    ),
    Suite(
        "raw_tiktok_shop.orders",
        fields(
            "status",
            "warehouse_id",
            *_ORDER_TIMES,
            currency="payment.currency",
            total_amount="payment.total_amount",
        ),
        [
            *digits("id", "line_id", "sku_id", "warehouse_id"),
            *amounts("total_amount"),
            currency("currency"),
            *present("line_id", "total_amount", "create_time"),
            *epochs(*_ORDER_TIMES),
            one_of("status", _ORDER_STATUSES),
        ],
        computed={"line_id": each("line_items[*].id", DIGITS), "sku_id": each("line_items[*].sku_id", DIGITS)},
    ),
    Suite(
        "raw_tiktok_shop.packages",
        fields("status", "shipping_provider_id", "create_time", "update_time"),
        [
            *digits("id", "order_id", "line_id", "shipping_provider_id"),
            *present("order_id"),
            *epochs("create_time", "update_time"),
            one_of("status", ("TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED")),
        ],
        computed={"order_id": each("orders[*].id", DIGITS), "line_id": each("order_line_item_ids[*]", DIGITS)},
    ),
    Suite(
        "raw_tiktok_shop.cancellations",
        fields("order_id", "cancel_type", "cancel_status", "create_time", "update_time"),
        [
            *digits("id", "order_id", "line_id"),
            *present("order_id"),
            *epochs("create_time", "update_time"),
            one_of("cancel_type", ("CANCEL", "BUYER_CANCEL")),
            one_of("cancel_status", _CANCELLATIONS),
        ],
        computed={"line_id": each("cancel_line_items[*].order_line_item_id", DIGITS)},
    ),
    Suite(
        "raw_tiktok_shop.returns",
        fields(
            *("order_id", "return_type", "return_status", "arbitration_status", "create_time", "update_time"),
            refund_total="refund_amount.refund_total",
            currency="refund_amount.currency",
        ),
        [
            *digits("id", "order_id", "return_line_id", "line_id"),
            *amounts("refund_total", "line_refund_total"),
            currency("currency"),
            *present("order_id", "create_time"),
            *epochs("create_time", "update_time"),
            one_of("return_type", ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE")),
            one_of("return_status", _RETURNS),
            one_of("arbitration_status", ("IN_PROGRESS", "SUPPORT_BUYER", "SUPPORT_SELLER", "CLOSED")),
        ],
        computed={
            "return_line_id": each("return_line_items[*].return_line_item_id", DIGITS),
            "line_id": f"nullif({each('return_line_items[*].order_line_item_id', f'|{DIGITS}')}, '')",
            "line_refund_total": each("return_line_items[*].refund_amount.refund_total", AMOUNT),
        },
    ),
    Suite(
        "raw_tiktok_shop.return_records",
        {},
        [*digits("id"), *epochs("create_time")],
        computed={"create_time": each("records[*].create_time", EPOCH)},
    ),
)
