"""What the shops list and the warehouses hold when a connected world opens, from the baskets' own demand.

Belongs here: products, bundles, opening stock, and ids of listings. Does not: how stock moves afterwards. Most SKUs
are covered for about ten days, fast movers for two or three, and what live events sell for most of an event besides;
the warehouses fill up weekly. What TikTok Shop lists is at first what the warehouse holds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.store import Body, Record
from sandbox.world import days, pence
from sandbox.world.baskets import Basket, Unit
from sandbox.world.connected import at_newstore, live, warehouses
from sandbox.world.shops import Shop
from sandbox.world.state import TIKTOK, World

KEY = "world_listing"
WEB_SHOP_PERMILLE = 250
FIRST_BUNDLE = 9 * 10**12
_BUNDLE_BASIS_POINTS = 9000
_FAST_SHARE, _FAST_UNITS, _LEAST_COVER = 30, 4, 2
_POPULAR = 40
_LISTED_DAYS = 400
# Units laid in for live events, of what one brings in orders: less than buyers will want, for some take two.
_LIVE_PERCENT = 100


@dataclass
class Demand:
    """A product, and how often it is in the baskets: units in all, and most of them in one basket."""

    unit: Unit
    total: int = 0
    most: int = 0


def seed(world: World, chosen: list[Basket]) -> None:
    """Write warehouses, products and listed stock of the shops, and fill the warehouses."""
    demand = _demand(chosen)
    ranked = sorted(demand.values(), key=lambda each: (-each.total, each.unit.product_id))
    bundles = _bundles(world, ranked)
    units = sum(each.total for each in ranked)
    chosen_live = _live(world, ranked)
    settings = {
        "bundles": bundles,
        "live": [asdict(each.unit) for each in chosen_live],
        "units_per_basket_milli": units * 1000 // max(1, len(chosen)),
    }
    world.store.set_meta(KEY, settings)
    fast = {each.unit.product_id for each in ranked[: max(3, len(ranked) * _FAST_SHARE // 1000)]}
    often = _FAST_UNITS * world.days * len(chosen) // world.stored_baskets
    for shop in world.shops:
        records = [*_warehouses(world, shop)]
        levels: dict[str, int] = {}
        for each in ranked:
            is_fast = each.unit.product_id in fast or each.total >= often
            levels[each.unit.seller_sku] = _cover(world, shop, each, baskets=len(chosen), is_fast=is_fast)
            if each in chosen_live and world.live_events:
                levels[each.unit.seller_sku] += live.orders(world, shop) * _LIVE_PERCENT // (100 * len(chosen_live))
            records += _listed(world, shop, each.unit, quantity=levels[each.unit.seller_sku])
        for bundle in bundles:
            records += _listed(world, shop, Unit(**bundle["unit"]), parts=bundle["parts"])
        if at_newstore.has_stores(world, shop):
            records += at_newstore.listed(world, shop, at_newstore.open_stores(world, levels), records)
        world.store.put_many(records)
        if warehouse := warehouses.of(shop):
            warehouse.seed(world.store, levels)


def settings(world: World) -> dict[str, Any]:
    """Return bundles ({unit, parts}), the units of live events, and units per basket in thousandths."""
    return dict(world.store.get_meta(KEY))


def product_id(shop: Shop, number: int) -> str:
    """Return the id of a product's listing in a shop."""
    return f"1729{number + shop.product_numbers_from:015d}"


def sku_id(shop: Shop, number: int) -> str:
    """Return the id of the listing's only SKU."""
    return f"1730{number + shop.product_numbers_from:015d}"


def platform_warehouse_id(shop: Shop) -> str:
    """Return the id of the platform's own warehouse for a shop."""
    return f"{shop.warehouse_id[:-1]}9"


def parts_of(shop: Shop, parts: list[Body]) -> list[Body]:
    """Return a bundle's parts as the wire names them: {product_id, sku_id, sku_count, seller_sku}."""
    return [
        {
            "product_id": product_id(shop, part["number"]),
            "sku_id": sku_id(shop, part["number"]),
            "sku_count": part["count"],
            "seller_sku": part["seller_sku"],
        }
        for part in parts
    ]


def _demand(chosen: list[Basket]) -> dict[int, Demand]:
    found: dict[int, Demand] = {}
    for basket in chosen:
        here: dict[int, int] = {}
        for unit in basket.units:
            known = found.setdefault(unit.product_id, Demand(unit))
            known.total += 1
            here[unit.product_id] = here.get(unit.product_id, 0) + 1
        for number, count in here.items():
            found[number].most = max(found[number].most, count)
    return found


