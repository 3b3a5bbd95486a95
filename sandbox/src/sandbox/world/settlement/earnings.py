"""What an order earns: revenue, shipping, fees and taxes of a sale and of a refund.

Belongs here: the fee rules of the two regions (fact sheet tiktok_shop 7.8). Does not: when anything settles.
All rates are basis points of what the buyer paid for the goods (`payment.sub_total`), refunded units left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.store import Body
from sandbox.world import pence
from sandbox.world.draw import Draw
from sandbox.world.settlement.lines import AFFILIATE, Amounts, Figures
from sandbox.world.shops import Shop

REFUND_ADMINISTRATION_BASIS_POINTS = 2000
REFUND_ADMINISTRATION_MOST_PER_SKU = 500
VAT_BASIS_POINTS = 2000


@dataclass(frozen=True)
class Terms:
    """What an order's fees are, drawn once so that sale, estimate and refund agree. Rates in basis points."""

    affiliate: int
    affiliate_ads: int
    affiliate_partner: int
    promotion: int
    live_specials: int
    card_handling: int
    per_item: int
    unitemised_per_item: int
    flat: int
    parcel_cost: int


def terms(shop: Shop, draw: Draw) -> Terms:
    """Return the fee terms of an order."""
    affiliate = draw.between(8, 20) * 100 if draw.happens(350) else 0
    is_gb = shop.region == "GB"
    return Terms(
        affiliate=affiliate,
        affiliate_ads=draw.between(3, 8) * 100 if draw.happens(60) else 0,
        affiliate_partner=200 if affiliate and draw.happens(100) else 0,
        promotion=150 if draw.happens(120) else 0,
        live_specials=100 if draw.happens(40) else 0,
        card_handling=50 if is_gb and draw.happens(80) else 0,
        per_item=10 if draw.happens(50) else 0,
        unitemised_per_item=6 if draw.happens(20) else 0,
        flat=0 if is_gb else 30,
        parcel_cost=shop.parcel_cost + draw.below(12) * 15,
    )


def sale(
    shop: Shop,
    order: Body,
    agreed: Terms,
    refunded: list[Body],
    *,
    parts: Sequence[Body] = (),
    return_fee: int = 0,
) -> Figures:
    """Return the figures of an order's settlement; `refunded` lines, and `parts` of others, went back before it.

    A part is a line with the amounts that were refunded of it. `return_fee`: minor units for the parcels' way back.
    """
    lines = [line for line in order["line_items"] if line.get("display_status") != "CANCELLED"]
    kept = [line for line in lines if line not in refunded]
    returned = [*refunded, *parts]
    figures = Figures(
        revenue={
            "subtotal_before_discount_amount": _sum(lines, "original_price"),
            "seller_discount_amount": -_sum(lines, "seller_discount"),
            "refund_subtotal_before_discount_amount": -_sum(returned, "original_price"),
            "seller_discount_refund_amount": _sum(returned, "seller_discount"),
        },
        fee=_fees(shop, agreed, _sum(kept, "sale_price") - _sum(parts, "sale_price"), units=len(kept)),
        unitemised=-agreed.unitemised_per_item * len(kept),
        memo=_memo(order, lines, returned),
    )
    _add_shipping(figures, order, agreed)
    if return_fee:
        figures.shipping["return_shipping_fee_amount"] = -return_fee
    _add_refund_administration(figures, shop, returned)
    _add_taxes(figures, shop)
    return figures


def refund(
    shop: Shop,
    order: Body,
    agreed: Terms,
    refunded: list[Body],
    *,
    affiliate_returned: bool,
    return_fee: int | None = None,
) -> Figures:
    """Return the figures of a refund after settlement: revenue negative, fees come back positive.

    `return_fee`: minor units for the parcel's way back; None is a parcel's price where TikTok ships.
    """
    returned = _fees(shop, agreed, _sum(refunded, "sale_price"), units=0)
    returned.pop("transaction_fee_amount", None)
    fees = {key: -value for key, value in returned.items() if affiliate_returned or "affiliate" not in key}
    figures = Figures(
        revenue={
            "refund_subtotal_before_discount_amount": -_sum(refunded, "original_price"),
            "seller_discount_refund_amount": _sum(refunded, "seller_discount"),
        },
        fee=fees,
        memo=_memo(order, [], refunded),
    )
    if return_fee is None:
        return_fee = agreed.parcel_cost if order["shipping_type"] == "TIKTOK" else 0
    if return_fee:
        figures.shipping["return_shipping_fee_amount"] = -return_fee
    _add_refund_administration(figures, shop, refunded)
    _add_taxes(figures, shop)
    return figures


