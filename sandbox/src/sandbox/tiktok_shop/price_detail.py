"""The price detail of an order, derived from its payment and its units (fact sheet tiktok_shop 3.5).

Belongs here: that one derivation. Does not: any other order field.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import ZERO, amount, fields, objects, split, summed, written

_SHARED = {
    "total": "total_amount",
    "payment": "total_amount",
    "shipping_list_price": "original_shipping_fee",
    "shipping_sale_price": "shipping_fee",
    "shipping_fee_deduction_seller": "shipping_fee_seller_discount",
    "shipping_fee_deduction_platform": "shipping_fee_platform_discount",
}
_ABSENT = ("shipping_fee_deduction_platform_voucher", "cod_fee", "sku_gift_original_price", "sku_gift_net_price")


def priced(order: Body) -> Body:
    """Return the `data` of price_detail: per unit and in total; what the units say adds up to the total."""
    payment, units = fields(order.get("payment")), objects(order.get("line_items"))
    weights = [amount(unit.get("sale_price")) for unit in units]
    shares = {key: split(amount(payment.get(source)), weights) for key, source in _SHARED.items()}
    by_unit = [{key: parts[place] for key, parts in shares.items()} for place in range(len(units))]
    lines = [_unit(unit, share, str(payment.get("currency", ""))) for unit, share in zip(units, by_unit, strict=True)]
    return {**_total(payment, lines), "line_items": lines}


def _unit(unit: dict[str, Any], shared: dict[str, Decimal], currency: str) -> Body:
    seller, platform = amount(unit.get("seller_discount")), amount(unit.get("platform_discount"))
    listed = amount(unit.get("original_price"))
    taxes = objects(unit.get("item_tax"))
    tax = summed(part.get("tax_amount") for part in taxes)
    amounts = {
        **shared,
        "sku_list_price": listed,
        "sku_sale_price": listed - seller,
        "subtotal": amount(unit.get("sale_price")),
        "subtotal_deduction_seller": seller,
        "subtotal_deduction_platform": platform,
        "subtotal_tax_amount": tax,
        "voucher_deduction_platform": platform,
        "voucher_deduction_seller": ZERO,
        "tax_amount": tax,
        "net_price_amount": shared["total"] - tax,
        "cod_fee_amount": ZERO,
        **dict.fromkeys(_ABSENT, ZERO),
    }
    rate = str(taxes[0].get("tax_rate", "0")) if taxes else "0"
    said = {key: written(value) for key, value in amounts.items()}
    return {"id": unit.get("id"), "currency": currency, **said, "tax_rate": rate}


def _total(payment: dict[str, Any], lines: list[Body]) -> Body:
    text = {"id", "currency", "tax_rate", "cod_fee_amount"}
    keys = [key for key in (lines[0] if lines else {}) if key not in text]
    sums = {key: written(summed(line[key] for line in lines)) for key in keys}
    rates = {line["tax_rate"] for line in lines}
    paid = payment.get("total_amount", "0")
    return {
        "currency": payment.get("currency"),
        **sums,
        "total": paid,
        "payment": paid,
        "tax_amount": payment.get("tax") or sums.get("tax_amount", "0"),
        "tax_rate": rates.pop() if len(rates) == 1 else "0",
        "cod_fee_net_amount": "0",
    }
