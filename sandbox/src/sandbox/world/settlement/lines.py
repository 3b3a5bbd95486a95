"""Every line of a transaction's breakdowns, and the row that lists them all (fact sheet tiktok_shop 7.4).

Belongs here: names and shapes of the 202501 row, and the sums that hold in it. Does not: how much anything costs.
Amounts are minor units, signed as the platform signs them: what the seller bears is negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Body
from sandbox.world import pence

Amounts = dict[str, int]


def names(listed: str) -> list[str]:
    """Return the names in a text, separated by spaces."""
    return listed.split()


REVENUE = names(
    "subtotal_before_discount_amount refund_subtotal_before_discount_amount seller_discount_amount"
    " seller_discount_refund_amount cod_service_fee_amount refund_cod_service_fee_amount distant_item_fee_amount"
)
SHIPPING = names(
    "actual_shipping_fee_amount international_leg_logistics_amount shipping_fee_discount_amount"
    " customer_paid_shipping_fee_amount return_shipping_fee_amount replacement_shipping_fee_amount"
    " exchange_shipping_fee_amount signature_confirmation_fee_amount shipping_insurance_fee_amount"
    " fbt_fulfillment_fee_reimbursement_amount return_shipping_label_fee_amount"
    " seller_self_shipping_service_fee_amount return_shipping_fee_paid_buyer_amount failed_delivery_subsidy_amount"
    " shipping_fee_guarantee_reimbursement fbt_free_shipping_fee_amount free_return_subsidy_amount"
    " distant_shipping_fee_amount shipping_app_service_fee_amount logistics_service_fee fbt_overall_merchant_subsidy"
    " fbt_key_merchant_subsidy tiktok_shop_shipping_incentive_amount hazmat_noncompliance_fee hazmat_handling_fee"
    " non_standard_weight_fee non_standard_dimension_fee"
)
SHIPPING_MEMO = names(
    "platform_shipping_fee_discount_amount promo_shipping_incentive_amount shipping_fee_subsidy_amount"
    " seller_shipping_fee_discount_amount customer_shipping_fee_offset_amount fbm_shipping_cost_amount"
    " fbt_shipping_cost_amount fbt_fulfillment_fee_amount fbt_fulfillment_fee_reimbursement_amount"
    " return_refund_subsidy_amount refunded_customer_shipping_fee_amount customer_shipping_fee"
    " refund_customer_shipping_fee"
)
FEE = names(
    "platform_commission_amount referral_fee_amount refund_administration_fee_amount transaction_fee_amount"
    " credit_card_handling_fee_amount affiliate_commission_amount affiliate_commission_amount_before_pit"
    " affiliate_partner_commission_amount affiliate_ads_commission_amount sfp_service_fee_amount"
    " live_specials_fee_amount bonus_cashback_service_fee_amount mall_service_fee_amount"
    " voucher_xtra_service_fee_amount flash_sales_service_fee_amount cofunded_promotion_service_fee_amount"
    " pre_order_service_fee_amount tsp_commission_amount dt_handling_fee_amount epr_pob_service_fee_amount"
    " seller_paylater_handling_fee_amount fee_per_item_sold_amount cofunded_creator_bonus_amount"
    " dynamic_commission_amount external_affiliate_marketing_fee_amount vn_fix_infrastructure_fee"
    " affiliate_commission_deposit affiliate_commission_release tap_shop_ads_commission"
    " shipping_fee_guarantee_service_fee installation_service_fee campaign_resource_fee"
    " platform_special_service_fee_amount smart_promotion_fee_amount gmv_max_ad_fee_amount"
    " platform_semi_managed_commission_fee platform_semi_managed_commission_fee_tax campaign_period_fee_cfp_amount"
    " campaign_period_fee_sp_amount campaign_period_fee_sp_tax_amount campaign_period_fee_cfp_tax_amount"
    " seller_growth_fee_amount category_led_campaign_fee_amount category_led_campaign_fee_tax_amount"
    " brand_amplification_program_commission brand_amplification_program_fee_tax brand_campaign_fee"
    " brand_campaign_fee_tax failed_delivery_shipping_fee buyer_fault_return_shipping_fee insurance_fee"
    " gmv_max_coupon_fee cps_shop_ads_commission_tax_amount shipping_insurance_fee_tax_amount"
    " new_customer_growth_package_fee target_product_gmv_growth_package_fee store_gmv_growth_package_fee"
    " auto_post_shoppable_video_commission_fee seller_funded_user_spoint_service_fee"
)
TAX = names(
    "vat_amount import_vat_amount customs_duty_amount customs_clearance_amount sst_amount gst_amount iva_amount"
    " isr_amount anti_dumping_duty_amount local_vat_amount pit_amount sales_tax_referral_fee_amount"
    " smart_promotion_fee_tax_amount cedular_tax new_customer_growth_package_fee_tax"
    " store_gmv_growth_package_fee_sales_tax target_product_gmv_growth_package_tax"
    " auto_post_shoppable_video_sales_tax article_22_income_tax_withheld"
)
MEMO = names(
    "customer_payment_amount customer_refund_amount platform_discount_amount platform_discount_refund_amount"
    " seller_cofunded_discount_amount seller_cofunded_discount_refund_amount platform_cofunded_discount_amount"
    " platform_cofunded_discount_refund_amount retail_delivery_fee_amount retail_delivery_fee_payment_amount"
    " retail_delivery_fee_refund_amount sales_tax_amount sales_tax_payment_amount sales_tax_refund_amount"
)
AFFILIATE = "affiliate_commission_amount"
AFFILIATE_ALIAS = "affiliate_commission_amount_before_pit"


@dataclass
class Figures:
    """What one transaction says. `unitemised` is part of the fees and taxes but on no line of its own."""

    revenue: Amounts = field(default_factory=dict)
    shipping: Amounts = field(default_factory=dict)
    shipping_memo: Amounts = field(default_factory=dict)
    fee: Amounts = field(default_factory=dict)
    tax: Amounts = field(default_factory=dict)
    memo: Amounts = field(default_factory=dict)
    unitemised: int = 0

    @property
    def revenue_total(self) -> int:
        """Sum of the revenue lines."""
        return sum(self.revenue.values())

    @property
    def shipping_total(self) -> int:
        """Sum of the shipping lines, memo lines left out."""
        return sum(self.shipping.values())

    @property
    def fee_tax_total(self) -> int:
        """Sum of fees and taxes; the affiliate alias, which the row adds later, is no part of it."""
        return sum(self.fee.values()) + sum(self.tax.values()) + self.unitemised

    @property
    def settlement(self) -> int:
        """What the seller is due: revenue + shipping + fees and taxes."""
        return self.revenue_total + self.shipping_total + self.fee_tax_total


def texts(listed: list[str], amounts: Amounts) -> dict[str, str]:
    """Return every named line, "0" where it does not apply, and any line that has no name yet."""
    return {**dict.fromkeys(listed, "0"), **{key: pence.text(value) for key, value in amounts.items()}}


def with_alias(fee: Amounts) -> Amounts:
    """Return the fee lines with the affiliate commission repeated under its alias, as the platform prints it."""
    return {**fee, AFFILIATE_ALIAS: fee[AFFILIATE]} if AFFILIATE in fee else fee


def order_row(transaction_id: str, order: Body, figures: Figures) -> Body:
    """Return an ORDER row with all breakdown lines."""
    return {
        **_row(transaction_id, "ORDER"),
        "order_id": order["id"],
        "order_create_time": order["create_time"],
        "settlement_amount": pence.text(figures.settlement),
        "revenue_amount": pence.text(figures.revenue_total),
        "revenue_breakdown": texts(REVENUE, figures.revenue),
        "shipping_cost_amount": pence.text(figures.shipping_total),
        "shipping_cost_breakdown": {
            **texts(SHIPPING, figures.shipping),
            "supplementary_component": texts(SHIPPING_MEMO, figures.shipping_memo),
        },
        "fee_tax_amount": pence.text(figures.fee_tax_total),
        "fee_tax_breakdown": {"fee": texts(FEE, with_alias(figures.fee)), "tax": texts(TAX, figures.tax)},
        "supplementary_component": texts(MEMO, figures.memo),
        "adjustment_amount": "0",
    }


def adjustment_row(transaction_id: str, kind: str, amount: int, *, adjustment_id: str, order_id: str, at: int) -> Body:
    """Return an adjustment row of any type; an empty `order_id` leaves it without an order."""
    return {
        **_row(transaction_id, kind),
        "order_create_time": at,
        "adjustment_id": adjustment_id,
        "adjustment_order_id": order_id,
        "adjustment_amount": pence.text(amount),
        "settlement_amount": pence.text(amount),
        "revenue_amount": "0",
        "shipping_cost_amount": "0",
        "fee_tax_amount": "0",
    }


def reserve_row(transaction_id: str, amount: int, *, order: tuple[str, int], reserve_id: str, releases_at: int) -> Body:
    """Return a RESERVE row: collected when the amount is negative, released when positive. Order: id, created."""
    return {
        **_row(transaction_id, "RESERVE"),
        "order_create_time": order[1],
        "associated_order_id": order[0],
        "reserve_id": reserve_id,
        "reserve_amount": pence.text(amount),
        "reserve_status": "COLLECTED" if amount < 0 else "RELEASED",
        "estimated_release_time": str(releases_at),
    }


def _row(transaction_id: str, kind: str) -> dict[str, Any]:
    """Return a row in which nothing applies yet: text that was not supplied is empty."""
    blank = dict.fromkeys(
        names(
            "order_id adjustment_id adjustment_order_id adjustment_amount settlement_amount revenue_amount"
            " shipping_cost_amount fee_tax_amount reserve_id reserve_amount associated_order_id reserve_status"
            " estimated_release_time"
        ),
        "",
    )
    breakdowns: dict[str, Any] = {
        "revenue_breakdown": {},
        "shipping_cost_breakdown": {"supplementary_component": {}},
        "fee_tax_breakdown": {"fee": {}, "tax": {}},
        "supplementary_component": {},
    }
    return {"id": transaction_id, "type": kind, **blank, **breakdowns}
