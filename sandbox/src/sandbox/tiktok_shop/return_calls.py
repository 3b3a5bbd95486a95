"""Return calls: search, records, approve, reject, create, a label of the seller's (fact sheet tiktok_shop 6.1).

Belongs here: parameters, answers, who may see a return. Does not: what a decision changes (see `returns`), nor what
only asks whether something would be allowed (see `return_checks`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop import images, logistics, returns
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop.amounts import amount, fields, is_damaged, objects
from sandbox.tiktok_shop.cancellation_calls import bounds, named_lines, small_pages
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.form import form_fields
from sandbox.tiktok_shop.idempotency import once
from sandbox.tiktok_shop.inventory import texts
from sandbox.tiktok_shop.listing import Listing, read_page, total
from sandbox.tiktok_shop.paging import choice
from sandbox.tiktok_shop.request import Request
from sandbox.tiktok_shop.return_bodies import BUYER_ARRANGE, PLATFORM
from sandbox.tiktok_shop.return_decisions import AFTER_PARCEL, ALL_WAYS, RULES, Detail
from sandbox.tiktok_shop.return_reasons import reject_reasons, seller_reasons

LEAST_ROWS, MOST_VALUES, MOST_IMAGES, MOST_COMMENT = 10, 50, 6, 500
TYPES = ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE")
_FILTERS = {
    "order_ids": "order_id",
    "buyer_user_ids": "_buyer_user_id",
    "return_types": "return_type",
    "return_status": "return_status",
    "seller_proposed_return_type": "seller_proposed_return_type",
    "arbitration_status": "arbitration_status",
}


def search(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202602}/returns/search: by create_time, oldest first, 10 to 50 a page."""
    wanted = request.json()
    if late := {"create_time_le", "update_time_le"} & set(wanted):
        raise invalid(f"param body.{min(late)} is invalid, use {min(late)[:-2]}lt")
    by = choice(request.query, "sort_field", valid=("create_time", "update_time"), default="create_time")
    way = choice(request.query, "sort_order", valid=("ASC", "DESC"), default="ASC")
    listing = Listing(
        returns.KIND,
        "created_at" if by == "create_time" else "updated_at",
        descending=way == "DESC",
        created=bounds(wanted, "create_time"),
        updated=bounds(wanted, "update_time"),
        ids=texts(wanted, "return_ids", MOST_VALUES) or None,
        matching={field: values for key, field in _FILTERS.items() if (values := texts(wanted, key, MOST_VALUES))},
        carry=total,
    )
    page = read_page(listing, small_pages(request, LEAST_ROWS, least=LEAST_ROWS))
    answer = {"total_count": page.carried, "next_page_token": page.next_token}
    return {**answer, "return_orders": [wire_body(row) for row in page.rows]} if page.rows else answer


def records(request: Request) -> Body:
    """Answer GET /return_refund/202309/returns/{return_id}/records: what was done, oldest first."""
    found = objects(own(request, request.path["return_id"]).body.get("_records"))
    return {"records": found} if found else {}


def approve(request: Request) -> Body:
    """Answer POST /return_refund/202309/returns/{return_id}/approve."""
    wanted = request.json()
    decision = _decision(wanted, ALL_WAYS["approve"])
    part = fields(wanted.get("partial_refund"))
    detail = Detail(keep=wanted.get("buyer_keep_item") is True)
    return _decided(request, decision, part, detail)


def reject(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202606}/returns/{return_id}/reject.

    Raises:
        ApiError: 25001014 for an unknown reason, 25001016 for one of another decision, 25001001 for an unknown image.
    """
    wanted = request.json()
    known = [name for name in ALL_WAYS["reject"] if name != AFTER_PARCEL or request.version == "202606"]
    decision = _decision(wanted, tuple(known))
    part, named = fields(wanted.get("partial_refund_amount")), objects(wanted.get("images"))
    comment = str(wanted.get("comment") or "")
    if len(named) > MOST_IMAGES or len(comment) > MOST_COMMENT:
        raise ApiError(25001001, f"at most {MOST_IMAGES} images and {MOST_COMMENT} characters of comment are allowed")
    reason = _reject_reason(request, decision, wanted.get("reject_reason"))
    shown = [_uploaded(request, each.get("image_id")) for each in named]
    detail = Detail(noted={"reason": reason, "note": comment, "images": shown})
    return _decided(request, decision, {**part, "amount": part.get("partial_refund_total")}, detail)


def create(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202602}/returns: the seller starts a refund or a return for the buyer."""
    wanted = request.json()
    for key in ("order_id", "return_reason", "return_type"):
        if not wanted.get(key):
            raise ApiError(25001001, f"param body.{key} is missing")
    if wanted["return_type"] not in TYPES[:2]:
        raise ApiError(25001001, f"param body.return_type is invalid, expected one of {', '.join(TYPES[:2])}")
    order_id = str(wanted["order_id"])
    return once(request, f"create.{order_id}", lambda: _created(request, order_id, wanted))


