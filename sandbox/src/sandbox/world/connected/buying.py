"""Buying in a connected world: an order takes its units out of the listed stock.

Belongs here: what a buyer gets of what he wants. Does not: what becomes of the order. A unit that is not listed any
more is not bought; an order of which nothing is left is not made. TikTok Shop sells what it lists, not what a
warehouse holds: a listing that is stale sells units that are not there.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.store import Body
from sandbox.tiktok_shop import inventory
from sandbox.world import days, order_life
from sandbox.world.agenda import Payload
from sandbox.world.baskets import Unit
from sandbox.world.connected import at_newstore, counters, listing, live, stores
from sandbox.world.order_body import Purchase, order_body
from sandbox.world.state import World

BUNDLE_PERMILLE, REMORSE_PERMILLE = 60, 15
PLATFORM = "FULFILLMENT_BY_TIKTOK"


def create_order(world: World, order_id: str, payload: Payload) -> None:
    """Write a new order of what is still listed and plan its steps; write nothing when nothing is."""
    known = listing.settings(world)
    if "live" in payload:
        purchase = live.purchase_of(world, order_id, payload, known)
    else:
        purchase = _with_a_bundle(world, order_life.purchase_of(world, order_id, payload), known)
    shop = purchase.shop
    place = at_newstore.warehouse_id(shop) if stores.ships(world, purchase) else shop.warehouse_id
    body = _body(world, purchase, known, place)
    if body["fulfillment_type"] != PLATFORM:
        taken = [unit for unit in purchase.units if _reserved(world, purchase, unit, place)]
        counters.add(world, "lost_sales_units", len(purchase.units) - len(taken))
        if not taken:
            return
        body = _body(world, replace(purchase, units=taken), known, place)
    world.write("orders", order_id, body, shop=purchase.shop.id, at=world.now)
    order_life.announce(world, purchase.shop.id, body)
    _plan(world, purchase, by_platform=body["fulfillment_type"] == PLATFORM)


def _plan(world: World, purchase: Purchase, *, by_platform: bool) -> None:
    """Plan what happens by itself: everything for an order that the platform ships, else only until it may ship."""
    steps = order_life.steps_of(world, purchase)
    waits = {"ON_HOLD", "AWAITING_SHIPMENT", "CANCELLED"}
    for at, status in steps:
        if by_platform or status in waits:
            world.agenda.add(at, "order_moves", purchase.order_id, {"to": status})
    draw = world.draw("remorse", purchase.order_id)
    if not purchase.is_free and steps[0][1] == "ON_HOLD" and draw.happens(REMORSE_PERMILLE):
        at = steps[0][0] + draw.between(300, days.HOUR - 300)
        world.agenda.add(at, "order_moves", purchase.order_id, {"to": "CANCELLED"})


def _with_a_bundle(world: World, purchase: Purchase, known: Body) -> Purchase:
    """Let some buyers take a bundle in place of the first thing in their basket; samples are one unit."""
    units = purchase.units[:1] if purchase.is_sample else purchase.units
    draw = world.draw("buys a bundle", purchase.order_id)
    if known["bundles"] and not purchase.is_free and draw.happens(BUNDLE_PERMILLE):
        units = [Unit(**draw.pick(known["bundles"])["unit"]), *units[1:]]
    return replace(purchase, units=units)


def _reserved(world: World, purchase: Purchase, unit: Unit, place: str) -> bool:
    return inventory.reserve(world.store, listing.sku_id(purchase.shop, unit.product_id), place, 1)


def _body(world: World, purchase: Purchase, known: Body, place: str) -> Body:
    """Return the order with its warehouse, the ids of the shop's listings, and what a bundle is made of."""
    shop, body = purchase.shop, order_body(purchase, world.draw("order", purchase.order_id))
    bundles = {bundle["unit"]["product_id"]: bundle["parts"] for bundle in known["bundles"]}
    for unit, line in zip(purchase.units, body["line_items"], strict=True):
        line["product_id"] = listing.product_id(shop, unit.product_id)
        line["sku_id"] = listing.sku_id(shop, unit.product_id)
        line["combined_listing_skus"] = listing.parts_of(shop, bundles.get(unit.product_id, []))
    body["warehouse_id"] = place
    if body["fulfillment_type"] == PLATFORM:
        body["warehouse_id"] = listing.platform_warehouse_id(shop)
    return body
