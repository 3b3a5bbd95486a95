"""The shop floor: an order's way from promise to parcel, in the site's hours (fact sheet gxo 14).

Belongs here: received, allocated, picking, shipped or shorted, and the 945 that reports it. Does not: taking orders in.
Carriers collect at 14:30 and 17:30; a 945 leaves within the hour after. Some orders lie about for a day or two.
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo import cartons, outbox, profile, stock
from sandbox.gxo.intake import put_order
from sandbox.gxo.message_945 import advice
from sandbox.gxo.profile import SYSTEM
from sandbox.store import Record, Store
from sandbox.world import days
from sandbox.world.draw import Draw

REPORT_AFTER = 1800
_PACKING_SECONDS = 3600


def allocate(store: Store, now: int) -> None:
    """Promise stock to orders not yet picked, oldest first, and plan when new ones are picked."""
    for body in _standing(store, "received", "allocated"):
        before = [line["allocated"] for line in body["lines"]]
        stock.promise(store, body["lines"])
        if body["status"] == "received":
            put_order(store, {**body, "status": "allocated", "allocated_at": now, "_pick_at": _pick_at(store, body)})
        elif before != [line["allocated"] for line in body["lines"]]:
            put_order(store, body)


def pick(store: Store, now: int) -> None:
    """Begin to pick what is due; from here on nothing stops an order."""
    if not _is_open(now):
        return
    for body in _standing(store, "allocated"):
        if body["_pick_at"] <= now:
            put_order(store, {**body, "status": "picking", "picked_at": now})


def hand_over(store: Store, collected_at: int) -> None:
    """Give the carriers what is packed at a collection."""
    for body in _standing(store, "picking"):
        if body["picked_at"] + _PACKING_SECONDS <= collected_at:
            stock.ship(store, body["lines"])
            scac, packed = cartons.packed(store, body)
            status = "shipped" if packed else "shorted"
            put_order(store, {**body, "status": status, "shipped_at": collected_at})
            _put_shipment(store, body["order"], scac if packed else "", cartons=packed, at=collected_at)


def confirm_cancelled(store: Store, now: int) -> None:
    """Make a shipment of nothing for each order cancelled since, so that a 945 reports it."""
    for body in _standing(store, "cancelled"):
        if store.get(SYSTEM, "shipments", _shipment_id(store, body["order"])) is None:
            _put_shipment(store, body["order"], "", cartons=[], at=now, cancelled=True)


def report(store: Store, now: int) -> None:
    """Send the 945s that are due, in one file."""
    due = [
        record
        for record in store.select(SYSTEM, "shipments", parent="open")
        if record.body["cancelled"] or record.body["shipped_at"] + REPORT_AFTER <= now
    ]
    bodies = []
    for record in sorted(due, key=lambda record: (record.created_at, record.body["order"])):
        order = store.get(SYSTEM, "orders", record.body["order"])
        if order is not None:
            bodies.append(advice(order.body, record.body))
        body = {**record.body, "state": "reported", "reported_at": now}
        store.put(Record(SYSTEM, "shipments", record.id, body, "", "reported", record.created_at, now))
    if bodies:
        outbox.emit(store, "945", bodies, at=now)


def next_opening(instant: int) -> int:
    """Return the instant itself when the site works then, else when it opens next."""
    if not days.is_business_day(instant) or instant % days.DAY >= profile.CLOSES * days.HOUR:
        instant = days.midnight(instant) + days.DAY
        return days.business_days_after(instant, 0) + profile.OPENS * days.HOUR
    return max(instant, days.midnight(instant) + profile.OPENS * days.HOUR)


def _is_open(instant: int) -> bool:
    return next_opening(instant) == instant


def _pick_at(store: Store, body: dict[str, Any]) -> int:
    draw = Draw(profile.seed(store), "gxo pick", body["order"])
    ready = next_opening(body["received_at"] + draw.between(30, 240) * 60)
    late = draw.weighted((930, 50, 20))
    return days.business_days_after(ready, late)


def _standing(store: Store, *statuses: str) -> list[dict[str, Any]]:
    found = [record for status in statuses for record in store.select(SYSTEM, "orders", parent=status)]
    return [record.body for record in sorted(found, key=lambda record: (record.created_at, record.id))]


def _put_shipment(
    store: Store, order: str, scac: str, *, cartons: list[dict[str, Any]], at: int, cancelled: bool = False
) -> None:
    id = _shipment_id(store, order)
    body = {"id": id, "order": order, "scac": scac, "cartons": cartons, "shipped_at": at, "state": "open"}
    store.put(Record(SYSTEM, "shipments", id, {**body, "cancelled": cancelled}, "", "open", at, at))


def _shipment_id(store: Store, order: str) -> str:
    return f"NTH{Draw(profile.seed(store), 'gxo shipment', order).below(10**12):012d}"
