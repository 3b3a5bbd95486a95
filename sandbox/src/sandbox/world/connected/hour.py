"""What a connected world looks after every hour: parcels, deliveries, cancellations, other channels.

Belongs here: the carriers' scans, and what time does to cancellations. Does not: the warehouses' own work. A parcel is
scanned when it has left the warehouse and TikTok Shop knows its tracking number.
"""

from __future__ import annotations

from sandbox.store import Record
from sandbox.tiktok_shop import cancellations, fulfilment
from sandbox.world import days, market, order_life, unsettled
from sandbox.world.agenda import Payload
from sandbox.world.connected import at_newstore, counters, listing, return_steps, stores, warehouses
from sandbox.world.connected.buying import PLATFORM
from sandbox.world.connected.order_steps import notify_subscribers
from sandbox.world.shops import Shop
from sandbox.world.state import TIKTOK, World

REFUND_AFTER = days.DAY
_WATCHED = 30 * days.DAY
_LOST_PERMILLE = 9


def work(world: World, key: str, payload: Payload) -> None:
    """Do the hour's work, and plan the next hour."""
    for shop in world.shops:
        _count_shipments(world, shop)
        _collect(world, shop)
        _plan_deliveries(world, shop)
        _let_others_sell(world, shop)
    _settle_cancellations(world)
    return_steps.watch(world)
    world.agenda.add(world.now + days.HOUR, "fulfilment_hour", key)


def _count_shipments(world: World, shop: Shop) -> None:
    """Count what the last hour's shipments lacked, and those no longer wanted."""
    hour = (world.now - days.HOUR + 1, world.now + 1)
    found = warehouses.all_of(world, shop)
    counters.add(world, "oversold_units", sum(each.short_units(world.store, *hour) for each in found))
    for parcel in (parcel for each in found for parcel in each.parcels(world.store, *hour)):
        order = world.store.get(TIKTOK, "orders", parcel.order)
        gone = order is not None and order.body["status"] == "CANCELLED" and order.body["cancel_time"] <= parcel.at
        counters.add(world, "shipped_after_cancel", int(gone))


def _collect(world: World, shop: Shop) -> None:
    recent, status = (world.now - _WATCHED, None), {"package_status": "PROCESSING"}
    waiting = world.store.select(TIKTOK, "packages", shop=shop.id, updated=recent, matching=status)
    if not waiting:
        return
    has_warehouse = bool(warehouses.all_of(world, shop))
    # A shop may have moved from one warehouse to another: a parcel is scanned wherever it left from.
    found = [each for other in world.shops for each in warehouses.all_of(world, other)]
    sent = [parcel for each in found for parcel in each.parcels(world.store, recent[0], world.now + 1)]
    numbers = {number for parcel in sent for number in parcel.trackings}
    for package in waiting:
        if package.body.get("tracking_number") in numbers if has_warehouse else _left_by_hand(world, package):
            _scan(world, shop, package)


def _scan(world: World, shop: Shop, package: Record) -> None:
    for order in package.body.get("orders") or []:
        before = world.store.get(TIKTOK, "orders", str(order.get("id")))
        fulfilment.mark_collected(world.store, str(order.get("id")), world.now, package_ids=[package.id])
        after = world.store.get(TIKTOK, "orders", str(order.get("id")))
        if before and after and before.body["status"] != after.body["status"]:
            fulfilment.announce_order(world.store, shop.id, after.body)


def _left_by_hand(world: World, package: Record) -> bool:
    created_at = int(package.body.get("create_time") or 0)
    return world.now >= created_at + world.draw("by hand", package.id).between(3, 14) * days.HOUR


def _plan_deliveries(world: World, shop: Shop) -> None:
    """Plan the arrival of each order that is under way since the last hour; a few parcels get lost."""
    lately, status = (world.now - 2 * days.DAY, None), {"status": "IN_TRANSIT"}
    for record in world.store.select(TIKTOK, "orders", shop=shop.id, updated=lately, matching=status):
        body = record.body
        if body.get("_delivery_planned") or body["fulfillment_type"] == PLATFORM:
            continue
        if record.created_at < world.connected_from:
            continue
        scans = [package.body.get("_collected_at", 0) for package in fulfilment.packages_of(world.store, record.id)]
        body["_delivery_planned"], body["collection_time"] = True, max(scans, default=0) or world.now
        world.store.put(world.store.indexed(record, body))
        if len(order_life.left(body)) < len(body["line_items"]):
            unsettled.begin(world, shop, body)
        _plan_delivery(world, shop, record.id)


def _plan_delivery(world: World, shop: Shop, order_id: str) -> None:
    draw = world.draw("transit", order_id)
    if draw.happens(_LOST_PERMILLE):
        world.agenda.add(world.now + 12 * days.DAY, "parcel_lost", order_id)
        return
    slowest = 4 if shop.region == "GB" else 6
    delivered = world.now + draw.between(20, slowest * 24) * days.HOUR + draw.below(days.HOUR)
    world.agenda.add(delivered, "order_moves", order_id, {"to": "DELIVERED"})
    world.agenda.add(delivered + 14 * days.DAY, "order_moves", order_id, {"to": "COMPLETED"})


def _settle_cancellations(world: World) -> None:
    """Accept requests not answered in time, and refund those accepted a day ago."""
    store = world.store
    for record in store.select(TIKTOK, "cancellations", matching={"cancel_status": cancellations.PENDING}):
        order = store.get(TIKTOK, "orders", str(record.body.get("order_id")))
        if order is None or _deadline(record) > world.now:
            continue
        if order.body["status"] in cancellations.REVIEWED:
            cancellations.approve(store, record.id, world.now)
        else:
            cancellations.reject(store, record.id, world.now)
        notify_subscribers(world, order, record.id)
    for record in store.select(TIKTOK, "cancellations", matching={"cancel_status": cancellations.SUCCESS}):
        if int(record.body.get("update_time") or 0) + REFUND_AFTER <= world.now:
            cancellations.complete(store, record.id, world.now)
            cancellations.announce(store, record.id)


def _deadline(record: Record) -> int:
    answers = record.body.get("seller_next_action_response") or [{}]
    return int(answers[0].get("deadline") or record.created_at + cancellations.ANSWER_SECONDS)


def _let_others_sell(world: World, shop: Shop) -> None:
    """Let web shop and tills sell what people buy, out of the same physical stock, unseen by TikTok Shop."""
    hour = (world.now // days.HOUR + shop.utc_offset_hours) % 24
    weight = market.HOUR_WEIGHTS[hour] * listing.WEB_SHOP_PERMILLE * shop.share_permille
    per_day = listing.settings(world)["units_per_basket_milli"] * world.baskets // world.days
    milli = per_day * weight // (sum(market.HOUR_WEIGHTS) * 1_000_000)
    warehouse, draw = warehouses.of(shop), world.draw("web shop", shop.id, world.now)
    for _ in range(milli // 1000 + draw.happens(milli % 1000)):
        unit = draw.pick(market.any_basket(world, draw.below(world.stored_baskets)).units)
        if warehouse:
            warehouse.consume(world.store, unit.seller_sku, 1)
    if at_newstore.has_stores(world, shop):
        stores.sell_over_the_counter(world, per_day * shop.share_permille // (24 * 1000))
