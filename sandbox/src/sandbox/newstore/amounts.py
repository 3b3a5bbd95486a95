"""What an order comes to: of each item, of shipping, and in all.

Belongs here: arithmetic on the amounts that an injection brought. Does not: checking them.
Fact sheet newstore 2: payments equal items and shipping after discounts; with `price_method` tax_included prices hold
their tax, with tax_excluded it comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.newstore.stored import amount, objects

Body = dict[str, Any]
EXCLUDED = "tax_excluded"
_DISCOUNTS = ("item_discount_info", "item_order_discount_info")


def total(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts."""
    return sum(values, Decimal(0))


def item_price(item: Body, method: str) -> dict[str, Decimal]:
    """Return an item's base, discount, net, tax and gross."""
    price = item["price"]
    discount = total(amount(each.get("price_adjustment")) for name in _DISCOUNTS for each in objects(price.get(name)))
    tax = total(amount(line.get("amount")) for line in objects(price.get("item_tax_lines")))
    return _prices(amount(price.get("item_price")), discount, tax, method)


def shipping_price(shipment: Body, method: str) -> dict[str, Decimal]:
    """Return a shipment's base, discount, net, tax and gross."""
    discount = total(amount(each.get("price_adjustment")) for each in objects(shipment.get("discount_info")))
    return _prices(amount(shipment.get("price")), discount, amount(shipment.get("tax")), method)


def order_totals(body: Body) -> dict[str, Decimal]:
    """Return an order's totals: of items net, tax, gross and discount, of shipping, and in all."""
    method = body["price_method"]
    items = [item_price(item, method) for item in body["items"]]
    shipping = [shipping_price(shipment, method) for shipment in body["shipments"]]
    gross, sent = total(each["gross"] for each in items), total(each["gross"] for each in shipping)
    return {
        "net": total(each["net"] for each in items),
        "tax": total(each["tax"] for each in items),
        "gross": gross,
        "shipping": sent,
        "shipping_tax": total(each["tax"] for each in shipping),
        "discount": total(each["discount"] for each in (*items, *shipping)),
        "gift_wrapping": Decimal(0),
        "total": gross + sent,
    }


def paid(body: Body) -> Decimal:
    """Return what the payments come to."""
    return total(amount(each.get("amount")) for each in objects(body.get("payments")))


def _prices(base: Decimal, discount: Decimal, tax: Decimal, method: str) -> dict[str, Decimal]:
    left = base - discount
    net, gross = (left, left + tax) if method == EXCLUDED else (left - tax, left)
    return {"base": base, "discount": discount, "net": net, "tax": tax, "gross": gross}
