"""Weekly deliveries that fill the stores up.

Belongs here: when they come and what they bring. Does not: stock arithmetic.
On Wednesday at 07:00 every product that is below half of its opening stock in a store is filled up to it.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore import events, stock
from sandbox.newstore.profile import SYSTEM, iso, new_id
from sandbox.newstore.stored import usable_stock
from sandbox.store import Store
from sandbox.world import days

Body = dict[str, Any]
_WEEKDAY, _AT = 2, 7 * days.HOUR
_CHUNK = 500


def receive(store: Store, since: int, now: int) -> None:
    """Take in the delivery that came after one instant and up to another (epoch seconds), if one did."""
    if _latest(now) <= since:
        return
    by_node: dict[str, list[Body]] = {}
    for record in store.select(SYSTEM, "stock"):
        level = usable_stock(record)
        units = level["_full"] - level["on_hand"]
        if units > 0 and level["on_hand"] * 2 < level["_full"]:
            stock.change(store, level["fulfillment_node_id"], level["product_id"], on_hand=units)
            row = {"product_id": level["product_id"], "quantity": units, "external_identifiers": {}}
            by_node.setdefault(level["fulfillment_node_id"], []).append(row)
    for node, rows in sorted(by_node.items()):
        _announce(store, node, rows, now)


def _announce(store: Store, node: str, rows: list[Body], now: int) -> None:
    id, chunks = new_id(store, "asn"), [rows[at : at + _CHUNK] for at in range(0, len(rows), _CHUNK)]
    known = {"id": id, "fulfillment_location_id": node, "shipment_ref": f"W{now // (7 * days.DAY)}", "order_ref": None}
    for number, chunk in enumerate(chunks, 1):
        parts = {"asn_id": id, "processed_at": iso(now), "chunk_number": number, "total_chunks": len(chunks)}
        events.emit(store, "inventory_transaction.items_received", {**known, **parts, "items": chunk}, at=now)


def _latest(now: int) -> int:
    """Return when the latest delivery came, up to an instant."""
    at = days.midnight(now) - (days.weekday(now) - _WEEKDAY) % 7 * days.DAY + _AT
    return at if at <= now else at - 7 * days.DAY
