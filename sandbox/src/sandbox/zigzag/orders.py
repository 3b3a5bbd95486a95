"""Despatched orders, as the retailer pushes them: what may be returned at all.

Belongs here: checking, keeping and showing orders. Does not: returns.
Fact sheet zigzag 3: the order number is the primary key, at most 20 characters; e-mail and phone are mandatory.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.store import Record, Store
from sandbox.zigzag import returns
from sandbox.zigzag.errors import WireError, invalid
from sandbox.zigzag.profile import SYSTEM, default_warehouse, instant
from sandbox.zigzag.stored import usable_order, whole

Body = dict[str, Any]

LENGTHS = {
    "orderNumber": 20, "orderDate": 30, "shippingFirstName": 50, "shippingLastName": 50, "buildingNumber": 5,
    "address1": 70, "address2": 70, "address3": 70, "city": 50, "county": 50, "postcode": 10, "country": 2,
    "email": 50, "phone": 20,
}  # fmt: skip
MANDATORY = (
    *("orderNumber", "orderDate", "shippingFirstName", "address1", "city", "postcode", "country", "email", "phone"),
)


def save(store: Store, wanted: Body) -> tuple[Body, bool]:
    """Insert or replace an order by its number; return it, and whether it is new. Raises WireError 400."""
    body = checked(wanted)
    with store.transaction():
        old = store.get(SYSTEM, "orders", body["orderNumber"])
        created = old.created_at if old else store.now
        store.put(Record(SYSTEM, "orders", body["orderNumber"], body, "", "", created, store.now))
    return shown(store, body), old is None


def checked(wanted: Body) -> Body:
    """Return an order whose fields are as they must be. Raises WireError 400 naming the field."""
    for name, longest in LENGTHS.items():
        value = wanted.get(name)
        if value in (None, "") and name not in MANDATORY:
            continue
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise invalid(name, value, f"a text of 1 to {longest} characters")
    if instant(wanted["orderDate"]) is None:
        raise invalid("orderDate", wanted["orderDate"], "an instant such as 2026-01-31T09:30:00")
    lines = wanted.get("lines")
    if not isinstance(lines, list) or not lines:
        raise invalid("lines", lines, "a list of at least one line")
    return {**wanted, "lines": [_line(line, f"lines[{at}]") for at, line in enumerate(lines)]}


def found(store: Store, number: object) -> Body:
    """Return an order. Raises WireError 422 when there is none."""
    record = store.get(SYSTEM, "orders", str(number))
    if record is None:
        raise WireError("unknown_order", f"orderNumber {number!r}: there is no such order; POST /orders first")
    return usable_order(record)


def read(store: Store, number: str) -> Body:
    """Answer GET /orders/{orderNumber}. Raises WireError 404."""
    record = store.get(SYSTEM, "orders", number)
    if record is None:
        raise WireError("not_found", f"orderNumber {number!r}: there is no such order")
    return shown(store, usable_order(record))


def shown(store: Store, body: Body) -> Body:
    """Return an order with the units that may still be returned: of each SKU on its lines, and in all."""
    left = returnable(store, body)
    total, lines = sum(left.values()), []
    for line in body["lines"]:
        units = min(left[line["sku"]], line["quantity"])
        left[line["sku"]] -= units
        lines.append({**line, "returnableQuantity": units})
    return {**body, "lines": lines, "returnableQuantity": total}


def returnable(store: Store, body: Body) -> dict[str, int]:
    """Return per SKU the units ordered less those on returns that are neither cancelled nor expired."""
    left: dict[str, int] = {}
    for line in body["lines"]:
        left[line["sku"]] = left.get(line["sku"], 0) + int(line["quantity"])
    for each in returns.of_order(store, body["orderNumber"]):
        if each["status"] in returns.ENDED:
            continue
        for line in each["lines"]:
            if line["sku"] in left:
                left[line["sku"]] = max(0, left[line["sku"]] - whole(line, "quantityRequested"))
    return left


def warehouse_of(store: Store, order: Body, sku: str) -> str:
    """Return where a SKU of an order goes back to: its line says so, else its product, else the order's country."""
    line = next(line for line in order["lines"] if line["sku"] == sku)
    product = store.get(SYSTEM, "products", sku)
    known = line.get("warehouseDC") or (product.body.get("warehouseDC") if product else None)
    return str(known or default_warehouse(str(order.get("country", ""))))


def unit_price(order: Body, sku: str) -> Decimal:
    """Return the price of one unit of a SKU of an order; 0 when the order does not say."""
    lines: list[Body] = [line for line in order.get("lines") or [] if line.get("sku") == sku]
    try:
        return Decimal(str(lines[0].get("unitPrice") or 0)) if lines else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def _line(line: object, place: str) -> Body:
    if not isinstance(line, dict):
        raise invalid(place, line, "an object")
    sku, units, currency = line.get("sku"), line.get("quantity"), line.get("currency")
    if not isinstance(sku, str) or not sku.strip() or len(sku) > 50:
        raise invalid(f"{place}.sku", sku, "a text of 1 to 50 characters")
    if isinstance(units, bool) or not isinstance(units, int) or units < 1:
        raise invalid(f"{place}.quantity", units, "a whole number, 1 or more")
    if not isinstance(currency, str) or len(currency) != 3:
        raise invalid(f"{place}.currency", currency, "a currency of three letters")
    try:
        price = Decimal(str(line.get("unitPrice")))
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0:
        raise invalid(f"{place}.unitPrice", line.get("unitPrice"), "an amount as text, 0 or more")
    return {**line, "unitPrice": f"{price:.2f}"}