def shipping_documents(request: Request) -> Body:
    """Answer POST /return_refund/202405/returns/shipping_documents: a return label that the seller provides."""
    wanted, ids = form_fields(request), request.required("return_ids")
    number, provider_id = str(wanted.get("tracking_number") or ""), str(wanted.get("return_provider_id") or "")
    carrier = logistics.provider(provider_id)
    if not number or carrier is None:
        raise ApiError(25001001, f"{'return_provider_id' if number else 'tracking_number'} is missing or unknown")
    with request.store.transaction():
        for id in ids:
            if own(request, id).body.get("return_status") != life.AWAITING_SHIP:
                raise ApiError(25001003, "The return's status does not allow this")
            label = {"tracking": number, "provider_id": provider_id, "provider": carrier.name}
            returns.change(request.store, id, lambda body: body.update(return_method="SELLER_SHIPPED"))
            returns.label(request.store, id, request.store.now, **label)
            returns.announce(request.store, id)
    return {}


def own(request: Request, return_id: str) -> Record:
    """Return a return of the request's shop. Raises ApiError 25007006 when there is none."""
    record = returns.get(request.store, return_id)
    if record.shop != request.shop_id:
        raise ApiError(25007006, "The return does not exist")
    return record


def own_order(request: Request, order_id: str) -> Record:
    """Return an order of the request's shop. Raises ApiError 25007006 when there is none."""
    order = request.store.get("tiktok_shop", "orders", order_id)
    if order is None or order.shop != request.shop_id:
        raise ApiError(25007006, "The order does not exist")
    return order


def _decision(wanted: dict[str, Any], known: tuple[str, ...]) -> str:
    decision = str(wanted.get("decision") or "")
    if decision not in known:
        raise ApiError(25001001, f"param body.decision is invalid, expected one of {', '.join(known)}")
    return decision


def _decided(request: Request, decision: str, part: Body, detail: Detail) -> Body:
    id, store = request.path["return_id"], request.store

    def done() -> Body:
        currency = fields(own(request, id).body.get("refund_amount")).get("currency")
        given = detail
        if RULES[decision].is_offer:
            given = Detail(_amount(part, currency, "partial_refund"), detail.keep, detail.noted)
        returns.decide(store, id, decision, store.now, detail=given)
        returns.announce(store, id)
        return {}

    own(request, id)
    return once(request, id, done)


def _amount(part: Body, currency: object, name: str) -> Decimal:
    value = part.get("amount")
    if value in (None, "") or is_damaged(value):
        raise ApiError(25001001, f"param body.{name} is invalid, an amount is expected")
    if part.get("currency") != currency:
        raise ApiError(25001001, f"param body.{name} is invalid, its currency is {currency}")
    return amount(value)


def _uploaded(request: Request, image_id: object) -> Body:
    found = images.uploaded(request.store, image_id)
    if found is None:
        raise ApiError(25001001, "param body.images is invalid, an image_id is of no image that was uploaded")
    return {name: found.get(name) for name in ("url", "width", "height")}


def _reject_reason(request: Request, decision: str, name: object) -> str:
    if not name:
        raise ApiError(25001001, "param body.reject_reason is missing")
    region, of_parcel = logistics.region(request), RULES[decision].is_of_parcel
    fitting = reject_reasons(region, of_parcel=of_parcel)
    if name in reject_reasons(region, of_parcel=not of_parcel):
        raise ApiError(25001016, "The reject reason does not fit the decision")
    if name not in fitting:
        raise ApiError(25001014, "The reject reason is unknown")
    return fitting[str(name)]


def _created(request: Request, order_id: str, wanted: dict[str, Any]) -> Body:
    store, order = request.store, own_order(request, order_id)
    reason, line_ids = str(wanted["return_reason"]), named_lines(order.body, wanted)
    if reason not in seller_reasons(logistics.region(request)):
        raise ApiError(25001014 if reason.startswith("seller_") else 25001015, "The return reason cannot be used here")
    currency = fields(order.body.get("payment")).get("currency")
    part = {"amount": wanted.get("refund_total"), "currency": wanted.get("currency") or currency}
    id = returns.request(
        store,
        order_id,
        line_ids,
        type=wanted["return_type"],
        reason=reason,
        now=store.now,
        role="SELLER",
        shipment_type=BUYER_ARRANGE if wanted.get("shipment_type") == BUYER_ARRANGE else PLATFORM,
        total=_amount(part, currency, "refund_total") if wanted.get("refund_total") not in (None, "") else None,
    )
    returns.announce(store, id)
    return {"return_id": id, "return_status": returns.get(store, id).body["return_status"]}
