"""What calls show of an order: the current form, its row in a list, and the legacy one.

Belongs here: shapes. Does not: finding orders. A damaged field shows as it is, as far as the shape allows.
Fact sheet newstore 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.newstore.amounts import EXCLUDED, item_price, order_totals, shipping_price
from sandbox.newstore.payloads import number
from sandbox.newstore.profile import CATALOG
from sandbox.newstore.stored import objects

Body = dict[str, Any]
_ADDRESS = (
    *("address_line_1", "address_line_2", "city", "first_name", "last_name", "phone", "salutation", "state"),
    *("suffix", "title", "zip_code"),
)
_LABELS = {"open": "Open", "on_hold": "On hold", "closed": "Closed", "failed": "Failed"}
_DELIVERY = {"pending": "not_shipped", "in_fulfillment": "in_progress", "complete": "shipped"}


def order(body: Body, nodes: Mapping[str, Body]) -> Body:
    """Return an order as GET /v0/orders/{id} shows it; `nodes` are the fulfilment nodes by id."""
    totals = order_totals(body)
    return {
        **_head(body),
        "items": [_item(body, item) for item in body["items"]],
        "shop_locale": body.get("shop_locale"),
        "customer": _customer(body),
        "billing_address": address(body.get("billing_address")),
        "shipping_address": address(body.get("shipping_address")),
        "extended_attributes": objects(body.get("extended_attributes")),
        "notification_blacklist": body.get("notification_blacklist") or [],
        "fulfillments": _fulfilments(body, nodes),
        "is_offline": bool(body.get("is_offline")),
        "payment_history": [_payment(body, payment) for payment in objects(body.get("payments"))],
        "shipments": [_shipment(body, shipment) for shipment in body["shipments"]],
        "store_id": body.get("store_id"),
        "tax_exempt": False,
        "tax_method": "vat_excluded" if body["price_method"] == EXCLUDED else "vat_included",
        "totals": {name: number(amount) for name, amount in totals.items() if name != "shipping_tax"},
    }


def row(body: Body) -> Body:
    """Return an order as a list of a customer's orders shows it."""
    names = ("id", "origin_id", "status", "price", "product_attributes")
    items = [_item(body, item) for item in body["items"]]
    return {**_head(body), "items": [{name: item[name] for name in names} for item in items]}


def legacy(body: Body) -> Body:
    """Return an order as GET /v0/d/external_orders shows it."""
    totals = order_totals(body)
    return {
        "order_uuid": body["id"],
        "order_id": f"NS{body['id'][:8].upper()}",
        "external_order_id": body["external_id"],
        "channel_type": body.get("channel_type"),
        "channel": body.get("channel_name"),
        "currency": body["currency"],
        "placed_at": body.get("placed_at"),
        "updated_at": body.get("updated_at"),
        "status": body["status"],
        "status_label": _LABELS.get(body["status"], body["status"]),
        "revision": len(objects(body.get("_routing"))) + 1,
        "consumer": {"name": body.get("customer_name"), "email": body.get("customer_email")},
        "billing_address": body.get("billing_address"),
        "shipping_address": body.get("shipping_address"),
        "ordered_products": [_product(body, item) for item in body["items"]],
        "shipments": [_parcel(body, shipment) for shipment in body["shipments"]],
        "payments": [_payment(body, payment) for payment in objects(body.get("payments"))],
        "totals": {name: number(totals[name]) for name in ("net", "tax", "gross", "shipping", "discount", "total")},
        "extended_attributes": objects(body.get("extended_attributes")),
    }


def address(value: object) -> Body | None:
    """Return an address as the newer calls show it, its country under `country_code`."""
    if not isinstance(value, dict):
        return None
    return {**{name: value.get(name) for name in _ADDRESS}, "country_code": value.get("country")}


def _head(body: Body) -> Body:
    return {
        "id": body["id"],
        "origin": "newstore",
        "origin_id": body["external_id"],
        "catalog": body.get("shop") or CATALOG,
        "channel_type": "store" if body.get("channel_type") == "store" else "web",
        "currency": body["currency"],
        "fulfillment_type": "in_store_purchase" if _is_handover(body) else "traditional",
        "placed_at": body.get("placed_at"),
        "status": body["status"],
    }


