"""The 940 that instructs a warehouse to ship an order, or not to (fact sheet gxo 5).

Belongs here: its segments, and making a buyer's text fit to be sent. Does not: envelopes (x12), which order may go.

A buyer's text is sent whole or not at all: names and streets go on in further elements and segments, and what X12 has
no room for is refused with its element. X12 has no escape: delimiters in such text become spaces.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from connectors.gxo.elements import check
from connectors.gxo.errors import X12Error
from connectors.gxo.segments import Segment

ORIGINAL, CANCEL = "N", "F"
_FIRST = 4  # position of a set's first segment, after ISA, GS and ST
_USUAL_DELIMITERS = "*~>^|"
_CONTROLS = "\\x00-\\x1f\\x7f"
_NAME, _STREET = 60, 55  # characters of elements 93 and 166
_NAME_PARTS, _STREET_PARTS = 5, 4  # N1-02 and two N2; two N3


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
    """What a warehouse must ship. `ship_by` is a date of the site; `references` are N9 pairs (2I: a given label).

    Number, service, SKUs and references are codes: what X12 cannot carry of them is refused, not replaced.
    """

    order_number: str
    address: Address
    lines: tuple[OrderLine, ...]
    service: str
    scac: str = ""
    ship_by: date | None = None
    references: tuple[tuple[str, str], ...] = ()


def ship_order_set(
    order: ShipOrder, *, depositor: str, site: str, delimiters: str = _USUAL_DELIMITERS
) -> list[tuple[str, ...]]:
    """Return the segments of an original 940; `delimiters` are this partner's own.

    Raises:
        X12Error: naming the element that does not fit X12 (an order number above 22 characters, say).
    """
    return _checked(_ship_order(order, depositor, site, delimiters=delimiters))


def cancel_order_set(order_number: str, *, depositor: str, site: str) -> list[tuple[str, ...]]:
    """Return the segments of a 940 that cancels an order; the header is enough (fact sheet gxo 5, W05-01 F).

    Raises:
        X12Error: when the order number does not fit.
    """
    return _checked(iter([("W05", CANCEL, order_number), *_parties(depositor, site)]))


def sendable(text: str, longest: int | None = None, *, delimiters: str = "") -> str:
    """Return text that X12 can carry: delimiters, for which there is no escape, become spaces; cut to a length."""
    unsendable = f"[{re.escape(_USUAL_DELIMITERS + delimiters)}{_CONTROLS}]+"
    return " ".join(re.sub(unsendable, " ", unicodedata.normalize("NFC", text)).split())[:longest].strip()


def _ship_order(order: ShipOrder, depositor: str, site: str, *, delimiters: str) -> Iterator[tuple[str, ...]]:
    yield ("W05", ORIGINAL, order.order_number)
    yield from _parties(depositor, site)
    yield from _ship_to(order.address, partial(sendable, delimiters=delimiters))
    for qualifier, value in order.references:
        yield ("N9", qualifier, value)
    if order.ship_by:
        yield ("G62", "38", f"{order.ship_by:%Y%m%d}")
    yield ("W66", "PP", "U", "", "", order.service, "", "", "", "", order.scac)
    for number, line in enumerate(order.lines, start=1):
        yield ("LX", str(number))
        yield ("W01", str(line.quantity), "EA", "", "SK", line.sku)
    yield ("W76", str(sum(line.quantity for line in order.lines)))


def _parties(depositor: str, site: str) -> list[tuple[str, ...]]:
    return [("N1", "DE", sendable(depositor, 60), "92", depositor), ("N1", "WH", sendable(site, 60), "92", site)]


def _ship_to(address: Address, clean: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    name, *more_names = _wrapped([clean(address.name)], _NAME) or [""]
    yield ("N1", "ST", name)
    yield from _pairs("N2", more_names, _NAME_PARTS - 1)
    yield from _pairs("N3", _wrapped([clean(address.street), clean(address.street2)], _STREET), _STREET_PARTS)
    state = address.state if len(address.state) == 2 else ""
    yield ("N4", clean(address.city), state, clean(address.postal_code), address.country)
    if phone := clean(address.phone):
        yield ("PER", "RE", name, "TE", phone)


def _wrapped(lines: Sequence[str], longest: int) -> list[str]:
    """Return text in parts of at most `longest` characters, broken between words; each line begins its own."""
    return [part for line in lines for part in textwrap.wrap(line, longest, break_on_hyphens=False)]


def _pairs(name: str, parts: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Yield a segment for every two parts.

    Raises:
        X12Error: when there are more parts than X12 has room for.
    """
    if len(parts) > most:
        message = f"the text needs {len(parts)} elements, X12 has room for {most}"
        raise X12Error(message, segment=name, position=_FIRST, element=2)
    for at in range(0, len(parts), 2):
        yield (name, parts[at], parts[at + 1] if at + 1 < len(parts) else "")


def _checked(segments: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    rows = list(segments)
    for position, (name, *elements) in enumerate(rows, start=_FIRST):
        check(Segment(name, tuple(elements), position))
    return rows
