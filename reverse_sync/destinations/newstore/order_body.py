"""An order as desired, as NewStore takes it, and how one that is there differs (fact sheet newstore 2, 3).

Belongs here: the shape, its checks, the comparison. Does not: any call.

Desired: `{"order_id", "purpose", "location", "service", "currency", "price_method", "placed_at", "paid_at",
"tracking_number", "shipping", "lines": [{"id", "sku", "quantity", "price", "discount"}]}`. A line is one unit, for
NewStore counts no others. Amounts are decimal text in `currency`; `price` is what the seller gets, and `discount` what
it took off its list price. Sales tax that TikTok Shop collects and owes is not in them, nor in the order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.recipient import Recipient
from tieout.money import parse_amount
from tieout.settings import NewStore

Row = dict[str, Any]

SEVERAL_NODES = "+"
"""Joins the fulfilment nodes of a location that has several."""
_LONGEST = {"address_line_1": 128, "address_line_2": 256, "city": 64, "state": 32, "zip_code": 32, "phone": 128}
_LONGEST |= {"first_name": 64, "last_name": 64}
_DISCOUNT = "seller-discount"


def order_body(desired: Mapping[str, Any], recipient: Recipient, email: str, section: NewStore) -> Row:
    """Return the body that injects the order.

    Raises:
        RejectedError: UNSENDABLE when a part of the address is longer than NewStore takes.
    """
    address = _address(recipient)
    total = order_total(desired)
    return {
        "external_id": desired["order_id"],
        "shop": section.catalog,
        "shop_locale": section.locale,
        "channel_type": "web",
        "channel_name": section.channel,
        "currency": desired["currency"],
        "price_method": desired["price_method"],
        "placed_at": desired["placed_at"],
        "customer_name": recipient.name[:128],
        **({"customer_email": email} if 0 < len(email) <= 64 else {}),
        "is_preconfirmed": True,
        "notification_blacklist": list(section.muted_notifications),
        "shipping_address": address,
        "billing_address": address,
        "extended_attributes": _attributes(desired),
        "shipments": [
            {
                "items": [_item(line) for line in desired["lines"]],
                "shipping_option": _shipping_option(desired, section),
            }
        ],
        "payments": [_payment(desired, total, section)] if total else [],
    }


def order_total(desired: Mapping[str, Any]) -> Decimal:
    """Return what the seller gets for the goods and their shipping."""
    goods = (parse_amount(str(line["price"])) for line in desired["lines"])
    return sum(goods, parse_amount(str(desired["shipping"])))


def difference(desired: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return where an order in NewStore differs from what is desired, "" when it does not.

    Compared is what moves goods or money: the currency, the units of each product, and the total.
    """
    differences = []
    if found.get("currency") != desired["currency"]:
        differences.append(f"currency {found.get('currency')}, desired {desired['currency']}")
    wanted = Counter(str(line["sku"]) for line in desired["lines"])
    held = Counter(str(row.get("product_id")) for row in rows(found, "items"))
    if held != wanted:
        only, missing = _shown(held - wanted), _shown(wanted - held)
        differences.append(f"units there only: {only}; desired only: {missing}")
    totals = found.get("totals")
    total = totals.get("total") if isinstance(totals, Mapping) else None
    if not isinstance(total, (int, Decimal)) or total != order_total(desired):
        differences.append(f"total {total}, desired {order_total(desired):.2f}")
    return "; ".join(differences)


def other_units(desired: Mapping[str, Any], answered: Mapping[str, Any]) -> str:
    """Return how the units that an injection was answered with differ from those sent, "" when they do not."""
    wanted = {(str(line["id"]), str(line["sku"])) for line in desired["lines"]}
    held = {(str(row.get("external_item_id")), str(row.get("product_id"))) for row in rows(answered, "items")}
    if held == wanted:
        return ""
    return f"it has {len(held - wanted)} units that were not sent, and lacks {len(wanted - held)}"


def is_cancelled(found: Mapping[str, Any]) -> bool:
    """Return whether every unit of an order is cancelled."""
    items = rows(found, "items")
    return bool(items) and all(row.get("status") == "cancelled" for row in items)


def rows(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list in a record as received."""
    listed = found.get(name)
    return [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []


def _item(line: Mapping[str, Any]) -> Row:
    price, discount = parse_amount(str(line["price"])), parse_amount(str(line["discount"]))
    taken_off = {"type": "fixed", "discount_ref": _DISCOUNT, "original_value": discount, "price_adjustment": discount}
    return {
        "external_item_id": line["id"],
        "product_id": line["sku"],
        "price": {
            "item_price": price + discount,
            "item_list_price": price + discount,
            "item_tax_lines": [],
            **({"item_discount_info": [taken_off]} if discount else {}),
        },
    }


def _shipping_option(desired: Mapping[str, Any], section: NewStore) -> Row:
    routing: Row = {"strategy": section.order_routing}
    if section.order_routing != "default":
        routing["fulfillment_node_id"] = desired["location"]
    return {
        "service_level_identifier": desired["service"],
        "price": parse_amount(str(desired["shipping"])),
        "tax": Decimal(0),
        "routing_strategy": routing,
    }


def _payment(desired: Mapping[str, Any], total: Decimal, section: NewStore) -> Row:
    return {
        "processor": section.payment_processor,
        "correlation_ref": desired["order_id"],
        "type": "captured",
        "amount": total,
        "method": section.payment_method,
        "processed_at": desired["paid_at"],
    }


def _attributes(desired: Mapping[str, Any]) -> list[Row]:
    known = {"tiktok_shop_order_id": desired["order_id"], "tiktok_shop_tracking_number": desired["tracking_number"]}
    return [{"name": name, "value": value} for name, value in known.items() if value]


def _address(recipient: Recipient) -> Row:
    first, *others = recipient.lines
    given, _, family = recipient.name.strip().rpartition(" ")
    address = {
        "country": recipient.country,
        "address_line_1": first,
        "address_line_2": ", ".join(others),
        "city": recipient.town,
        "state": recipient.region,
        "zip_code": recipient.postal_code,
        "first_name": given,
        "last_name": family,
        "phone": recipient.phone,
    }
    too_long = [name for name, most in _LONGEST.items() if len(address[name]) > most]
    if too_long:
        reason = f"longer than NewStore takes: {', '.join(too_long)} of the delivery address"
        raise RejectedError(reason, vendor="newstore", code="UNSENDABLE", field="recipient_address")
    return {name: value for name, value in address.items() if value}


def _shown(units: Counter[str]) -> str:
    return ", ".join(f"{count} {product}" for product, count in sorted(units.items())[:5]) or "none"
