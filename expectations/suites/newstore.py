"""What we rely on in NewStore's fulfilment nodes and what they can promise (fact sheet newstore 6).

Belongs here: ids, and units, which are whole. Does not: what a status means (dbt).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, fields, natural_numbers, present, whole_numbers

SUITES = (
    Suite("raw_newstore.locations", fields("fulfillment_node_id"), [*present("fulfillment_node_id")]),
    Suite(
        "raw_newstore.availabilities",
        fields("product_id", "fulfillment_node_id", "atp"),
        [*present("product_id", "fulfillment_node_id", "atp"), *whole_numbers("atp")],
    ),
    Suite(
        "raw_newstore.stock_snapshots",
        fields("as_of", "full_at", "watermark", "items", "items_at_zero"),
        [*present("as_of", "full_at"), *natural_numbers("watermark", "items", "items_at_zero")],
    ),
)
