"""A sales order as desired, as NetSuite takes it, and how the two differ.

Belongs here: the shape, its checks, the comparison. Does not: any call. Fact sheet netsuite 6.1: `price` -1 keeps a
rate from being replaced by a price level's; `toBeEmailed` false keeps NetSuite from writing to the buyer.

Desired: `{"external_id", "order_id", "purpose", "location", "service", "currency", "ordered_on", "ship_by",
"tracking_number", "shipping", "lines": [{"sku", "quantity", "price", "discount"}]}`. Amounts are decimal text in
`currency`; `price` and `discount` are per unit: what the seller gets, and what it took off its list price. They hold
the tax that TikTok Shop or the payout's journal accounts for, so that NetSuite adds none: every line has the tenant's
`order_tax_code`. With `order_discount_item` lines have list prices and the order a discount, else prices are net.
`ordered_on` and `ship_by` are YYYY-MM-DD.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.references import decimal_of, id_in, reference
from reverse_sync.destinations.recipient import Recipient
from tieout.money import parse_amount
from tieout.netsuite_settings import NetSuite
from tieout.settings import Shop

PENDING_FULFILMENT = "B"

Line = tuple[str, Decimal, Decimal]


def order_body(
    desired: Mapping[str, Any], shop: Shop, recipient: Recipient, ids: NetSuiteIds, section: NetSuite
) -> dict[str, Any]:
    """Return the body that creates the order.

    Raises:
        RejectedError: UNMAPPED_CURRENCY or UNMAPPED_ITEM, naming what NetSuite does not have.
    """
    body = {
        "externalId": desired["external_id"],
        "entity": reference(shop.netsuite_customer),
        "subsidiary": reference(shop.netsuite_subsidiary),
        "currency": {"id": ids.currency(str(desired["currency"]))},
        "tranDate": desired["ordered_on"],
        "otherRefNum": desired["order_id"],
        "memo": _memo(desired),
        "location": {"id": str(desired["location"])},
        "orderStatus": {"id": PENDING_FULFILMENT},
        "toBeEmailed": False,
        "shippingAddress": _address(recipient),
        "item": {"items": [_line(desired, line, ids, section) for line in desired["lines"]]},
    }
    if section.order_ship_item:
        body["shipMethod"] = {"id": section.order_ship_item}
    if shipping := parse_amount(str(desired["shipping"])):
        body["shippingCost"] = shipping
    if discount := _discount(desired, section):
        body |= {"discountItem": {"id": section.order_discount_item}, "discountRate": f"{-discount:f}"}
    return {**body, "shipDate": desired["ship_by"]} if desired.get("ship_by") else body


def difference(desired: Mapping[str, Any], found: Mapping[str, Any], ids: NetSuiteIds, section: NetSuite) -> str:
    """Return where an order in NetSuite differs from what was desired, "" when it does not.

    Compared is what moves goods or money: the currency, quantity and amount of each item, and the total.
    """
    wanted: Counter[Line] = Counter()
    for line in desired["lines"]:
        quantity = Decimal(int(line["quantity"]))
        wanted[ids.item(str(line["sku"])), quantity.normalize(), (quantity * _rate(line, section)).normalize()] += 1
    held: Counter[Line] = Counter()
    for row in _items(found):
        held[id_in(row.get("item")), decimal_of(row.get("quantity")), decimal_of(row.get("amount"))] += 1
    differences = []
    if id_in(found.get("currency")) != ids.currency(str(desired["currency"])):
        differences.append(f"currency id {id_in(found.get('currency'))}, desired {desired['currency']}")
    if held != wanted:
        differences.append(f"lines there only: {_shown(held - wanted)}; desired only: {_shown(wanted - held)}")
    total = sum((amount * count for (_item, _quantity, amount), count in wanted.items()), Decimal(0))
    total += parse_amount(str(desired["shipping"])) - _discount(desired, section)
    if decimal_of(found.get("total")) != total.normalize():
        differences.append(f"total {found.get('total')}, desired {total:.2f}")
    return "; ".join(differences)


def closing_body(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that closes every open line of an order; each line by its key, for one without is added."""
    open_lines = [row for row in _items(found) if row.get("isClosed") is not True]
    return {"item": {"items": [{"line": row["line"], "isClosed": True} for row in open_lines]}}


def is_closed(found: Mapping[str, Any]) -> bool:
    """Return whether no line of an order is open any more."""
    return all(row.get("isClosed") is True for row in _items(found))


def begun(found: Mapping[str, Any]) -> Decimal:
    """Return how many units of an order are picked, packed or fulfilled."""
    names = ("quantityFulfilled", "quantityPicked", "quantityPacked")
    return sum((max(decimal_of(row.get(name)) for name in names) for row in _items(found)), Decimal(0))


def _items(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = (found.get("item") or {}).get("items") or []
    return [row for row in rows if isinstance(row, Mapping)]


def _memo(desired: Mapping[str, Any]) -> str:
    label = f", label {desired['tracking_number']}" if desired.get("tracking_number") else ""
    service = f", {desired['service']}" if desired.get("service") else ""
    return f"TikTok Shop order {desired['order_id']}{service}{label}"


def _line(desired: Mapping[str, Any], line: Mapping[str, Any], ids: NetSuiteIds, section: NetSuite) -> dict[str, Any]:
    quantity, rate = Decimal(int(line["quantity"])), _rate(line, section)
    made: dict[str, Any] = {
        "item": {"id": ids.item(str(line["sku"]))},
        "quantity": int(quantity),
        "rate": rate,
        "amount": quantity * rate,
        "price": {"id": "-1"},
        "location": {"id": str(desired["location"])},
    }
    return {**made, "taxCode": {"id": section.order_tax_code}} if section.order_tax_code else made


def _rate(line: Mapping[str, Any], section: NetSuite) -> Decimal:
    """Return the price of a unit as the order states it."""
    price = parse_amount(str(line["price"]))
    return price + parse_amount(str(line["discount"])) if section.order_discount_item else price


def _discount(desired: Mapping[str, Any], section: NetSuite) -> Decimal:
    """Return what the order states as its discount, not below zero."""
    if not section.order_discount_item:
        return Decimal(0)
    lines = desired["lines"]
    return sum((parse_amount(str(line["discount"])) * int(line["quantity"]) for line in lines), Decimal(0))


def _address(recipient: Recipient) -> dict[str, Any]:
    first, *others = recipient.lines
    return {
        "addressee": recipient.name,
        "addr1": first,
        "addr2": ", ".join(others),
        "city": recipient.town,
        "state": recipient.region,
        "zip": recipient.postal_code,
        "country": {"id": recipient.country},
        "addrPhone": recipient.phone,
    }


def _shown(lines: Counter[Line]) -> str:
    shown = [f"{quantity:f} of item id {item} for {amount:f}" for item, quantity, amount in sorted(lines, key=str)[:5]]
    return (", ".join(shown) + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")) or "none"
