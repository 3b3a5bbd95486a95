"""How much there is: physical levels, what orders hold of them, and the history of every change.

Belongs here: the arithmetic of stock. Does not: calls, or when an order reserves.
Fact sheet linnworks 7, 8: Available = StockLevel - InOrders; an untracked bundle (MinimumLevel -1) has no stock of
its own, its availability is the least that its components allow, and orders hold components only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.linnworks import items
from sandbox.linnworks.profile import DEFAULT_LOCATION, SYSTEM, exact, guid, iso, money, next_number
from sandbox.store import Record, Store

Body = dict[str, Any]
UNTRACKED = -1
LAST_WAVE = "linnworks.last_wave"
Holding = dict[str, Any]
"""Units of one item held by an order: {"item", "units"}."""


def seed_stock(store: Store, levels: Mapping[str, int]) -> None:
    """Set the physical units of each SKU in the Default location; new SKUs are added and listed on the channel.

    Weekly receipts fill up to this number from now on.
    """
    with store.transaction():
        for sku, units in sorted(levels.items()):
            item = items.ensured(store, sku)
            change(store, item, DEFAULT_LOCATION, to=units, note="Opening stock")
            body = _kept(store, item, DEFAULT_LOCATION)
            _put(store, {**body, "_full": units})


def seed_composites(store: Store, composites: Mapping[str, Mapping[str, int]]) -> None:
    """Make each SKU an untracked bundle of component SKUs and units; missing ones are added without stock."""
    with store.transaction():
        for sku, parts in sorted(composites.items()):
            parent = items.ensured(store, sku)
            items.compose(store, parent, parts)
            _put(store, {**_kept(store, parent, DEFAULT_LOCATION), "MinimumLevel": UNTRACKED})


def consume(store: Store, sku: str, units: int, at: int | None = None) -> int:
    """Let another channel sell up to `units` of what is available of a SKU (a bundle: of its components).

    Returns how many went; they leave the stock at once, as an order of that channel processed on the spot would.
    `at` is the instant of the sale (epoch seconds); without one it is that of the last wave.
    """
    now = int(store.get_meta(LAST_WAVE, store.now)) if at is None else at
    with store.transaction():
        item = items.by_sku(store, sku)
        gone = max(0, min(units, available(store, item["StockItemId"], DEFAULT_LOCATION))) if item else 0
        if item and gone:
            for held in holdings(store, item["StockItemId"], gone, DEFAULT_LOCATION):
                part = items.by_id(store, held["item"])
                if part:
                    change(store, part, DEFAULT_LOCATION, by=-held["units"], note="Web shop order processed", at=now)
    return gone


def level(store: Store, item: Body, location: str) -> Body:
    """Return the level of an item in a location as the wire shows it."""
    body = _kept(store, item, location)
    place = items.location(store, location) or items.location_body(location, "", 0)
    names = ("StockLocationId", "StockLocationIntId", "LocationName", "LocationTag", "IsFulfillmentCenter")
    where = {name: place.get(name) for name in (*names, "IsWarehouseManaged")}
    shown = {key: value for key, value in body.items() if not key.startswith("_")}
    if _is_virtual(store, body):
        shown.update(StockLevel=available(store, item["StockItemId"], location), InOrderBook=0)
    on_hand, held = whole(shown.get("StockLevel")), whole(shown.get("InOrderBook"))
    value = money(exact(shown["UnitCost"]) * on_hand)
    worked = {"StockValue": value, "InOrders": held, "Available": on_hand - held}
    return {"Location": {**where, "BinRack": body.get("_binrack", "")}, **shown, **worked}


def levels(store: Store, item: Body) -> list[Body]:
    """Return the levels of an item, one for each location."""
    return [level(store, item, place["StockLocationId"]) for place in items.locations(store)]


def available(store: Store, item: str, location: str) -> int:
    """Return what can still be promised of an item in a location; it may be negative."""
    known = items.by_id(store, item)
    if known is None:
        return 0
    body = _kept(store, known, location)
    if _is_virtual(store, body):
        parts = items.components(store, item)
        each: list[int] = [
            available(store, part["LinkedStockItemId"], location) // max(1, whole(part["Quantity"])) for part in parts
        ]
        return min(each)
    return whole(body.get("StockLevel")) - whole(body.get("InOrderBook"))


def is_composite(store: Store, item: str) -> bool:
    """Return whether an item is a bundle."""
    return bool(items.components(store, item))


def holdings(store: Store, item: str, units: int, location: str) -> list[Holding]:
    """Return what an order of so many units holds: the item, or an untracked bundle's components."""
    known = items.by_id(store, item)
    if known is None:
        return []
    if _is_virtual(store, _kept(store, known, location)):
        parts = items.components(store, item)
        return [{"item": part["LinkedStockItemId"], "units": whole(part["Quantity"]) * units} for part in parts]
    return [{"item": item, "units": units}]


