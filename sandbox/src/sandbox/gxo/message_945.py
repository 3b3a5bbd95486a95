"""Writes a warehouse shipping advice (fact sheet gxo 6).

Belongs here: the segments of a 945 between ST and SE. Does not: deciding what is shipped.
One LX is one carton. A line spread over cartons has a W12 in each; what is missing of it is in its last W12, so that
ordered less shipped is the difference in every W12 and the W12s of a line add up to the line.
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo import profile

Segments = list[list[object]]


def advice(order: dict[str, Any], shipment: dict[str, Any]) -> Segments:
    """Return the 945 of a shipment; a cancelled order's lines are reported as IC with nothing shipped."""
    at = int(shipment["shipped_at"])
    segments: Segments = [
        ["W06", "F", order["order"], profile.date8(at), shipment["id"], "", order["purchase_order"]],
        ["N1", "WH", "", "92", profile.SITE],
        *_ship_to(order["ship_to"]),
        ["G62", "11", profile.date8(at)],
    ]
    if shipment["scac"]:
        name = profile.CARRIERS.get(shipment["scac"], "")
        segments.append(["W27", "U", shipment["scac"], f"{name} {order['service']}".strip()])
    body, total = _cartons(order, shipment)
    return [*segments, *body, ["W03", total]]


def _ship_to(address: dict[str, str]) -> Segments:
    if not address.get("name"):
        return []
    return [
        ["N1", "ST", address["name"][:60]],
        ["N3", address.get("street", "")[:55] or "-"],
        ["N4", *(address.get(key, "") for key in ("city", "state", "postcode", "country"))],
    ]


def _cartons(order: dict[str, Any], shipment: dict[str, Any]) -> tuple[Segments, int]:
    rows = _rows(order, shipment)
    segments: Segments = []
    for number, carton in enumerate(shipment["cartons"], 1):
        segments += [["LX", number], ["MAN", "GM", carton["sscc"]], ["MAN", "CP", carton["tracking"]]]
        segments += [row for at, row in rows if at == number]
    if nowhere := [row for at, row in rows if at == 0]:
        segments += [["LX", len(shipment["cartons"]) + 1], *nowhere]
    return segments, sum(line["shipped"] for line in order["lines"])


def _rows(order: dict[str, Any], shipment: dict[str, Any]) -> list[tuple[int, list[object]]]:
    """Return (carton number, W12), carton 0 for lines of which nothing was shipped."""
    rows: list[tuple[int, list[object]]] = []
    for line in order["lines"]:
        packed = [
            (number, part["quantity"])
            for number, carton in enumerate(shipment["cartons"], 1)
            for part in carton["lines"]
            if part["line"] == line["line"] and part["sku"] == line["sku"]
        ]
        missing = line["quantity"] - line["shipped"]
        status = "IC" if shipment["cancelled"] else "CC" if not missing else "CP" if line["shipped"] else "DS"
        for at, (number, units) in enumerate(packed, 1):
            short = missing if at == len(packed) else 0
            rows.append((number, ["W12", status, units + short, units, short, "EA", "", "SK", line["sku"]]))
        if not packed:
            rows.append((0, ["W12", status, line["quantity"], 0, missing, "EA", "", "SK", line["sku"]]))
    return rows
