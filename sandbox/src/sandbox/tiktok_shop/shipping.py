"""Shipping calls on an order: mark as shipped, correct its tracking, follow it (fact sheet tiktok_shop 4).

Belongs here: what is refused, and the answers. Does not: what shipping changes (`fulfilment`), calls on a package
(`packages`).
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Body, Record
from sandbox.tiktok_shop import cancellations, fulfilment, logistics
from sandbox.tiktok_shop.amounts import objects
from sandbox.tiktok_shop.earlier_packages import package_of_order
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.request import Request

MOST_ORDERS_PER_TRACKING = 20
CORRECTION_SECONDS = 72 * 3600
_SHIPPED = {"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"}
_SCANS = (
    ("rts_time", "The seller is preparing the parcel", 3010201),
    ("collection_time", "The carrier has collected the parcel", 3010401),
    ("delivery_time", "The parcel has been delivered", 3011101),
)


def mark_as_shipped(request: Request) -> Body:
    """Answer POST /fulfillment/{202309,202610}/orders/{order_id}/packages; no line named: all that wait."""
    with request.store.transaction():
        record, wanted = order_of(request), request.json()
        tracking, carrier = shipment(request, wanted)
        line_ids = [str(id) for id in wanted.get("order_line_item_ids") or []]
        line_ids += [str(line.get("order_line_id")) for line in objects(wanted.get("order_line_list"))]
        lines = checked_lines(record, line_ids)
        if record.body.get("shipping_type") != "SELLER":
            raise ApiError(21011004, "The order is not shipped by the seller")
        check_cancel_request(request, record)
        check_reuse(request, tracking, record)
        package = ship(request, record, lines, tracking, carrier.id)
    answer = {"order_id": record.id, "order_line_item_ids": [line.get("id") for line in lines], "package_id": package}
    if carrier.fits(tracking):
        return answer
    return {**answer, "warning": {"message": f"The tracking number does not look like one of {carrier.name}"}}


def ship(request: Request, record: Record, lines: list[Body], tracking: str, provider_id: str) -> str:
    """Ship lines, notify subscribers, and return the package's id."""
    store, ids = request.store, [str(line.get("id")) for line in lines]
    package = fulfilment.mark_shipped(store, record.body, ids, tracking, provider_id, store.now)
    if len(lines) < len(objects(record.body.get("line_items"))):
        fulfilment.announce_packages(store, record.shop, record.id, [package], why="SPLIT", at=store.now)
    fulfilment.announce_order(store, record.shop, record.body)
    return package


def update_order_shipping(request: Request) -> Body:
    """Answer POST /fulfillment/202309/orders/{order_id}/shipping_info/update: once, within 72 hours."""
    with request.store.transaction():
        record = order_of(request)
        packages = fulfilment.packages_of(request.store, record.id, "PROCESSING", "FULFILLING", "COMPLETED")
        if not packages and (earlier := package_of_order(record)):
            packages = [earlier]
        if not packages or packages[0].body.get("package_status") == "TO_FULFILL":
            raise ApiError(21011043, "The order has not been shipped yet")
        if len(packages) > 1:
            raise ApiError(21011048, "The order has several packages, name one")
        correct(request, packages[0], late=21011049, again=21011050)
    return {}


def correct(request: Request, package: Record, *, late: int, again: int) -> None:
    """Change a package's tracking. Raises ApiError `late` after 72 hours, `again` the second time."""
    store, now = request.store, request.store.now
    tracking, carrier = shipment(request, request.json())
    record = store.get("tiktok_shop", "orders", str(package.body.get("_order_id")))
    if package.body.get("shipping_type") != "SELLER" or record is None:
        raise ApiError(21011004, "The order is not shipped by the seller")
    if package.body.get("package_status") == "COMPLETED":
        raise ApiError(21011030, "The package has been delivered already")
    if now - int(package.body.get("_shipped_at") or package.created_at) > CORRECTION_SECONDS:
        raise ApiError(late, "Tracking can be updated within 72 hours of shipping only")
    if package.body.get("_corrections"):
        raise ApiError(again, "Tracking was updated once already")
    check_reuse(request, tracking, record)
    reported = {"tracking_number": tracking, "shipping_provider_id": carrier.id, "shipping_provider_name": carrier.name}
    fulfilment.put_package(store, package.shop, fulfilment.changed(package, **reported, _corrections=1), now)
    for line in objects(record.body.get("line_items")):
        if line.get("package_id") == package.id:
            line.update(reported)
    record.body["tracking_number"], record.body["shipping_provider_id"] = tracking, carrier.id
    record.body["shipping_provider"] = carrier.name
    # The order's update_time stays: a change of tracking does not move it (fact sheet tiktok_shop 3.1).
    store.put(store.indexed(record, record.body))


