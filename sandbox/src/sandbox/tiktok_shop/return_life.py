"""What moves a return on: its states, deadlines and what was done (fact sheet tiktok_shop 6.2, 6.5).

Belongs here: changes to a return's body, which the store's callers and the world share. Does not: who may decide what
(see `return_decisions`), nor storing. Instants are epoch seconds UTC. What happened is kept in `_records`, in the
shape of the call that reads it: the event is always ORDER_RETURN.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import amount, fields, objects, written
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.return_bodies import PLATFORM, lessen, shipping_fee

PENDING, REQUEST_REJECTED = "RETURN_OR_REFUND_REQUEST_PENDING", "REFUND_OR_RETURN_REQUEST_REJECT"
AWAITING_SHIP, SHIPPED, PARCEL_REJECTED = "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "REJECT_RECEIVE_PACKAGE"
SUCCESS, COMPLETE = "RETURN_OR_REFUND_REQUEST_SUCCESS", "RETURN_OR_REFUND_REQUEST_COMPLETE"
CANCEL, OFFERED = "RETURN_OR_REFUND_REQUEST_CANCEL", "AWAITING_BUYER_RESPONSE"
REPLACEMENT, EXCHANGE = "REPLACEMENT_REQUEST", "EXCHANGE_REQUEST"
PENDINGS = {PENDING, f"{REPLACEMENT}_PENDING", f"{EXCHANGE}_PENDING"}
REFUND_RUNS = {SUCCESS, f"{REPLACEMENT}_REFUND_SUCCESS", f"{EXCHANGE}_REFUND_SUCCESS"}
REPLACED = {f"{REPLACEMENT}_COMPLETE", f"{EXCHANGE}_COMPLETE"}
REJECTED = {REQUEST_REJECTED, PARCEL_REJECTED, f"{REPLACEMENT}_REJECT"}
CANCELLED = {CANCEL, f"{REPLACEMENT}_CANCEL", f"{EXCHANGE}_CANCEL"}
STATUSES = {AWAITING_SHIP, SHIPPED, COMPLETE, OFFERED, *PENDINGS, *REFUND_RUNS, *REPLACED, *REJECTED, *CANCELLED}
IN_PROGRESS, SUPPORT_BUYER, SUPPORT_SELLER = "IN_PROGRESS", "SUPPORT_BUYER", "SUPPORT_SELLER"
ANSWER_SECONDS, REPLACEMENT_SECONDS, TO_SHIP_SECONDS = 48 * 3600, 24 * 3600, 14 * 86400
_PREFIX = {"REPLACEMENT": REPLACEMENT, "EXCHANGE": EXCHANGE}
_ACTIONS = {
    "REFUND": "SELLER_RESPOND_REFUND",
    "RETURN_AND_REFUND": "SELLER_RESPOND_RETURN",
    "REPLACEMENT": "SELLER_RESPOND_REPLACEMENT",
    "EXCHANGE": "SELLER_RESPOND_REPLACEMENT",
}
PARCEL_ACTION = "SELLER_RESPOND_RECEIVE_PACKAGE"


def record(
    body: Body, at: int, role: str, text: str, *, reason: str = "", note: str = "", images: Sequence[Body] = ()
) -> None:
    """Note what was done, by whom and when."""
    entry = {
        "event": "ORDER_RETURN",
        "role": role,
        "description": text,
        "reason_text": reason,
        "note": note,
        "images": list(images),
        "videos": [],
        "create_time": at,
    }
    body["_records"] = [*objects(body.get("_records")), entry]
    body["update_time"] = at


def move(body: Body, status: str, at: int, role: str, text: str, **more: Any) -> None:
    """Give a return a status, with the deadline that it sets the seller, and note it."""
    body["return_status"] = status
    body["seller_next_action_response"] = _due(body, at)
    record(body, at, role, text, **more)


def open_request(body: Body, at: int) -> None:
    """Let a new return begin: a buyer's waits for the seller, the seller's or platform's own takes effect at once."""
    role, type = str(body.get("role")), str(body.get("return_type"))
    reason = {"reason": str(body.get("return_reason_text") or "")}
    if role == "BUYER":
        pending = f"{_PREFIX[type]}_PENDING" if type in _PREFIX else PENDING
        move(body, pending, at, role, "The buyer made a request", **reason)
    elif type == "RETURN_AND_REFUND":
        move(body, AWAITING_SHIP, at, role, "A return was started for the buyer", **reason)
    else:
        body["can_buyer_keep_item"] = True
        move(body, SUCCESS, at, role, "A refund was started for the buyer", **reason)


