"""Returns and refunds: units that come back to a store's till, or by a call, and the money for them.

Belongs here: records of returns, their amounts, and the calls. Does not: TikTok Shop's refund of the same goods.
Fact sheet newstore 9: v0.1 takes a refund_amount, v0.2 does not and takes a return_fee instead; shipping goes back
only with everything else; conditions and reasons are the tenant's own codes; a return without its order is blind.
Sellable units go back to stock where they were taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.newstore import amounts, events, lists, orders, stock
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.orders import COMPLETE, RETURNED
from sandbox.newstore.payloads import number
from sandbox.newstore.profile import SYSTEM, instant, iso, new_id, text_of
from sandbox.newstore.stored import amount, objects
from sandbox.store import Record, Store

Body = dict[str, Any]
KIND, REFUNDS = "returns", "refunds"
SELLABLE = 1


def take_back(store: Store, order_id: str, wanted: Body, *, is_v2: bool) -> Body:
    """Answer POST /v0/d/orders/{order_id}/returns. Raises WireError 400 or 404."""
    order = orders.get(store, order_id) or orders.by_external(store, order_id)
    if order is None:
        raise WireError("not_found", f"There is no order {order_id!r}.")
    node = wanted.get("returned_from")
    if not isinstance(node, str) or lists.node(store, node) is None:
        raise invalid("returned_from", node, "a fulfilment node of the tenant")
    rows = objects(wanted.get("items"))
    if not rows:
        raise invalid("items", wanted.get("items"), "a list of at least one item with a product_id")
    if wanted.get("returned_at") is not None and instant(wanted["returned_at"]) is None:
        raise invalid("returned_at", wanted["returned_at"], "an RFC 3339 instant")
    given = wanted.get("refund_amount")
    if is_v2 and given is not None:
        raise invalid("refund_amount", given, "nothing: version 0.2 works it out")
    items = _meant(order, rows)
    fee = amount(wanted.get("return_fee")) if is_v2 else Decimal(0)
    worth = _worth(order, items) - fee
    refund = worth if given is None else amount(given)
    left = amounts.paid(order) - refunded(store, order["id"])
    if refund > left:
        raise WireError("refund_exceeds_payment", f"{refund}: at most {left} of {order['external_id']} is left")
    chosen = [{**row, "_item": item} for row, item in zip(rows, items, strict=True)]
    return book(store, order, chosen, node=node, refund=refund, worth=worth, fee=fee, wanted=wanted)


def book(
    store: Store,
    order: Body,
    rows: list[Body],
    *,
    node: str,
    refund: Decimal,
    worth: Decimal,
    fee: Decimal = Decimal(0),
    wanted: Mapping[str, Any] | None = None,
) -> Body:
    """Keep a return of units, each with its `_item` if the order has it; stock, order and event stream follow."""
    given, now = wanted or {}, store.now
    id, currency = new_id(store, "return"), order["currency"]
    items = [_item(store, order, row) for row in rows]
    body = {
        "id": id,
        "return_id": id,
        "order_id": order["id"],
        "external_order_id": order["external_id"],
        "is_blind": order["status"] == orders.BLIND,
        "returned_from": node,
        "returned_at": given.get("returned_at") or iso(now),
        "associate_id": given.get("associate_id"),
        "refunded_amount": text_of(refund, currency),
        "worth": text_of(worth, currency),
        "return_fee": text_of(fee, currency),
        "currency": currency,
        "items": items,
        "is_historical": bool(given.get("is_historical")),
        "extended_attributes": objects(given.get("extended_attributes")),
        "created_at": iso(now),
    }
    store.put(Record(SYSTEM, KIND, id, body, "", order["id"], now, now))
    for row in rows:
        if row.get("_item") is not None:
            row["_item"]["status"] = RETURNED
    orders.settle(store, order, at=now)
    for item in items:
        if item["condition_code"] == SELLABLE and not body["is_historical"]:
            stock.change(store, node, item["product_id"], on_hand=1)
    if not body["is_historical"]:
        events.emit(store, "return.processed", _payload(order, body), at=now)
        _announce_money(store, order, id, refund)
    return shown(body)


def of_order(store: Store, order_id: str) -> list[Body]:
    """Answer GET .../returns. Raises WireError 404."""
    order = _order(store, order_id)
    return [shown(record.body) for record in store.select(SYSTEM, KIND, parent=order["id"])]


def read(store: Store, order_id: str, return_id: str) -> Body:
    """Answer GET .../returns/{return_id}. Raises WireError 404."""
    order = _order(store, order_id)
    record = store.get(SYSTEM, KIND, return_id)
    if record is None or record.parent != order["id"]:
        raise WireError("not_found", f"The order has no return {return_id!r}.")
    return shown(record.body)


def refund(store: Store, order_id: str, wanted: Body) -> Body:
    """Answer POST .../refunds: money without goods. Raises WireError 400 or 404."""
    order = _order(store, order_id)
    given = amount(wanted.get("amount"))
    if given <= 0:
        raise invalid("amount", wanted.get("amount"), "an amount above 0")
    if wanted.get("currency") != order["currency"]:
        raise invalid("currency", wanted.get("currency"), order["currency"])
    left = amounts.paid(order) - refunded(store, order["id"])
    if given > left:
        raise WireError("refund_exceeds_payment", f"{given}: at most {left} is left")
    id, at = new_id(store, "refund"), iso(store.now)
    body = {
        "id": id,
        "order_id": order["id"],
        "amount": text_of(given, order["currency"]),
        "currency": order["currency"],
        "note": wanted.get("note"),
        "requested_at": at,
        "metadata": {"extended_attributes": objects(wanted.get("extended_attributes"))},
    }
    store.put(Record(SYSTEM, REFUNDS, id, body, "", order["id"], store.now, store.now))
    known = {"id": id, "order_id": order["id"], "payment_account_id": order["id"], "currency": order["currency"]}
    asked = {"requested_at": at, "return_reason": None, "reason_code": None, "note": wanted.get("note")}
    events.emit(store, "refund_request.issued", {**known, "amount": number(given), **asked}, at=store.now)
    _announce_money(store, order, id, given)
    return {**body, "amount": number(given)}


def refunds(store: Store, order_id: str) -> Body:
    """Answer GET .../refunds. Raises WireError 404."""
    order = _order(store, order_id)
    found = [record.body for record in store.select(SYSTEM, REFUNDS, parent=order["id"])]
    return {"refunds": [{**body, "amount": number(body.get("amount"))} for body in found]}


def refunded(store: Store, order_id: str) -> Decimal:
    """Return what has been given back for an order, with goods and without."""
    given = [amount(each.body.get("refunded_amount")) for each in store.select(SYSTEM, KIND, parent=order_id)]
    given += [amount(each.body.get("amount")) for each in store.select(SYSTEM, REFUNDS, parent=order_id)]
    return amounts.total(given)


def shown(body: Body) -> Body:
    """Return a return as the calls show it."""
    names = ("return_id", "order_id", "external_order_id", "returned_from", "returned_at", "currency")
    rows = [
        {key: value for key, value in item.items() if not key.startswith("refund_")}
        for item in objects(body.get("items"))
    ]
    money = {name: number(body.get(name)) for name in ("refunded_amount", "return_fee")}
    more = {"return_items": rows, "extended_attributes": objects(body.get("extended_attributes"))}
    return {**{name: body.get(name) for name in names}, **money, **more}


def _meant(order: Body, rows: list[Body]) -> list[Body]:
    """Return the item of the order that each row means: shipped, and not back yet. Raises WireError 400."""
    found: list[Body] = []
    for row in rows:
        same = [
            item
            for item in order["items"]
            if item["product_id"] == row.get("product_id") and item["status"] == COMPLETE and item not in found
        ]
        if not same:
            raise WireError("not_returnable", f"product_id {row.get('product_id')!r}: no unit of it can be returned")
        found.append(same[0])
    return found


def _worth(order: Body, items: list[Body]) -> Decimal:
    worth = amounts.total(amounts.item_price(item, order["price_method"])["gross"] for item in items)
    is_all = all(item["status"] == RETURNED or item in items for item in order["items"])
    return worth + (amounts.order_totals(order)["shipping"] if is_all else 0)


def _item(store: Store, order: Body, row: Body) -> Body:
    item = row.get("_item")
    usual = dict.fromkeys(("gross", "tax"), Decimal(0))
    price = amounts.item_price(item, order["price_method"]) if item else usual
    return {
        "id": item["id"] if item else new_id(store, "blind_item"),
        "external_item_id": item["external_item_id"] if item else None,
        "product_id": str(row.get("product_id")),
        "quantity": 1,
        "item_condition": row.get("item_condition") or "Sellable",
        "condition_code": row.get("condition_code", SELLABLE),
        "return_reason": row.get("return_reason") or "Other",
        "return_code": row.get("return_code", 1),
        "refund_amount": text_of(price["gross"], order["currency"]),
        "refund_tax": text_of(price["tax"], order["currency"]),
    }


def _announce_money(store: Store, order: Body, id: str, refund: Decimal) -> None:
    if refund <= 0:
        return
    payment = next(iter(objects(order.get("payments"))), {})
    instrument = {"id": f"{order['id']}-1", "payment_method": payment.get("method"), "payment_wallet": None}
    moved = {"id": id, "instrument_id": instrument["id"], "amount": number(refund), "currency": order["currency"]}
    payload = {
        "id": order["id"],
        "order_id": order["id"],
        "transactions": [{**moved, "correlation_id": payment.get("correlation_ref")}],
        "instruments": [{**instrument, "payment_provider": payment.get("processor")}],
    }
    events.emit(store, "payment_account.amount_refunded", payload, at=store.now)


def _payload(order: Body, body: Body) -> Body:
    id_field = "blind_order_id" if body["is_blind"] else "order_id"
    total, tax = amount(body["refunded_amount"]), amounts.total(amount(item["refund_tax"]) for item in body["items"])
    tax = min(tax, total)
    return {
        "id": body["id"],
        id_field: order["id"],
        "external_order_id": order["external_id"],
        "returned_at": body["returned_at"],
        "return_location_id": body["returned_from"],
        "currency": body["currency"],
        "total_refund_amount": number(body["worth"]),
        "total_refund_amount_adjusted": number(total),
        "total_refund_excl_tax": number(total - tax),
        "total_refund_tax": number(tax),
        "return_fee": number(body["return_fee"]),
        "associate_id": body["associate_id"],
        "customer_id": order.get("external_customer_id"),
        "items": [_event_item(item) for item in body["items"]],
    }


def _event_item(item: Body) -> Body:
    names = ("id", "product_id", "quantity", "item_condition", "condition_code", "return_reason", "return_code")
    gross, tax = amount(item["refund_amount"]), amount(item["refund_tax"])
    money = dict.fromkeys(("refund_amount", "refund_amount_adjusted"), number(gross))
    money |= {"refund_excl_tax": number(gross - tax), "refund_tax": number(tax)}
    identifiers = {"external_item_id": item["external_item_id"], "serial_number": None}
    more = {"adjustment_reason": None, "item_type": "product", "external_identifiers": identifiers}
    return {**{name: item[name] for name in names}, **money, **more}


def _order(store: Store, order_id: str) -> Body:
    order = orders.get(store, order_id) or orders.by_external(store, order_id)
    if order is None:
        raise WireError("not_found", f"There is no order {order_id!r}.")
    return order
