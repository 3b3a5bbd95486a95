"""NewStore: stores' stock, orders shipped from stores, in-store returns, over JSON and an event stream.

Belongs here: putting the stand-in on a store, and what the world may ask of it. Does not: any detail of it.
"""

from __future__ import annotations

from sandbox.newstore.app import newstore_app
from sandbox.newstore.entry import systems_entry
from sandbox.newstore.errors import REFUSALS, error_body
from sandbox.newstore.lists import write_lists
from sandbox.newstore.orders import index_orders
from sandbox.newstore.profile import SYSTEM, WAVE_SECONDS
from sandbox.newstore.stock import seed_stock, watch_edits
from sandbox.newstore.wave import wave
from sandbox.store import Kind, Store

__all__ = [
    "KINDS",
    "REFUSALS",
    "SYSTEM",
    "WAVE_SECONDS",
    "error_body",
    "install",
    "newstore_app",
    "seed_stock",
    "systems_entry",
    "wave",
]

KINDS = {
    "orders": Kind(parent_field="status", created_field="created_at", updated_field="updated_at"),
    "fulfillment_requests": Kind(
        id_field="fulfillment_request_id", parent_field="order_id", created_field="created_at",
        updated_field="updated_at",
    ),
    "shipments": Kind(parent_field="order_id", created_field="shipped_at", updated_field="shipped_at"),
    "stock": Kind(id_field="", parent_field="fulfillment_node_id", updated_field="_revision"),
    "availability_exports": Kind(parent_field="state"),
    "imports": Kind(),
    "products": Kind(),
    "reservations": Kind(created_field="created_at", updated_field="updated_at"),
    "returns": Kind(parent_field="order_id", created_field="created_at"),
    "refunds": Kind(parent_field="order_id", created_field="requested_at"),
    "locations": Kind(id_field="fulfillment_node_id"),
    "reason_codes": Kind(parent_field="type"),
    "configurations": Kind(),
    "integrations": Kind(parent_field="state"),
    "events": Kind(id_field="", parent_field="name", created_field="published_at"),
    "webhook_deliveries": Kind(parent_field="status", updated_field="next_attempt_at"),
}  # fmt: skip


def install(store: Store) -> None:
    """Register with the store how the kinds of this system index themselves, and write the tenant's lists."""
    store.register(SYSTEM, KINDS)
    index_orders(store)
    write_lists(store)
    watch_edits(store)
