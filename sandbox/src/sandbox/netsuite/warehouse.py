"""The people in the warehouse of the shop whose master NetSuite is, in waves every half hour of world time.

Belongs here: which orders are approved, picked, packed and shipped when, and what goes wrong. Does not: the rules of
records, which bind staff as well (people). An order is picked one to six working hours after it was committed, one in
fourteen a day or two late; packed and shipped within the next hours. What goes wrong is in the truth, origin `trade`.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from sandbox.netsuite import commitment, fulfilments, people, stock, trading
from sandbox.netsuite.errors import WireError
from sandbox.netsuite.schema import SYSTEM
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import source_of
from sandbox.netsuite.values import amount_of, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Record, Store
from sandbox.world import days
from sandbox.world.draw import Draw
from sandbox.world.truth import remember, truth

WAVE_SECONDS = 1800
OPENS, CLOSES = 8 * 3600, 18 * 3600
RECEIPT_WEEKDAY, RECEIPT_AT = 2, 7 * 3600 + 1800
LAST_WAVE, IN_PROGRESS = "netsuite.last_wave", "netsuite.in_progress"
CLOSED_PERMILLE, SHORT_PERMILLE, PARTIAL_PERMILLE, NO_NUMBER_PERMILLE = 5, 8, 30, 6
GIVEN_UP_AFTER, GIVEN_UP_PERMILLE = 4 * days.DAY, 300
_UNITS_PER_PACKAGE = 6
_METHODS = (("901", "Royal Mail Tracked 48", "RM"), ("902", "DPD Next Day", ""), ("903", "Evri Standard", "H0"))
"""Ship methods, and what their carriers' numbers begin with."""


def wave(store: Store, now: int) -> None:
    """Work up to an instant of world time (epoch seconds). A second wave of the same instant does nothing more."""
    with store.transaction():
        last = int(store.get_meta(LAST_WAVE, now))
        store.set_meta(LAST_WAVE, max(last, now))
        if _delivery_between(last, now):
            trading.receive(store)
        if not _is_open(now):
            return
        _go_on(store, now)
        for order in commitment.waiting(store):
            with suppress(WireError):  # what somebody changed by hand so that it cannot be saved waits for him
                _begin(store, order, now)


def _begin(store: Store, order: Record, now: int) -> None:
    """Approve, pick, or close an order that waits, when its time has come."""
    approved = ref_id(order.body, "orderStatus") == "B"
    if approved and any(_is_edited(line) for line in lines_of(order.body, "item")):
        order = people.change(store, order, {})  # somebody changed it past the record service: it is saved once more
    draw = _draw(store, "life", order)
    closes, at = draw.happens(CLOSED_PERMILLE), draw.between(5, 55) * 60
    if not approved:
        if ref_id(order.body, "orderStatus") == "A" and _after_work(order.created_at, draw.between(10, 90) * 60) <= now:
            people.change(store, order, {"orderStatus": {"id": "B"}})
        return
    untouched = not any(amount_of(line.get("quantityPicked")) for line in lines_of(order.body, "item"))
    if closes and untouched and _after_work(order.created_at, at) <= now:
        _close(store, order, [line for line in lines_of(order.body, "item") if not line.get("isClosed")], "CAN-06", now)
        return
    _note_what_is_missing(store, order, now)
    if pickable(order.body) and picked_at(store, order) <= now and not _is_shut(store, order):
        _pick(store, order, now)


def pickable(order: Body) -> dict[int, Decimal]:
    """Return by line number what of an order is committed and not yet picked; nothing when it may not go in parts."""
    goods = [line for line in lines_of(order, "item") if trading.is_goods(line)]
    if order.get("shipComplete") is True and any(amount_of(line.get("quantityBackOrdered")) for line in goods):
        return {}
    left = {line["line"]: amount_of(line.get("quantityCommitted")) - amount_of(line.get("quantityPicked"))
            + amount_of(line.get("quantityFulfilled")) for line in goods}  # fmt: skip
    return {number: quantity for number, quantity in left.items() if quantity > 0}


def picked_at(store: Store, order: Record) -> int:
    """Return when staff get to an order's next fulfilment, at the earliest (epoch seconds)."""
    parts = sorted(amount_of(line.get("quantityPicked")) for line in lines_of(order.body, "item"))
    draw = _draw(store, "pick", order, *parts)
    since = order.updated_at if any(parts) else order.created_at
    ready = _after_work(_opening(since), draw.between(60, 360) * 60)
    return days.business_days_after(ready, draw.weighted((930, 50, 20)))


