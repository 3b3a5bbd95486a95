"""Parcels: how an order is packed, and the numbers on its labels.

Belongs here: cartons, carriers, tracking numbers and SSCCs. Does not: when a parcel leaves.
Tracking numbers have the carriers' forms: Royal Mail two letters, eight digits, a check digit of the postal union's
S10 rule, GB; Evri sixteen signs.
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo import file_faults, profile
from sandbox.store import Store
from sandbox.world.draw import Draw

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_GS1_PREFIX = "5060123"


def packed(store: Store, order: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the carrier's code and the cartons of an order whose lines say what is shipped.

    A label that came with the order means one parcel with its number; else a carton holds six units.
    """
    draw = Draw(profile.seed(store), "gxo parcel", order["order"])
    scac = _carrier(order, draw)
    if file_faults.struck(store, {"unknown_carrier"}, f"emit /out/945 {order['order']}"):
        scac = "ZZZZ"
    room = 10**9 if order["tracking"] else profile.UNITS_PER_CARTON
    cartons = [
        {"tracking": order["tracking"] or tracking_number(scac, draw), "sscc": sscc(draw), "lines": lines}
        for lines in _filled(order["lines"], room)
    ]
    return scac, cartons


def tracking_number(scac: str, draw: Draw) -> str:
    """Return a new number in a carrier's form."""
    if scac == "EVRI":
        return f"H0{draw.below(10**14):014d}"
    if scac != "RMGB":
        return f"UNK{draw.below(10**9):09d}"
    serial = f"{draw.below(10**8):08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    letters = "".join(draw.pick("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
    return f"{letters}{serial}{check}GB"


def sscc(draw: Draw) -> str:
    """Return a serial shipping container code: 17 digits and the GS1 check digit."""
    digits = f"0{_GS1_PREFIX}{draw.below(10**9):09d}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _carrier(order: dict[str, Any], draw: Draw) -> str:
    choices = profile.SERVICES.get(order["service"], profile.SERVICES["STD"])
    chosen = draw.pick(choices)
    if order["carrier"] in profile.CARRIERS:
        return str(order["carrier"])
    if order["tracking"]:
        return "EVRI" if order["tracking"].startswith("H") else "RMGB"
    return chosen


def _filled(lines: list[dict[str, Any]], room: int) -> list[list[dict[str, Any]]]:
    """Return what lies in each carton: {line, sku, quantity}."""
    cartons: list[list[dict[str, Any]]] = []
    free = 0
    for line in lines:
        left = line["shipped"]
        while left:
            if not free:
                cartons.append([])
                free = room
            units = min(left, free)
            cartons[-1].append({"line": line["line"], "sku": line["sku"], "quantity": units})
            left, free = left - units, free - units
    return cartons
