"""What the site reports of its stock: adjustments (947), receipts (944) and the snapshot (846), fact sheet gxo 7 to 9.

Belongs here: when they come, what they hold and how they are written. Does not: the stock itself.
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo import file_faults, outbox, profile, stock
from sandbox.gxo.profile import SYSTEM
from sandbox.store import Record, Store
from sandbox.world import days
from sandbox.world.draw import Draw

Segments = list[list[object]]
_SITE: list[object] = ["N1", "WH", "", "92", profile.SITE]
_COUNT_PERMILLE = 300


def count(store: Store, at: int) -> None:
    """Now and then find a SKU miscounted, damaged, to be put on hold or taken off it."""
    draw = Draw(profile.seed(store), "gxo count", at)
    if not days.is_business_day(at) or not draw.happens(_COUNT_PERMILLE):
        return
    known = stock.levels(store)
    if not known:
        return
    body, free = draw.pick(known), 0
    free, some = stock.available(body), draw.between(1, 3)
    reason = (stock.COUNTED, stock.DAMAGED, stock.HELD)[draw.weighted((4, 4, 2))]
    on_hold = int(body["on_hold"]) - int(body.get("_damaged", 0))
    if on_hold > 0:
        stock.adjust(store, stock.UNHELD, body["sku"], on_hold, known=body)
    elif reason == stock.COUNTED and draw.happens(400):
        stock.adjust(store, reason, body["sku"], some, known=body)
    elif free > 0:
        units = min(some, free)
        stock.adjust(store, reason, body["sku"], units if reason == stock.HELD else -units, known=body)


def tell_adjustments(store: Store, now: int) -> None:
    """Send one 947 with all changes since the last; every line is kept as an adjustment."""
    waiting: list[dict[str, Any]] = store.get_meta(stock.WAITING, [])
    if not waiting:
        return
    store.set_meta(stock.WAITING, [])
    number = f"ADJ{profile.stamp(now)}"
    lines: Segments = []
    for at, each in enumerate(waiting, 1):
        lines.append(["W19", each["reason"], each["units"], "EA", "", "SK", each["sku"]])
        body = {"id": f"{number}-{at}", "number": number, **each, "at": now}
        store.put(Record(SYSTEM, "adjustments", body["id"], body, "", number, now, now))
    outbox.emit(store, "947", [[["W15", profile.date8(now), number], _SITE, *lines]], at=now)


def receive_weekly(store: Store, at: int, now: int) -> None:
    """Take in what fills up the SKUs that have fallen below half of their opening stock."""
    if days.weekday(at) != profile.RECEIPT_WEEKDAY:
        return
    units = {
        body["sku"]: body["_full"] - body["on_hand"]
        for body in stock.levels(store)
        if body.get("_full", 0) > 0 and body["on_hand"] * 2 < body["_full"]
    }
    if units:
        receive(store, units, now)


def receive(store: Store, units: dict[str, int], now: int) -> str:
    """Put units per SKU on the shelf and report it by a 944; return the receipt's number."""
    number = f"R{profile.stamp(now)[2:12]}"
    lines: Segments = []
    for sku, quantity in sorted(units.items()):
        stock.receive(store, sku, quantity)
        lines.append(["W07", quantity, "EA", "", "SK", sku])
    total = sum(units.values())
    body = {"id": number, "received_at": now, "lines": [{"sku": sku, "units": n} for sku, n in sorted(units.items())]}
    store.put(Record(SYSTEM, "receipts", number, body, "", "", now, now))
    head: Segments = [["W17", "F", profile.date8(now), number, f"PO{number[1:7]}", f"INB{number[1:]}"], _SITE]
    outbox.emit(store, "944", [[*head, *lines, ["W14", total]]], at=now)
    return number


def tell_stock(store: Store, now: int) -> None:
    """Send the 846: every SKU with what is on hand, free and on hold; several sets when there are too many."""
    known = stock.levels(store)
    if not known:
        return
    store.set_meta(stock.SNAPSHOT, now)
    if file_faults.struck(store, {"halved_846"}, "emit /out/846"):
        known = known[: len(known) // 2]
    head: list[object] = ["BIA", "00", "SI", f"INV{profile.stamp(now)}", profile.date8(now), profile.time4(now)]
    room = max(1, int(profile.limits(store)["lin_per_set"]))
    bodies: list[Segments] = []
    for start in range(0, len(known), room):
        part = known[start : start + room]
        lines = [segment for body in part for segment in _level(body)]
        bodies.append([head, _SITE, *lines, ["CTT", len(part)]])
    outbox.emit(store, "846", bodies, at=now)


def _level(body: dict[str, Any]) -> Segments:
    return [
        ["LIN", "", "SK", body["sku"]],
        ["QTY", "17", body["on_hand"], "EA"],
        ["QTY", "33", max(stock.available(body), 0), "EA"],
        ["QTY", "QH", body["on_hold"], "EA"],
    ]
