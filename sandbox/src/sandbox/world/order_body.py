"""The order object: lines, payment block and everything a new order carries (fact sheet tiktok_shop 3.2).

Belongs here: shapes and price arithmetic. Does not: when an order is made or how it moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.store import Body
from sandbox.world import addresses, pence
from sandbox.world.baskets import Unit
from sandbox.world.draw import Draw
from sandbox.world.shops import Shop

_COLORADO_DELIVERY_FEE = 29


@dataclass(frozen=True)
class Purchase:
    """What was bought, by whom, and what kind of order it is."""

    order_id: str
    shop: Shop
    buyer_id: str
    units: list[Unit]
    created_at: int
    is_sample: bool = False
    replaced_order_id: str = ""
    is_exchange: bool = False

    @property
    def is_free(self) -> bool:
        """Return whether it is free of charge."""
        return self.is_sample or bool(self.replaced_order_id)


def order_body(purchase: Purchase, draw: Draw) -> Body:
    """Return a new UNPAID order. The open address waits in the private key `_recipient_address`."""
    shop = purchase.shop
    state = addresses.us_state(draw) if shop.region == "US" else None
    tax_rate = state[1] if state and not purchase.is_free else 0
    lines = [_line(purchase, index, unit, tax_rate) for index, unit in enumerate(_free_or_paid(purchase))]
    fulfilled_by_platform = draw.happens(50)
    open_address = addresses.address(shop.region, draw, state)
    return {
        "id": purchase.order_id,
        "status": "UNPAID",
        "create_time": purchase.created_at,
        "update_time": purchase.created_at,
        "paid_time": 0,
        "user_id": purchase.buyer_id,
        "buyer_email": f"{purchase.buyer_id}@scs.tiktokw.example",
        "buyer_nickname": "",
        "buyer_message": "",
        "seller_note": "",
        "payment_method_name": draw.pick(("Credit/Debit card", "PayPal", "Klarna", "Apple Pay")),
        "payment": _payment(purchase, lines, draw, tax_rate=tax_rate, state=state[0] if state else ""),
        "recipient_address": addresses.masked(open_address),
        "_recipient_address": open_address,
        "fulfillment_type": "FULFILLMENT_BY_TIKTOK" if fulfilled_by_platform else "FULFILLMENT_BY_SELLER",
        "shipping_type": "TIKTOK" if fulfilled_by_platform or draw.happens(700) else "SELLER",
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_id": f"6955{shop.warehouse_id[4:]}",
        "delivery_option_name": "Standard shipping",
        "shipping_provider": "",
        "shipping_provider_id": "",
        "tracking_number": "",
        "warehouse_id": shop.warehouse_id,
        "packages": [],
        "line_items": lines,
        **_flags(purchase),
    }


def _flags(purchase: Purchase) -> dict[str, Any]:
    return {
        "order_type": "NORMAL",
        "commerce_platform": "TIKTOK_SHOP",
        "need_upload_invoice": "NO_NEED",
        "is_cod": False,
        "is_sample_order": purchase.is_sample,
        "is_refundable_sample": False,
        "is_replacement_order": bool(purchase.replaced_order_id) and not purchase.is_exchange,
        "replaced_order_id": "" if purchase.is_exchange else purchase.replaced_order_id,
        "is_exchange_order": purchase.is_exchange,
        "exchange_source_order_id": purchase.replaced_order_id if purchase.is_exchange else "",
        "is_subscription_order": False,
        "is_on_hold_order": True,
        "is_buyer_request_cancel": False,
        "has_updated_recipient_address": False,
        "authentication_required": False,
        "cancel_reason": "",
        "cancellation_initiator": "",
        "cancel_time": 0,
        "request_cancel_time": 0,
        "rts_time": 0,
        "rts_sla_time": 0,
        "tts_sla_time": 0,
        "shipping_due_time": 0,
        "collection_due_time": 0,
        "collection_time": 0,
        "delivery_due_time": 0,
        "delivery_sla_time": 0,
        "delivery_time": 0,
        "cancel_order_sla_time": 0,
    }


def _free_or_paid(purchase: Purchase) -> list[Unit]:
    if not purchase.is_free:
        return purchase.units
    units = purchase.units[:1] if purchase.is_sample else purchase.units
    return [
        Unit(u.product_id, u.product_name, u.sku_name, u.seller_sku, u.original, u.original, 0)  # all given away
        for u in units
    ]


def _line(purchase: Purchase, index: int, unit: Unit, tax_rate: int) -> Body:
    tax = pence.share(unit.sale, tax_rate)
    rate = f"{tax_rate / 10000:.4f}"
    return {
        "id": f"58{purchase.order_id[2:12]}{index:03d}{purchase.order_id[-6:]}",
        "product_id": f"1729{unit.product_id:015d}",
        "sku_id": f"1730{unit.product_id:015d}",
        "product_name": unit.product_name,
        "sku_name": unit.sku_name,
        "seller_sku": unit.seller_sku,
        "sku_image": "",
        "sku_type": "NORMAL",
        "display_status": "UNPAID",
        "currency": purchase.shop.currency,
        "original_price": pence.text(unit.original),
        "seller_discount": pence.text(unit.seller_discount),
        "platform_discount": pence.text(unit.platform_discount),
        "sale_price": pence.text(unit.sale),
        "item_tax": [{"tax_type": "SALES_TAX", "tax_amount": pence.text(tax), "tax_rate": rate}] if tax_rate else [],
        "is_gift": False,
        "is_dangerous_good": False,
        "cancel_reason": "",
        "cancel_user": "",
        "rts_time": 0,
        "package_id": "",
        "package_status": "",
        "shipping_provider_id": "",
        "shipping_provider_name": "",
        "tracking_number": "",
        "combined_listing_skus": [],
    }


def _payment(purchase: Purchase, lines: list[Body], draw: Draw, *, tax_rate: int, state: str) -> Body:
    """Obey: sub_total = original - seller - platform; total = sub_total + shipping + taxes + delivery fee."""
    original, seller, platform = (
        pence.total(line[key] for line in lines) for key in ("original_price", "seller_discount", "platform_discount")
    )
    sub_total = original - seller - platform
    list_shipping, by_seller, by_platform = _shipping(purchase, sub_total, draw)
    shipping = list_shipping - by_seller - by_platform
    product_tax = sum(pence.total(tax["tax_amount"] for tax in line["item_tax"]) for line in lines)
    shipping_tax = pence.share(shipping, tax_rate)
    delivery_fee = _COLORADO_DELIVERY_FEE if state == "CO" and not purchase.is_free else 0
    amounts = {
        "sub_total": sub_total,
        "shipping_fee": shipping,
        "seller_discount": seller,
        "platform_discount": platform,
        "payment_platform_discount": 0,
        "payment_discount_service_fee": 0,
        "total_amount": sub_total + shipping + product_tax + shipping_tax + delivery_fee,
        "original_total_product_price": original,
        "original_shipping_fee": list_shipping,
        "shipping_fee_seller_discount": by_seller,
        "shipping_fee_platform_discount": by_platform,
        "shipping_fee_cofunded_discount": 0,
        "tax": product_tax + shipping_tax,
        "product_tax": product_tax,
        "shipping_fee_tax": shipping_tax,
        "small_order_fee": 0,
        "retail_delivery_fee": delivery_fee,
        "buyer_service_fee": 0,
        "handling_fee": 0,
        "shipping_insurance_fee": 0,
        "item_insurance_fee": 0,
        "item_insurance_tax": 0,
    }
    return {"currency": purchase.shop.currency, **{key: pence.text(value) for key, value in amounts.items()}}


def _shipping(purchase: Purchase, sub_total: int, draw: Draw) -> tuple[int, int, int]:
    """Return list price of shipping, the seller's part of its discount, and the platform's."""
    if purchase.is_free:
        return 0, 0, 0
    price = purchase.shop.shipping_price
    if sub_total >= purchase.shop.free_shipping_from:
        return price, price, 0
    if draw.happens(250):
        return price, 0, price
    if draw.happens(200):
        return price, 100, 50
    return price, 0, 0
