"""Linnworks: the order and stock management of a self-run warehouse, over its RPC-like API (fact sheet linnworks).

Belongs here: putting the stand-in on a store, and what the world may ask of it. Does not: any detail of it.
"""

from __future__ import annotations

from sandbox.linnworks.access import systems_entry
from sandbox.linnworks.app import linnworks_app
from sandbox.linnworks.errors import error_body
from sandbox.linnworks.items import map_channel_sku
from sandbox.linnworks.master_data import write_master_data
from sandbox.linnworks.orders import index_references
from sandbox.linnworks.profile import SYSTEM, WAVE_SECONDS
from sandbox.linnworks.stock import consume, seed_composites, seed_stock
from sandbox.linnworks.warehouse import wave
from sandbox.store import Kind, Store

__all__ = [
    "KINDS",
    "SYSTEM",
    "WAVE_SECONDS",
    "consume",
    "error_body",
    "install",
    "linnworks_app",
    "map_channel_sku",
    "seed_composites",
    "seed_stock",
    "systems_entry",
    "wave",
]

KINDS = {
    "locations": Kind(id_field="StockLocationId"),
    "postal_services": Kind(id_field="pkPostalServiceId"),
    "channels": Kind(id_field="PkChannelId"),
    "stock_items": Kind(id_field="StockItemId", parent_field="ItemNumber"),
    "stock_levels": Kind(id_field="rowid", parent_field="StockItemId"),
    "stock_changes": Kind(parent_field="_of"),
    "compositions": Kind(id_field="", parent_field="StockItemId"),
    "channel_skus": Kind(id_field="ChannelSKURowId", parent_field="SKU"),
    "orders": Kind(id_field="OrderId", parent_field="_state", created_field="_received_at", updated_field="_closed_at"),
    "returns": Kind(
        id_field="RMAHeaderId", parent_field="OrderId", created_field="_created_at", updated_field="_actioned_at"
    ),
}


def install(store: Store) -> None:
    """Register with the store how the kinds of this system index themselves, and write the account's master data."""
    store.register(SYSTEM, KINDS)
    index_references(store)
    write_master_data(store)