def _pick(store: Store, order: Record, now: int) -> None:
    draw = _draw(store, "picks", order)
    quantities = pickable(order.body)
    first_time = not any(amount_of(line.get("quantityPicked")) for line in lines_of(order.body, "item"))
    if first_time and draw.happens(SHORT_PERMILLE) and _found_short(store, order, draw, now):
        return
    if first_time and draw.happens(PARTIAL_PERMILLE) and sum(quantities.values()) > 1:
        last = max(quantities)
        quantities[last] -= 1
        _remember(store, "FUL-10", order, now, line=last)
    lines = [
        {"orderLine": number, "quantity": plain(quantity)} if quantity else {"orderLine": number, "itemReceive": False}
        for number, quantity in quantities.items()
    ]
    try:
        made = people.fulfil(store, order, {"shipStatus": {"id": "A"}, "item": {"items": lines}})
    except WireError:
        # Somebody changed stock or order by hand, so that it does not go: the order waits for the next wave.
        commitment.settle(store, order.id)
        return
    step = now + draw.between(1, 3) * WAVE_SECONDS
    store.set_meta(IN_PROGRESS, [*store.get_meta(IN_PROGRESS, []), [made.id, step]])


def _go_on(store: Store, now: int) -> None:
    """Pack what was picked, ship what was packed, and drop what is no longer wanted."""
    left = []
    for id, due in store.get_meta(IN_PROGRESS, []):
        record = store.get(SYSTEM, fulfilments.KIND, id)
        if record is None:
            continue
        step = due if due > now else _next_step(store, record, now)
        if step:
            left.append([id, step])
    store.set_meta(IN_PROGRESS, left)


def _next_step(store: Store, record: Record, now: int) -> int:
    """Bring a fulfilment one step on; return when the next is due, 0 when there is none."""
    order, draw = source_of(store, record.body), Draw(_seed(store), "netsuite step", record.id)
    picked = ref_id(record.body, "shipStatus") == "A"
    try:
        if picked and (order is None or _is_closed(order.body, record.body)):
            people.remove(store, record)
            return 0
        if picked:
            people.change(store, record, {"shipStatus": {"id": "B"}})
            return now + draw.between(1, 4) * WAVE_SECONDS
        if ref_id(record.body, "shipStatus") == "B":
            return _ship(store, record, draw, now)
        if not commitment.tracking_numbers(record.body):
            method = next((each for each in _METHODS if each[0] == ref_id(record.body, "shipMethod")), _METHODS[0])
            people.change(store, record, {"package": {"items": _labelled(record, order, draw, method[2])}})
    except WireError:
        return now + days.DAY  # changed by hand, or a period was closed: somebody looks at it tomorrow
    return 0


def _ship(store: Store, record: Record, draw: Draw, now: int) -> int:
    missing = draw.happens(NO_NUMBER_PERMILLE)
    method = _METHODS[draw.below(len(_METHODS))]
    order = source_of(store, record.body)
    packages = [] if missing else _labelled(record, order, draw, method[2])
    changed = people.change(store, record, {
        "shipStatus": {"id": "C"}, "shipMethod": {"id": method[0], "refName": method[1]},
        **({"package": {"items": packages}} if packages else {}),
    })  # fmt: skip
    reference = trading.channel_order(order.body) if order else ""
    store.put(store.indexed(changed, {**changed.body, "_shipped_at": now, "_channel_order": reference}))
    if missing and order is not None:
        _remember(store, "FUL-03", order, now, fulfilment=record.id)
    return now + days.DAY if missing else 0


def _labelled(record: Record, order: Record | None, draw: Draw, begins: str) -> list[dict[str, Any]]:
    """Return the packages with their carrier's numbers; an order that came with a label goes in one, under that."""
    packages = _packages(record, draw, begins)
    if order and (label := trading.label_number(order.body)):
        return [{**packages[0], "packageTrackingNumber": label, "packageDescr": "Box 1 of 1"}]
    return packages


