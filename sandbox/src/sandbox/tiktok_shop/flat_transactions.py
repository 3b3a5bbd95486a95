"""The flat 202309 transaction row, derived from the 202501 row (fact sheet tiktok_shop 7.7).

Belongs here: which new line feeds which old field. Does not: paging or headers.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import amount, fields, written

_COPIED = ("id", "type", "order_id", "order_create_time", "adjustment_id", "adjustment_order_id")
_ROW = {
    "settlement_amount": "settlement_amount",
    "revenue_amount": "revenue_amount",
    "net_sales_amount": "revenue_amount",
    "fee_amount": "fee_tax_amount",
    "adjustment_amount": "adjustment_amount",
    "shipping_cost_amount": "shipping_cost_amount",
    "shipping_fee_amount": "shipping_cost_amount",
}
_REVENUE = {
    "gross_sales_amount": "subtotal_before_discount_amount",
    "gross_sales_refund_amount": "refund_subtotal_before_discount_amount",
    "seller_discount_amount": "seller_discount_amount",
    "seller_discount_refund_amount": "seller_discount_refund_amount",
}
_SHIPPING = {
    "actual_shipping_fee_amount": "actual_shipping_fee_amount",
    "shipping_cost_discount_amount": "shipping_fee_discount_amount",
    "customer_paid_shipping_fee_amount": "customer_paid_shipping_fee_amount",
    "return_shipping_fee_amount": "return_shipping_fee_amount",
    "actual_return_shipping_fee_amount": "return_shipping_fee_amount",
    "shipping_insurance_fee_amount": "shipping_insurance_fee_amount",
    "signature_confirmation_fee_amount": "signature_confirmation_fee_amount",
}
_SHIPPING_MEMO = {
    "platform_shipping_fee_discount_amount": "platform_shipping_fee_discount_amount",
    "promo_shipping_incentive_amount": "promo_shipping_incentive_amount",
    "shipping_fee_subsidy_amount": "shipping_fee_subsidy_amount",
    "customer_shipping_fee_amount": "customer_shipping_fee",
    "customer_shipping_fee_offset_amount": "customer_shipping_fee_offset_amount",
    "customer_paid_shipping_fee_refund_amount": "refunded_customer_shipping_fee_amount",
    "refund_shipping_cost_discount_amount": "return_refund_subsidy_amount",
    "fbm_shipping_cost_amount": "fbm_shipping_cost_amount",
    "fbt_shipping_cost_amount": "fbt_shipping_cost_amount",
    "fbt_fulfillment_fee_amount": "fbt_fulfillment_fee_amount",
    "fbt_fulfillment_fee_reimbursement_amount": "fbt_fulfillment_fee_reimbursement_amount",
}
_FEE = {
    "platform_commission_amount": "platform_commission_amount",
    "referral_fee_amount": "referral_fee_amount",
    "transaction_fee_amount": "transaction_fee_amount",
    "refund_administration_fee_amount": "refund_administration_fee_amount",
    "affiliate_commission_amount": "affiliate_commission_amount",
    "affiliate_commission_before_pit": "affiliate_commission_amount_before_pit",
    "affiliate_partner_commission_amount": "affiliate_partner_commission_amount",
    "affiliate_ads_commission_amount": "affiliate_ads_commission_amount",
}
_TAX = {"pit_amount": "pit_amount", "iva_vat_amount": "iva_amount", "isr_income_tax_amount": "isr_amount"}
_MEMO = {
    name: name
    for name in (
        "customer_payment_amount",
        "customer_refund_amount",
        "platform_discount_amount",
        "platform_discount_refund_amount",
        "retail_delivery_fee_amount",
        "retail_delivery_fee_payment_amount",
        "retail_delivery_fee_refund_amount",
        "sales_tax_amount",
        "sales_tax_payment_amount",
        "sales_tax_refund_amount",
    )
} | {"customer_order_refund_amount": "customer_refund_amount"}


def flat_row(row: Body, currency: Any) -> Body:
    """Return the 202309 form of a 202501 row; fees 202309 does not itemise stay in the total only."""
    shipping = fields(row.get("shipping_cost_breakdown"))
    fee_tax = fields(row.get("fee_tax_breakdown"))
    flat: Body = {name: row.get(name, "") for name in _COPIED}
    flat["currency"] = currency
    for names, source in (
        (_ROW, row),
        (_REVENUE, fields(row.get("revenue_breakdown"))),
        (_SHIPPING, shipping),
        (_SHIPPING_MEMO, fields(shipping.get("supplementary_component"))),
        (_FEE, fields(fee_tax.get("fee"))),
        (_TAX, fields(fee_tax.get("tax"))),
        (_MEMO, fields(row.get("supplementary_component"))),
    ):
        flat.update(_renamed(names, source))
    after_discounts = amount(flat["gross_sales_amount"]) + amount(flat["seller_discount_amount"])
    flat["after_seller_discounts_subtotal_amount"] = written(after_discounts)
    flat["platform_refund_subsidy_amount"] = "0"
    return flat


def _renamed(names: dict[str, str], source: dict[str, Any]) -> Body:
    found = {name: source.get(key) for name, key in names.items()}
    return {name: "0" if value in (None, "") else value for name, value in found.items()}
