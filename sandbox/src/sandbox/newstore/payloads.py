"""What events say of orders, fulfilment requests and returns.

Belongs here: payloads. Does not: sending them, or what the calls show.
Fact sheet newstore 8: addresses in both spellings; one row a unit; no tracking number in items_completed.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore.amounts import item_price, order_totals
from sandbox.newstore.profile import text_of
from sandbox.newstore.stored import amount, objects

Body = dict[str, Any]


def number(value: object) -> float:
    """Return an amount as the wire's double."""
    return float(amount(value)) + 0.0  # never -0.0


def order(body: Body) -> Body:
    """Return the payload of order.created and order.opened."""
    totals = order_totals(body)
    return {
        "id": body["id"],
        "external_id": body["external_id"],
        "created_at": body.get("created_at"),
        "placed_at": body.get("placed_at"),
        "channel_type": body.get("channel_type"),
        "channel": body.get("channel_name"),
        "demand_location_id": body.get("store_id"),
        "associate_id": body.get("associate_id"),
        "associate_email": None,
        "customer_id": body.get("external_customer_id"),
        "customer_email": body.get("customer_email"),
        "external_customer_id": body.get("external_customer_id"),
        "is_exchange": False,
        "exchanges": [],
        "is_historical": bool(body.get("is_historical")),
        "billing_address": _address(body.get("billing_address")),
        "shipping_address": _address(body.get("shipping_address")),
        "price_method": body["price_method"],
        "subtotal": number(totals["gross"]),
        "discount_total": number(totals["discount"]),
        "shipping_total": number(totals["shipping"]),
        "shipping_tax": number(totals["shipping_tax"]),
        "tax_total": number(totals["tax"] + totals["shipping_tax"]),
        "grand_total": number(totals["total"]),
        "currency": body["currency"],
        "tax_strategy": body["price_method"],
        "tax_exempt": False,
        "extended_attributes": objects(body.get("extended_attributes")),
        "items": [_item(body, item) for item in body["items"]],
    }


def ended(body: Body) -> Body:
    """Return the payload of order.completed and order.cancelled."""
    levels = {shipment["id"]: shipment["service_level"] for shipment in body["shipments"]}
    items = [
        {
            "id": item["id"],
            "product_id": item["product_id"],
            "quantity": 1,
            "status": "shipped" if item["status"] == "complete" else item["status"],
            "fulfillment_location_id": item["fulfillment_node_id"],
            "shipping_service_level": levels.get(item["shipment_id"]),
            "shipping_method": "traditional_carrier",
        }
        for item in body["items"]
    ]
    return {"id": body["id"], "external_id": body["external_id"], "capture_type": "injection", "items": items}


def items_cancelled(body: Body, items: list[Body]) -> Body:
    """Return the payload of order.items_cancelled."""
    names = ("id", "product_id", "cancellation_reason")
    return {"id": body["id"], "items": [{name: item[name] for name in names} for item in items]}


def request(body: Body, lines: list[Body], **more: object) -> Body:
    """Return the payload of a fulfillment_request event about some of its items."""
    return {
        "id": body["fulfillment_request_id"],
        "order_id": body["order_id"],
        **more,
        "fulfillment_location_id": body["fulfillment_node_id"],
        "service_level": body["service_level"],
        "items": [{"id": line["item_id"], "product_id": line["product_id"]} for line in lines],
    }


def _item(body: Body, item: Body) -> Body:
    price, shown = item["price"], item_price(item, body["price_method"])
    levels = {shipment["id"]: shipment["service_level"] for shipment in body["shipments"]}
    return {
        "id": item["id"],
        "item_type": "product",
        "product_id": item["product_id"],
        "pricebook_id": price.get("pricebook") or "default",
        "pricebook_price": number(price.get("item_price")),
        "list_price": number(price.get("item_list_price")),
        "item_discounts": _sum(price["item_discount_info"]),
        "order_discounts": _sum(price["item_order_discount_info"]),
        "tax": number(shown["tax"]),
        "tax_provider_details": [],
        "quantity": 1,
        "status": "opened",
        "extended_attributes": objects(item.get("extended_attributes")),
        "external_identifiers": {"external_item_id": item["external_item_id"]},
        "shipping_service_level": levels.get(item["shipment_id"]),
        "is_preorder": False,
    }


def _sum(rows: list[Body]) -> float:
    return number(sum(amount(row.get("price_adjustment")) for row in rows))


def _address(value: object) -> Body | None:
    if not isinstance(value, dict):
        return None
    lines = {f"address_line{at}": value.get(f"address_line_{at}") for at in (1, 2)}
    return {**value, **lines}


def kept(value: object, currency: str) -> str:
    """Return an amount of a payload as records keep it."""
    return text_of(amount(value), currency)
