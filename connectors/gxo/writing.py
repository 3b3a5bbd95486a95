"""The 940 that tells a warehouse to ship an order, or not to (fact sheet gxo 5).

Belongs here: its segments, and making a buyer's text fit to be sent. Does not: envelopes (x12), which order may go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from connectors.gxo.elements import check
from connectors.gxo.x12 import Segment

ORIGINAL, CANCEL = "N", "F"
_UNSENDABLE = re.compile(r"[*~>^|\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Address:
    """Where the parcel goes. Empty parts stay away; `state` is only sent when it has two letters."""

    name: str
    street: str
    street2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str = ""


@dataclass(frozen=True)
class OrderLine:
    """Units of one warehouse SKU."""

    sku: str
    quantity: int
    description: str = ""


@dataclass(frozen=True)
class ShipOrder:
    """What a warehouse must ship. `ship_by` is a date of the site; `references` are N9 pairs (2I: a given label)."""

    order_number: str
    address: Address
    lines: tuple[OrderLine, ...]
    service: str
    scac: str = ""
    ship_by: date | None = None
    references: tuple[tuple[str, str], ...] = ()


def ship_order_set(order: ShipOrder, *, depositor: str, site: str) -> list[tuple[str, ...]]:
    """Return the segments of an original 940.

    Raises:
        X12Error: naming the element that does not fit X12 (an order number above 22 characters, say).
    """
    return _checked(_ship_order(order, depositor, site))


def cancel_order_set(order_number: str, *, depositor: str, site: str) -> list[tuple[str, ...]]:
    """Return the segments of a 940 that cancels an order; the header is enough (fact sheet gxo 5, W05-01 F).

    Raises:
        X12Error: when the order number does not fit.
    """
    return _checked(iter([("W05", CANCEL, order_number), *_parties(depositor, site)]))


def sendable(text: str, longest: int) -> str:
    """Return text that X12 can carry: its delimiters, for which there is no escape, become spaces; cut to length."""
    return " ".join(_UNSENDABLE.sub(" ", unicodedata.normalize("NFC", text)).split())[:longest].strip()


def _ship_order(order: ShipOrder, depositor: str, site: str) -> Iterator[tuple[str, ...]]:
    yield ("W05", ORIGINAL, order.order_number)
    yield from _parties(depositor, site)
    yield from _ship_to(order.address)
    for qualifier, value in order.references:
        yield ("N9", qualifier, value)
    if order.ship_by:
        yield ("G62", "38", f"{order.ship_by:%Y%m%d}")
    yield ("W66", "PP", "U", "", "", sendable(order.service, 35), "", "", "", "", order.scac)
    for number, line in enumerate(order.lines, start=1):
        yield ("LX", str(number))
        yield ("W01", str(line.quantity), "EA", "", "SK", line.sku)
    yield ("W76", str(sum(line.quantity for line in order.lines)))


def _parties(depositor: str, site: str) -> list[tuple[str, ...]]:
    return [("N1", "DE", sendable(depositor, 60), "92", depositor), ("N1", "WH", sendable(site, 60), "92", site)]


def _ship_to(address: Address) -> Iterator[tuple[str, ...]]:
    yield ("N1", "ST", sendable(address.name, 60))
    if street := sendable(address.street, 55):
        yield ("N3", street, sendable(address.street2, 55))
    state = address.state if len(address.state) == 2 else ""
    yield ("N4", sendable(address.city, 30), state, sendable(address.postal_code, 15), address.country)
    if phone := sendable(address.phone, 80):
        yield ("PER", "RE", sendable(address.name, 60), "TE", phone)


def _checked(segments: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    rows = list(segments)
    for position, (name, *elements) in enumerate(rows, start=4):  # after ISA, GS and ST
        check(Segment(name, tuple(elements), position))
    return rows
