"""Parcels that come back in a connected world, and what is in them.

Belongs here: the carrier's way, and receipt at the returns portal, with contents as people send them. Does not: the
portal itself (`sandbox.zigzag`). What is odd about a parcel is kept in the truth.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.return_bodies import order_id_of
from sandbox.world import days
from sandbox.world.agenda import Payload
from sandbox.world.shops import DIRECT, GB, US
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import remember, truth

WAREHOUSES = {GB.id: "NTH1", US.id: "Default", DIRECT.id: "Leeds DC"}
BUNDLE, GIVEN_UP = "BNDL-", "A lost package was refunded"
LOST, LOST_AFTER, GIVEN_UP_AFTER = 10, 6 * days.DAY, 14 * days.DAY
CONTENTS = ("right", "fewer", "other item", "empty box", "no label", "another order's too")
_PERMILLE = (865, 35, 30, 20, 30, 20)


def send(world: World, shop_id: str, return_ids: list[str], tracking: str) -> None:
    """Hand a parcel to its carrier; it arrives days later, or never. `return_ids`: all that is in it."""
    _scan(world, tracking, "collected", shop_id)
    draw = world.draw("way back", return_ids[0])
    after, way = (LOST_AFTER, "lost") if draw.happens(LOST) else (draw.between(days.DAY, 4 * days.DAY), "delivered")
    payload = {"way": way, "returns": return_ids, "tracking": tracking}
    world.agenda.add(world.now + after, "parcel_returns", return_ids[0], payload)


def move(world: World, key: str, payload: Payload) -> None:
    """Take a parcel further: delivered, lost and given up, or opened. `key` is its first return, or the order."""
    match payload["way"]:
        case "delivered":
            _deliver(world, key, payload)
        case "lost":
            _lose(world, key, payload)
        case "given up":
            _give_up(world, payload)
        case "opened":
            _open(world, key, payload)
        case "unasked":
            _open_unasked(world, key, payload)


def _scan(world: World, tracking: str, code: str, shop_id: str) -> None:
    if tracking:
        _portal().carrier_scan(world.store, tracking, code, world.now, "GB" if shop_id == GB.id else "US")


def _deliver(world: World, key: str, payload: Payload) -> None:
    """Let a parcel arrive; the portal opens it some hours later, unless the platform's warehouse does."""
    record = returns.get(world.store, key)
    if record.body.get("_is_lost"):
        return
    for id in payload["returns"]:
        returns.mark_delivered(world.store, id, world.now)
        returns.announce(world.store, id)
    _scan(world, payload["tracking"], "delivered", record.shop)
    if not record.body.get("_is_fulfilled_by_platform"):
        at = world.now + world.draw("receipt", key).between(2, 20) * days.HOUR
        world.agenda.add(at, "parcel_returns", key, {**payload, "way": "opened"})


def _lose(world: World, key: str, payload: Payload) -> None:
    record, tracking = returns.get(world.store, key), payload["tracking"]
    _scan(world, tracking, "lost", record.shop)
    about = (TIKTOK, returns.KIND, key)
    _remember(world, "RET-12", about, ("return", key), record.shop, tracking_number=tracking)
    world.agenda.add(world.now + GIVEN_UP_AFTER, "parcel_returns", key, {**payload, "way": "given up"})


def _give_up(world: World, payload: Payload) -> None:
    """Let the platform refund what was lost."""
    for id in payload["returns"]:
        if returns.get(world.store, id).body.get("return_status") == life.SHIPPED:
            returns.change(
                world.store, id, lambda body: life.receive(body, world.now, "OPERATOR", "A lost package was refunded")
            )
            returns.announce(world.store, id)


def _open(world: World, key: str, payload: Payload) -> None:
    """Open a parcel at the portal, with what people put into it."""
    bodies = [returns.get(world.store, id).body for id in payload["returns"]]
    draw, id, shop_id = world.draw("contents", key), key, returns.get(world.store, key).shop
    found = CONTENTS[draw.weighted(_PERMILLE)]
    units = sum((_units(world, body) for body in bodies), Counter[str]())
    tracking = "" if found == "no label" else payload["tracking"]
    received = _as_found(world, bodies[0], units, found)
    portal_id = _portal().receive(
        world.store,
        tracking_number=tracking,
        warehouse=WAREHOUSES[shop_id],
        units=[{"sku": sku, "quantity": count} for sku, count in sorted(received.items())],
        now=world.now,
    )
    if found == "no label":
        _remember(world, "RET-04", ("zigzag", "returns", portal_id), ("parcel", portal_id), shop_id, return_id=id)
    elif received != units:
        _remember(world, "RET-08", (TIKTOK, returns.KIND, id), ("return", id), shop_id, found=found)


def _open_unasked(world: World, order_id: str, payload: Payload) -> None:
    """Open a parcel that was posted without asking TikTok Shop. Payload: {lines} of the order."""
    order = world.store.get(TIKTOK, "orders", order_id)
    if order is None:
        return
    units = units_of([line for line in order.body["line_items"] if line["id"] in payload["lines"]])
    listed = [{"sku": sku, "quantity": count} for sku, count in sorted(units.items())]
    place = WAREHOUSES[order.shop]
    id = _portal().receive(world.store, tracking_number="", warehouse=place, units=listed, now=world.now)
    _remember(world, "RET-04", ("zigzag", "returns", id), ("parcel", id), order.shop, order_id=order_id)


def _as_found(world: World, body: Body, units: Counter[str], found: str) -> Counter[str]:
    skus = sorted(units)
    if found == "empty box" or not skus:
        return Counter()
    if found == "fewer":
        return units - Counter({skus[0]: 1})
    if found == "other item":
        listed = world.store.select(TIKTOK, "inventory", limit=40)
        others = [str(each.body.get("seller_sku")) for each in listed]
        others = [sku for sku in others if sku not in units and not sku.startswith(BUNDLE)] or skus
        sku = world.draw("other item", str(body.get("return_id"))).pick(others)
        return units - Counter({skus[0]: 1}) + Counter({sku: 1})
    return units + _of_another_order(world, body) if found == "another order's too" else units


def _of_another_order(world: World, body: Body) -> Counter[str]:
    """Return the first line of another order of the buyer's: two orders in one box, of which TikTok knows one."""
    buyer = {"user_id": body.get("_buyer_user_id")}
    lately = (world.now - 30 * days.DAY, None)
    bought = world.store.select(TIKTOK, "orders", updated=lately, matching=buyer)
    others = [order for order in bought if order.id != order_id_of(body) and order.body.get("delivery_time")]
    return units_of(others[0].body["line_items"][:1]) if others else Counter()


def _units(world: World, body: Body) -> Counter[str]:
    order = world.store.get(TIKTOK, "orders", order_id_of(body))
    wanted = set(map(str, body.get("_line_ids") or []))
    return units_of([line for line in order.body["line_items"] if str(line["id"]) in wanted] if order else [])


def units_of(lines: list[Body]) -> Counter[str]:
    """Count the goods of order lines by SKU, bundles by their parts."""
    units: Counter[str] = Counter()
    for line in lines:
        for part in line.get("combined_listing_skus") or [{"seller_sku": line["seller_sku"], "sku_count": 1}]:
            units[str(part["seller_sku"])] += int(part["sku_count"])
    return units


def _remember(
    world: World, code: str, record: tuple[str, str, str], about: tuple[str, str], shop_id: str, **detail: str
) -> None:
    remember(world.store, [truth(code, record, about, shop_id=shop_id, **detail)], origin="trade", at=world.now)


def _portal() -> Any:
    from sandbox.zigzag import hub  # not above: it draws its chances from this package

    return hub
