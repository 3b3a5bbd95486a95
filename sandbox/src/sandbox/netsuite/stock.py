"""How much of an item is at a location: on hand, promised to orders, and lacked by orders.

Belongs here: one record per stocked item and location, and its arithmetic. Does not: which order gets what
(commitment). Fact sheet netsuite 7: available = on hand - committed; kits have no stock of their own. Quantities are
Decimal, stored as text of exact digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.schema import SYSTEM, TYPES
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.values import amount_of, ref_id
from sandbox.netsuite.wire import plain, wire_instant
from sandbox.store import Body, Record, Store

KIND = "itemLocation"
STOCKED = ("inventoryItem", "assemblyItem")
KIT = "kitItem"
SHIPPABLE = (*STOCKED, KIT)
_PLACES = 1000
Amounts = dict[str, Decimal]
"""Quantities by the id of the record of an item at a location."""


@dataclass(frozen=True)
class Level:
    """What is known of an item at a location."""

    on_hand: Decimal
    committed: Decimal
    back_ordered: Decimal

    @property
    def available(self) -> Decimal:
        """What can still be promised; never below zero."""
        return max(self.on_hand - self.committed, Decimal(0))


def place_id(item: str, location: str) -> str:
    """Return the id of the record of an item at a location, "" when either is missing."""
    if not (item.isdigit() and location.isdigit()):
        return ""
    return str(int(item) * _PLACES + int(location) % _PLACES)


def level_of(store: Store, place: str) -> Level:
    """Return the level of an item at a location; zeros when nothing is recorded."""
    record = store.get(SYSTEM, KIND, place)
    names = ("quantityOnHand", "quantityCommitted", "quantityBackOrdered")
    return Level(*(amount_of(record.body.get(name) if record else None) for name in names))


def change(
    store: Store, *, on_hand: Amounts | None = None, committed: Amounts | None = None,
    back_ordered: Amounts | None = None,
) -> None:  # fmt: skip
    """Add to the quantities of items at locations; amounts may be negative."""
    changes = [amounts or {} for amounts in (on_hand, committed, back_ordered)]
    for place in sorted({place for amounts in changes for place in amounts if place}):
        deltas = [amounts.get(place, Decimal(0)) for amounts in changes]
        if any(deltas):
            _write(store, place, *deltas)


def parts_of(store: Store, item: str) -> list[tuple[str, Decimal]]:
    """Return what one unit of an item takes out of stock: itself, a kit's members, or nothing. Quantities a unit."""
    found = find_in(store, "_item", item)
    if found is None or found.kind not in SHIPPABLE:
        return []
    return members_of(found.body) if found.kind == KIT else [(item, Decimal(1))]


def members_of(body: Body) -> list[tuple[str, Decimal]]:
    """Return the members of a kit or an assembly: item id and quantity in one of it."""
    members = ((ref_id(line, "item"), amount_of(line.get("quantity", 1))) for line in lines_of(body, "member"))
    return [(item, quantity) for item, quantity in members if item and quantity > 0]


def kept_parts(line: dict[str, Any]) -> list[tuple[str, Decimal]]:
    """Return what one unit of an order's line takes out of stock, as the line keeps it."""
    kept = line.get("_parts")
    pairs = [pair for pair in kept if isinstance(pair, list) and len(pair) == 2] if isinstance(kept, list) else []
    return [(str(item), amount_of(quantity)) for item, quantity in pairs if amount_of(quantity) > 0]


def moves_of_line(store: Store, item: str, location: str, quantity: Decimal) -> dict[str, str]:
    """Return what so many units of an item are at a location, as a document's line keeps it: quantities by place."""
    moves: Amounts = {}
    for part, each in parts_of(store, item):
        if place := place_id(part, location):
            moves[place] = moves.get(place, Decimal(0)) + each * quantity
    return {place: plain(amount) for place, amount in moves.items()}


def moves_of(body: Body, sublist: str = "item") -> Amounts:
    """Return what all lines of a document move."""
    moved: Amounts = {}
    for line in lines_of(body, sublist):
        kept = line.get("_moves")
        for place, amount in kept.items() if isinstance(kept, dict) else ():
            moved[place] = moved.get(place, Decimal(0)) + amount_of(amount)
    return moved


def difference(new: Amounts, old: Amounts) -> Amounts:
    """Return the new amounts less the old ones."""
    return {place: new.get(place, Decimal(0)) - old.get(place, Decimal(0)) for place in {*new, *old}}


def open_places(store: Store, item: Record) -> None:
    """Write a row of zeros for a stocked item at each location, so that it can be seen to be out of stock."""
    if item.kind in STOCKED:
        for location in store.select(SYSTEM, "location"):
            if place := place_id(item.id, location.id):
                _write(store, place, *[Decimal(0)] * 3)


def with_locations(store: Store, record: Record) -> Record:
    """Return a stocked item's record with its quantities by location, as the record service shows them."""
    if record.kind not in STOCKED:
        return record
    lines = [_shown(store, row.body) for row in store.select(SYSTEM, KIND, parent=record.id)]
    body = {**record.body, "locations": {"items": lines}}
    return Record(record.system, record.kind, record.id, body, record.shop, record.parent)


def _shown(store: Store, body: Body) -> dict[str, Any]:
    location = store.get(SYSTEM, "location", ref_id(body, "location"))
    names = ("quantityOnHand", "quantityCommitted", "quantityBackOrdered")
    held = {name: plain(amount_of(body.get(name))) for name in names}
    level = Level(*(amount_of(body.get(name)) for name in names))
    return {
        "locationId": int(ref_id(body, "location") or 0),
        "location_display": TYPES["location"].title(location.body) if location else "",
        **held, "quantityAvailable": plain(level.available),
    }  # fmt: skip


def _write(store: Store, place: str, on_hand: Decimal, committed: Decimal, back_ordered: Decimal) -> None:
    record = store.get(SYSTEM, KIND, place)
    item, location = str(int(place) // _PLACES), str(int(place) % _PLACES)
    body: Body = {"id": place, "item": {"id": item}, "location": {"id": location}, "quantityOnOrder": "0"}
    created, changed = store.now, on_hand - committed != 0
    if record:
        body, created = record.body, record.created_at
    deltas = {"quantityOnHand": on_hand, "quantityCommitted": committed, "quantityBackOrdered": back_ordered}
    sums = {name: amount_of(body.get(name)) + delta for name, delta in deltas.items()}
    # An order doubled by hand gives back what was promised once only: promises do not fall below none.
    counted = {name: plain(sum_ if name == "quantityOnHand" else max(sum_, Decimal(0))) for name, sum_ in sums.items()}
    stamp = wire_instant(store.now)
    body = {"lastQuantityAvailableChange": stamp, **body, **counted, "lastModifiedDate": stamp}
    if changed:
        body["lastQuantityAvailableChange"] = stamp
    store.put(Record(SYSTEM, KIND, place, body, "", item, created, store.now))
