"""Cancellations on the store: asked for, accepted, rejected, completed (fact sheet tiktok_shop 6.3 to 6.5).

Belongs here: the states and what they change in the order; the world and the wire both call them. Does not: the
calls' parameters and answers (see `cancellation_calls`). Records of kind `cancellations` have the shape of a search
row. Instants are epoch seconds of the world; webhooks 1 and 11 are sent by the caller
(`announce`), 4 here, for packages made anew.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import fulfilment
from sandbox.tiktok_shop.amounts import ZERO, amount, fields, objects, summed, written
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.webhooks import emit

PENDING, SUCCESS = "CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_SUCCESS"
COMPLETE, CANCEL = "CANCELLATION_REQUEST_COMPLETE", "CANCELLATION_REQUEST_CANCEL"
ANSWER_SECONDS = 48 * 3600
REVIEWED = {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}
_CANCELLABLE = {
    "BUYER": {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"},
    "SELLER": {"ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION"},
    "SYSTEM": {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"},
    "OPERATOR": {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"},
}
_HIDDEN = "****"


def request(
    store: Store, order_id: str, at: int, reason: str, by: str, *, line_ids: Collection[str] | None = None
) -> str:
    """Cancel an order, or the lines named, and return the cancellation's id.

    `by` is BUYER, SELLER, SYSTEM or OPERATOR. A buyer's request for an order that awaits shipment is PENDING for 48
    hours and changes nothing yet; anything else takes effect at once and is SUCCESS until it is completed.

    Raises:
        ApiError: 25007006 no such order; 25001011 a request is open; 25001045, 25001051 or 25001003 too late or early.
    """
    with store.transaction():
        record = store.get("tiktok_shop", "orders", order_id)
        if record is None:
            raise ApiError(25007006, "The order does not exist")
        asked = pending(store, order_id)
        if asked is not None and by in {"BUYER", "SELLER"}:
            raise ApiError(25001011, "A cancellation of the order is in process")
        lines = _lines(record.body, by, line_ids)
        if asked is not None:
            _close(store, asked, CANCEL, at)
        waits = by == "BUYER" and record.body.get("status") in REVIEWED
        id = _opened(store, record, lines, at=at, reason=reason, by=by, waits=waits)
        if waits:
            record.body["is_buyer_request_cancel"], record.body["request_cancel_time"] = True, at
            fulfilment.put_order(store, record, record.body, at)
        else:
            _take_effect(store, record, id, at=at)
    return id


def approve(store: Store, cancel_id: str, at: int) -> None:
    """Accept a pending request: its lines are cancelled. Raises ApiError when it is not pending."""
    with store.transaction():
        record = _open(store, cancel_id, done=25001010)
        order = store.get("tiktok_shop", "orders", str(record.body.get("order_id")))
        if order is None:
            raise ApiError(25007006, "The order does not exist")
        _close(store, record, SUCCESS, at)
        _take_effect(store, order, cancel_id, at=at)


def reject(store: Store, cancel_id: str, at: int, *, reason: str = "") -> None:
    """Refuse a pending request: the order goes on. Raises ApiError when it is not pending."""
    with store.transaction():
        record = _open(store, cancel_id, done=25020010)
        record.body["_reject_reason"] = reason
        _close(store, record, CANCEL, at)
        order = store.get("tiktok_shop", "orders", str(record.body.get("order_id")))
        if order is not None:
            order.body["is_buyer_request_cancel"] = False
            fulfilment.put_order(store, order, order.body, at)


def complete(store: Store, cancel_id: str, at: int) -> None:
    """Have the refund arrive. A request still pending (its deadline has passed) is accepted first.

    Raises:
        ApiError: 25007006 no such cancellation; 25020009 it was withdrawn or rejected.
    """
    with store.transaction():
        record = _known(store, cancel_id)
        if record.body.get("cancel_status") == COMPLETE:
            return
        if record.body.get("cancel_status") == CANCEL:
            raise ApiError(25020009, "The request is cancelled already")
        if record.body.get("cancel_status") == PENDING:
            approve(store, cancel_id, at)
            record = _known(store, cancel_id)
        _close(store, record, COMPLETE, at)


def pending(store: Store, order_id: str) -> Record | None:
    """Return the request of an order that waits for the seller's answer, if any."""
    found = store.select("tiktok_shop", "cancellations", parent=order_id)
    return next((record for record in found if record.body.get("cancel_status") == PENDING), None)