def _item(body: Body, item: Body) -> Body:
    price = item["price"]
    return {
        "id": item["id"],
        "origin_id": item["external_item_id"],
        "product_id": item["product_id"],
        "status": item["status"],
        "price": _prices(item_price(item, body["price_method"])),
        "price_catalog": number(price.get("item_list_price")),
        "tax_lines": _taxes(price["item_tax_lines"]),
        "discounts": [
            *(_discount(each, "item") for each in price["item_discount_info"]),
            *(_discount(each, "order") for each in price["item_order_discount_info"]),
        ],
        "extended_attributes": objects(item.get("extended_attributes")),
        "external_identifier": {"epc": "", "serial_number": ""},
        "fulfillment_group_type": "IN_STORE_HANDOVER" if _is_handover(body) else "SHIPPING",
        "product_attributes": {"name": item["product_id"]},
        "shipping_method": "traditional_carrier",
    }


def _fulfilments(body: Body, nodes: Mapping[str, Body]) -> list[Body]:
    by_node: dict[str, list[str]] = {}
    for item in body["items"]:
        if item["fulfillment_node_id"]:
            by_node.setdefault(str(item["fulfillment_node_id"]), []).append(item["id"])
    found = []
    for node, ids in sorted(by_node.items()):
        place = nodes[node]["address"] if node in nodes else {}
        origin = {"country_code": place.get("country_code"), "zip_code": place.get("zip_code")}
        found.append({"item_ids": ids, "origin": origin})
    return found


def _shipment(body: Body, shipment: Body) -> Body:
    price = shipping_price(shipment, body["price_method"])
    discounts = [_discount(each, "shipping") for each in objects(shipment.get("discount_info"))]
    return {"id": shipment["id"], "price": _prices(price), "discounts": discounts, "tax_lines": []}


def _product(body: Body, item: Body) -> Body:
    return {
        "id": item["external_item_id"],
        "item_id": item["id"],
        "product_id": item["product_id"],
        "product_sku": item["product_id"],
        "quantity": 1,
        "status": item["status"],
        "fulfillment_node_id": item["fulfillment_node_id"],
        "shipment_id": item["shipment_id"],
        "price": {**_prices(item_price(item, body["price_method"])), "currency": body["currency"]},
        "cancellation_reason": item["cancellation_reason"],
    }


def _parcel(body: Body, shipment: Body) -> Body:
    items = [item for item in body["items"] if item["shipment_id"] == shipment["id"]]
    sent = [item for item in items if item["tracking_code"]]
    status = _DELIVERY.get(items[0]["status"], items[0]["status"]) if items else "not_shipped"
    return {
        "id": shipment["id"],
        "details": {
            "carrier": sent[0]["carrier"] if sent else None,
            "tracking_code": sent[0]["tracking_code"] if sent else None,
            "service_level": shipment["service_level"],
        },
        "delivery_status_id": status,
        "item_ids": [item["id"] for item in items],
        "links": {"invoice": None, "return_label": None},
        "totals": _prices(shipping_price(shipment, body["price_method"])),
    }


def _customer(body: Body) -> Body:
    names = {"id": "external_customer_id", "email": "customer_email", "name": "customer_name"}
    shown = {key: body.get(name) for key, name in names.items()}
    return {**shown, "language": body.get("customer_language")}


def _payment(body: Body, payment: Body) -> Body:
    category = "capture" if payment.get("type") == "captured" else "authorization"
    shown = {"category": category, "method": payment.get("method"), "currency": body["currency"]}
    return {**shown, "amount": number(payment.get("amount")), "payment_information": payment.get("correlation_ref")}


def _discount(row: Body, level: str) -> Body:
    return {
        "level": level,
        "type": row.get("type") or "fixed",
        "value": number(row.get("original_value")),
        "price_adjustment": number(row.get("price_adjustment")),
        "coupon_code": row.get("coupon_code"),
        "reason": row.get("description"),
    }


def _taxes(rows: list[Body]) -> list[Body]:
    return [{**row, "amount": number(row.get("amount")), "rate": number(row.get("rate"))} for row in rows]


def _prices(price: Mapping[str, Decimal]) -> dict[str, float]:
    return {name: number(amount) for name, amount in price.items()}


def _is_handover(body: Body) -> bool:
    return any(shipment["service_level"] == "IN_STORE_HANDOVER" for shipment in body["shipments"])