def replacement(agreed: Terms) -> Figures:
    """Return the figures of an order sent for nothing: its parcel."""
    return Figures(shipping={"replacement_shipping_fee_amount": -agreed.parcel_cost})


def _sum(lines: Iterable[Body], key: str) -> int:
    return pence.total(line[key] for line in lines)


def _fees(shop: Shop, agreed: Terms, goods: int, *, units: int) -> Amounts:
    fees = {
        shop.commission_line: pence.share(goods, shop.commission_basis_points),
        "transaction_fee_amount": agreed.flat if goods else 0,
        "credit_card_handling_fee_amount": pence.share(goods, agreed.card_handling),
        AFFILIATE: pence.share(goods, agreed.affiliate),
        "affiliate_ads_commission_amount": pence.share(goods, agreed.affiliate_ads),
        "affiliate_partner_commission_amount": pence.share(goods, agreed.affiliate_partner),
        "sfp_service_fee_amount": pence.share(goods, agreed.promotion),
        "live_specials_fee_amount": pence.share(goods, agreed.live_specials),
        "fee_per_item_sold_amount": agreed.per_item * units,
    }
    return {key: -value for key, value in fees.items() if value}


def _add_shipping(figures: Figures, order: Body, agreed: Terms) -> None:
    paid, funded = (pence.parse(order["payment"][key]) for key in ("shipping_fee", "shipping_fee_platform_discount"))
    figures.shipping["customer_paid_shipping_fee_amount"] = paid
    if order["shipping_type"] == "TIKTOK":
        figures.shipping["actual_shipping_fee_amount"] = -agreed.parcel_cost
        own = order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
        figures.shipping_memo["fbm_shipping_cost_amount" if own else "fbt_shipping_cost_amount"] = -agreed.parcel_cost
    figures.shipping["shipping_fee_discount_amount"] = funded
    figures.shipping_memo["platform_shipping_fee_discount_amount"] = funded
    figures.shipping_memo["customer_shipping_fee"] = paid
    figures.shipping_memo["seller_shipping_fee_discount_amount"] = -pence.parse(
        order["payment"]["shipping_fee_seller_discount"]
    )


def _add_refund_administration(figures: Figures, shop: Shop, refunded: list[Body]) -> None:
    """Keep a fifth of the referral fee on refunded goods, at most 5.00 per SKU (US only)."""
    if shop.region != "US" or not refunded:
        return
    referral = pence.share(_sum(refunded, "sale_price"), shop.commission_basis_points)
    kept = pence.share(referral, REFUND_ADMINISTRATION_BASIS_POINTS)
    most = REFUND_ADMINISTRATION_MOST_PER_SKU * len({line["sku_id"] for line in refunded})
    figures.fee["refund_administration_fee_amount"] = -min(kept, most)


def _add_taxes(figures: Figures, shop: Shop) -> None:
    """Charge VAT on the commission of a GB shop; US sales tax stays with the platform (memo lines)."""
    if shop.region == "GB":
        figures.tax["vat_amount"] = pence.share(figures.fee.get(shop.commission_line, 0), VAT_BASIS_POINTS)


def _memo(order: Body, sold: list[Body], refunded: list[Body]) -> Amounts:
    """Return "part of" lines, never to be added: what buyer and platform paid, and the taxes that passed through."""
    payment = order["payment"] if sold else {}
    paid, tax, delivery_fee = (
        pence.parse(payment.get(key, "0")) for key in ("total_amount", "tax", "retail_delivery_fee")
    )
    tax_back = sum(pence.total(tax["tax_amount"] for tax in line["item_tax"]) for line in refunded)
    return {
        "customer_payment_amount": paid,
        "customer_refund_amount": -_sum(refunded, "sale_price") - tax_back,
        "platform_discount_amount": _sum(sold, "platform_discount"),
        "platform_discount_refund_amount": -_sum(refunded, "platform_discount"),
        "sales_tax_payment_amount": tax,
        "sales_tax_refund_amount": -tax_back,
        "sales_tax_amount": tax - tax_back,
        "retail_delivery_fee_payment_amount": delivery_fee,
        "retail_delivery_fee_amount": delivery_fee,
    }
