"""Failures of listings: goods that the warehouse does not know, renamed, bundled otherwise, or taken down.

Belongs here: changed products of TikTok Shop. Does not: their stock (`in_stock`).
"""

from __future__ import annotations

from sandbox.store import Body, Record
from sandbox.world.connected.listing import product_id, sku_id
from sandbox.world.incidents.choosing import choose
from sandbox.world.shops import DIRECT, GB, SHOPS, US
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

LISTED = 5
_LOCATIONS = {GB.id: "NTH1", US.id: "Default", DIRECT.id: "3"}
_NEW_PRODUCTS = 8 * 10**12


def list_unknown(world: World, count: int) -> list[Truth]:
    """MAP-01: a product is listed before the warehouse knows it."""
    entries = []
    for record in choose(world, "MAP-01", _simple(world), count=count):
        new = _copied(world, record, "unknown", combined=[])
        about = ("item", f"{_LOCATIONS[record.shop]}/{new['skus'][0]['seller_sku']}")
        entries.append(truth("", (TIKTOK, "products", new["id"]), about, shop_id=record.shop))
    return entries


def rename(world: World, count: int) -> list[Truth]:
    """MAP-02: somebody types another seller SKU into a listing."""
    entries = []
    for record in choose(world, "MAP-02", _simple(world), count=count):
        sku = record.body["skus"][0]
        renamed = {**sku, "seller_sku": f"{sku['seller_sku']}-NEW"}
        _put(world, record, {"skus": [renamed]})
        if stock := world.store.get(TIKTOK, "inventory", sku["id"]):
            body = {**stock.body, "seller_sku": renamed["seller_sku"]}
            world.store.put(world.store.indexed(stock, body))
        entries.append(truth("", (TIKTOK, "products", record.id), ("sku", sku["id"]), shop_id=record.shop))
    return entries


def list_bundle(world: World, count: int) -> list[Truth]:
    """MAP-03: a combined listing of two units of a product goes on sale, and how to pack it is not defined."""
    entries = []
    for record in choose(world, "MAP-03", _simple(world), count=count):
        sku = record.body["skus"][0]
        part = {"product_id": record.id, "sku_id": sku["id"], "sku_count": 2, "seller_sku": sku["seller_sku"]}
        new = _copied(world, record, "twin pack", combined=[part])
        about = ("sku", new["skus"][0]["id"])
        entries.append(truth("", (TIKTOK, "products", new["id"]), about, shop_id=record.shop))
    return entries


def change_bundle(world: World, count: int) -> list[Truth]:
    """MAP-04: a combined listing asks for one more of its first component."""
    bundles = [record for record in _products(world) if record.body["skus"][0].get("combined_skus")]
    entries = []
    for record in choose(world, "MAP-04", bundles, count=count):
        sku = record.body["skus"][0]
        first, *rest = sku["combined_skus"]
        parts = [{**first, "sku_count": int(first["sku_count"]) + 1}, *rest]
        _put(world, record, {"skus": [{**sku, "combined_skus": parts}]})
        about = ("bundle", str(sku["seller_sku"]))
        entries.append(truth("", (TIKTOK, "products", record.id), about, shop_id=record.shop))
    return entries


def take_down(world: World, count: int) -> list[Truth]:
    """MAP-07: TikTok Shop deactivates a product."""
    entries = []
    for record in choose(world, "MAP-07", _simple(world), count=count):
        _put(world, record, {"status": "PLATFORM_DEACTIVATED"})
        entries.append(truth("", (TIKTOK, "products", record.id), ("product", record.id), shop_id=record.shop))
    return entries


def _products(world: World) -> list[Record]:
    return [record for record in world.store.select(TIKTOK, "products") if record.body["status"] == "ACTIVATE"]


def _simple(world: World) -> list[Record]:
    return [record for record in _products(world) if not record.body["skus"][0].get("combined_skus")]


def _put(world: World, record: Record, changes: Body) -> None:
    body = {**record.body, **changes, "update_time": world.now}
    world.write("products", record.id, body, shop=record.shop, at=world.now, created=record.created_at)


def _copied(world: World, record: Record, name: str, *, combined: list[Body]) -> Body:
    """List a product like another one under ids and a seller SKU of its own, and return it."""
    shop = SHOPS[record.shop]
    number = _NEW_PRODUCTS + world.draw("new listing", name, record.id).below(10**9)
    product, sku, seller_sku = product_id(shop, number), sku_id(shop, number), f"NEW-{number % 10**9}"
    like = {key: value for key, value in record.body["skus"][0].items() if key != "combined_skus"}
    listed = {**like, "id": sku, "seller_sku": seller_sku, **({"combined_skus": combined} if combined else {})}
    times = {"create_time": world.now, "update_time": world.now}
    body = {**record.body, "id": product, "title": f"{record.body['title']} {name}", "skus": [listed], **times}
    world.write("products", product, body, shop=shop.id, at=world.now)
    place = {"warehouse_id": shop.warehouse_id, "available_quantity": LISTED, "committed_quantity": 0}
    places = [] if combined else [place]
    stock = {"product_id": product, "id": sku, "seller_sku": seller_sku, "warehouse_inventory": places}
    world.write("inventory", sku, stock, shop=shop.id, at=world.now, parent=product)
    return body
