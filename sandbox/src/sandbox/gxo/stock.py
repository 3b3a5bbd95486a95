"""What lies in the warehouse: per SKU the units on hand, on hold and promised to orders.

Belongs here: reading and moving stock, and sales of other channels. Does not: the messages that report it; changes
other than shipments and receipts wait as adjustments for the next wave's 947. What is on hand at a 846 is therefore
always what the one before said, plus 944, minus 945, plus or minus 947 in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.gxo.profile import SITE, SYSTEM
from sandbox.store import Record, Store

WAITING = "gxo.waiting_adjustments"
SNAPSHOT = "gxo.last_snapshot"
COUNTED, DAMAGED, OTHER, HELD, UNHELD = "AA", "AU", "AH", "05", "55"


def seed_stock(store: Store, levels: Mapping[str, int]) -> None:
    """Set what is on hand of each SKU, known from now on; weekly receipts fill up to it.

    Before the first 846 that is the opening stock; afterwards the difference is reported as a count (947 AA).
    """
    has_snapshot = store.get_meta(SNAPSHOT) is not None
    with store.transaction():
        for sku, units in sorted(levels.items()):
            old = level(store, sku) or {"sku": sku, "site": SITE, "on_hand": 0, "on_hold": 0, "allocated": 0}
            if has_snapshot:
                adjust(store, COUNTED, sku, units - old["on_hand"], known=old)
            else:
                _put(store, {**old, "on_hand": units, "_full": units})


def consume(store: Store, sku: str, units: int) -> int:
    """Let another channel sell up to `units` of what is free; return how many went.

    They leave at once. The client hears of it by a 947 with reason AH (other) at the next wave, and by the next 846.
    """
    with store.transaction():
        known = level(store, sku)
        gone = min(units, available(known)) if known else 0
        if known and gone > 0:
            adjust(store, OTHER, sku, -gone, known=known)
    return max(gone, 0)


def adjust(store: Store, reason: str, sku: str, units: int, *, known: dict[str, Any]) -> None:
    """Change a SKU's stock by signed units and queue the line of a 947. Hold (05) and release (55) leave it on hand."""
    if not units:
        return
    body = dict(known)
    if reason in {HELD, UNHELD}:
        body["on_hold"] += units if reason == HELD else -units
    else:
        body["on_hand"] += units
        body.setdefault("_full", units)
    _put(store, body)
    store.set_meta(WAITING, [*store.get_meta(WAITING, []), {"reason": reason, "sku": sku, "units": units}])


def level(store: Store, sku: str) -> dict[str, Any] | None:
    """Return a SKU's stock, or None when the warehouse does not know it."""
    record = store.get(SYSTEM, "stock", sku)
    return None if record is None else record.body


def levels(store: Store) -> list[dict[str, Any]]:
    """Return the stock of all SKUs, by SKU."""
    return [record.body for record in store.select(SYSTEM, "stock")]


def available(body: Mapping[str, Any]) -> int:
    """Return how many units are neither on hold nor promised."""
    return int(body["on_hand"]) - int(body["on_hold"]) - int(body["allocated"])


def promise(store: Store, lines: Iterable[dict[str, Any]]) -> None:
    """Promise each line what is free, up to its quantity; changes the lines' `allocated` in place."""
    for line in lines:
        body = level(store, line["sku"])
        more = min(line["quantity"] - line["allocated"], available(body)) if body else 0
        if body and more > 0:
            line["allocated"] += more
            _put(store, {**body, "allocated": body["allocated"] + more})


def release(store: Store, lines: Iterable[dict[str, Any]]) -> None:
    """Give back what lines were promised; changes them in place."""
    for line in lines:
        body = level(store, line["sku"])
        if body and line["allocated"]:
            _put(store, {**body, "allocated": body["allocated"] - line["allocated"]})
            line["allocated"] = 0


def ship(store: Store, lines: Iterable[dict[str, Any]]) -> None:
    """Let what lines were promised leave the house; changes them in place."""
    for line in lines:
        body, units = level(store, line["sku"]), line["allocated"]
        line["shipped"], line["allocated"] = units, 0
        if body and units:
            _put(store, {**body, "on_hand": body["on_hand"] - units, "allocated": body["allocated"] - units})


def receive(store: Store, sku: str, units: int, *, damaged: int = 0) -> None:
    """Put received units on the shelf, `damaged` of them on hold for good; a SKU unknown so far is known then."""
    body = level(store, sku) or {"sku": sku, "site": SITE, "on_hand": 0, "on_hold": 0, "allocated": 0, "_full": units}
    changed = {**body, "on_hand": body["on_hand"] + units}
    if damaged:
        changed |= {"on_hold": body["on_hold"] + damaged, "_damaged": body.get("_damaged", 0) + damaged}
    _put(store, changed)


def _put(store: Store, body: dict[str, Any]) -> None:
    store.put(Record(SYSTEM, "stock", body["sku"], body))
