"""GXO: a contract warehouse reached by X12 files over SFTP (fact sheet gxo).

Belongs here: putting the stand-in on a store, and what the world may ask of it. Does not: any detail of it.
"""

from __future__ import annotations

from sandbox.gxo.access import systems_entry
from sandbox.gxo.profile import SYSTEM, WAVE_SECONDS
from sandbox.gxo.returns import returned
from sandbox.gxo.stock import consume, seed_stock
from sandbox.gxo.warehouse import wave
from sandbox.store import Kind, Store

__all__ = ["KINDS", "SYSTEM", "WAVE_SECONDS", "consume", "install", "returned", "seed_stock", "systems_entry", "wave"]

KINDS = {
    "stock": Kind(id_field="sku"),
    "orders": Kind(id_field="order", parent_field="status", created_field="received_at"),
    "shipments": Kind(parent_field="state", created_field="shipped_at", updated_field="reported_at"),
    "adjustments": Kind(parent_field="number", created_field="at", updated_field="at"),
    "receipts": Kind(created_field="received_at", updated_field="received_at"),
    "files": Kind(parent_field="folder", created_field="written_at", updated_field="written_at"),
}


def install(store: Store) -> None:
    """Register with the store how the kinds of this system index themselves."""
    store.register(SYSTEM, KINDS)