def approve_request(body: Body, at: int, role: str, *, keep: bool = False) -> None:
    """Accept what a buyer asked for; with `keep` he is refunded and sends nothing back."""
    type = str(body.get("return_type"))
    if type in _PREFIX:
        move(body, f"{_PREFIX[type]}_COMPLETE", at, role, "The replacement was approved")
    elif type == "REFUND" or keep:
        body["can_buyer_keep_item"] = True
        move(body, SUCCESS, at, role, "The refund was approved")
    else:
        move(body, AWAITING_SHIP, at, role, "The return was approved")


def refund_instead(body: Body, at: int, role: str) -> None:
    """Refund without waiting for goods: for a replacement, or at once for a return."""
    prefix = _PREFIX.get(str(body.get("return_type")))
    body["can_buyer_keep_item"] = True
    move(body, f"{prefix}_REFUND_SUCCESS" if prefix else SUCCESS, at, role, "A refund was given at once")


def reject(body: Body, at: int, role: str, **more: Any) -> None:
    """Refuse a request, or the parcel that arrived. `more`: reason, note, images."""
    if body.get("return_status") == SHIPPED:
        move(body, PARCEL_REJECTED, at, role, "The returned package was refused", **more)
    elif body.get("return_status") == f"{REPLACEMENT}_PENDING":
        move(body, f"{REPLACEMENT}_REJECT", at, role, "The replacement was refused", **more)
    elif body.get("return_status") == f"{EXCHANGE}_PENDING":
        move(body, f"{EXCHANGE}_CANCEL", at, role, "The exchange was refused", **more)
    else:
        move(body, REQUEST_REJECTED, at, role, "The request was refused", **more)


def offer(body: Body, total: Decimal, at: int, role: str, **more: Any) -> None:
    """Offer the buyer a part of the refund; he answers (see `answer_offer`)."""
    currency = fields(body.get("refund_amount")).get("currency", "")
    body["seller_proposed_return_type"] = "PARTIAL_REFUND"
    body["partial_refund"] = {"currency": currency, "amount": written(total)}
    move(body, OFFERED, at, role, "A partial refund was offered", **more)


def answer_offer(body: Body, at: int, *, accepts: bool) -> None:
    """Let the buyer take the offered part, or refuse it: then the request, or the parcel, is up for review again."""
    _check(body, {OFFERED})
    if accepts:
        lessen(body, amount(fields(body.get("partial_refund")).get("amount")))
        body["can_buyer_keep_item"] = not body.get("_delivered_at")
        move(body, SUCCESS, at, "BUYER", "The partial refund was accepted")
        return
    body["buyer_rejected_partial_refund"] = True
    status = SHIPPED if body.get("_delivered_at") else PENDING
    move(body, status, at, "BUYER", "The partial refund was refused")


def label(body: Body, at: int, *, tracking: str, provider_id: str, provider: str, paid: Body | None = None) -> None:
    """Give an approved return its label. `paid` says who pays for it, as `return_bodies.shipping_fee` does."""
    body.update(return_tracking_number=tracking, return_provider_id=provider_id, return_provider_name=provider)
    body["return_shipping_document_type"] = "SHIPPING_LABEL"
    if paid is not None:
        body["shipping_fee_amount"] = [paid]
    by = "SYSTEM" if body.get("shipment_type") == PLATFORM else "SELLER"
    record(body, at, by, "A return label was issued")


