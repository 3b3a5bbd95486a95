"""Returns and refunds of an order, and the tenant's codes for them (fact sheet newstore 4, 9).

Belongs here: the calls. Does not: what is refunded on the channel.
"""

from __future__ import annotations

from typing import Literal

from connectors.newstore.requester import Listing, Requester, list_of, object_of, part
from connectors.transport.rows import Row

ReasonKind = Literal["cancellations", "returns"]


def returns_of_order(requester: Requester, order_id: str) -> Listing:
    """Return what was taken back of an order, each return with its return_items; none for an unknown order."""
    return _list(requester, "returns", f"/v0/d/orders/{part(order_id)}/returns", "returns")


def return_of_order(requester: Requester, order_id: str, return_id: str) -> Row | None:
    """Return one return of an order; None when there is none."""
    reply = requester.found("return", f"/v0/d/orders/{part(order_id)}/returns/{part(return_id)}")
    return None if reply is None else object_of(reply)


def refunds_of_order(requester: Requester, order_id: str) -> Listing:
    """Return what was paid back of an order without goods."""
    return _list(requester, "refunds", f"/v0/d/orders/{part(order_id)}/refunds", "refunds")


def reason_codes(requester: Requester, kind: ReasonKind) -> Listing:
    """Return the tenant's reasons of a kind."""
    path = f"/api/v1/org/config/reason_code_types/{kind}/reason_codes"
    reply = requester.read(f"reasons of {kind}", path)
    return Listing(list_of(reply, "reason_codes"), reply.server_time)


def _list(requester: Requester, endpoint: str, path: str, name: str) -> Listing:
    reply = requester.found(endpoint, path)
    if reply is None:
        return Listing([], requester.now())
    return Listing(list_of(reply, name), reply.server_time)
