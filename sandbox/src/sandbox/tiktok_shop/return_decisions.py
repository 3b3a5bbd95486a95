"""The seller's decisions on a return: which fits which state, and what each does (fact sheet tiktok_shop 6.1, 2.3).

Belongs here: one rule per decision, the refusals, carrying a decision out on a body. Does not: parameters of calls,
reasons' names (see `return_reasons`). Where the vendor does not say which code a state gives, the nearest is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop.amounts import ZERO
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.return_bodies import total_of

_REFUNDS, _GOODS, _ANEW = {"REFUND"}, {"RETURN_AND_REFUND"}, {"REPLACEMENT", "EXCHANGE"}
_ASKED, _ANEW_ASKED = {life.PENDING}, life.PENDINGS - {life.PENDING}
AFTER_PARCEL = "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG"
_DONE = {life.COMPLETE, *life.REFUND_RUNS, *life.REPLACED}
_WRONG_STATUS = {"approve": 25011012, "reject": 25011011, "receive": 25011013}


@dataclass(frozen=True)
class Rule:
    """When a decision fits. `way` is approve or reject; `is_of_parcel`: it is about goods that were sent back."""

    way: str
    types: frozenset[str]
    statuses: frozenset[str]
    is_of_parcel: bool = False
    is_offer: bool = False


@dataclass(frozen=True)
class Detail:
    """What comes with a decision: the part offered, whether the buyer keeps the item, what is written down."""

    total: Decimal = ZERO
    keep: bool = False
    noted: dict[str, Any] = field(default_factory=dict)


def _rule(way: str, types: set[str], statuses: set[str], **more: bool) -> Rule:
    return Rule(way, frozenset(types), frozenset(statuses), **more)


RULES = {
    "APPROVE_REFUND": _rule("approve", _REFUNDS, _ASKED),
    "APPROVE_RETURN": _rule("approve", _GOODS, _ASKED),
    "APPROVE_RECEIVED_PACKAGE": _rule("approve", _GOODS, {life.SHIPPED}, is_of_parcel=True),
    "APPROVE_REPLACEMENT": _rule("approve", _ANEW, _ANEW_ASKED),
    "ISSUE_REPLACEMENT_REFUND": _rule("approve", _ANEW, _ANEW_ASKED),
    "OFFER_PARTIAL_REFUND": _rule("approve", _REFUNDS | _GOODS, _ASKED, is_offer=True),
    "DIRECT_REFUND": _rule("approve", _REFUNDS | _GOODS, {*_ASKED, life.AWAITING_SHIP}),
    "REJECT_REFUND": _rule("reject", _REFUNDS, _ASKED),
    "REJECT_RETURN": _rule("reject", _GOODS, _ASKED),
    "REJECT_RECEIVED_PACKAGE": _rule("reject", _GOODS, {life.SHIPPED}, is_of_parcel=True),
    "REJECT_REPLACEMENT": _rule("reject", _ANEW, _ANEW_ASKED),
    AFTER_PARCEL: _rule("reject", _GOODS, {life.SHIPPED}, is_of_parcel=True, is_offer=True),
}
ALL_WAYS = {way: tuple(name for name, rule in RULES.items() if rule.way == way) for way in ("approve", "reject")}


def refusal(body: Body, decision: str) -> ApiError | None:
    """Return why a decision does not fit a return now, None when it does."""
    rule, status = RULES[decision], str(body.get("return_status"))
    if status in life.CANCELLED:
        return ApiError(25020009, "The request is cancelled already")
    if body.get("arbitration_status") == life.IN_PROGRESS:
        return ApiError(25011010, "The request has moved to the platform's operators")
    if str(body.get("return_type")) not in rule.types:
        return ApiError(25020004, "The decision does not fit the type of the return")
    if rule.is_of_parcel and body.get("_is_fulfilled_by_platform"):
        return ApiError(25011026, "The return goes to the platform's warehouse, which decides on it")
    if rule.way == "reject" and body.get("is_quick_refund"):
        return ApiError(25011025, "A quick refund cannot be refused")
    if rule.is_offer and status == life.OFFERED:
        return ApiError(25007007, "An offer is waiting for the buyer's answer")
    if status in _DONE:
        return _after_the_end(rule)
    if status not in rule.statuses:
        kind = "receive" if rule.is_of_parcel and rule.way == "approve" else rule.way
        return ApiError(_WRONG_STATUS[kind], "The return's status does not allow this decision")
    if rule.is_of_parcel and rule.way == "reject" and not body.get("_delivered_at"):
        return ApiError(25011035, "The package cannot be refused before it is delivered")
    if rule.is_offer and body.get("buyer_rejected_partial_refund"):
        return ApiError(25011032, "The buyer has refused a partial refund already")
    return None


def decide(body: Body, decision: str, at: int, role: str, detail: Detail | None = None) -> None:
    """Carry a decision out. Raises ApiError when it does not fit, 25005005 for more than may be refunded."""
    rule, given = RULES[decision], detail or Detail()
    if error := refusal(body, decision):
        raise error
    if rule.is_offer:
        if given.total > total_of(body):
            raise ApiError(25005005, "The amount is above what may be refunded")
        if given.total <= ZERO:
            raise ApiError(25001001, "The amount of a partial refund must be above 0")
        life.offer(body, given.total, at, role, **given.noted)
    elif rule.way == "reject":
        life.reject(body, at, role, **given.noted)
    elif decision in {"ISSUE_REPLACEMENT_REFUND", "DIRECT_REFUND"}:
        life.refund_instead(body, at, role)
    elif rule.is_of_parcel:
        life.receive(body, at, role)
    else:
        life.approve_request(body, at, role, keep=given.keep)


def lapse(body: Body, at: int) -> None:
    """Approve by itself what the seller has not answered in time: the request, or the parcel that arrived."""
    if str(body.get("return_status")) in life.PENDINGS:
        life.approve_request(body, at, "SYSTEM")
    else:
        life.receive(body, at, "SYSTEM")


def _after_the_end(rule: Rule) -> ApiError:
    if rule.is_of_parcel:
        code = 25020011 if rule.way == "approve" else 25020012
        return ApiError(code, "The returned package has been accepted already")
    if rule.way == "reject":
        return ApiError(25020010, "The request has been approved and cannot be rejected")
    return ApiError(25001010, "The request has been answered already")
