"""The shape of a return, and the money in it (fact sheet tiktok_shop 6.1).

Belongs here: a new return's body, a line's refund, and what a smaller refund makes of the lines. Does not: what
moves a return on (see `return_life`). Amounts are decimal text in the order's currency; a refund is positive and its
total is subtotal + shipping + tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import ZERO, amount, fields, objects, split, summed, written
from sandbox.tiktok_shop.return_reasons import reason_text

PLATFORM, BUYER_ARRANGE = "PLATFORM", "BUYER_ARRANGE"
FULFILLED_BY_PLATFORM = "FULFILLMENT_BY_TIKTOK"
WITH_PARCEL = {"RETURN_AND_REFUND", "EXCHANGE"}
_METHODS = {PLATFORM: "PLATFORM_SHIPPED", BUYER_ARRANGE: "BUYER_SHIPPED", "SELLER": "SELLER_SHIPPED"}
_ADDRESSES = {
    "GB": "Returns, Unit 4 Swan Valley Way, Northampton, NN4 9BD, United Kingdom",
    "US": "Returns, 1200 Logistics Drive, Edison, New Jersey 08817, United States",
}
_FULL = ("refund_total", "refund_subtotal", "refund_shipping_fee", "refund_tax")


@dataclass(frozen=True)
class Asked:
    """What somebody asks for. `role` is BUYER, SELLER, SYSTEM or OPERATOR, `at` epoch seconds UTC."""

    type: str
    reason: str
    at: int
    role: str = "BUYER"
    region: str = "GB"
    shipment_type: str = PLATFORM
    handover_method: str = "DROP_OFF"
    is_quick_refund: bool = False


def new_body(return_id: str, order: Body, lines: Sequence[Body], asked: Asked) -> Body:
    """Return a return of some of an order's lines, with no status yet and the full refund."""
    currency = str(fields(order.get("payment")).get("currency", ""))
    rows = [_row(return_id, number, line, currency) for number, line in enumerate(lines)]
    parcel = asked.type in WITH_PARCEL
    return {
        "return_id": return_id,
        "order_id": order.get("id"),
        "return_type": asked.type,
        "return_status": "",
        "arbitration_status": "",
        "role": asked.role,
        "return_reason": asked.reason,
        "return_reason_text": reason_text(asked.reason),
        "shipment_type": asked.shipment_type if parcel else "",
        "handover_method": asked.handover_method if parcel and asked.shipment_type == PLATFORM else "",
        "return_method": _METHODS.get(asked.shipment_type, "") if parcel else "",
        "return_shipping_document_type": "",
        "return_tracking_number": "",
        "return_provider_name": "",
        "return_provider_id": "",
        "return_warehouse_address": {"full_address": _ADDRESSES.get(asked.region, "") if parcel else ""},
        "pre_return_id": "",
        "next_return_id": "",
        "is_combined_return": False,
        "combined_return_id": "",
        "can_buyer_keep_item": False,
        "is_quick_refund": asked.is_quick_refund,
        "seller_proposed_return_type": "",
        "buyer_rejected_partial_refund": False,
        "create_time": asked.at,
        "update_time": asked.at,
        "seller_next_action_response": [],
        "return_line_items": rows,
        "refund_amount": _added(rows, currency),
        "discount_amount": [_discounts(lines, currency)],
        "shipping_fee_amount": [shipping_fee(currency)],
        "_order_id": order.get("id"),
        "_buyer_user_id": order.get("user_id", ""),
        "_line_ids": [str(line.get("id")) for line in lines],
        "_is_fulfilled_by_platform": order.get("fulfillment_type") == FULFILLED_BY_PLATFORM,
        "_shipped_at": 0,
        "_delivered_at": 0,
        "_refunded_at": 0,
        "_records": [],
    }


def shipping_fee(currency: str, *, seller: str = "0", platform: str = "0", buyer: str = "0") -> Body:
    """Return who pays how much for the parcel's way back."""
    return {
        "currency": currency,
        "seller_paid_return_shipping_fee": seller,
        "platform_paid_return_shipping_fee": platform,
        "buyer_paid_return_shipping_fee": buyer,
    }


def refund_of(line: Body, currency: str) -> Body:
    """Return what a buyer gets back for an order line: what it cost him, and the tax on it."""
    subtotal = amount(line.get("sale_price"))
    tax = summed(each.get("tax_amount") for each in objects(line.get("item_tax")))
    return _money(currency, subtotal, tax)


def order_id_of(body: Body) -> str:
    """Return the order that a return was made for, whatever its `order_id` was changed to by hand."""
    return str(body.get("_order_id") or body.get("order_id") or "")


def total_of(body: Body) -> Decimal:
    """Return what a return refunds."""
    return amount(fields(body.get("refund_amount")).get("refund_total"))


def lessen(body: Body, total: Decimal) -> None:
    """Make a return refund less: the amount is shared among its lines, and within each between goods and tax."""
    rows = objects(body.get("return_line_items"))
    currency = str(fields(body.get("refund_amount")).get("currency", ""))
    shares = split(total, [amount(fields(row.get("refund_amount")).get("refund_total")) for row in rows])
    for row, share in zip(rows, shares, strict=True):
        full = fields(row.get("refund_amount"))
        goods, tax = split(share, [amount(full.get("refund_subtotal")), amount(full.get("refund_tax"))])
        row["refund_amount"] = _money(currency, goods, tax)
    body["refund_amount"] = _added(rows, currency)


def _row(return_id: str, number: int, line: Body, currency: str) -> Body:
    return {
        "return_line_item_id": f"{return_id[:-3]}{number:03d}",
        "order_line_item_id": line.get("id"),
        "sku_id": line.get("sku_id"),
        "sku_name": line.get("sku_name"),
        "product_name": line.get("product_name"),
        "product_image": {"url": line.get("sku_image", ""), "width": 0, "height": 0},
        "seller_sku": line.get("seller_sku"),
        "refund_amount": refund_of(line, currency),
        "return_sub_line_items": [],
    }


def _discounts(lines: Sequence[Body], currency: str) -> Body:
    return {
        "currency": currency,
        "product_seller_discount": written(summed(line.get("seller_discount") for line in lines)),
        "product_platform_discount": written(summed(line.get("platform_discount") for line in lines)),
        "shipping_fee_seller_discount": "0",
        "shipping_fee_platform_discount": "0",
    }


def _added(rows: Sequence[Body], currency: str) -> Body:
    parts: list[dict[str, Any]] = [fields(row.get("refund_amount")) for row in rows]
    return _money(
        currency,
        summed(part.get("refund_subtotal") for part in parts),
        summed(part.get("refund_tax") for part in parts),
    )


def _money(currency: str, subtotal: Decimal, tax: Decimal) -> Body:
    values = dict(zip(_FULL, (subtotal + tax, subtotal, ZERO, tax), strict=True))
    zero = {"retail_delivery_fee": "0", "buyer_service_fee": "0"}
    return {"currency": currency, **{key: written(value) for key, value in values.items()}, **zero}
