"""What a client may do to returns: eligibility, creation, label, cancellation, reading.

Belongs here: the rules of these calls. Does not: what happens at the hub (`hub`, `grading`).
Fact sheet zigzag 4: a return order first, then one return for each destination warehouse, then a label each.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.store import Record, Store
from sandbox.zigzag import labels, lists, orders, returns
from sandbox.zigzag.errors import WireError, invalid
from sandbox.zigzag.profile import RETAILERS, SYSTEM, instant, money, next_number

Body = dict[str, Any]
OPTIONS = ("refund", "exchange", "replacement", "store_credit", "gift_card")
LARGEST_PAGE = 100


def open_return_order(store: Store, wanted: Body) -> Body:
    """Answer POST /return-orders. Raises WireError 400 or 422."""
    number, retailer = _text(wanted, "orderNumber"), _retailer(wanted)
    skus = wanted.get("skus")
    if not isinstance(skus, list) or not skus or not all(isinstance(sku, str) for sku in skus):
        raise invalid("skus", skus, "a list of at least one SKU")
    with store.transaction():
        left = orders.returnable(store, orders.found(store, number))
        wrong = [error for sku in skus if (error := _why_not(sku, left))]
        if len(wrong) == len(skus):
            raise WireError("not_returnable", errors=wrong)
        id = next_number(store, "return_order", first=700001)
        body = {"returnOrderId": id, "orderNumber": number, "retailerCode": retailer, "skus": skus, "returnIds": []}
        store.put(Record(SYSTEM, "return_orders", str(id), body, "", number, store.now, store.now))
    return {"returnOrderId": id, "reasons": list(lists.reasons(store).values()), "errors": wrong}


def create(store: Store, wanted: Body) -> Body:
    """Answer POST /returns: one return for each destination warehouse. Raises WireError 400, 409 or 422."""
    number, retailer = _text(wanted, "orderNumber"), _retailer(wanted)
    reference = _optional_text(wanted, "externalReturnRef")
    with store.transaction():
        _require_unused(store, reference)
        order = orders.found(store, number)
        opened = _return_order(store, wanted, number)
        products = _products(store, wanted, orders.returnable(store, order))
        known = {
            "returnOrderId": opened["returnOrderId"],
            "orderNumber": number,
            "externalReturnRef": reference,
            "retailerCode": retailer,
            "channel": _optional_text(wanted, "channel"),
            "_notes": _optional_text(wanted, "notes"),
        }
        made = [_made(store, order, known, group) for group in _by_warehouse(store, order, products)]
        ids = [body["returnId"] for body in made]
        record = store.get(SYSTEM, "return_orders", str(opened["returnOrderId"]))
        if record:
            store.put(store.indexed(record, {**opened, "returnIds": ids}))
    return {"returns": [returns.snapshot(store, body) for body in made]}


def complete(store: Store, id: str, wanted: Body) -> Body:
    """Answer POST /returns/{returnId}/complete: issue a label, or record one. Raises WireError 400, 404, 409 or 422."""
    with store.transaction():
        body = _found(store, id)
        if body["status"] in returns.ENDED:
            raise WireError("return_cancelled")
        if not returns.is_before_receipt(body):
            raise WireError("already_received")
        if shipments := returns.shipments_of(store, body):
            raise WireError("label_exists", shipmentNumber=shipments[0]["shipmentNumber"])
        if wanted.get("trackingNumber") is not None:
            label = labels.recorded(store, body, _text(wanted, "trackingNumber"), _text(wanted, "carrier"))
        else:
            label = labels.issued(store, body, wanted.get("carrierServiceId"))
        return {**label, "warehouseDC": body["warehouseDC"]}


def cancel_shipment(store: Store, number: str) -> Body:
    """Answer DELETE /shipments/{shipmentNumber}: cancel the return it is the label of. Raises WireError 404 or 409."""
    with store.transaction():
        record = store.get(SYSTEM, "shipments", number)
        if record is None:
            raise WireError("not_found", f"shipmentNumber {number!r}: there is no such shipment")
        if record.body.get("status") != labels.CREATED:
            raise WireError("already_scanned")
        return _cancelled(store, _found(store, str(record.body.get("returnId"))))


def cancel_return(store: Store, id: str) -> Body:
    """Answer DELETE /returns/{returnId}. Raises WireError 404, or 409 for one that has a label."""
    with store.transaction():
        body = _found(store, id)
        if body["status"] not in returns.ENDED and (shipments := returns.shipments_of(store, body)):
            raise WireError("label_exists", shipmentNumber=shipments[0]["shipmentNumber"])
        return _cancelled(store, body)


def read(store: Store, id: str) -> Body:
    """Answer GET /returns/{returnId}. Raises WireError 404."""
    record = store.get(SYSTEM, "returns", id)
    if record is None:
        raise _unknown(id)
    return returns.snapshot(store, record.body)


def search(store: Store, asked: Mapping[str, str]) -> Body:
    """Answer GET /returns, by updatedAt and returnId. Raises WireError 400."""
    since, until = (_instant(asked, name) for name in ("updatedFrom", "updatedTo"))
    page, size = _whole(asked, "page", 1, 10**6), _whole(asked, "pageSize", 50, LARGEST_PAGE)
    reference = asked.get("externalReturnRef")
    meant = {"shop": "", "updated": (since, until), **(returns.referring(reference) if reference else {})}
    rows = store.select(
        SYSTEM,
        "returns",
        **meant,
        order_by="updated_at",
        limit=size,
        offset=(page - 1) * size,
    )
    shown = [returns.snapshot(store, row.body) for row in rows]
    return {"page": page, "pageSize": size, "totalCount": store.count(SYSTEM, "returns", **meant), "returns": shown}


def _made(store: Store, order: Body, known: Body, products: list[Body]) -> Body:
    body = returns.new_return(store, at=store.now, **known, warehouseDC=products[0]["_warehouse"])
    for each in products:
        line = {key: value for key, value in each.items() if not key.startswith("_")}
        body["lines"].append(returns.new_line(body, **line))
    value = sum((orders.unit_price(order, each["sku"]) * each["quantityRequested"] for each in products), Decimal(0))
    body["refund"] = {**body["refund"], "amount": money(value), "currency": order["lines"][0]["currency"]}
    return returns.put(store, body, at=store.now, event="return.created")


def _by_warehouse(store: Store, order: Body, products: list[Body]) -> list[list[Body]]:
    groups: dict[str, list[Body]] = {}
    for each in products:
        place = orders.warehouse_of(store, order, each["sku"])
        groups.setdefault(place, []).append({**each, "_warehouse": place})
    return [groups[place] for place in sorted(groups)]


def _products(store: Store, wanted: Body, left: dict[str, int]) -> list[Body]:
    rows = wanted.get("products")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise invalid("products", rows, "a list of at least one product")
    known, found = lists.reasons(store), []
    for at, row in enumerate(rows):
        place = f"products[{at}]"
        sku, units = _text(row, "productSku", place), row.get("quantity")
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            raise invalid(f"{place}.quantity", units, "a whole number, 1 or more")
        if sku not in left:
            raise WireError("unknown_sku", f"{place}.productSku {sku!r}: it is not on the order")
        if units > left[sku]:
            detail = f"{place}.quantity {units}: {left[sku]} of {sku!r} can be returned"
            raise WireError("quantity_above_returnable", detail)
        left[sku] -= units
        reason = known.get(row["returnReasonId"]) if _is_whole(row.get("returnReasonId")) else None
        if reason is None:
            raise WireError("unknown_reason", f"{place}.returnReasonId {row.get('returnReasonId')!r} is in no list")
        option = str(row.get("returnOption") or OPTIONS[0])
        if option.lower() not in OPTIONS:
            detail = f"{place}.returnOption {option!r}: expected one of {', '.join(OPTIONS)}"
            raise WireError("unknown_return_option", detail)
        text = _optional_text(row, "returnReasonDetails", place) or reason["text"]
        chosen = {"reasonId": row["returnReasonId"], "reasonCode": reason["code"], "reasonText": text}
        found.append({"sku": sku, "quantityRequested": units, **chosen, "returnOption": option})
    return found


def _return_order(store: Store, wanted: Body, number: str) -> Body:
    id = wanted.get("returnOrderId")
    if not _is_whole(id):
        raise invalid("returnOrderId", id, "a whole number, from POST /return-orders")
    record = store.get(SYSTEM, "return_orders", str(id))
    if record is None or record.body["orderNumber"] != number:
        raise WireError("unknown_return_order", f"returnOrderId {id}: order {number!r} has no such return order")
    if record.body["returnIds"]:
        raise WireError("return_order_used", returnIds=record.body["returnIds"])
    return record.body


def _require_unused(store: Store, reference: str | None) -> None:
    if reference is None:
        return
    known = [body["returnId"] for body in returns.of_reference(store, reference) if body["status"] not in returns.ENDED]
    if known:
        raise WireError("duplicate_reference", f"externalReturnRef {reference!r} has returns", returnIds=known)


def _cancelled(store: Store, body: Body) -> Body:
    if body["status"] in returns.ENDED:
        return returns.snapshot(store, body)
    if not returns.is_before_receipt(body):
        raise WireError("already_received")
    changed = returns.put(store, {**body, "status": returns.CANCELLED}, at=store.now, event="return.cancelled")
    return returns.snapshot(store, changed)


def _found(store: Store, id: str) -> Body:
    body = returns.get(store, id)
    if body is None:
        raise _unknown(id)
    return body


def _unknown(id: str) -> WireError:
    return WireError("not_found", f"returnId {id!r}: there is no such return")


def _why_not(sku: str, left: dict[str, int]) -> Body | None:
    if sku not in left:
        return {"sku": sku, "code": "unknown_sku", "detail": "It is not on the order."}
    if not left[sku]:
        return {"sku": sku, "code": "nothing_returnable", "detail": "All of its units are on returns."}
    return None


def _retailer(wanted: Body) -> str:
    code = _text(wanted, "retailerCode")
    if code not in RETAILERS:
        raise WireError("unknown_retailer", f"retailerCode {code!r}: expected one of {', '.join(RETAILERS)}")
    return code


def _text(wanted: Body, name: str, place: str = "") -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 100:
        raise invalid(f"{place}.{name}" if place else name, value, "a text of 1 to 100 characters")
    return value


def _optional_text(wanted: Body, name: str, place: str = "") -> str | None:
    value = wanted.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str) or len(value) > 2000:
        raise invalid(f"{place}.{name}" if place else name, value, "a text of at most 2,000 characters")
    return value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _instant(asked: Mapping[str, str], name: str) -> int | None:
    if not asked.get(name):
        return None
    found = instant(asked[name])
    if found is None:
        raise invalid(name, asked[name], "an ISO 8601 instant, such as 2026-01-31T09:30:00Z")
    return found


def _whole(asked: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = asked.get(name) or str(usual)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(name, text, f"a whole number from 1 to {most}")
    return int(text)
