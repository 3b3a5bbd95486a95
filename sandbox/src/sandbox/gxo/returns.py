"""Goods that come back: units on the shelf or on hold, and the 944 that reports them (fact sheet gxo 9).

Belongs here: booking what was graded, and reporting it. Does not: grading, which the returns portal's hub does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.gxo import outbox, profile, stock
from sandbox.gxo.profile import SYSTEM
from sandbox.store import Record, Store

_WAITING, _NUMBER = "gxo.waiting_returns", "gxo.return_receipts"
_DAMAGED = "01"
_LONGEST_ORDER, _LONGEST_REFERENCE = 22, 30


def returned(store: Store, *, reference: str, units: Mapping[str, int], damaged: Mapping[str, int], now: int) -> str:
    """Book a return by SKU, sellable units and damaged ones; return the receipt's number. `now`: world time, epoch s.

    All are on hand at once; the damaged ones stay on hold. The next wave reports them by a 944 under `reference`.
    """
    lines: list[dict[str, Any]] = [
        {"sku": sku, "units": units.get(sku, 0) + damaged.get(sku, 0), "damaged": damaged.get(sku, 0)}
        for sku in sorted({*units, *damaged})
    ]
    with store.transaction():
        count = int(store.get_meta(_NUMBER, 0)) + 1
        store.set_meta(_NUMBER, count)
        number = f"RT{count:08d}"
        for line in lines:
            stock.receive(store, line["sku"], line["units"], damaged=line["damaged"])
        body = {"id": number, "received_at": now, "reference": reference, "lines": lines}
        store.put(Record(SYSTEM, "receipts", number, body, "", "", now, now))
        if lines:
            store.set_meta(_WAITING, [*store.get_meta(_WAITING, []), body])
    return number


def tell(store: Store, now: int) -> None:
    """Send a 944 of each return since the last wave, in one file."""
    waiting: list[dict[str, Any]] = store.get_meta(_WAITING, [])
    if waiting:
        store.set_meta(_WAITING, [])
        outbox.emit(store, "944", [_advice(body) for body in waiting], at=now)


def _advice(body: dict[str, Any]) -> list[list[object]]:
    reference, number = str(body["reference"]), str(body["id"])
    segments: list[list[object]] = [
        ["W17", "F", profile.date8(body["received_at"]), number, reference[:_LONGEST_ORDER], f"INB{number}"],
        ["N1", "WH", "", "92", profile.SITE],
        ["N9", "RZ", reference[:_LONGEST_REFERENCE]],
    ]
    for line in body["lines"]:
        segments.append(["W07", line["units"], "EA", "", "SK", line["sku"]])
        if line["damaged"]:
            segments.append(["W13", line["damaged"], "EA", _DAMAGED])
    return [*segments, ["W14", sum(line["units"] for line in body["lines"])]]
