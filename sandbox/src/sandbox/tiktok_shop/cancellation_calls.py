"""Cancellation calls: search, seller's cancellation, approve, reject, reasons (fact sheet tiktok_shop 6.1, 6.5).

Belongs here: parameters, reasons by market, idempotency keys, answers. Does not: what a cancellation changes (see
`cancellations`). A replayed idempotency key gives the first outcome; only outcomes that were no refusal are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.tiktok_shop.amounts import objects
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.idempotency import once
from sandbox.tiktok_shop.inventory import counted, texts
from sandbox.tiktok_shop.listing import Listing, Range, read_page, total
from sandbox.tiktok_shop.logistics import region
from sandbox.tiktok_shop.paging import choice, one
from sandbox.tiktok_shop.request import Request

MOST_ROWS, DEFAULT_ROWS = 50, 10
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
_SELLER = (OUT_OF_STOCK, "seller_cancel_reason_wrong_price", "seller_cancel_paid_reason_address_not_deliver")
_BUYER_ASKED = "seller_cancel_paid_reason_buyer_requested_cancellation"
_POPUP = "order_manage_list_action_respond_popup_reject_reason_"
_REJECT = {
    "seller_reject_apply_product_has_been_packed": "Product has been packed",
    f"{_POPUP}invalid_cancellation_reason": "Invalid cancellation reason",
    f"{_POPUP}delivered": "The order has been delivered",
    f"{_POPUP}buyer_agree": "Reached an agreement with the buyer",
}
_FILTERS = {"order_ids": "order_id", "cancel_types": "cancel_type", "cancel_status": "cancel_status"}


def search(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202602}/cancellations/search: by create_time, oldest first, by default."""
    wanted = request.json()
    by = choice(request.query, "sort_field", valid=("create_time", "update_time"), default="create_time")
    way = choice(request.query, "sort_order", valid=("ASC", "DESC"), default="ASC")
    matching = {field: values for key, field in _FILTERS.items() if (values := texts(wanted, key, MOST_ROWS))}
    listing = Listing(
        "cancellations",
        "created_at" if by == "create_time" else "updated_at",
        descending=way == "DESC",
        created=bounds(wanted, "create_time"),
        updated=bounds(wanted, "update_time"),
        ids=texts(wanted, "cancel_ids", MOST_ROWS) or None,
        matching=matching,
        carry=total,
    )
    page = read_page(listing, small_pages(request, DEFAULT_ROWS))
    answer = {"total_count": page.carried, "next_page_token": page.next_token}
    return {**answer, "cancellations": [wire_body(row) for row in page.rows]} if page.rows else answer


