"""Estimates for orders that have not settled: the unsettled list of 202507 (fact sheet tiktok_shop 7.6).

Belongs here: a row from payment until two days before settlement. Does not: what finally settles. Between the row's
end and the statement an order is in neither list, as it is on the platform.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, pence
from sandbox.world.agenda import Payload
from sandbox.world.settlement import earnings, lines
from sandbox.world.settlement.lines import Figures
from sandbox.world.shops import Shop
from sandbox.world.state import TIKTOK, World

LIMBO_DAYS = 2
_SHIPPING = [
    *(name for name in lines.SHIPPING if not name.startswith(("fbt_", "return_"))),
    "sfr_reimbursement",
]
_FEE = lines.names(
    "platform_commission_amount referral_fee_amount refund_administration_fee_amount transaction_fee_amount"
    " credit_card_handling_fee_amount affiliate_commission_amount affiliate_commission_before_pit_amount"
    " affiliate_partner_commission_amount affiliate_ads_commission_amount sfp_service_fee_amount"
    " live_specials_fee_amount bonus_cashback_service_fee_amount mall_service_fee_amount"
    " retail_delivery_fee_amount retail_delivery_fee_payment_amount retail_delivery_fee_refund_amount"
)
_TAX = [
    *lines.TAX,
    "pit_withheld_from_ads_commission_amount",
    "sales_tax_amount",
    "sales_tax_payment_amount",
    "sales_tax_refund_amount",
]


def begin(world: World, shop: Shop, order: Body) -> None:
    """List a paid order with its estimate; nothing is due for samples and replacements."""
    if order["is_sample_order"] or order["is_replacement_order"] or order["is_exchange_order"]:
        return
    row = {
        "id": _row_id(world, order["id"]),
        "type": "ORDER",
        "status": "UNSETTLED",
        "currency": shop.currency,
        "estimated_settlement": f"Delivered + {shop.settlement_days} days",
        "unsettled_reason": "WAITING_FOR_PACKAGE_DELIVERY",
        "order_create_time": order["create_time"],
        "order_delivery_time": 0,
        "order_id": order["id"],
        "adjustment_id": "",
        "adjustment_order_id": "",
        "est_adjustment_amount": "0",
        **_estimate(world, shop, order),
    }
    world.write("unsettled_transactions", row["id"], row, shop=shop.id, at=world.now, created=order["create_time"])


def deliver(world: World, shop: Shop, order: Body) -> None:
    """Give a delivered order's estimate its date, and plan its end."""
    record = world.tiktok("unsettled_transactions", _row_id(world, order["id"]))
    if record is None:
        return
    body = {
        **record.body,
        "estimated_settlement": str(world.now + shop.settlement_days * days.DAY),
        "unsettled_reason": "DELIVERED_AWAITING_SETTLEMENT",
        "order_delivery_time": world.now,
    }
    world.write("unsettled_transactions", record.id, body, shop=shop.id, at=world.now, created=record.created_at)
    ends = world.now + (shop.settlement_days - LIMBO_DAYS) * days.DAY
    world.agenda.add(ends, "unsettled_ends", order["id"])


def end(world: World, order_id: str) -> None:
    """Drop an order's estimate."""
    world.unit_of_work.forget(TIKTOK, "unsettled_transactions", _row_id(world, order_id))


def end_on_time(world: World, order_id: str, payload: Payload) -> None:
    """Drop an order's estimate when its time has come."""
    end(world, order_id)


def _row_id(world: World, order_id: str) -> str:
    return world.new_id("72", "unsettled", order_id)


def _estimate(world: World, shop: Shop, order: Body) -> Body:
    """Return what the platform expects to settle: no refund, and now and then the wrong parcel price."""
    draw = world.draw("estimate", order["id"])
    figures = earnings.sale(shop, order, earnings.terms(shop, world.draw("terms", order["id"])), [])
    if draw.happens(120) and "actual_shipping_fee_amount" in figures.shipping:
        figures.shipping["actual_shipping_fee_amount"] += draw.between(-60, 60)
    return _rendered(figures)


def _rendered(figures: Figures) -> Body:
    named = set(_FEE)
    fee = {key: value for key, value in figures.fee.items() if key in named}
    if lines.AFFILIATE in fee:
        fee["affiliate_commission_before_pit_amount"] = fee[lines.AFFILIATE]
    taxes = {key: figures.memo[key] for key in _TAX if key in figures.memo} | figures.tax
    delivery = {key: figures.memo[key] for key in _FEE if key in figures.memo}
    return {
        "est_settlement_amount": pence.text(figures.settlement),
        "est_revenue_amount": pence.text(figures.revenue_total),
        "revenue_breakdown": lines.texts(lines.REVENUE, figures.revenue),
        "est_shipping_cost_amount": pence.text(figures.shipping_total),
        "shipping_cost_breakdown": {
            **lines.texts(_SHIPPING, figures.shipping),
            "supplementary_component": lines.texts(lines.SHIPPING_MEMO, figures.shipping_memo),
        },
        "est_fee_tax_amount": pence.text(figures.fee_tax_total),
        "fee_tax_breakdown": {"fee": lines.texts(_FEE, {**fee, **delivery}), "tax": lines.texts(_TAX, taxes)},
    }
