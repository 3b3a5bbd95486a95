"""A shop whose stock and orders NetSuite is master of: its locations, items and kits, and what the world sees of it.

Belongs here: setting it up, other channels' sales, weekly deliveries, parcels that left. Does not: picking and
packing (warehouse). Items are numbered by the channel's SKU.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.netsuite import commitment, people, stock
from sandbox.netsuite.lookup import find_in, id_of_external
from sandbox.netsuite.schema import SYSTEM
from sandbox.netsuite.seed import reference
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import source_of
from sandbox.netsuite.values import amount_of, ref_id
from sandbox.netsuite.wire import wire_instant
from sandbox.store import Body, Record, Store
from sandbox.world.draw import Draw

MAIN, SPARE = "3", "4"
"""The location that ships, and one that is only drawn on by who maps it."""
LOCATIONS = ((MAIN, "Leeds DC", "LOC-3"), (SPARE, "Bristol Store Room", "LOC-4"))
CUSTOMER = ("503", "TikTok Shop UK Direct", "CUST-TTS-DIRECT")
FULL, SHOP = "netsuite.full_levels", "netsuite.shop"
_SPARE_SHARE = 10


def seed_shop(store: Store, levels: Mapping[str, int], kits: Mapping[str, Mapping[str, int]]) -> None:
    """Write the shop's locations, customer, items, kits and opening stock; new ones are added to those there are.

    `levels` is by SKU, in the main location; a tenth as much is in the other one. `kits` are members by SKU and number.
    """
    with store.transaction():
        for id, name, external_id in LOCATIONS:
            _put(store, "location", id, {"externalId": external_id, "name": name, "isInactive": False,
                                         "subsidiary": reference(1, "Northgate Retail Ltd")})  # fmt: skip
        id, name, external_id = CUSTOMER
        _put(store, "customer", id, {
            "externalId": external_id, "entityId": name, "companyName": name, "isPerson": False, "isInactive": False,
            "subsidiary": reference(1, "Northgate Retail Ltd"), "currency": reference(1, "British pound"),
        })  # fmt: skip
        for sku in sorted(levels):
            ensured(store, sku)
        for sku, parts in sorted(kits.items()):
            members = [{"item": {"id": ensured(store, part)}, "quantity": count} for part, count in parts.items()]
            if id_of_external(store, stock.KIT, sku) is None:
                kit = {"externalId": sku, "itemId": sku, "displayName": sku, "custitem_channel_sku": sku}
                people.create(store, stock.KIT, {**kit, "member": {"items": members}})
        full: dict[str, int] = {}
        for sku, units in levels.items():
            item = ensured(store, sku)
            full |= {f"{item}.{MAIN}": units, f"{item}.{SPARE}": units // _SPARE_SHARE}
        store.set_meta(FULL, full)
        _fill(store, full, "Opening stock")


def ensured(store: Store, sku: str) -> str:
    """Return the internal id of a SKU's item, made when there is none."""
    found = item_of(store, sku)
    if found:
        return found.id
    cost = Draw(_seed(store), "netsuite cost", sku).between(50, 900)
    made = people.create(store, "inventoryItem", {
        "externalId": sku, "itemId": sku, "displayName": sku, "custitem_channel_sku": sku, "cost": f"{cost / 100:.2f}",
    })  # fmt: skip
    return made.id


def item_of(store: Store, sku: str) -> Record | None:
    """Return the item or kit of a SKU, None when there is none."""
    for kind in stock.SHIPPABLE:
        if id := id_of_external(store, kind, sku):
            return store.get(SYSTEM, kind, id)
    return None


def consume(store: Store, sku: str, units: int) -> int:
    """Let another channel sell up to `units` of what the main location has available; return how many went."""
    with store.transaction():
        item = item_of(store, sku)
        parts = stock.parts_of(store, item.id) if item else []
        levels = [stock.level_of(store, stock.place_id(part, MAIN)).available // each for part, each in parts]
        gone = max(0, min([units, *(int(level) for level in levels)])) if parts else 0
        if gone:
            people.adjust(store, [(part, MAIN, -int(each) * gone) for part, each in parts], "Web shop sale")
    return gone


def receive(store: Store) -> None:
    """Take the week's delivery in: what is below half of its opening stock is filled up."""
    full = store.get_meta(FULL, {})
    low = {place: units for place, units in full.items() if _on_hand(store, place) * 2 < units}
    _fill(store, low, "Delivery")


def shipped(store: Store, since: int, until: int) -> Iterable[tuple[str, tuple[str, ...], int]]:
    """Return what left in [since, until): the channel's order id, tracking numbers, and when (epoch seconds)."""
    for record in store.select(SYSTEM, "itemFulfillment", updated=(since, None)):
        left_at = int(record.body.get("_shipped_at") or record.updated_at)
        if ref_id(record.body, "shipStatus") == "C" and since <= left_at < until:
            reference = record.body.get("_channel_order")
            order = source_of(store, record.body) if reference is None else None
            known = reference if order is None else channel_order(order.body)
            yield str(known or ""), tuple(commitment.tracking_numbers(record.body)), left_at


def short_units(store: Store, since: int, until: int) -> int:
    """Return how many ordered units were lacking when their order had waited for a day between two instants."""
    day = 86400
    waited = (each for each in commitment.waiting(store) if since <= each.created_at + day < until)
    lines = (line for each in waited for line in lines_of(each.body, "item"))
    return sum(int(amount_of(line.get("quantityBackOrdered"))) for line in lines)


def channel_order(body: Body) -> str:
    """Return the channel's id of a sales order: its reference number, or what its external id ends in."""
    given = str(body.get("otherRefNum") or body.get("custbody_channel_document") or "")
    return given or str(body.get("externalId") or "").rpartition("-")[2]


def label_number(body: Body) -> str:
    """Return the number of the label that the channel issued, which whoever entered an order wrote in its memo."""
    found = re.search(r"\blabel (\w{6,40})", str(body.get("memo") or ""))
    return found[1] if found else ""


def _fill(store: Store, levels: Mapping[str, int], memo: str) -> None:
    moves = [(*_split(place), units - _on_hand(store, place)) for place, units in sorted(levels.items())]
    moves = [move for move in moves if move[2] > 0 and find_in(store, "_item", move[0])]
    if moves:
        people.adjust(store, moves, memo)


def _on_hand(store: Store, place: str) -> int:
    return int(stock.level_of(store, stock.place_id(*_split(place))).on_hand)


def _split(place: str) -> tuple[str, str]:
    item, _, location = place.partition(".")
    return item, location


def _put(store: Store, kind: str, id: str, body: dict[str, Any]) -> None:
    if store.get(SYSTEM, kind, id, deleted=True) is None:
        stamp = wire_instant(store.now)
        body = {"id": id, **body, "createdDate": stamp, "lastModifiedDate": stamp}
        store.put(Record(SYSTEM, kind, id, body, created_at=store.now, updated_at=store.now))


def _seed(store: Store) -> int:
    return int((store.get_meta("world") or {}).get("seed", 1))


def is_goods(line: dict[str, Any]) -> bool:
    """Return whether an order's line is of goods and open."""
    is_open = line.get("_ships") is True and line.get("isClosed") is not True
    return is_open and isinstance(line.get("line"), int) and ref_id(line, "item") != ""
