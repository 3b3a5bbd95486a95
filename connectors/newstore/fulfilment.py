"""Fulfilment requests: what a node was asked to ship, and what it shipped (fact sheet newstore 5).

Belongs here: the calls. Does not: what a node answers, which its people or its provider say.
"""

from __future__ import annotations

from connectors.newstore.requester import Listing, Requester, list_of, part


def fulfilment_requests(requester: Requester, order_id: str) -> Listing:
    """Return an order's requests, each with its items, their status, carrier and tracking_code; none for no order.

    Raises:
        RejectedError: when there are more than 2,000.
    """
    reply = requester.read("fulfilment requests", f"/v0/fulfillment_requests/{part(order_id)}")
    # Whether the list comes bare is not documented.
    return Listing(list_of(reply, "fulfillment_requests"), reply.server_time)


def shipments(requester: Requester, request_id: str) -> Listing | None:
    """Return a request's successful shipments, a row for each unit; None when there is no such request."""
    reply = requester.found("shipments", f"/v0/d/fulfillment_requests/{part(request_id)}/shipment")
    return None if reply is None else Listing(list_of(reply, "successful_shipments"), reply.server_time)