def hold(store: Store, held: Iterable[Holding], location: str, *, sign: int = 1) -> None:
    """Reserve for an order, or with `sign` -1 give back."""
    for each in held:
        item = items.by_id(store, each["item"])
        if item:
            body = _kept(store, item, location)
            _put(store, {**body, "InOrderBook": whole(body["InOrderBook"]) + sign * each["units"]})


def change(
    store: Store, item: Body, location: str, *, note: str, to: int | None = None, by: int = 0, at: int | None = None
) -> None:
    """Set the physical level of an item to a number, or change it by one, and write it down in its history."""
    instant = store.now if at is None else at
    body = _kept(store, item, location)
    before = whole(body["StockLevel"])
    after = before + by if to is None else to
    stamp = {"LastUpdateDate": iso(instant), "LastUpdateOperation": note}
    _put(store, {**body, "StockLevel": after, **stamp})
    if after != before:
        cost = exact(body["UnitCost"])
        row = {
            "StockItemId": item["StockItemId"], "Date": iso(instant), "Level": after, "StockValue": money(cost * after),
            "Note": note, "ChangeQty": after - before, "ChangeValue": money(cost * (after - before)),
        }  # fmt: skip
        id = f"{next_number(store, 'stock_changes'):010d}"
        parent = f"{item['StockItemId']}.{location}"
        store.put(Record(SYSTEM, "stock_changes", id, {"id": id, "_of": parent, **row}, "", parent, instant, instant))


def amend(store: Store, item: Body, location: str, changes: Mapping[str, Any]) -> None:
    """Change other fields of a level (MinimumLevel, UnitCost, the private `_binrack`)."""
    _put(store, {**_kept(store, item, location), **changes})


def history(store: Store, item: str, location: str) -> list[Record]:
    """Return the changes of an item in a location, the last first."""
    return store.select(SYSTEM, "stock_changes", parent=f"{item}.{location}", descending=True)


def receive(store: Store, now: int) -> None:
    """Take a delivery in: every SKU below half of what it was seeded with is filled up."""
    for record in store.select(SYSTEM, "stock_levels"):
        full, on_hand = whole(record.body.get("_full")), whole(record.body["StockLevel"])
        item = items.by_id(store, str(record.body["StockItemId"]))
        if item and on_hand * 2 < full:
            change(store, item, record.body["_location"], to=full, note="Delivery booked in", at=now)


def whole(value: object) -> int:
    """Return a number of units; what is no number (a damaged record) is 0."""
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return 0


def _is_virtual(store: Store, body: Body) -> bool:
    return whole(body["MinimumLevel"]) == UNTRACKED and is_composite(store, body["StockItemId"])


def _kept(store: Store, item: Body, location: str) -> Body:
    id = item["StockItemId"]
    record = store.get(SYSTEM, "stock_levels", f"{id}.{location}")
    if record:
        return record.body
    return {
        "StockLevel": 0, "StockValue": 0.0, "MinimumLevel": UNTRACKED if is_composite(store, id) else 0,
        "InOrderBook": 0, "Due": 0, "JIT": False, "UnitCost": item.get("PurchasePrice", 0.0),
        "SKU": item["ItemNumber"], "AutoAdjust": True, "LastUpdateDate": item.get("CreationDate"),
        "LastUpdateOperation": "",
        "rowid": guid("level", id, location), "PendingUpdate": False,
        "StockItemPurchasePrice": item.get("PurchasePrice", 0.0), "StockItemId": id,
        "StockItemIntId": item["StockItemIntId"], "_location": location,
    }  # fmt: skip


def _put(store: Store, body: Body) -> None:
    id = f"{body['StockItemId']}.{body['_location']}"
    store.put(Record(SYSTEM, "stock_levels", id, body, "", body["StockItemId"]))