def cancel(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202602}/cancellations: the seller cancels an order, or lines of it."""
    wanted = request.json()
    order_id, reason = str(wanted.get("order_id") or ""), str(wanted.get("cancel_reason") or "")
    if not order_id or not reason:
        raise ApiError(25001001, f"param body.{'cancel_reason' if order_id else 'order_id'} is missing")
    with request.store.transaction():
        order = request.store.get("tiktok_shop", "orders", order_id)
        if order is None or order.shop != request.shop_id:
            raise ApiError(25007006, "The order does not exist")
        line_ids = named_lines(order.body, wanted)
        _check_reason(request, reason, order.body, line_ids)
        id = cancellations.request(
            request.store, order_id, request.store.now, reason, "SELLER", line_ids=line_ids or None
        )
        _announce(request, id)
        record = _cancellation(request, id)
    return {"cancel_id": id, "cancel_status": record.body["cancel_status"]}


def approve(request: Request) -> Body:
    """Answer POST /return_refund/202309/cancellations/{cancel_id}/approve."""
    return _decided(request, lambda id: cancellations.approve(request.store, id, request.store.now))


def reject(request: Request) -> Body:
    """Answer POST /return_refund/202309/cancellations/{cancel_id}/reject. Raises ApiError 25001014 for a reason."""
    reason = request.json().get("reject_reason")
    if not reason:
        raise ApiError(25001001, "param body.reject_reason is missing")
    if reason not in {row["name"] for row in _reject_reasons(request)}:
        raise ApiError(25001014, "The reject reason is unknown")
    return _decided(request, lambda id: cancellations.reject(request.store, id, request.store.now, reason=str(reason)))


def reject_reasons(request: Request) -> Body:
    """Answer GET /return_refund/202309/reject_reasons?return_or_cancel_id=: names differ by market."""
    id = one(request.query, "return_or_cancel_id")
    if not id:
        raise invalid("return_or_cancel_id is a required field")
    _cancellation(request, id)
    return {"reasons": _reject_reasons(request)}


def small_pages(request: Request, default: int | None, *, least: int = 1) -> Request:
    """Return the request with a page size up to 50; `default` None makes it mandatory. Raises ApiError 36009004."""
    text = one(request.query, "page_size") or ("" if default is None else str(default))
    if not text:
        raise invalid("page_size is a required field")
    if not text.isdigit() or not least <= int(text) <= MOST_ROWS:
        raise invalid(f"page_size is invalid, the value must be between {least} and {MOST_ROWS}")
    return replace(request, query={**request.query, "page_size": [text]})


def bounds(wanted: dict[str, Any], name: str) -> Range:
    """Return `name`_ge and `name`_lt of a body. Raises ApiError 36009004 when one is no instant."""
    found: list[int | None] = []
    for key in (f"{name}_ge", f"{name}_lt"):
        value = wanted.get(key)
        if value is not None and (isinstance(value, bool) or not str(value).isdigit()):
            raise invalid(f"param body.{key} is invalid, a timestamp in seconds is expected")
        found.append(None if value is None else int(value))
    return found[0], found[1]


def _decided(request: Request, decide: Callable[[str], None]) -> Body:
    id = request.path["cancel_id"]
    _cancellation(request, id)

    def done() -> Body:
        decide(id)
        _announce(request, id)
        return {}

    return once(request, id, done)


def _announce(request: Request, id: str) -> None:
    cancellations.announce(request.store, id)
    order_id = str(_cancellation(request, id).body.get("order_id"))
    order = request.store.get("tiktok_shop", "orders", order_id)
    if order is not None and order.body.get("status") == "CANCELLED":
        fulfilment.announce_order(request.store, order.shop, order.body)


def _cancellation(request: Request, id: str) -> Record:
    record = request.store.get("tiktok_shop", "cancellations", id)
    if record is None or record.shop != request.shop_id:
        raise ApiError(25007006, "The cancellation does not exist")
    return record


def named_lines(order: Body, wanted: dict[str, Any]) -> list[str]:
    """Return the lines named by id, or by SKU and quantity; none means all of the order. Raises ApiError 25001001."""
    held = objects(order.get("line_items"))
    named = texts(wanted, "order_line_item_ids", 100)
    named += [str(line.get("order_line_item_id")) for line in objects(wanted.get("order_line_list"))]
    for sku in objects(wanted.get("skus")):
        free = [
            str(line.get("id"))
            for line in held
            if line.get("sku_id") == sku.get("sku_id") and line.get("display_status") != "CANCELLED"
        ]
        quantity = counted(sku, "quantity")
        if not 1 <= quantity <= len(free):
            raise ApiError(25001001, "param body.skus is invalid, the order has fewer units")
        named += free[:quantity]
    if unknown := set(named) - {str(line.get("id")) for line in held}:
        raise ApiError(25001001, f"param body.order_line_item_ids is invalid, the order has no line {min(unknown)}")
    return sorted(set(named))


def _check_reason(request: Request, reason: str, order: Body, line_ids: list[str]) -> None:
    """Raise ApiError 25001014 or 25001015 for a reason of another market, 25005010 for lines not out of stock."""
    suffix = "_uk" if region(request) == "GB" else ""
    valid = {f"{name}{suffix}" for name in (*_SELLER, *(() if suffix else (_BUYER_ASKED,)))}
    if reason not in valid:
        known = reason.startswith(("seller_", "system_"))
        raise ApiError(25001014 if known else 25001015, "The cancel reason cannot be used here")
    left = [line for line in objects(order.get("line_items")) if line.get("display_status") != "CANCELLED"]
    if line_ids and len(line_ids) < len(left) and not reason.startswith(OUT_OF_STOCK):
        raise ApiError(25005010, "Single lines can be cancelled when out of stock only")


def _reject_reasons(request: Request) -> list[dict[str, str]]:
    suffix = "_uk" if region(request) == "GB" else ""
    return [{"name": f"{name}{suffix}", "text": text} for name, text in _REJECT.items()]
