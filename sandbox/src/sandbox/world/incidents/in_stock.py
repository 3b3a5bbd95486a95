"""Failures of stock: edited where it is listed, gone from the shelves, or listed in a place that is not maintained.

Belongs here: changed stock of TikTok Shop and of GXO. Does not: what a listing is (`on_listings`), nor what a partner
does wrong with its files (`sandbox.gxo.file_faults`).
"""

from __future__ import annotations

from sandbox.gxo import stock
from sandbox.gxo.profile import SITE
from sandbox.gxo.profile import SYSTEM as GXO
from sandbox.store import Record
from sandbox.world.incidents.choosing import choose
from sandbox.world.shops import GB, SHOPS
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

SURPLUS, LOSS, LISTED = 7, 2, 5
_OPEN = {"ON_HOLD", "AWAITING_SHIPMENT"}


def edit_listing(world: World, count: int) -> list[Truth]:
    """INV-10: somebody raises a listing by hand in Seller Center."""
    entries = []
    for record in choose(world, "INV-10", _listings(world), count=count):
        first, *rest = record.body["warehouse_inventory"]
        raised = {**first, "available_quantity": int(first["available_quantity"]) + SURPLUS}
        world.store.put(world.store.indexed(record, {**record.body, "warehouse_inventory": [raised, *rest]}))
        about = ("listing", f"{record.id}/{first['warehouse_id']}")
        entries.append(truth("", (TIKTOK, "inventory", record.id), about, shop_id=record.shop, units=SURPLUS))
    return entries


def lose_silently(world: World, count: int) -> list[Truth]:
    """INV-14: units vanish from the shelves, and no message says so; the next snapshot just has fewer."""
    free = [body for body in stock.levels(world.store) if stock.available(body) > LOSS + SURPLUS]
    records = [Record(GXO, "stock", body["sku"], body) for body in free]
    entries = []
    for record in choose(world, "INV-14", records, count=count):
        world.store.put(Record(GXO, "stock", record.id, {**record.body, "on_hand": record.body["on_hand"] - LOSS}))
        entries.append(_of_item(record.id, units=LOSS))
    return entries


def damage_what_is_sold(world: World, count: int) -> list[Truth]:
    """INV-02: all units of an item that orders wait for are found damaged; the next 947 says so."""
    wanted = {
        str(line["seller_sku"])
        for order in world.store.select(TIKTOK, "orders", shop=_gxo_shop())
        if order.body["status"] in _OPEN and order.body["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
        for line in order.body["line_items"]
    }
    known = [body for body in stock.levels(world.store) if body["sku"] in wanted and body["on_hand"] > 0]
    records = [Record(GXO, "stock", body["sku"], body) for body in known if not body["allocated"]]
    entries = []
    for record in choose(world, "INV-02", records, count=count):
        stock.adjust(world.store, stock.DAMAGED, record.id, -int(record.body["on_hand"]), known=record.body)
        entries.append(_of_item(record.id, units=record.body["on_hand"]))
    return entries


def open_warehouse(world: World, count: int) -> list[Truth]:
    """INV-07: a shop gets another warehouse in Seller Center, and lists a SKU there too."""
    entries = []
    in_one_place = [record for record in _listings(world) if len(record.body["warehouse_inventory"]) == 1]
    for record in choose(world, "INV-07", in_one_place, count=count):
        shop, id = SHOPS[record.shop], world.new_id("73", "another warehouse", record.id)
        known = world.store.get(TIKTOK, "warehouses", shop.warehouse_id)
        if known is None:
            continue
        body = {**known.body, "id": id, "entity_id": id, "name": f"Second {shop.region}", "is_default": False}
        world.write("warehouses", id, body, shop=shop.id, at=world.now)
        place = {"warehouse_id": id, "available_quantity": LISTED, "committed_quantity": 0}
        places = [*record.body["warehouse_inventory"], place]
        world.store.put(world.store.indexed(record, {**record.body, "warehouse_inventory": places}))
        entries.append(truth("", (TIKTOK, "warehouses", id), ("warehouse", id), shop_id=shop.id, sku_id=record.id))
    return entries


def _listings(world: World) -> list[Record]:
    return [record for record in world.store.select(TIKTOK, "inventory") if record.body.get("warehouse_inventory")]


def _gxo_shop() -> str:
    return GB.id


def _of_item(sku: str, *, units: int) -> Truth:
    return truth("", (GXO, "stock", sku), ("item", f"{SITE}/{sku}"), shop_id=_gxo_shop(), units=units)
