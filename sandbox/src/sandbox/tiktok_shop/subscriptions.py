"""Webhook subscriptions of a shop: GET, PUT and DELETE /event/202309/webhooks (fact sheet tiktok_shop 8.2).

Belongs here: registering addresses. Does not: sending (see `webhooks`).
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop.envelope import invalid
from sandbox.tiktok_shop.request import Request

EVENT_TYPES = {
    "ORDER_STATUS_CHANGE": 1,
    "REVERSE_STATUS_UPDATE": 2,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}
KIND = "webhook_subscriptions"
_MAX_ADDRESS = 255


def listed(request: Request) -> Body:
    """Answer GET: all subscriptions of the shop."""
    rows = request.store.select("tiktok_shop", KIND, shop=request.shop_id)
    return {"webhooks": [wire_body(row) for row in rows], "total_count": len(rows)} if rows else {"total_count": 0}


def registered(request: Request) -> Body:
    """Answer PUT: set the address of one event type. The sandbox also takes http and loopback addresses."""
    wanted = request.json()
    address = _text(wanted, "address")
    if not address.startswith(("https://", "http://")) or len(address) > _MAX_ADDRESS:
        raise invalid("param body.address is invalid")
    event_type = _event_type(wanted)
    id, now = f"{request.shop_id}:{event_type}", request.store.now
    old = request.store.get("tiktok_shop", KIND, id)
    created = old.created_at if old else now
    body = {"event_type": event_type, "address": address, "create_time": created, "update_time": now}
    request.store.put(Record("tiktok_shop", KIND, id, body, request.shop_id, "", created, now))
    return {}


def removed(request: Request) -> Body:
    """Answer DELETE: forget the address of one event type."""
    event_type = _event_type(request.json())
    if not request.store.delete("tiktok_shop", KIND, f"{request.shop_id}:{event_type}"):
        raise invalid(f"event_type {event_type} has no webhook")
    return {}


def _event_type(wanted: dict[str, Any]) -> str:
    event_type = _text(wanted, "event_type")
    if event_type not in EVENT_TYPES:
        raise invalid("param body.event_type is invalid")
    return event_type


def _text(wanted: dict[str, Any], key: str) -> str:
    value = wanted.get(key)
    if not isinstance(value, str) or not value:
        raise invalid(f"param body.{key} is missing")
    return value
