"""ZigZag: returns portal, labels, hub and grading, over JSON and webhooks (fact sheet zigzag).

Belongs here: putting the stand-in on a store, and what the world may ask of it. Does not: any detail of it.
"""

from __future__ import annotations

from sandbox.store import Kind, Store
from sandbox.zigzag import feeds
from sandbox.zigzag.access import systems_entry
from sandbox.zigzag.app import zigzag_app
from sandbox.zigzag.errors import REFUSALS, error_body
from sandbox.zigzag.lists import write_lists
from sandbox.zigzag.profile import SYSTEM, WAVE_SECONDS
from sandbox.zigzag.returns import index_orders
from sandbox.zigzag.wave import wave

__all__ = [
    "KINDS",
    "REFUSALS",
    "SFTP_KINDS",
    "SYSTEM",
    "WAVE_SECONDS",
    "error_body",
    "feeds",
    "install",
    "systems_entry",
    "wave",
    "zigzag_app",
]

KINDS = {
    "orders": Kind(id_field="orderNumber"),
    "products": Kind(id_field="sku"),
    "stock": Kind(id_field="", parent_field="sku"),
    "return_orders": Kind(id_field="returnOrderId", parent_field="orderNumber"),
    "returns": Kind(
        id_field="returnId", parent_field="externalReturnRef", created_field="createdAt", updated_field="updatedAt"
    ),
    "shipments": Kind(id_field="shipmentNumber", parent_field="trackingNumber"),
    "reasons": Kind(id_field="code"),
    "conditions": Kind(id_field="code"),
    "dispositions": Kind(id_field="code"),
    "webhooks": Kind(id_field="webhookId"),
    "webhook_deliveries": Kind(parent_field="status", updated_field="next_attempt_at"),
}

SFTP_KINDS = {"files": Kind(parent_field="folder", created_field="written_at", updated_field="written_at")}


def install(store: Store) -> None:
    """Register with the store how the kinds of this system index themselves, and write the tenant's lists."""
    store.register(SYSTEM, KINDS)
    store.register(feeds.SFTP, SFTP_KINDS)
    index_orders(store)
    write_lists(store)