def announce(store: Store, cancel_id: str) -> None:
    """Send webhook 11 as of the cancellation's change; it spells the cancelled state out."""
    record = _known(store, cancel_id)
    status = record.body.get("cancel_status")
    data = {
        "order_id": record.body.get("order_id"),
        "cancellations_role": record.body.get("role"),
        "cancel_status": f"{CANCEL}LED" if status == CANCEL else status,
        "cancel_id": cancel_id,
        "create_time": record.body.get("create_time"),
    }
    emit(store, record.shop, 11, data, at=record.updated_at)


def _lines(body: Body, by: str, line_ids: Collection[str] | None) -> list[Body]:
    """Return the lines to cancel: those named, or all that may still be. Raises ApiError when there is none."""
    lines = [line for line in objects(body.get("line_items")) if not line_ids or str(line.get("id")) in line_ids]
    free = [line for line in lines if str(line.get("display_status")) in _CANCELLABLE[by]]
    left = [line for line in lines if line.get("display_status") != "CANCELLED"]
    if not left:
        raise ApiError(25001051, "The order is completed or cancelled")
    if len(free) == len(left):
        return free
    shipped = {str(line.get("display_status")) for line in left} & {"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"}
    if shipped:
        raise ApiError(25001045, "The order has been shipped already")
    raise ApiError(25001003, "The order's status does not allow this")


def _opened(store: Store, order: Record, lines: list[Body], *, at: int, reason: str, by: str, waits: bool) -> str:
    count = store.count("tiktok_shop", "cancellations", parent=order.id)
    id = fulfilment.new_id(store, "4035", "cancellation", order.id, count)
    left = [line for line in objects(order.body.get("line_items")) if line.get("display_status") != "CANCELLED"]
    whole = len(lines) == len(left)
    currency = fields(order.body.get("payment")).get("currency", "")
    rows = [_row(id, number, line, currency, order.body) for number, line in enumerate(lines)]
    deadline = [{"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": at + ANSWER_SECONDS}]
    body: Body = {
        "cancel_id": id,
        "order_id": order.id,
        "cancel_type": "BUYER_CANCEL" if waits else "CANCEL",
        "cancel_status": PENDING if waits else SUCCESS,
        "role": by,
        "cancel_reason": reason,
        "cancel_reason_text": reason.replace("_", " "),
        "create_time": at,
        "update_time": at,
        "seller_next_action_response": deadline if waits else [],
        "refund_amount": _refund(order.body, rows, currency, whole=whole),
        "cancel_line_items": rows,
        "should_replenish_stock": "out_of_stock" not in reason,
        "_line_ids": [line.get("id") for line in lines],
    }
    record = Record("tiktok_shop", "cancellations", id, body, order.shop, order.id, at, at)
    store.put(store.indexed(record, body))
    return id


def _row(cancel_id: str, number: int, line: Body, currency: str, order: Body) -> Body:
    paid = bool(order.get("paid_time"))
    subtotal = amount(line.get("sale_price")) if paid else ZERO
    tax = summed(each.get("tax_amount") for each in objects(line.get("item_tax"))) if paid else ZERO
    return {
        "cancel_line_item_id": f"{cancel_id[:-3]}{number:03d}",
        "order_line_item_id": line.get("id"),
        "sku_id": line.get("sku_id"),
        "sku_name": line.get("sku_name"),
        "product_name": line.get("product_name"),
        "product_image": {"url": line.get("sku_image", ""), "width": 0, "height": 0},
        "seller_sku": line.get("seller_sku"),
        "refund_amount": _money(currency, subtotal, ZERO, tax=tax),
    }


