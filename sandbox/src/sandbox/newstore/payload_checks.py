"""The body of an injected order: what it must have, and what contradicts itself.

Belongs here: checks that need nothing but the body, and the body as it is kept. Does not: making the order.
Fact sheet newstore 2: lengths, one item a unit, no more decimals than the currency has, payments equal to items and
shipping.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeGuard

from sandbox.newstore import amounts
from sandbox.newstore.errors import WireError
from sandbox.newstore.profile import decimals, instant, text_of
from sandbox.newstore.stored import objects

Body = dict[str, Any]
_TEXTS = {
    "external_id": (1, 64, True), "shop": (1, 128, True), "shop_locale": (1, 128, True), "channel_name": (1, 64, True),
    "customer_name": (1, 128, False), "customer_email": (1, 64, False), "customer_language": (2, 2, False),
    "external_customer_id": (0, 64, False), "associate_id": (0, 256, False), "store_id": (0, 256, False),
}  # fmt: skip
_ADDRESS = {
    "country": (2, 2, True), "address_line_1": (1, 128, True), "address_line_2": (0, 256, False),
    "city": (0, 64, False), "state": (0, 32, False), "zip_code": (0, 32, False), "first_name": (0, 64, False),
    "last_name": (0, 64, False), "phone": (0, 128, False), "salutation": (0, 32, False), "title": (0, 32, False),
    "suffix": (0, 32, False),
}  # fmt: skip
_ITEM = {"external_item_id": (1, 64, True), "product_id": (1, 64, True)}
_PAYMENT = {"processor": (1, 32, True), "correlation_ref": (1, 128, True), "method": (1, 64, True)}
_CHANNELS, _METHODS = ("web", "mobile", "store"), ("tax_included", "tax_excluded")
_STRATEGIES = ("default", "prerouted", "external")
_FLAGS = ("is_preconfirmed", "is_fulfilled", "is_historical", "is_offline")
_MOST_SHIPMENTS = 10


def check(wanted: Body) -> None:
    """Check the body of an injection. Raises WireError 400 with every field that is wrong."""
    messages = list(_problems(wanted))
    if messages:
        raise WireError("schema_validation_error", messages=messages)
    _check_addons(wanted)
    order = as_order(wanted)
    due, paid = amounts.order_totals(order)["total"], amounts.paid(order)
    if due != paid:
        text = f"The payments come to {paid}; items and shipping come to {due}."
        raise WireError("payment_amount_mismatch", text)


def as_order(wanted: Body) -> Body:
    """Return what an order keeps of a body that was checked: amounts as text, items in one list."""
    currency = wanted["currency"]
    shipments, items = [], []
    for at, shipment in enumerate(wanted["shipments"]):
        option = _option(shipment)
        kept = {
            "id": str(at),
            "service_level": option.get("service_level_identifier") or option.get("shipping_type") or "STANDARD",
            "price": option["price"],
            "tax": option["tax"],
            "discount_info": option.get("discount_info") or [],
            "routing_strategy": option.get("routing_strategy"),
        }
        shipments.append(_plain({**kept, "shipped_at": shipment.get("shipped_at")}, currency))
        for item in shipment["items"]:
            items.append(_plain({**item, "shipment_id": str(at)}, currency))
    rest = {name: value for name, value in wanted.items() if name != "shipments"}
    method = wanted.get("price_method") or _METHODS[0]
    return {**_plain(rest, currency), "price_method": method, "shipments": shipments, "items": items}


def is_in_store(wanted: Body) -> bool:
    """Whether the order was handed over at a till."""
    levels = {_option(shipment).get("service_level_identifier") for shipment in wanted["shipments"]}
    return "IN_STORE_HANDOVER" in levels


def _problems(wanted: Body) -> Iterator[str]:
    yield from _texts(wanted, _TEXTS, "")
    yield from _one_of(wanted, "channel_type", _CHANNELS, is_needed=True)
    yield from _one_of(wanted, "price_method", _METHODS)
    if not re.fullmatch("[A-Z]{3}", str(wanted.get("currency"))):
        yield f"currency {wanted.get('currency')!r}: expected a currency of three capital letters"
        return
    if wanted.get("placed_at") is not None and instant(wanted["placed_at"]) is None:
        yield f"placed_at {wanted['placed_at']!r}: expected an RFC 3339 instant"
    for name in _FLAGS:
        if not isinstance(wanted.get(name, False), bool):
            yield f"{name} {wanted[name]!r}: expected true or false"
    if wanted.get("ip_address") is not None and not _is_ip(wanted["ip_address"]):
        yield f"ip_address {wanted['ip_address']!r}: expected an IPv4 or IPv6 address"
    for name in ("shipping_address", "billing_address"):
        if wanted.get(name) is not None:
            yield from _texts(wanted[name], _ADDRESS, f"{name}.")
    yield from _attributes(wanted, "")
    yield from _shipments(wanted)
    yield from _payments(wanted)


def _shipments(wanted: Body) -> Iterator[str]:
    shipments = wanted.get("shipments")
    if not isinstance(shipments, list) or not 1 <= len(shipments) <= _MOST_SHIPMENTS:
        yield f"shipments: expected a list of 1 to {_MOST_SHIPMENTS} shipments"
        return
    tokens, levels = 0, 0
    for at, shipment in enumerate(shipments):
        place = f"shipments[{at}]."
        if not isinstance(shipment, dict):
            yield f"{place[:-1]}: expected an object"
            continue
        option = _option(shipment)
        tokens += "shipping_offer_token" in option
        levels += "service_level_identifier" in option
        yield from _shipping(option, shipment, wanted, f"{place}shipping_option.")
        items = shipment.get("items")
        if not isinstance(items, list) or not items:
            yield f"{place}items: expected a list of at least one item"
            continue
        for number, item in enumerate(items):
            yield from _item(item, wanted, f"{place}items[{number}].")
    if tokens and levels:
        yield "shipments: shipping options by token and by service level cannot be mixed"
    if levels > 1:
        yield "shipments: only one shipment can have a shipping option by service level"


def _shipping(option: Body, shipment: Body, wanted: Body, place: str) -> Iterator[str]:
    if "historical_shipping_option" in shipment:
        if not wanted.get("is_historical"):
            yield f"{place}historical_shipping_option: expected with is_historical only"
    elif not option.get("service_level_identifier") and not option.get("shipping_offer_token"):
        yield f"{place}service_level_identifier: expected a text"
    for name in ("price", "tax"):
        yield from _money(option, name, wanted["currency"], place, is_needed=True)
    for number, row in enumerate(objects(option.get("discount_info"))):
        yield from _money(row, "price_adjustment", wanted["currency"], f"{place}discount_info[{number}].")
    strategy = option.get("routing_strategy")
    if strategy is None:
        return
    chosen = strategy.get("strategy") if isinstance(strategy, dict) else None
    if chosen not in _STRATEGIES:
        yield f"{place}routing_strategy.strategy {chosen!r}: expected one of {', '.join(_STRATEGIES)}"
    elif chosen != "default" and not strategy.get("fulfillment_node_id"):
        yield f"{place}routing_strategy.fulfillment_node_id: expected a text"


def _item(item: object, wanted: Body, place: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{place[:-1]}: expected an object"
        return
    yield from _texts(item, _ITEM, place)
    yield from _attributes(item, place)
    if item.get("quantity", 1) != 1:
        yield f"{place}quantity {item['quantity']!r}: expected 1, an item for each unit"
    price, currency = item.get("price"), wanted["currency"]
    if not isinstance(price, dict):
        yield f"{place}price: expected an object"
        return
    place = f"{place}price."
    for name in ("item_price", "item_list_price"):
        yield from _money(price, name, currency, place, is_needed=True)
    lines = price.get("item_tax_lines")
    if not isinstance(lines, list):
        yield f"{place}item_tax_lines: expected a list"
    for number, line in enumerate(objects(lines)):
        here = f"{place}item_tax_lines[{number}]."
        yield from _texts(line, {"name": (1, 128, True)}, here)
        yield from _money(line, "amount", currency, here, is_needed=True)
        if not _is_number(line.get("rate")) or not 0 <= line["rate"] <= 1:
            yield f"{here}rate {line.get('rate')!r}: expected a ratio from 0 to 1"
    for name in ("item_discount_info", "item_order_discount_info"):
        for number, row in enumerate(objects(price.get(name))):
            here = f"{place}{name}[{number}]."
            yield from _one_of(row, "type", ("fixed", "percentage"), here)
            yield from _texts(row, {"discount_ref": (1, 128, True)}, here)
            yield from _money(row, "price_adjustment", currency, here, is_needed=True)
            if not _is_number(row.get("original_value")):
                yield f"{here}original_value {row.get('original_value')!r}: expected a number"


def _payments(wanted: Body) -> Iterator[str]:
    payments = wanted.get("payments", [])
    if not isinstance(payments, list) or not all(isinstance(each, dict) for each in payments):
        yield "payments: expected a list of objects"
        return
    for at, payment in enumerate(payments):
        place = f"payments[{at}]."
        yield from _texts(payment, _PAYMENT, place)
        yield from _one_of(payment, "type", ("authorized", "captured"), place, is_needed=True)
        yield from _money(payment, "amount", wanted["currency"], place, is_needed=True)
        if instant(payment.get("processed_at")) is None:
            yield f"{place}processed_at {payment.get('processed_at')!r}: expected an RFC 3339 instant"
    counted = Counter(str(each.get("correlation_ref")) for each in payments)
    for reference in [each for each, count in counted.items() if count > 1]:
        yield f"payments: correlation_ref {reference!r} is not unique in the order"


def _check_addons(wanted: Body) -> None:
    every = [item["external_item_id"] for shipment in wanted["shipments"] for item in shipment["items"]]
    for shipment in wanted["shipments"]:
        addons = {item["external_item_id"]: item.get("addon_parent_external_item_id") for item in shipment["items"]}
        for id, parent in addons.items():
            if not parent:
                continue
            if parent == id or parent not in addons or addons[parent]:
                raise WireError("addon_invalid_parent_item")
            if every.count(id) > 1 or every.count(parent) > 1:
                raise WireError("addon_duplicate_external_item_id")


def _option(shipment: Body) -> Body:
    option = shipment.get("historical_shipping_option") or shipment.get("shipping_option")
    return option if isinstance(option, dict) else {}


def _texts(body: object, fields: dict[str, tuple[int, int, bool]], place: str) -> Iterator[str]:
    if not isinstance(body, dict):
        yield f"{place[:-1]}: expected an object"
        return
    for name, (least, most, is_needed) in fields.items():
        value = body.get(name)
        if value is None and not is_needed:
            continue
        if not isinstance(value, str) or not least <= len(value) <= most:
            yield f"{place}{name} {value!r}: expected a text of {least} to {most} characters"


def _one_of(
    body: Body, name: str, known: tuple[str, ...], place: str = "", *, is_needed: bool = False
) -> Iterator[str]:
    if (is_needed or body.get(name) is not None) and body.get(name) not in known:
        yield f"{place}{name} {body.get(name)!r}: expected one of {', '.join(known)}"


def _attributes(body: Body, place: str) -> Iterator[str]:
    for at, row in enumerate(objects(body.get("extended_attributes"))):
        fields = {"name": (1, 100, True), "value": (0, 8192, True)}
        yield from _texts(row, fields, f"{place}extended_attributes[{at}].")


def _money(body: Body, name: str, currency: str, place: str, *, is_needed: bool = False) -> Iterator[str]:
    value = body.get(name)
    if value is None and not is_needed:
        return
    if not _is_number(value) or value < 0:
        yield f"{place}{name} {value!r}: expected an amount, 0 or more"
        return
    exponent = Decimal(value).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals(currency):
        yield f"{place}{name} {value}: expected at most {decimals(currency)} decimals for {currency}"


def _is_number(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_ip(value: object) -> bool:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return True


def _plain(value: Any, currency: str) -> Any:
    """Return a value with its numbers as text: amounts with the currency's decimals, rates as they came."""
    if isinstance(value, dict):
        return {
            key: str(each) if key == "rate" and _is_number(each) else _plain(each, currency)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_plain(each, currency) for each in value]
    return text_of(Decimal(value), currency) if _is_number(value) else value
