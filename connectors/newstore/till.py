"""What came back to tills, by GraphQL: returns of orders, and blind ones, whose order NewStore does not know.

Belongs here: the queries (fact sheet newstore 9, 10). Does not: what is refunded on the channel.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.newstore.graph import PER_PAGE, Query, query_all
from connectors.newstore.requester import Listing, Requester

BLIND = "created_for_blind_return"
_RETURNS = Query(
    "returns by order",
    """query($ids: [String!], $first: Int, $offset: Int) {
  returns(first: $first, offset: $offset, filter: {orderId: {in: $ids}}) { totalCount nodes {
    id orderId externalOrderId isBlind returnedAt returnLocationId currency
    totalRefundAmount totalRefundAmountAdjusted returnFee
    items(first: 500) { nodes {
      id externalItemId productId quantity itemCondition conditionCode returnReason returnCode refundAmount
    } } } } }""",
    "returns",
)
_BLIND_ORDERS = Query(
    "orders of blind returns",
    """query($status: String!, $first: Int, $offset: Int) {
  orders(first: $first, offset: $offset, filter: {status: {equalTo: $status}}) { totalCount nodes {
    id externalId createdAt extendedAttributes(first: 500) { nodes { name value } } } } }""",
    "orders",
)


def returns_of_orders(requester: Requester, order_ids: Sequence[str]) -> Listing:
    """Return what came back of orders, by NewStore's own ids of them, each return with its items.

    Raises:
        ValueError: when no id is given.
        RejectedError: when the query is refused.
        MalformedReplyError: when no reading brings as many returns as NewStore counts.
    """
    if not order_ids:
        raise ValueError("returns_of_orders: expected at least one id")
    wanted = list(dict.fromkeys(order_ids))
    chunks = [wanted[first : first + PER_PAGE] for first in range(0, len(wanted), PER_PAGE)]
    found = [query_all(requester, _RETURNS, {"ids": ids}) for ids in chunks]
    return Listing([row for each in found for row in each.rows], min(each.as_of for each in found))


def blind_orders(requester: Requester) -> Listing:
    """Return the orders that blind returns are booked under: what came back was of none that NewStore knows.

    Each has its extendedAttributes, one of which may hold the number of the receipt.
    """
    return query_all(requester, _BLIND_ORDERS, {"status": BLIND}, may_move=True)
