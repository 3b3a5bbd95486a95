"""What would be allowed after a sale: eligibility, amounts, decisions, reasons (fact sheet tiktok_shop 6.1, 6.4).

Belongs here: calls that change nothing. Does not: the rules themselves (see `returns`, `return_decisions`).
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.tiktok_shop import cancellation_calls, logistics, return_calls, returns
from sandbox.tiktok_shop.amounts import fields, objects, summed, written
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.paging import choice, one
from sandbox.tiktok_shop.request import Request
from sandbox.tiktok_shop.return_bodies import refund_of
from sandbox.tiktok_shop.return_decisions import AFTER_PARCEL, RULES, refusal
from sandbox.tiktok_shop.return_reasons import buyer_reasons, seller_reasons
from sandbox.tiktok_shop.return_reasons import reject_reasons as reject_names

_REQUESTS = ("REFUND", "RETURN_AND_REFUND")
_OLDEST = "202309"


def reject_reasons(request: Request) -> Body:
    """Answer GET /return_refund/202309/reject_reasons?return_or_cancel_id=: names differ by market and by state."""
    id = one(request.query, "return_or_cancel_id")
    if not id or request.store.get("tiktok_shop", returns.KIND, id) is None:
        return cancellation_calls.reject_reasons(request)
    body = return_calls.own(request, id).body
    named = reject_names(logistics.region(request), of_parcel=bool(body.get("_shipped_at")))
    return {"reasons": _listed(named)}


def aftersale_eligibility(request: Request) -> Body:
    """Answer GET /return_refund/{version}/orders/{order_id}/aftersale_eligibility: per SKU and kind of request."""
    role = choice(request.query, "initiate_aftersale_user", valid=("SELLER", "BUYER"), default="SELLER")
    asked = request.listed("request_types") or list(_REQUESTS)
    order = return_calls.own_order(request, request.path["order_id"]).body
    free = {str(line.get("id")) for line in returns.free_lines(request.store, order)}
    lines: dict[str, list[str]] = {}
    for line in objects(order.get("line_items")):
        lines.setdefault(str(line.get("sku_id")), []).append(str(line.get("id")))
    rows = [
        {"sku_id": sku, "line_item_eligibility": [_eligible(request, order, role, type, ids, free) for type in asked]}
        for sku, ids in lines.items()
    ]
    return {"sku_eligibility": rows} if rows else {}


def calculate(request: Request) -> Body:
    """Answer POST /return_refund/{202309,202602}/refunds/calculate: what lines would refund. Changes nothing."""
    wanted = request.json()
    for key in ("order_id", "request_type", "reason_name"):
        if not wanted.get(key):
            raise ApiError(25001001, f"param body.{key} is missing")
    order = return_calls.own_order(request, str(wanted["order_id"])).body
    ids = cancellation_calls.named_lines(order, wanted)
    currency = str(fields(order.get("payment")).get("currency", ""))
    lines = [line for line in objects(order.get("line_items")) if not ids or str(line.get("id")) in ids]
    parts = [refund_of(line, currency) for line in lines if line.get("display_status") != "CANCELLED"]
    keys = ("refund_total", "refund_subtotal", "refund_shipping_fee", "refund_tax", "retail_delivery_fee")
    sums = {key: written(summed(part[key] for part in parts)) for key in keys}
    return {"order_refund_amount": {"currency": currency, **sums}}


def decision_eligibility(request: Request) -> Body:
    """Answer GET /return_refund/202601/decision_eligibility: which decisions fit now, with reasons to reject by."""
    id, asked = one(request.query, "return_or_cancel_id"), request.required("check_decisions")
    if not id:
        raise invalid("return_or_cancel_id is a required field")
    return {"decisions": [_decision(request, return_calls.own(request, id).body, each) for each in asked]}


def review_decision(request: Request) -> Body:
    """Answer GET /return_refund/202606/review_decision: per line, an offer after receipt with its range."""
    id = one(request.query, "return_or_cancel_id")
    if not id or not one(request.query, "seller_id").isdigit():
        raise invalid(f"{'seller_id' if id else 'return_or_cancel_id'} is a required field")
    body = return_calls.own(request, id).body
    asked = request.listed("check_decisions") or [name for name in RULES if refusal(body, name) is None]
    decisions = [_decision(request, body, each) for each in asked]
    return {
        "line_items": [
            {
                "return_line_item_id": row.get("return_line_item_id"),
                "sub_return_line_item_id": "",
                "decisions": [_ranged(each, fields(row.get("refund_amount"))) for each in decisions],
            }
            for row in objects(body.get("return_line_items"))
        ],
        "errors": [],
    }


def _eligible(request: Request, order: Body, role: str, type: str, ids: list[str], free: set[str]) -> Body:
    error = returns.refusal(order, role, type)
    if error is None and not set(ids) & free:
        error = ApiError(25001011, "A return of the line is in process, or done")
    row: Body = {"request_type": type, "order_line_items_ids": [id for id in ids if error or id in free]}
    row["eligible"] = error is None
    if error:
        row |= {"ineligible_code": error.code, "ineligible_reason": error.message}
    elif request.version != _OLDEST:
        region = logistics.region(request)
        row["available_reason_names"] = list(
            seller_reasons(region) if role == "SELLER" else buyer_reasons(region, type)
        )
    return row


def _decision(request: Request, body: Body, name: str) -> Body:
    if name not in RULES:
        raise invalid(f"check_decisions is invalid, expected one of {', '.join(RULES)}")
    error, rule = refusal(body, name), RULES[name]
    row: Body = {"decision": name, "eligible": error is None}
    if error:
        return {**row, "ineligible_code": error.code, "ineligible_reason": error.message}
    if rule.way == "reject":
        row["available_reject_reasons"] = _listed(reject_names(logistics.region(request), of_parcel=rule.is_of_parcel))
    return row


def _listed(named: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in named.items()]


def _ranged(decision: Body, refund: Body) -> Body:
    if decision["decision"] != AFTER_PARCEL or not decision["eligible"]:
        return decision
    return {**decision, "partial_refund_amount_range": _range(refund)}


def _range(refund: Body) -> Body:
    return {"min_amount": "0.01", "max_amount": refund.get("refund_total"), "currency": refund.get("currency")}
