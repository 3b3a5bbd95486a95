"""Stored records as the tenant works on them, whatever was done to them from outside.

Belongs here: what a record must have for the rules to run on it. Does not: the rules.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.store import Record

Body = dict[str, Any]

ITEM: Body = {
    "id": "", "external_item_id": "", "product_id": "", "shipment_id": "", "status": "pending", "price": {},
    "fulfillment_node_id": None, "fulfillment_request_id": None, "carrier": None, "tracking_code": None,
    "shipped_at": None, "cancellation_reason": None, "extended_attributes": [],
}  # fmt: skip
PRICE: Body = {
    "item_price": "0", "item_list_price": "0", "item_tax_lines": [], "item_discount_info": [],
    "item_order_discount_info": [],
}  # fmt: skip
LINE: Body = {"item_id": "", "product_id": "", "carrier": None, "tracking_code": None, "status": "dispatched"}


def usable_order(record: Record) -> Body:
    """Return an order with its own id, items and shipments, each with all its fields."""
    body = record.body
    items = [_item(item) for item in objects(body.get("items"))]
    usual = {"service_level": "", "price": "0", "tax": "0"}
    shipments = [{**usual, **each, "id": text(each.get("id"))} for each in _shipments(body)]
    known = {"external_id": text(body.get("external_id")), "currency": text(body.get("currency")) or "GBP"}
    plain = {"status": text(body.get("status")), "price_method": text(body.get("price_method"))}
    grace = {"_grace_until": whole(body.get("_grace_until"))}
    return {**body, "id": record.id, **known, **plain, "items": items, "shipments": shipments, **grace}


def usable_request(record: Record) -> Body:
    """Return a fulfilment request with its own id and items."""
    body = record.body
    fields = ("item_id", "product_id", "status")
    items = [{**LINE, **line, **{name: text(line.get(name)) for name in fields}} for line in objects(body.get("items"))]
    names = ("order_id", "fulfillment_node_id", "service_level", "status")
    plain = {name: text(body.get(name)) for name in names}
    asked = {"_asked_at": whole(body.get("_asked_at"))}
    return {**body, "fulfillment_request_id": record.id, **plain, "items": items, **asked}


def usable_stock(record: Record) -> Body:
    """Return a stock level with its own ids and whole numbers."""
    node, _, product = record.id.partition(".")
    names = ("on_hand", "allocated", "reserved", "safety_stock", "_revision", "_full")
    return {
        **record.body,
        "fulfillment_node_id": node,
        "product_id": product,
        **{name: whole(record.body.get(name)) for name in names},
    }


def amount(value: object) -> Decimal:
    """Return an amount of a record; 0 when it is missing or none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def whole(value: object) -> int:
    """Return a whole number of a record; 0 when it is missing or none."""
    return int(value) if isinstance(value, int | str) and str(value).lstrip("-").isdecimal() else 0


def text(value: object) -> str:
    """Return a text as it is, nothing as '', anything else as text."""
    return "" if value is None else value if isinstance(value, str) else str(value)


def objects(value: object) -> list[Body]:
    """Return the objects of what should be a list of objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _shipments(body: Body) -> list[Body]:
    return objects(body.get("shipments")) or [{}]


def _item(item: Body) -> Body:
    price = {**PRICE, **(item["price"] if isinstance(item.get("price"), dict) else {})}
    for name in ("item_tax_lines", "item_discount_info", "item_order_discount_info"):
        price[name] = objects(price[name])
    plain: Body = {name: text(item.get(name)) for name in ("id", "external_item_id", "product_id", "status")}
    plain["shipment_id"] = text(item.get("shipment_id"))
    plain |= {name: text(item.get(name)) or None for name in ("fulfillment_node_id", "fulfillment_request_id")}
    passed = [node for node in item.get("_passed") or [] if isinstance(node, str)] if _is_list(item) else []
    return {**ITEM, **item, **plain, "price": price, "_passed": passed}


def _is_list(item: Body) -> bool:
    return isinstance(item.get("_passed"), list)
