"""What we rely on in NewStore's fulfilment nodes, orders and requests to nodes (fact sheet newstore 3, 5, 6).

Belongs here: ids, and units, which are whole. Does not: what a status means (dbt).
"""

from __future__ import annotations

from expectations.suites.claims import (
    Suite,
    amounts,
    currency,
    each,
    fields,
    natural_numbers,
    one_of,
    present,
    whole_numbers,
)

_ORDER = ("on_hold", "open", "closed", "created_for_blind_return", "failed")
_ITEM = ("pending", "in_fulfillment", "on_hold", "complete", "cancelled", "returned")
_REQUEST = ("dispatched", "acknowledged", "partially_completed", "completed")

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
    Suite(
        "raw_newstore.orders",
        fields("externalId", "status", "channel", "currency"),
        [currency("currency"), *present("status"), one_of("status", _ORDER), one_of("item_status", _ITEM)],
        computed={"item_status": each("items[*].status", f"({'|'.join(_ITEM)})")},
    ),
    Suite(
        "raw_newstore.fulfilment_requests",
        fields("orderId", "status", "nodeId"),
        [*present("orderId", "status", "nodeId"), one_of("status", _REQUEST)],
    ),
    Suite(
        "raw_newstore.returns",
        fields("orderId", "returnedAt", "currency", "totalRefundAmount"),
        [currency("currency"), *present("orderId", "returnedAt"), *amounts("totalRefundAmount")],
    ),
)
