"""Orders: injecting, reading and cancelling them (fact sheet newstore 2 to 4).

Belongs here: the calls. Does not: what an order's body holds (reverse_sync).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from connectors.newstore.account import VENDOR
from connectors.newstore.graph import Query, query_all, query_once
from connectors.newstore.requester import Listing, Requester, list_of, object_of, part
from connectors.transport.errors import MalformedReplyError, OutcomeUnknownError
from connectors.transport.rows import Row, key_of

PER_PAGE = 50
IDS_PER_CALL = 50
_UTC = "application/x.newstore.orders+json;version=2"
_INTERNAL = (("id_type", "internal"),)
_FIELDS = """
    id externalId status channel channelType currency createdAt placedAt updatedAt demandLocationId
    items(first: 500) { nodes {
      id externalItemId productId status fulfillmentLocationId cancellationReason carrier trackingCode shippedAt } }
    fulfillmentRequests(first: 500) { nodes {
      id nodeId fulfillmentLocationId status serviceLevel logicalTimestamp createdAt updatedAt shippedAt
      items(first: 500) { nodes { id productId status carrier trackingCode } } } }"""
_BY_EXTERNAL_ID = Query(
    "orders by external id",
    f"""query($ids: [String!], $first: Int) {{
  orders(first: $first, filter: {{externalId: {{in: $ids}}}}) {{ nodes {{ {_FIELDS} }} }} }}""",
    "orders",
)
_OF_CHANNEL = Query(
    "orders of channel",
    f"""query($channel: String!, $statuses: [String!], $first: Int, $offset: Int) {{
  orders(first: $first, offset: $offset, filter: {{channel: {{equalTo: $channel}}, status: {{in: $statuses}}}}) {{
    totalCount nodes {{ {_FIELDS} }} }} }}""",
    "orders",
)


def inject_order(requester: Requester, body: Row) -> Row:
    """Inject an order; return its id, external_id and items, of which each has an id, external_item_id, product_id."""
    reply = requester.write("inject order", "/v0/d/fulfill_order", body)
    found = object_of(reply)
    if not isinstance(found.get("id"), str) or not found["id"]:
        raise OutcomeUnknownError("expected the id of the order", vendor=VENDOR, endpoint=reply.call.endpoint)
    return found


def order(requester: Requester, order_id: str) -> Row | None:
    """Return an order by NewStore's own id, in the current form; None when there is none."""
    reply = requester.found("order", f"/v0/orders/{part(order_id)}", query=_INTERNAL, accept=_UTC)
    return None if reply is None else object_of(reply)


def order_by_external_id(requester: Requester, external_id: str) -> Row | None:
    """Return an order by external id, in the legacy form."""
    reply = requester.found("order by external id", f"/v0/d/external_orders/{part(external_id)}")
    return None if reply is None else object_of(reply)


def orders_of_customer(requester: Requester, customer_id: str) -> Iterator[Row]:
    """Yield all orders of a customer, by page."""
    for number in count():
        query = (("customer_id", customer_id), ("offset", str(number * PER_PAGE)), ("count", str(PER_PAGE)))
        rows = list_of(requester.read("orders", "/v0/orders", query=query, accept=_UTC), "orders")
        yield from rows
        if len(rows) < PER_PAGE:
            return


def orders_by_external_ids(requester: Requester, external_ids: Sequence[str]) -> Listing:
    """Return orders with items and fulfilment requests by GraphQL, fifty a call.

    Raises:
        ValueError: when no id is given.
        RejectedError: when the query is refused, as for a field that the tenant does not have.
        MalformedReplyError: when an external id came twice, for another may then be missing.
    """
    if not external_ids:
        raise ValueError("orders_by_external_ids: expected at least one id")
    wanted = list(dict.fromkeys(external_ids))
    listings = [
        _some_orders(requester, wanted[first : first + IDS_PER_CALL]) for first in range(0, len(wanted), IDS_PER_CALL)
    ]
    return Listing([row for each in listings for row in each.rows], min(each.as_of for each in listings))


def orders_of_channel(requester: Requester, channel: str, statuses: Sequence[str]) -> Listing:
    """Return a channel's orders in some statuses, with items and fulfilment requests, by GraphQL.

    Raises:
        RejectedError: when the query is refused.
        MalformedReplyError: when no two readings bring as many orders as NewStore counts.
    """
    return query_all(requester, _OF_CHANNEL, {"channel": channel, "statuses": list(statuses)}, may_move=True)


def cancellation(requester: Requester, order_id: str) -> Row | None:
    """Return whether an order is `cancelable`, `canceled`, and whether cancelling `is_safe`."""
    reply = requester.found("cancellation", f"/v0/orders/{part(order_id)}/cancel", query=_INTERNAL)
    return None if reply is None else object_of(reply)


def cancel_order(requester: Requester, order_id: str, *, reason: str, note: str) -> None:
    """Cancel an order; the answer has no body."""
    body = {"reason": reason, "note": note}
    requester.write("cancel order", f"/v0/orders/{part(order_id)}/cancel", body, query=_INTERNAL)


def _some_orders(requester: Requester, ids: list[str]) -> Listing:
    found, _ = query_once(requester, _BY_EXTERNAL_ID, {"ids": ids, "first": len(ids)})
    if len({key_of(row, "externalId") for row in found.rows}) < len(found.rows):
        raise MalformedReplyError("an external id came twice", vendor=VENDOR, endpoint=_BY_EXTERNAL_ID.endpoint)
    return found