def _cover(world: World, shop: Shop, each: Demand, *, baskets: int, is_fast: bool) -> int:
    """Return the opening stock of a SKU in a shop's warehouse, the web shop's share included."""
    draw = world.draw("cover", shop.id, each.unit.product_id)
    cover_days = draw.between(2, 3) if is_fast else draw.between(8, 12)
    pace = world.baskets * (1000 + WEB_SHOP_PERMILLE) * shop.share_permille * each.total
    units = -(-pace * cover_days // (world.days * baskets * 1_000_000))
    return max(units, _LEAST_COVER if is_fast else max(_LEAST_COVER, each.most))


def _bundles(world: World, ranked: list[Demand]) -> list[Body]:
    """Return some bundles of two or three popular products, a tenth cheaper than their parts."""
    popular = [each.unit for each in ranked[:_POPULAR]]
    bundles = []
    for index in range(min(12, 3 + len(ranked) // 400) if len(popular) >= 3 else 0):
        draw = world.draw("bundle", index)
        parts: dict[int, Body] = {}
        price = 0
        for _ in range(draw.between(2, 3)):
            unit = draw.pick([each for each in popular if each.product_id not in parts])
            count = 1 + draw.happens(250)
            parts[unit.product_id] = {"number": unit.product_id, "seller_sku": unit.seller_sku, "count": count}
            price += unit.original * count
        price = pence.share(price, _BUNDLE_BASIS_POINTS)
        unit = Unit(FIRST_BUNDLE + index, f"Bundle {index + 1}", "Default", f"BNDL-{index + 1:04d}", price, 0, 0)
        bundles.append({"unit": asdict(unit), "parts": list(parts.values())})
    return bundles


def _live(world: World, ranked: list[Demand]) -> list[Demand]:
    """Return the few products that live events sell."""
    left, draw = ranked[:_POPULAR], world.draw("live")
    found: list[Demand] = []
    while left and len(found) < 3:
        found.append(left.pop(draw.below(len(left))))
    return found


def _listed(
    world: World, shop: Shop, unit: Unit, *, quantity: int | None = None, parts: list[Body] | None = None
) -> list[Record]:
    """Return a product of one SKU and its listed stock; a bundle has parts instead of stock."""
    product, sku = product_id(shop, unit.product_id), sku_id(shop, unit.product_id)
    price = {"currency": shop.currency, "sale_price": pence.text(unit.sale), "tax_exclusive_price": ""}
    place = {"warehouse_id": shop.warehouse_id, "available_quantity": quantity, "committed_quantity": 0}
    listed: Body = {
        "id": sku,
        "seller_sku": unit.seller_sku,
        "price": {**price, "tax_exclusive_price": pence.text(unit.sale)},
        "list_price": {"amount": pence.text(unit.original), "currency": shop.currency},
        "status_info": {"status": "NORMAL", "deactivation_source": ""},
        **({"combined_skus": parts_of(shop, parts)} if parts else {}),
    }
    created = world.now - world.draw("listed since", product).below(_LISTED_DAYS * days.DAY)
    body = {
        "id": product,
        "title": unit.product_name,
        "status": "ACTIVATE",
        "skus": [listed],
        "sales_regions": [shop.region],
        "create_time": created,
        "update_time": world.now,
        "is_not_for_sale": False,
        "audit": {"status": "APPROVED", "pre_approved_reasons": []},
        "has_draft": False,
        "product_tags": [],
    }
    stock = {
        "product_id": product,
        "id": sku,
        "seller_sku": unit.seller_sku,
        "warehouse_inventory": [] if parts else [place],
    }
    return [
        Record(TIKTOK, "products", product, body, shop.id, "", created, world.now),
        Record(TIKTOK, "inventory", sku, stock, shop.id, product, world.now, world.now),
    ]


def _warehouses(world: World, shop: Shop) -> list[Record]:
    """Return the shop's own warehouse, where returns go, and the platform's."""
    returns = f"{shop.warehouse_id[:-1]}5"
    own = [
        (shop.warehouse_id, shop.warehouse_name, "SALES_WAREHOUSE", {"is_default": True}),
        (returns, f"{shop.warehouse_name} returns", "RETURN_WAREHOUSE", {"is_default": True}),
        (platform_warehouse_id(shop), f"FBT {shop.region}", "SALES_WAREHOUSE", {"_is_platform_owned": True}),
    ]
    if at_newstore.has_stores(world, shop):
        own.append((at_newstore.warehouse_id(shop), f"Northgate {shop.region} stores", "SALES_WAREHOUSE", {}))
    return [
        Record(TIKTOK, "warehouses", id, _warehouse(shop, id, name, kind=kind, more=more), shop.id, "", world.now)
        for id, name, kind, more in own
    ]


def _warehouse(shop: Shop, id: str, name: str, *, kind: str, more: Body) -> Body:
    region = {"region_code": shop.region, "region": {"GB": "United Kingdom", "US": "United States"}[shop.region]}
    return {
        "id": id,
        "entity_id": id,
        "name": name,
        "effect_status": "ENABLED",
        "type": kind,
        "sub_type": "DOMESTIC_WAREHOUSE",
        "is_default": False,
        "address": {**region, "city": "Fictionshire", "address_line1": "1 Example Street", "postal_code": "ZZ99 1AA"},
        **more,
    }
