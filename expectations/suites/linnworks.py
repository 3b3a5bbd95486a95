"""What we rely on in Linnworks' locations, items, levels and orders (fact sheet linnworks 2, 6, 8).

Belongs here: ids, which are GUIDs, quantities, which are whole, and money. Does not: what an order's flags mean (dbt).
"""

from __future__ import annotations

from expectations.suites.claims import (
    GUID,
    NATURAL,
    Suite,
    amounts,
    digits,
    each,
    fields,
    guids,
    natural_numbers,
    one_of,
    present,
    whole_numbers,
)

_LEVELS = ("Quantity", "InOrder", "Available", "MinimumLevel")
_STATUSES = ("0", "1", "2", "3", "4")
"""Unpaid, paid, return, pending, resend."""

SUITES = (
    Suite("raw_linnworks.locations", fields("LocationName"), [*guids("id"), *present("LocationName")]),
    Suite("raw_linnworks.stock_items", fields("ItemNumber"), [*guids("id"), *present("ItemNumber")]),
    Suite(
        "raw_linnworks.stock_levels",
        fields("StockItemId", "LocationId", "ItemNumber", *_LEVELS),
        [
            *guids("StockItemId", "LocationId"),
            *present("StockItemId", "LocationId", "ItemNumber", "Quantity", "Available"),
            *whole_numbers(*_LEVELS),
        ],
    ),
    Suite(
        "raw_linnworks.stock_snapshots",
        fields("location", "as_of", "items", "items_at_zero"),
        [*guids("id"), *present("location", "as_of"), *natural_numbers("items", "items_at_zero")],
    ),
    Suite(
        "raw_linnworks.compositions",
        fields("SKU"),
        [*guids("id"), *present("SKU"), *natural_numbers("part_quantity")],
        computed={"part_quantity": each("Components[*].Quantity", NATURAL)},
    ),
    Suite(
        "raw_linnworks.orders",
        fields(
            "NumOrderId",
            "FulfilmentLocationId",
            source="GeneralInfo.Source",
            reference="GeneralInfo.ReferenceNum",
            status="GeneralInfo.Status",
            total_charge="TotalsInfo.TotalCharge",
        ),
        [
            *guids("id", "FulfilmentLocationId", "line_id"),
            *digits("NumOrderId"),
            *natural_numbers("quantity"),
            *amounts("total_charge"),
            *present("source", "reference"),
            one_of("status", _STATUSES),
        ],
        computed={"line_id": each("Items[*].RowId", GUID), "quantity": each("Items[*].Quantity", NATURAL)},
    ),
)
