"""Order endpoints: search, detail, price detail (fact sheet tiktok_shop 3.1, 3.2).

Belongs here: filters and the differences between versions of the order object. Does not: how an order's life goes.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.listing import Listing, read_page, total
from sandbox.tiktok_shop.paging import choice
from sandbox.tiktok_shop.price_detail import priced
from sandbox.tiktok_shop.request import Request

MAX_IDS = 50
STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)
_ONLY_202507 = {"payment_method_code", "payment_auth_code", "payment_card_type", "channel_entity_national_registry_id"}
_EQUAL = {"order_status": "status", "shipping_type": "shipping_type", "buyer_user_id": "user_id"}


def search(request: Request) -> Body:
    """Answer POST /order/202309/orders/search. Default order: create_time, newest first."""
    wanted = request.json()
    by = choice(request.query, "sort_field", valid=("create_time", "update_time"), default="create_time")
    way = choice(request.query, "sort_order", valid=("ASC", "DESC"), default="DESC")
    listing = Listing(
        "orders",
        "created_at" if by == "create_time" else "updated_at",
        descending=way == "DESC",
        created=(_bound(wanted, "create_time_ge"), _bound(wanted, "create_time_lt")),
        updated=(_bound(wanted, "update_time_ge"), _bound(wanted, "update_time_lt")),
        matching=_matching(wanted),
        carry=total,
    )
    page = read_page(listing, request)
    answer: Body = {"next_page_token": page.next_token, "total_count": page.carried}
    # The vendor leaves the list out when it is empty (fact sheet tiktok_shop 2.1).
    return {**answer, "orders": [_order(row, "202309") for row in page.rows]} if page.rows else answer


def detail(request: Request) -> Body:
    """Answer GET /order/{202309,202507}/orders?ids=: up to 50 orders; ids of other shops are left out."""
    ids = request.required("ids")
    if len(ids) > MAX_IDS:
        raise invalid(f"ids is invalid, at most {MAX_IDS} values are allowed")
    rows = request.store.select("tiktok_shop", "orders", shop=request.shop_id, ids=ids)
    return {"orders": [_order(row, request.version) for row in rows]} if rows else {}


def price_detail(request: Request) -> Body:
    """Answer GET /order/202407/orders/{order_id}/price_detail."""
    record = request.store.get("tiktok_shop", "orders", request.path["order_id"])
    if record is None or record.shop != request.shop_id:
        raise ApiError(21008111, "The order does not belong to this seller")
    return priced(record.body)


def _order(record: Record, version: str) -> Body:
    body = wire_body(record)
    return body if version == "202507" else {key: value for key, value in body.items() if key not in _ONLY_202507}


def _bound(wanted: dict[str, Any], key: str) -> int | None:
    value = wanted.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdigit():
        raise invalid(f"param body.{key} is invalid, a timestamp in seconds is expected")
    return int(value)


def _matching(wanted: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {field: wanted[key] for key, field in _EQUAL.items() if wanted.get(key)}
    if "status" in found and found["status"] not in STATUSES:
        raise invalid(f"param body.order_status is invalid, the value must be one of {', '.join(STATUSES)}")
    if isinstance(wanted.get("is_buyer_request_cancel"), bool):
        found["is_buyer_request_cancel"] = wanted["is_buyer_request_cancel"]
    if warehouses := wanted.get("warehouse_ids"):
        if not isinstance(warehouses, list) or len(warehouses) > 100:
            raise invalid("param body.warehouse_ids is invalid, at most 100 values are allowed")
        found["warehouse_id"] = [str(id) for id in warehouses]
    return found