def _packages(record: Record, draw: Draw, begins: str) -> list[dict[str, Any]]:
    units = sum(amount_of(line.get("quantity")) for line in lines_of(record.body, "item") if "kitMemberOf" not in line)
    count = max(1, -(-int(units) // _UNITS_PER_PACKAGE))
    return [
        {"packageTrackingNumber": f"{begins}{draw.below(10**14):014d}", "packageDescr": f"Box {place} of {count}",
         "packageWeight": f"{draw.between(5, 80) / 10:.1f}"}
        for place in range(1, count + 1)
    ]  # fmt: skip


def _found_short(store: Store, order: Record, draw: Draw, now: int) -> bool:
    """Let a picker find one unit fewer than is recorded; the order waits for what it then lacks."""
    lines = [line for line in lines_of(order.body, "item") if line.get("_held")]
    if not lines:
        return False
    line = draw.pick(lines)
    place = draw.pick(sorted(line["_held"]))
    held = store.get(SYSTEM, stock.KIND, place)
    if held is None:
        return False
    item, location = ref_id(held.body, "item"), ref_id(held.body, "location")
    level = stock.level_of(store, place)
    if level.on_hand < 1 or level.available >= 1:
        return False  # another one is taken
    people.adjust(store, [(item, location, -1)], "Pick short")
    commitment.settle(store, order.id)
    _remember(store, "INV-02", order, now, item=item, location=location, line=line.get("line"))
    return True


def _note_what_is_missing(store: Store, order: Record, now: int) -> None:
    """Remember once that an order lacks goods; after days some of its lines are given up by a person."""
    lacking = [line for line in lines_of(order.body, "item") if trading.is_goods(line)
               and amount_of(line.get("quantityBackOrdered")) > 0]  # fmt: skip
    if not lacking:
        return
    if not order.body.get("_missed"):
        _remember(store, "INV-02", order, now, lines=[line.get("line") for line in lacking])
        store.put(store.indexed(order, {**order.body, "_missed": now}))
    elif now - int(order.body["_missed"]) > GIVEN_UP_AFTER and not order.body.get("_given_up"):
        given_up = _draw(store, "gives up", order).happens(GIVEN_UP_PERMILLE)
        store.put(store.indexed(order, {**order.body, "_given_up": now}))
        known = store.get(SYSTEM, order.kind, order.id)
        if given_up and known:
            whole = len(lacking) == len([line for line in lines_of(order.body, "item") if trading.is_goods(line)])
            _close(store, known, lacking, "CAN-06" if whole else "CAN-07", now)


def _close(store: Store, order: Record, lines: list[dict[str, Any]], code: str, now: int) -> None:
    people.close_lines(store, order, [line["line"] for line in lines])
    _remember(store, code, order, now, lines=[line.get("line") for line in lines])


def _is_shut(store: Store, order: Record) -> bool:
    """Return whether the location that an order ships from is closed."""
    location = store.get(SYSTEM, "location", ref_id(order.body, "location"))
    return location is not None and location.body.get("isInactive") is True


def _is_edited(line: dict[str, Any]) -> bool:
    names = ("quantityCommitted", "quantityBackOrdered", "quantityFulfilled")
    known = sum((amount_of(line.get(name)) for name in names), Decimal(0))
    return trading.is_goods(line) and known != amount_of(line.get("quantity"))


def _is_closed(order: Body, fulfilment: Body) -> bool:
    closed = {line.get("line") for line in lines_of(order, "item") if line.get("isClosed") is True}
    numbers = {line.get("orderLine") for line in lines_of(fulfilment, "item") if "orderLine" in line}
    return bool(numbers) and numbers <= closed


def _remember(store: Store, code: str, order: Record, now: int, **detail: object) -> None:
    about, record = ("order", trading.channel_order(order.body)), (SYSTEM, order.kind, order.id)
    entry = truth(code, record, about, shop_id=str(store.get_meta(trading.SHOP, "")), **detail)
    remember(store, [entry], origin="trade", at=now)


def _draw(store: Store, what: str, order: Record, *more: object) -> Draw:
    return Draw(_seed(store), "netsuite", what, trading.channel_order(order.body) or order.id, *more)


def _seed(store: Store) -> int:
    return int((store.get_meta("world") or {}).get("seed", 1))


def _after_work(instant: int, seconds: int) -> int:
    """Return when so much working time has passed since an instant."""
    start = _opening(instant)
    left = CLOSES - start % days.DAY
    return start + seconds if seconds < left else _after_work(start + left, seconds - left)


def _opening(instant: int) -> int:
    """Return the instant itself when staff work then, else when they begin next."""
    if not days.is_business_day(instant) or instant % days.DAY >= CLOSES:
        return days.business_days_after(days.midnight(instant) + days.DAY, 0) + OPENS
    return max(instant, days.midnight(instant) + OPENS)


def _is_open(instant: int) -> bool:
    return _opening(instant) == instant


def _delivery_between(since: int, now: int) -> bool:
    """Return whether the weekly delivery came in (since, now]."""
    at = days.midnight(now) - (days.weekday(now) - RECEIPT_WEEKDAY) % 7 * days.DAY + RECEIPT_AT
    return since < (at if at <= now else at - 7 * days.DAY)