def _refund(order: Body, rows: list[Body], currency: str, *, whole: bool) -> Body:
    """Add the lines' refunds up; the last cancellation of an order that nothing left gives the shipping fee back."""
    subtotal = summed(row["refund_amount"]["refund_subtotal"] for row in rows)
    tax = summed(row["refund_amount"]["refund_tax"] for row in rows)
    payment = fields(order.get("payment"))
    if not whole or not order.get("paid_time"):
        return _money(currency, subtotal, ZERO, tax=tax)
    delivery_fee = amount(payment.get("retail_delivery_fee"))
    shipping, shipping_tax = amount(payment.get("shipping_fee")), amount(payment.get("shipping_fee_tax"))
    return _money(currency, subtotal, shipping, tax=tax + shipping_tax, fee=delivery_fee)


def _money(currency: str, subtotal: Decimal, shipping: Decimal, *, tax: Decimal, fee: Decimal = ZERO) -> dict[str, Any]:
    return {
        "currency": currency,
        "refund_total": written(subtotal + shipping + tax + fee),
        "refund_subtotal": written(subtotal),
        "refund_shipping_fee": written(shipping),
        "refund_tax": written(tax),
        "retail_delivery_fee": written(fee),
        "buyer_service_fee": "0",
    }


def _take_effect(store: Store, order: Record, cancel_id: str, *, at: int) -> None:
    """Cancel the lines: stock comes back, packages are undone, and the order follows its lines."""
    asked = _known(store, cancel_id).body
    gone, body = set(map(str, asked.get("_line_ids") or [])), order.body
    lines = [line for line in objects(body.get("line_items")) if str(line.get("id")) in gone]
    made = fulfilment.drop_lines(store, order, gone, at)
    fulfilment.release_stock(store, body, lines, to_available=bool(asked.get("should_replenish_stock")))
    for line in lines:
        line.update(display_status="CANCELLED", cancel_user=asked.get("role"), cancel_reason=asked.get("cancel_reason"))
        if line.get("package_status"):
            line["package_status"] = "CANCELLED"
    body["is_buyer_request_cancel"] = False
    if fulfilment.status_of(body) == "CANCELLED":
        body["cancel_time"], body["cancellation_initiator"] = at, asked.get("role")
        body["cancel_reason"] = asked.get("cancel_reason")
        body["recipient_address"] = _masked(fields(body.get("recipient_address")))
        _drop_estimate(store, order.id)
    fulfilment.put_order(store, order, body, at)
    if made:
        fulfilment.announce_packages(store, order.shop, order.id, made, why="PARTLY_CANCEL_SPLIT", at=at)


def _drop_estimate(store: Store, order_id: str) -> None:
    """An order that nothing is left of is no longer expected to settle."""
    for row in store.select("tiktok_shop", "unsettled_transactions", matching={"order_id": order_id}):
        store.delete("tiktok_shop", "unsettled_transactions", row.id)


def _masked(address: Body) -> Body:
    hidden = {key: _HIDDEN if isinstance(value, str) and value else value for key, value in address.items()}
    return {**hidden, "region_code": address["region_code"]} if "region_code" in address else hidden


def _known(store: Store, cancel_id: str) -> Record:
    record = store.get("tiktok_shop", "cancellations", cancel_id)
    if record is None:
        raise ApiError(25007006, "The cancellation does not exist")
    return record


def _open(store: Store, cancel_id: str, *, done: int) -> Record:
    record = _known(store, cancel_id)
    if record.body.get("cancel_status") == CANCEL:
        raise ApiError(25020009, "The request is cancelled already")
    if record.body.get("cancel_status") != PENDING:
        raise ApiError(done, "The request has been answered already")
    return record


def _close(store: Store, record: Record, status: str, at: int) -> None:
    record.body["cancel_status"], record.body["update_time"] = status, at
    record.body["seller_next_action_response"] = []
    store.put(store.indexed(record, record.body))
