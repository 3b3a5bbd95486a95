"""Asking for a return, and deciding on it, as buyers and apps do.

Belongs here: calls that several modules of tests make. Does not: what a test asserts.
"""

from __future__ import annotations

from typing import Any

from sandbox.tiktok_shop import returns
from sandbox_tests.conftest import START

PATH = "/return_refund/202309/returns"
HOUR, DAY = 3600, 86_400
NOT_VALID, USED = "reverse_reject_request_reason_1_uk", "reverse_reject_return_parcel_reason_2_uk"
GOODWILL, EVRI = "seller_return_reason_goodwill_uk", "6617675021119438849"


def asked(connected: Any, order: str = "1", *lines: str, type: str = "RETURN_AND_REFUND", **more: Any) -> str:
    if connected.store.get("tiktok_shop", "orders", order) is None:
        connected.order(order, ["a", "b"], status="DELIVERED", user_id="749")
    reason = "ecom_order_delivered_reason_damaged_uk"
    now = more.pop("now", START)
    return returns.request(connected.store, order, lines, type=type, reason=reason, now=now, **more)


def row(connected: Any, id: str) -> dict[str, Any]:
    return connected.call("POST", f"{PATH}/search", {"return_ids": [id]})["return_orders"][0]


def approve(connected: Any, id: str, decision: str, body: Any = None, **query: Any) -> Any:
    return connected.call("POST", f"{PATH}/{id}/approve", {"decision": decision, **(body or {})}, **query)


def reject(connected: Any, id: str, decision: str, reason: str = NOT_VALID, **body: Any) -> Any:
    path = f"/return_refund/202606/returns/{id}/reject"
    return connected.call("POST", path, {"decision": decision, "reject_reason": reason, **body})


def create(connected: Any, order: str = "1", **body: Any) -> Any:
    base = {"order_id": order, "return_reason": GOODWILL, "return_type": "REFUND"}
    return connected.call("POST", PATH, {**base, **body})


def delivered(connected: Any, **more: Any) -> str:
    id = asked(connected, **more)
    approve(connected, id, "APPROVE_RETURN")
    returns.mark_shipped(connected.store, id, "H0123", START + DAY)
    returns.mark_delivered(connected.store, id, START + 2 * DAY)
    return id
