"""What we rely on in GXO's files and messages (fact sheet gxo 6 to 10).

Belongs here: their fields and formats. Does not: what X12 forbids (such a file is refused before it becomes a record).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, amounts, fields, one_of, present

_VERDICTS = ("A", "E", "P", "R", "M", "W", "X")

SUITES = (
    Suite("raw_gxo.files", fields("size", "sha256"), present("size", "sha256")),
    Suite(
        "raw_gxo.shipping_advices",
        fields("order_number", "site", first_sku="lines[0].sku", first_shipped="lines[0].shipped"),
        [*present("order_number", "site", "first_sku"), *amounts("first_shipped")],
    ),
    Suite(
        "raw_gxo.stock_levels",
        fields("sku", "site", "at", on_hand="quantities.17", available="quantities.33"),
        [*present("sku", "site", "at"), *amounts("on_hand", "available")],
    ),
    Suite(
        "raw_gxo.stock_snapshots",
        fields("site", "at", "skus", "skus_at_zero"),
        [*present("site", "at"), *amounts("skus", "skus_at_zero")],
    ),
    Suite(
        "raw_gxo.stock_adjustments",
        fields("sku", "date", "reason", "quantity"),
        [*present("sku", "date", "reason", "quantity"), *amounts("quantity")],
    ),
    Suite(
        "raw_gxo.stock_receipts",
        fields("date", first_sku="lines[0].sku", first_received="lines[0].received"),
        [*present("date", "first_sku"), *amounts("first_received")],
    ),
    Suite(
        "raw_gxo.functional_acknowledgements",
        fields("group_control_number", "status"),
        [*present("group_control_number", "status"), one_of("status", _VERDICTS)],
    ),
)