def tracking(request: Request) -> Body:
    """Answer GET /fulfillment/202309/orders/{order_id}/tracking, latest first; instants in milliseconds."""
    body = order_of(request).body
    seen = [(body.get(key), text, code) for key, text, code in _SCANS]
    rows = [
        {"description": text, "update_time_millis": at * 1000, "action_code": code}
        for at, text, code in reversed(seen)
        if isinstance(at, int) and at
    ]
    return {"tracking": rows} if rows else {}


def split_attributes(request: Request) -> Body:
    """Answer GET /fulfillment/202309/orders/split_attributes?order_ids=: orders of other shops are left out."""
    ids = request.required("order_ids")
    if len(ids) > 50:
        raise invalid("order_ids is invalid, at most 50 values are allowed")
    records = request.store.select("tiktok_shop", "orders", shop=request.shop_id, ids=ids)
    return {"split_attributes": [_splits(record.body) for record in records]} if records else {}


def order_of(request: Request) -> Record:
    """Return the order that the path names. Raises ApiError 21008111 for none of this shop."""
    return known_order(request, request.path["order_id"])


def known_order(request: Request, order_id: str) -> Record:
    """Return an order of the shop. Raises ApiError 21008111."""
    record = request.store.get("tiktok_shop", "orders", order_id)
    if record is None or record.shop != request.shop_id:
        raise ApiError(21008111, "The order does not belong to this seller")
    return record


def checked_lines(record: Record, line_ids: list[str]) -> list[Body]:
    """Return the lines to ship. Raises ApiError when the order, or a line named, may not be shipped now."""
    body = record.body
    status = str(body.get("status"))
    if body.get("fulfillment_type") == "FULFILLMENT_BY_TIKTOK":
        raise ApiError(21008025, "The order is fulfilled by the platform")
    if status == "ON_HOLD":
        raise ApiError(21011044, "The order is on hold")
    if status == "CANCELLED":
        raise ApiError(21011041, "The order is cancelled")
    if status in _SHIPPED:
        raise ApiError(21011006, "The order has been shipped already")
    if status not in {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}:
        raise ApiError(21042057, "The order is not awaiting shipment")
    held = {str(line.get("id")): line.get("display_status") for line in objects(body.get("line_items"))}
    for id in line_ids:
        if id not in held:
            raise invalid(f"param body.order_line_item_ids is invalid, the order has no line {id}")
        if held[id] == "CANCELLED":
            raise ApiError(21011042, "The order line is cancelled")
        if held[id] in _SHIPPED:
            raise ApiError(21011006, "The order line has been shipped already")
    lines = fulfilment.shippable(body, line_ids)
    if not lines:
        raise ApiError(21011003, "No line of the order can be shipped")
    return lines


def check_cancel_request(request: Request, record: Record) -> None:
    """Let a buyer's open request to cancel stop the shipment, but in the US, where shipping rejects it.

    Raises ApiError 21011007.
    """
    pending = cancellations.pending(request.store, record.id)
    if pending is None:
        return
    if logistics.region(request) != "US":
        raise ApiError(21011007, "The buyer has asked to cancel, answer the request first")
    cancellations.reject(request.store, pending.id, request.store.now)
    cancellations.announce(request.store, pending.id)
    fresh = request.store.get("tiktok_shop", "orders", record.id)
    if fresh is not None:
        record.body["is_buyer_request_cancel"] = fresh.body["is_buyer_request_cancel"]


def shipment(request: Request, wanted: dict[str, Any]) -> tuple[str, logistics.Provider]:
    """Return tracking number and carrier of a body, in its older or newer shape.

    Raises ApiError 21004015 for a number that cannot be one, 21004012 for strange signs, 21011022 for the carrier.
    """
    sent = (objects(wanted.get("shipping_info_list")) or [wanted])[0]
    number, provider_id = sent.get("tracking_number"), sent.get("shipping_provider_id")
    if not isinstance(number, str) or not 4 <= len(number) <= 50:
        raise ApiError(21004015, "The tracking number is invalid")
    if not re.fullmatch(r"[A-Za-z0-9\-_./]+", number):
        raise ApiError(21004012, "The tracking number has special characters")
    carrier = logistics.provider(provider_id)
    if carrier is None or carrier not in logistics.regional(request):
        raise ApiError(21011022, "The shipping provider is unknown here")
    return number, carrier


def check_reuse(request: Request, number: str, record: Record) -> None:
    """Count an order under a tracking number. Raises ApiError 21011026 for the 21st order."""
    key = f"tiktok_shop.tracking.{number}"
    orders = request.store.get_meta(key, [])
    if record.id in orders:
        return
    if len(orders) >= MOST_ORDERS_PER_TRACKING:
        raise ApiError(21011026, "The tracking number is used on too many orders")
    request.store.set_meta(key, [*orders, record.id])


def _splits(body: Body) -> Body:
    waiting = len(fulfilment.shippable(body, []))
    reported = {"order_id": body.get("id"), "can_split": waiting > 1, "must_split": False}
    return reported if waiting > 1 else {**reported, "reason": "The order has no two units that wait for shipment"}
