"""Associates in the stores: they take requests on or reject them, pick, find less than there should be, and ship.

Belongs here: what becomes of a store's requests and when, by chance. Does not: the rules of a request (`fulfilment`).
A request is looked at ten minutes to two opening hours after it came, and shipped half an hour to five hours later;
some a day or two late. What is not found is counted out of stock. Stores are closed on Sundays.
"""

from __future__ import annotations

from typing import Any

from sandbox.gxo.cartons import tracking_number
from sandbox.newstore import events, fulfilment, lists, stock
from sandbox.newstore.profile import CLOSES, OPENS, SUNDAY, chances, iso, new_id, seed
from sandbox.newstore.stored import objects
from sandbox.newstore.truths import tell
from sandbox.store import Store
from sandbox.world import days
from sandbox.world.draw import Draw

Body = dict[str, Any]
_CARRIERS = (("Royal Mail", "RMGB"), ("Evri", "EVRI"))
_LONGEST_LATE = 2
ASSOCIATES = ("a-101", "a-102", "a-103", "a-104")


def work(store: Store, order: Body, now: int) -> None:
    """Do what is due for the requests of an order (world time, epoch seconds)."""
    for body in fulfilment.of_order(store, order["id"]):
        node = lists.node(store, body["fulfillment_node_id"])
        if not fulfilment.open_lines(body) or node is None or not lists.is_store(node) or not is_open(now):
            continue
        draw = Draw(seed(store), "newstore task", body["fulfillment_request_id"])
        _work_on(store, order, body, draw, now)


def is_open(instant: int) -> bool:
    """Whether stores are open."""
    return next_opening(instant) == instant


def next_opening(instant: int) -> int:
    """Return the instant itself when stores are open then, else when they open next."""
    if instant % days.DAY >= CLOSES:
        instant = days.midnight(instant) + days.DAY
    while days.weekday(instant) == SUNDAY:
        instant = days.midnight(instant) + days.DAY
    return max(instant, days.midnight(instant) + OPENS)


def after_opening_hours(instant: int, seconds: int) -> int:
    """Return when so many seconds of opening hours have passed since an instant."""
    instant = next_opening(instant)
    left = CLOSES - instant % days.DAY
    return instant + seconds if seconds < left else after_opening_hours(instant + left, seconds - left)


def missing(store: Store, node: str, product: str, units: int, *, reason: str, at: int) -> None:
    """Count units out of a node's stock, as an adjustment that the event stream reports."""
    stock.change(store, node, product, on_hand=-units)
    payload = {
        "id": new_id(store, "adjustment"),
        "fulfillment_node_id": node,
        "adjustment_type": "Count out" if reason == "Not found" else "Damage out",
        "adjustment_reason": reason,
        "origin_stock_location_name": "main",
        "associate_id": ASSOCIATES[0],
        "processed_at": iso(at),
        "chunk_number": 1,
        "total_chunks": 1,
        "items": [{"product_id": product, "quantity": units, "external_identifiers": {"sku": product}}],
    }
    events.emit(store, "inventory_transaction.adjustment_created", payload, at=at)


def _work_on(store: Store, order: Body, body: Body, draw: Draw, now: int) -> None:
    rates, asked = chances(store), body["_asked_at"]
    looked_at = after_opening_hours(asked, draw.between(10, 120) * 60)
    rejects, late = draw.happens(rates["store_rejects_permille"]), draw.happens(rates["store_late_permille"])
    shipped_at = after_opening_hours(looked_at, draw.between(30, 300) * 60)
    if late:
        shipped_at = next_opening(shipped_at + draw.between(1, _LONGEST_LATE) * days.DAY)
    lines = fulfilment.open_lines(body)
    if not body.get("_acknowledged_at"):
        if looked_at > now:
            return
        if rejects:
            _count_out(store, body, lines, now)
            fulfilment.reject(store, body, _ids(lines), reason="no_inventory", at=now)
            return
        body = fulfilment.acknowledge(store, body, at=now)
        if late:
            about = ("newstore", fulfilment.KIND, body["fulfillment_request_id"])
            tell(store, "FUL-01", about, order, now, ships_at=shipped_at)
    if shipped_at <= now:
        _pack(store, body, lines, draw, rates["store_short_permille"], now, label=_label(order))


def _label(order: Body) -> str:
    """Return the number of a label that the order brings along, '' when the store buys its own."""
    given = {str(row.get("name")): str(row.get("value") or "") for row in objects(order.get("extended_attributes"))}
    return next((value for name, value in given.items() if name.endswith("tracking_number")), "")


def _pack(
    store: Store, body: Body, lines: list[Body], draw: Draw, short_permille: int, now: int, *, label: str
) -> None:
    """Ship what is found, and give back what is not."""
    carrier, scac = draw.pick(_CARRIERS)
    tracking = tracking_number(scac, draw)
    if label:
        carrier, tracking = "Evri" if label.startswith("H") else "Royal Mail", label
    there = _shelf(store, body, lines)
    found = []
    for line in lines:
        is_seen = not draw.happens(short_permille)
        if is_seen and there[line["product_id"]] > 0:
            there[line["product_id"]] -= 1
            found.append(line)
    short = [line for line in lines if line not in found]
    if found:
        associate = draw.pick(ASSOCIATES)
        body = fulfilment.ship(
            store, body, _ids(found), carrier=carrier, tracking=tracking, at=now, associate=associate
        )
    if short:
        _count_out(store, body, short, now)
        fulfilment.reject(store, body, _ids(short), reason="no_inventory", at=now)


def _shelf(store: Store, body: Body, lines: list[Body]) -> dict[str, int]:
    """Return what lies in a request's store of each of its products: others may have bought what was promised."""
    products = {line["product_id"] for line in lines}
    levels = {product: stock.level(store, body["fulfillment_node_id"], product) for product in products}
    return {product: level["on_hand"] if level else 0 for product, level in levels.items()}


def _count_out(store: Store, body: Body, lines: list[Body], now: int) -> None:
    there = _shelf(store, body, lines)
    for line in lines:
        there[line["product_id"]] -= 1
        if there[line["product_id"]] >= 0:
            missing(store, body["fulfillment_node_id"], line["product_id"], 1, reason="Not found", at=now)


def _ids(lines: list[Body]) -> list[str]:
    return [line["item_id"] for line in lines]
