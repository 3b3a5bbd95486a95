"""Reads a warehouse shipping order, syntax already checked (fact sheet gxo 5).

Belongs here: what the segments of a 940 mean to this warehouse. Does not: what it does with the order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.gxo.x12 import Segment, TransactionSet, element

CANCELS, REPLACES, CREATES = {"F", "D"}, {"R"}, {"N", "T"}


@dataclass
class ShipOrder:
    """One 940. `status` is W05-01; quantities are whole units."""

    status: str
    order: str
    purchase_order: str = ""
    service: str = "STD"
    carrier: str = ""
    tracking: str = ""
    ship_to: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)


def read_ship_order(received: TransactionSet) -> ShipOrder:
    """Return the order of a checked 940."""
    order = ShipOrder("", "")
    party, number = "", ""
    for segment in received.segments:
        name = segment[0]
        if name == "W05":
            order.status, order.order = element(segment, 1), element(segment, 2)
            order.purchase_order = element(segment, 3)
        elif name == "W66":
            order.service = element(segment, 5) or order.service
            order.carrier = element(segment, 10)
        elif name == "N9" and element(segment, 1) == "2I":
            order.tracking = element(segment, 2)
        elif name == "LX":
            number = element(segment, 1)
        elif name == "W01":
            order.lines.append(_line(segment, number or str(len(order.lines) + 1)))
        elif name == "N1":
            party = element(segment, 1)
        if party == "ST":
            _address(order.ship_to, segment)
    return order


def _line(segment: Segment, number: str) -> dict[str, Any]:
    """Return a line; the SKU is the value of the pair qualified SK, else of the first pair."""
    pairs = {element(segment, at): element(segment, at + 1) for at in (15, 6, 4) if element(segment, at)}
    sku = pairs.get("SK") or element(segment, 5) or element(segment, 3)
    return {"line": number, "sku": sku, "quantity": int(float(element(segment, 1))), "shipped": 0}


def _address(ship_to: dict[str, str], segment: Segment) -> None:
    places = {
        "N1": {"name": 2},
        "N4": {"city": 1, "state": 2, "postcode": 3, "country": 4},
    }
    for key, position in places.get(segment[0], {}).items():
        ship_to[key] = element(segment, position)
    if segment[0] == "N3":
        given = [part for part in segment[1:3] if part]
        ship_to["street"] = ", ".join([*([ship_to["street"]] if ship_to.get("street") else []), *given])
    if segment[0] == "PER":
        for at in (3, 5):
            if element(segment, at) == "TE":
                ship_to["phone"] = element(segment, at + 1)
