"""The people in the warehouse, in waves every half hour of world time (fact sheet linnworks 7).

Belongs here: which orders are packed when, their labels and tracking numbers, weekly deliveries. Does not: the rules
of processing, which bind staff as well. Hours are those of the US east coast, without daylight saving time.
An order is packed one to eight working hours after it was saved; one in fourteen a day or two late. An order that
stock does not cover, or that is unpaid, parked, locked or on hold, waits.
"""

from __future__ import annotations

from sandbox.linnworks import order_life, orders, stock
from sandbox.linnworks.orders import Body
from sandbox.linnworks.profile import CLOSES, OPENS, RECEIPT_AT, RECEIPT_WEEKDAY, SYSTEM, UTC_OFFSET, seed
from sandbox.store import Store
from sandbox.world import days
from sandbox.world.draw import Draw

_UPS_PERMILLE = 350


def wave(store: Store, now: int) -> None:
    """Work up to an instant of world time (epoch seconds). A second wave of the same instant does nothing more."""
    with store.transaction():
        last = int(store.get_meta(stock.LAST_WAVE, now))
        store.set_meta(stock.LAST_WAVE, max(last, now))
        if _delivery_between(last, now):
            stock.receive(store, now)
        if not _is_open(now):
            return
        for body in orders.of_state(store, orders.OPEN):
            if packed_at(store, body) <= now and _ready(store, body):
                _ship(store, body, now)


def packed_at(store: Store, body: Body) -> int:
    """Return when staff get to an order, at the earliest (epoch seconds)."""
    draw = Draw(seed(store), "linnworks pack", body["NumOrderId"], body["GeneralInfo"].get("ReferenceNum"))
    ready = _after_work(_opening(int(body.get("_saved_at") or 0)), draw.between(60, 480) * 60)
    return days.business_days_after(ready + UTC_OFFSET, draw.weighted((930, 50, 20))) - UTC_OFFSET


def _ready(store: Store, body: Body) -> bool:
    general = body["GeneralInfo"]
    paid = general.get("Status") == orders.PAID and not general.get("HoldOrCancel")
    linked = bool(body.get("_held")) and not any(row.get("IsUnlinked") for row in body["Items"])
    return paid and linked and not order_life.blocked(body) and not order_life.short_of(store, body)


def _ship(store: Store, body: Body, now: int) -> None:
    shipping = dict(body["ShippingInfo"])
    if not shipping.get("TrackingNumber"):
        draw = Draw(seed(store), "linnworks tracking", body["NumOrderId"])
        ups = draw.happens(_UPS_PERMILLE)
        shipping["TrackingNumber"] = _number(draw, ups)
        if not shipping.get("Vendor"):
            shipping.update(_service(store, "UPS" if ups else "USPS"))
    printed = {"LabelPrinted": True, "InvoicePrinted": True, "PickListPrinted": True}
    changed = {**body, "ShippingInfo": shipping, "GeneralInfo": {**body["GeneralInfo"], **printed}}
    note = f"Label printed, tracking number {shipping['TrackingNumber']}"
    orders.put(store, orders.remember(changed, "Shipping label printed", note, at=now))
    order_life.process(store, body["OrderId"], at=now)


def _number(draw: Draw, ups: bool) -> str:
    if ups:
        return f"1Z999AA1{draw.below(10**10):010d}"
    return f"9400{draw.below(10**9):09d}{draw.below(10**9):09d}"


def _service(store: Store, vendor: str) -> dict[str, str]:
    found = [record.body for record in store.select(SYSTEM, "postal_services")]
    chosen = next((body for body in found if body["Vendor"] == vendor), None)
    if chosen is None:
        return {"Vendor": vendor}
    names = {"Vendor": "Vendor", "PostalServiceId": "pkPostalServiceId", "PostalServiceName": "PostalServiceName"}
    return {name: chosen[key] for name, key in names.items()}


def _after_work(instant: int, seconds: int) -> int:
    """Return when so much working time has passed since an instant within working hours."""
    left = CLOSES - (instant + UTC_OFFSET) % days.DAY
    if seconds < left:
        return instant + seconds
    return _opening(instant + left) + seconds - left


def _opening(instant: int) -> int:
    """Return the instant itself when staff work then, else when they begin next."""
    local = instant + UTC_OFFSET
    if not days.is_business_day(local) or local % days.DAY >= CLOSES:
        local = days.business_days_after(days.midnight(local) + days.DAY, 0) + OPENS
    return max(local, days.midnight(local) + OPENS) - UTC_OFFSET


def _is_open(instant: int) -> bool:
    return _opening(instant) == instant


def _delivery_between(since: int, now: int) -> bool:
    """Return whether the weekly delivery came in (since, now]."""
    local = now + UTC_OFFSET
    at = days.midnight(local) - (days.weekday(local) - RECEIPT_WEEKDAY) % 7 * days.DAY + RECEIPT_AT
    at -= 7 * days.DAY if at > local else 0
    return at - UTC_OFFSET > since