def ship(body: Body, at: int, tracking: str = "") -> None:
    """Have the carrier scan the parcel; a quick refund runs from then on."""
    _check(body, {AWAITING_SHIP})
    if tracking:
        body["return_tracking_number"] = tracking
    body["_shipped_at"] = at
    move(body, SHIPPED, at, "BUYER", "The item was shipped")
    if body.get("is_quick_refund"):
        move(body, SUCCESS, at, "SYSTEM", "A quick refund was given")


def arrive(body: Body, at: int) -> None:
    """Have the carrier deliver the parcel: from now on the seller has 48 hours to accept or refuse it."""
    body["_delivered_at"] = at
    status = str(body.get("return_status"))
    if status == SHIPPED:
        move(body, SHIPPED, at, "SYSTEM", "The package was delivered")
    else:
        record(body, at, "SYSTEM", "The package was delivered")


def receive(body: Body, at: int, role: str, text: str = "The returned package was accepted") -> None:
    """Accept the parcel: the refund runs."""
    move(body, SUCCESS, at, role, text)


def receive_at_platform(body: Body, at: int) -> None:
    """Accept the parcel of an order that the platform fulfils."""
    receive(body, at, "SYSTEM", "The platform's warehouse accepted the package")


def cancel(body: Body, at: int, role: str, text: str) -> None:
    """Close a return without a refund."""
    prefix = _PREFIX.get(str(body.get("return_type")))
    move(body, f"{prefix}_CANCEL" if prefix else CANCEL, at, role, text)


def complete(body: Body, at: int) -> None:
    """Have the money reach the buyer. Raises ApiError 25001003 when no refund runs."""
    status = _check(body, REFUND_RUNS)
    body["_refunded_at"] = at
    move(body, COMPLETE if status == SUCCESS else status, at, "SYSTEM", "The refund was completed")


def arbitrate(body: Body, at: int) -> None:
    """Let a buyer whom the seller refused call the platform in."""
    _check(body, REJECTED)
    body["arbitration_status"] = IN_PROGRESS
    move(body, str(body.get("return_status")), at, "BUYER", "The buyer asked the platform to decide")


def rule(body: Body, at: int, *, for_buyer: bool) -> None:
    """Let the platform decide: for the buyer the return goes on or is refunded, for the seller it ends."""
    body["arbitration_status"] = SUPPORT_BUYER if for_buyer else SUPPORT_SELLER
    parcel = body.get("return_status") == PARCEL_REJECTED
    if not for_buyer:
        cancel(body, at, "OPERATOR", "The platform supports the seller")
    elif parcel or body.get("return_type") == "REFUND":
        move(body, SUCCESS, at, "OPERATOR", "The platform supports the buyer")
    else:
        move(body, AWAITING_SHIP, at, "OPERATOR", "The platform supports the buyer")


def seller_pays(body: Body, fee: str) -> Body:
    """Return the shipping fee of a parcel that the seller pays."""
    return shipping_fee(str(fields(body.get("refund_amount")).get("currency", "")), seller=fee)


def deadline(body: Body) -> int:
    """Return until when the seller may answer, 0 when nothing is asked of him."""
    due = [row.get("deadline") for row in objects(body.get("seller_next_action_response"))]
    return min((at for at in due if isinstance(at, int) and not isinstance(at, bool)), default=0)


def _check(body: Body, statuses: set[str]) -> str:
    """Return a return's status. Raises ApiError 25001003 when it is none of those that allow the step."""
    status = str(body.get("return_status"))
    if status not in statuses:
        raise ApiError(25001003, "The return's status does not allow this")
    return status


def _due(body: Body, at: int) -> list[Body]:
    status, type = str(body.get("return_status")), str(body.get("return_type"))
    if body.get("arbitration_status") == IN_PROGRESS:
        return []
    if status in PENDINGS:
        seconds = REPLACEMENT_SECONDS if type in _PREFIX else ANSWER_SECONDS
        return [{"action": _ACTIONS.get(type, _ACTIONS["RETURN_AND_REFUND"]), "deadline": at + seconds}]
    if status == SHIPPED and body.get("_delivered_at") and not body.get("_is_fulfilled_by_platform"):
        return [{"action": PARCEL_ACTION, "deadline": at + ANSWER_SECONDS}]
    return []
