"""Reads by GraphQL: orders, fulfilment requests and returns, as connections with `nodes` and `edges`.

Belongs here: the schema, and records in its shape. Does not: parsing and executing, which graphql-core does.
Fact sheet newstore 10: camelCase names of the calls' fields; filters equalTo, in, notIn, isNull; instants without an
offset unless the header Force-Render-Timezone asks for one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sandbox.newstore import amounts, fulfilment, orders, returns
from sandbox.newstore.errors import WireError
from sandbox.newstore.payloads import number
from sandbox.newstore.profile import SYSTEM, TENANT
from sandbox.newstore.stored import objects, usable_order
from sandbox.store import Store

Body = dict[str, Any]
Moment = Callable[[object], str | None]
_MOST, _USUAL = 500, 50
_CONNECTIONS = (
    *("Order", "OrderItem", "FulfillmentRequest", "FulfillmentRequestItem", "Return", "ReturnItem", "Address"),
    *("ExtendedAttribute", "Transaction"),
)
_TYPES = """
scalar Datetime
input StringFilter { equalTo: String, notEqualTo: String, in: [String!], notIn: [String!], isNull: Boolean }
input OrderFilter { id: StringFilter, externalId: StringFilter, status: StringFilter, channel: StringFilter }
input ReturnFilter { id: StringFilter, orderId: StringFilter, externalOrderId: StringFilter }
input TransactionFilter { transactionType: StringFilter }
type PageInfo { hasNextPage: Boolean! }
type Query {
  order(id: String!, tenant: String!): Order
  orders(first: Int, offset: Int, filter: OrderFilter): OrderConnection!
  fulfillmentRequest(id: String!, tenant: String!): FulfillmentRequest
  return(id: String!, tenant: String!): Return
  returns(first: Int, offset: Int, filter: ReturnFilter): ReturnConnection!
}
type Order {
  id: String!, tenant: String!, externalId: String, status: String, channel: String, channelType: String
  currency: String, createdAt: Datetime, placedAt: Datetime, updatedAt: Datetime, demandLocationId: String
  customerEmail: String, externalCustomerId: String, isHistorical: Boolean, subtotal: Float, taxTotal: Float
  shippingTotal: Float, discountTotal: Float, grandTotal: Float
  items(first: Int): OrderItemConnection!, addresses(first: Int): AddressConnection!
  fulfillmentRequests(first: Int): FulfillmentRequestConnection!, returns(first: Int): ReturnConnection!
  extendedAttributes(first: Int): ExtendedAttributeConnection!, paymentAccount: PaymentAccount
}
type OrderItem {
  id: String!, externalItemId: String, productId: String, status: String, quantity: Int, pricebookPrice: Float
  listPrice: Float, discount: Float, tax: Float, gross: Float, fulfillmentLocationId: String
  cancellationReason: String, carrier: String, trackingCode: String, shippedAt: Datetime
}
type FulfillmentRequest {
  id: String!, tenant: String!, orderId: String, fulfillmentLocationId: String, nodeId: String, status: String
  serviceLevel: String, logicalTimestamp: Int, createdAt: Datetime, updatedAt: Datetime, shippedAt: Datetime
  order: Order, items(first: Int): FulfillmentRequestItemConnection!
}
type FulfillmentRequestItem { id: String!, productId: String, status: String, carrier: String, trackingCode: String }
type Return {
  id: String!, tenant: String!, orderId: String, externalOrderId: String, isBlind: Boolean, returnedAt: Datetime
  returnLocationId: String, currency: String, totalRefundAmount: Float, totalRefundAmountAdjusted: Float
  returnFee: Float, items(first: Int): ReturnItemConnection!
}
type ReturnItem {
  id: String!, externalItemId: String, productId: String, quantity: Int, itemCondition: String, conditionCode: Int
  returnReason: String, returnCode: Int, refundAmount: Float
}
type Address {
  addressType: String, firstName: String, lastName: String, addressLine1: String, addressLine2: String, city: String
  zipCode: String, state: String, country: String, phone: String
}
type ExtendedAttribute { name: String, value: String }
type PaymentAccount {
  id: String!, currency: String, transactions(first: Int, filter: TransactionFilter): TransactionConnection!
}
type Transaction { id: String!, transactionType: String, amount: Float, currency: String, correlationId: String }
"""
_NAMES = {"firstName": "first_name", "lastName": "last_name", "addressLine1": "address_line_1"}
_NAMES |= {"addressLine2": "address_line_2", "zipCode": "zip_code"}


def query(store: Store, wanted: Body, *, with_zone: bool) -> Body:
    """Answer POST /api/v1/org/data/query; errors of a query come with 200. Raises WireError 400."""
    from graphql import graphql_sync  # not above: it is slow to load, and few worlds are asked this way

    text, variables = wanted.get("query"), wanted.get("variables") or {}
    if not isinstance(text, str) or not isinstance(variables, dict):
        raise WireError("invalid_request", "query: expected a text, and variables an object")
    result = graphql_sync(_schema(), text, _Root(store, with_zone), variable_values=variables)
    found: Body = {"data": result.data}
    if result.errors:
        found["errors"] = [error.formatted for error in result.errors]
    return found


@cache
def _schema() -> Any:
    from graphql import build_schema

    connections = "".join(
        f"type {name}Connection {{ nodes: [{name}!]!, edges: [{name}Edge!]!, totalCount: Int!, pageInfo: PageInfo! }}\n"
        f"type {name}Edge {{ node: {name}! }}\n"
        for name in _CONNECTIONS
    )
    return build_schema(_TYPES + connections)


class _Root:
    """The queries; graphql-core calls them by their names."""

    def __init__(self, store: Store, with_zone: bool) -> None:
        self.store = store
        self.moment: Moment = lambda text: None if text is None else str(text) if with_zone else _bare(str(text))

    def order(self, info: object, id: str, tenant: str) -> Body | None:
        """Return an order."""
        body = orders.get(self.store, id) if tenant == TENANT else None
        return None if body is None else _order(self.store, body, self.moment)

    def orders(self, info: object, first: int = _USUAL, offset: int = 0, filter: Body | None = None) -> Body:
        """Return orders that match a filter, the oldest first."""
        wanted = filter or {}
        named = (wanted.get("externalId") or {}).get("in") or [(wanted.get("externalId") or {}).get("equalTo")]
        if named == [None]:
            found = [usable_order(record) for record in self.store.select(SYSTEM, "orders", order_by="created_at")]
        else:
            found = [body for name in named if (body := orders.by_external(self.store, str(name)))]
        shown = (_order(self.store, body, self.moment) for body in found)
        return _connection([body for body in shown if _matches(body, wanted)], first, offset)

    def fulfillmentRequest(self, info: object, id: str, tenant: str) -> Body | None:
        """Return a fulfilment request."""
        body = fulfilment.get(self.store, id) if tenant == TENANT else None
        return None if body is None else _request(self.store, body, self.moment)

    def returns(self, info: object, first: int = _USUAL, offset: int = 0, filter: Body | None = None) -> Body:
        """Return returns that match a filter, the oldest first."""
        records = self.store.select(SYSTEM, returns.KIND, order_by="created_at")
        rows = [_return(record.body, self.moment) for record in records]
        return _connection([row for row in rows if _matches(row, filter or {})], first, offset)

    def __getattr__(self, name: str) -> Any:
        """Find the query `return`, which Python keeps for itself."""
        if name != "return":
            raise AttributeError(name)
        return self._one_return

    def _one_return(self, info: object, id: str, tenant: str) -> Body | None:
        record = self.store.get(SYSTEM, returns.KIND, id) if tenant == TENANT else None
        return None if record is None else _return(record.body, self.moment)


def _order(store: Store, body: Body, moment: Moment) -> Body:
    totals = amounts.order_totals(body)
    return {
        "id": body["id"],
        "tenant": TENANT,
        "externalId": body["external_id"],
        "status": body["status"],
        "channel": body.get("channel_name"),
        "channelType": body.get("channel_type"),
        "currency": body["currency"],
        "createdAt": moment(body.get("created_at")),
        "placedAt": moment(body.get("placed_at")),
        "updatedAt": moment(body.get("updated_at")),
        "demandLocationId": body.get("store_id"),
        "customerEmail": body.get("customer_email"),
        "externalCustomerId": body.get("external_customer_id"),
        "isHistorical": bool(body.get("is_historical")),
        "subtotal": number(totals["gross"]),
        "taxTotal": number(totals["tax"]),
        "shippingTotal": number(totals["shipping"]),
        "discountTotal": number(totals["discount"]),
        "grandTotal": number(totals["total"]),
        "items": _rows(lambda: [_item(body, item, moment) for item in body["items"]]),
        "addresses": _rows(lambda: _addresses(body)),
        "fulfillmentRequests": _rows(
            lambda: [_request(store, each, moment) for each in fulfilment.of_order(store, body["id"])]
        ),
        "returns": _rows(
            lambda: [_return(each.body, moment) for each in store.select(SYSTEM, returns.KIND, parent=body["id"])]
        ),
        "extendedAttributes": _rows(lambda: objects(body.get("extended_attributes"))),
        "paymentAccount": {"id": body["id"], "currency": body["currency"], "transactions": _transactions(store, body)},
    }


def _item(body: Body, item: Body, moment: Moment) -> Body:
    price = amounts.item_price(item, body["price_method"])
    return {
        "id": item["id"],
        "externalItemId": item["external_item_id"],
        "productId": item["product_id"],
        "status": item["status"],
        "quantity": 1,
        "pricebookPrice": number(price["base"]),
        "listPrice": number(item["price"].get("item_list_price")),
        "discount": number(price["discount"]),
        "tax": number(price["tax"]),
        "gross": number(price["gross"]),
        "fulfillmentLocationId": item["fulfillment_node_id"],
        "cancellationReason": item["cancellation_reason"],
        "carrier": item["carrier"],
        "trackingCode": item["tracking_code"],
        "shippedAt": moment(item["shipped_at"]),
    }


def _request(store: Store, body: Body, moment: Moment) -> Body:
    shipped = [line for line in body["items"] if line["status"] == fulfilment.SHIPPED]
    rows = [
        {"id": line["item_id"], "productId": line["product_id"], "status": line["status"], "carrier": line["carrier"],
         "trackingCode": line["tracking_code"]} for line in body["items"]
    ]  # fmt: skip

    def order(info: object) -> Body | None:
        found = orders.get(store, body["order_id"])
        return None if found is None else _order(store, found, moment)

    return {
        "id": body["fulfillment_request_id"],
        "tenant": TENANT,
        "orderId": body["order_id"],
        "fulfillmentLocationId": body["fulfillment_node_id"],
        "nodeId": body["fulfillment_node_id"],
        "status": body["status"],
        "serviceLevel": body["service_level"],
        "logicalTimestamp": body.get("logical_timestamp"),
        "createdAt": moment(body.get("created_at")),
        "updatedAt": moment(body.get("updated_at")),
        "shippedAt": moment(body.get("updated_at")) if shipped else None,
        "order": order,
        "items": _rows(lambda: rows),
    }


def _return(body: Body, moment: Moment) -> Body:
    names = {"externalItemId": "external_item_id", "productId": "product_id", "itemCondition": "item_condition"}
    names |= {"conditionCode": "condition_code", "returnReason": "return_reason", "returnCode": "return_code"}
    rows = [
        {**{key: item.get(name) for key, name in names.items()}, "id": str(item.get("id")), "quantity": 1,
         "refundAmount": number(item.get("refund_amount"))} for item in objects(body.get("items"))
    ]  # fmt: skip
    return {
        "id": str(body.get("id")),
        "tenant": TENANT,
        "orderId": body.get("order_id"),
        "externalOrderId": body.get("external_order_id"),
        "isBlind": bool(body.get("is_blind")),
        "returnedAt": moment(body.get("returned_at")),
        "returnLocationId": body.get("returned_from"),
        "currency": body.get("currency"),
        "totalRefundAmount": number(body.get("worth")),
        "totalRefundAmountAdjusted": number(body.get("refunded_amount")),
        "returnFee": number(body.get("return_fee")),
        "items": _rows(lambda: rows),
    }


def _addresses(body: Body) -> list[Body]:
    found = []
    for kind in ("shipping", "billing"):
        value = body.get(f"{kind}_address")
        if isinstance(value, dict):
            plain = {name: value.get(name) for name in ("city", "state", "country", "phone")}
            found.append({"addressType": kind, **plain, **{key: value.get(name) for key, name in _NAMES.items()}})
    return found


def _transactions(store: Store, body: Body) -> Callable[..., Body]:
    def resolve(info: object, first: int = _USUAL, filter: Body | None = None) -> Body:
        paid = [("capture", each.get("amount"), each.get("correlation_ref")) for each in objects(body.get("payments"))]
        back = [returns.refunded(store, body["id"])]
        every = [*paid, *(("refund", value, None) for value in back if value)]
        rows = [
            {"id": f"{body['id']}-{at}", "transactionType": kind, "amount": number(value), "correlationId": reference,
             "currency": body["currency"]} for at, (kind, value, reference) in enumerate(every, 1)
        ]  # fmt: skip
        return _connection([row for row in rows if _matches(row, filter or {})], first, 0)

    return resolve


def _rows(found: Callable[[], list[Body]]) -> Callable[..., Body]:
    return lambda info, first=_USUAL: _connection(found(), first, 0)


def _connection(rows: list[Body], first: int | None, offset: int | None) -> Body:
    start = offset or 0
    shown = rows[start : start + min(first or _USUAL, _MOST)]
    has_next = start + len(shown) < len(rows)
    edges = [{"node": row} for row in shown]
    return {"nodes": shown, "edges": edges, "totalCount": len(rows), "pageInfo": {"hasNextPage": has_next}}


def _matches(row: Body, wanted: Body) -> bool:
    return all(_fits(row.get(name), test) for name, tests in wanted.items() for test in (tests or {}).items())


def _fits(value: object, test: tuple[str, Any]) -> bool:
    name, wanted = test
    match name:
        case "equalTo":
            return bool(value == wanted)
        case "notEqualTo":
            return bool(value != wanted)
        case "in":
            return value in wanted
        case "notIn":
            return value not in wanted
    return (value is None) == bool(wanted)


def _bare(text: str) -> str:
    return text.removesuffix("Z")
