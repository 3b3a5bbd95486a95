"""What people in NetSuite write, by the same rules as callers: no field is set that the record service would refuse.

Belongs here: writing records on behalf of staff. Does not: when and why (warehouse, trading).
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite import fulfilments, records, transforms
from sandbox.netsuite.schema import SYSTEM, TYPES
from sandbox.netsuite.seed import INVENTORY_ADJUSTMENTS
from sandbox.netsuite.values import Reader
from sandbox.store import Record, Store


def create(store: Store, kind: str, payload: dict[str, Any]) -> Record:
    """Store a new record. Raises WireError 400 as the record service would."""
    return records.create(store, TYPES[kind], payload, reader=Reader(store, "error"))


def change(store: Store, record: Record, payload: dict[str, Any]) -> Record:
    """Change a record as a PATCH would. Raises WireError 400."""
    return records.change(store, TYPES[record.kind], record, payload=payload, reader=Reader(store, "error"))


def remove(store: Store, record: Record) -> None:
    """Delete a record. Raises WireError 400."""
    records.delete(store, TYPES[record.kind], record)


def fulfil(store: Store, order: Record, payload: dict[str, Any]) -> Record:
    """Make a fulfilment of an order; lines go by `orderLine`. Raises WireError 400."""
    target = TYPES[fulfilments.KIND]
    draft = fulfilments.draft(store, TYPES[order.kind], order, target)
    keyed = transforms.keyed_by_order_line(payload)
    return records.create(store, target, keyed, reader=Reader(store, "error"), draft=draft)


def adjust(store: Store, moves: list[tuple[str, str, int]], memo: str) -> Record:
    """Adjust stock: (item id, location id, units up or down) each. Raises WireError 400."""
    lines = [{"item": {"id": item}, "location": {"id": place}, "adjustQtyBy": units} for item, place, units in moves]
    location = store.get(SYSTEM, "location", moves[0][1])
    company = (location.body.get("subsidiary") if location else None) or {"id": "1"}
    return create(store, "inventoryAdjustment", {
        "subsidiary": {"id": str(company["id"])}, "account": {"id": INVENTORY_ADJUSTMENTS}, "memo": memo,
        "inventory": {"items": lines},
    })  # fmt: skip


def close_lines(store: Store, order: Record, numbers: list[int]) -> Record:
    """Close lines of an order, so that nothing more is shipped of them."""
    lines = [{"line": number, "isClosed": True} for number in numbers]
    return change(store, order, {"item": {"items": lines}})
