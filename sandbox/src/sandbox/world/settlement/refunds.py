"""What refunded returns take out of an order's settlement, before it or after it.

Belongs here: from a return to lines and parts of lines, and where its money shows. Does not: a return's life, nor
fees. What was refunded is fixed when the buyer gets it: changing the return by hand afterwards, its order's id too,
changes no settlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import amount, fields, objects
from sandbox.tiktok_shop.return_bodies import order_id_of
from sandbox.world import days, pence, unsettled
from sandbox.world.settlement import claims
from sandbox.world.shops import Shop
from sandbox.world.state import World

Fixed = dict[str, Any]


@dataclass(frozen=True)
class Returned:
    """Lines refunded in full, parts of others (lines with the refunded amounts), and the way back in minor units."""

    lines: list[Body]
    parts: list[Body]
    fee: int


def settle(world: World, shop: Shop, body: Body) -> None:
    """Let the refund of a return just completed settle: with its sale, or by itself when that is in a statement."""
    order_id, return_id, fixed = order_id_of(body), str(body["return_id"]), _fixed(body)
    if not claims.is_settled(world, order_id):
        refunded = [*world.store.get_meta(_key(order_id), []), fixed]
        world.store.set_meta(_key(order_id), refunded)
        _settle_undelivered(world, shop, order_id, refunded)
        return
    draw = world.draw("refund", return_id)
    due = world.now + draw.between(1, 8) * days.HOUR
    payload = {"kind": "refund", "order_id": order_id, "back": fixed, "affiliate_kept": draw.happens(400)}
    world.agenda.claim(shop.id, due, world.new_id("74", "refund", return_id), payload)


def before_sale(world: World, order: Body) -> Returned:
    """Return what was refunded of an order whose sale settles now."""
    return returned(order, *world.store.get_meta(_key(order["id"]), []))


def returned(order: Body, *fixed: Fixed) -> Returned:
    """Return refunds as lines of their order."""
    known = {line["id"]: line for line in order["line_items"]}
    whole: list[Body] = []
    parts: list[Body] = []
    for row in (row for each in fixed for row in each["lines"]):
        line = known.get(row["line_id"])
        if line is not None and row["subtotal"] == pence.parse(line["sale_price"]):
            whole.append(line)
        elif line is not None:
            parts.append(_part(line, row))
    return Returned(whole, parts, sum(each["fee"] for each in fixed))


def _settle_undelivered(world: World, shop: Shop, order_id: str, refunded: list[Fixed]) -> None:
    """Settle an order that never arrived as soon as all of it is refunded; what arrives settles in its time."""
    record = world.tiktok("orders", order_id)
    if record is None or record.body["delivery_time"]:
        return
    left = {line["id"] for line in record.body["line_items"] if line.get("display_status") != "CANCELLED"}
    if left <= {line["id"] for line in returned(record.body, *refunded).lines}:
        claims.claim_sale(world, shop, order_id, at=world.now)
        unsettled.end(world, order_id)


def _key(order_id: str) -> str:
    return f"world_refunds:{order_id}"


def _fixed(body: Body) -> Fixed:
    rows = [
        {
            "line_id": row.get("order_line_item_id"),
            "subtotal": _pence(fields(row.get("refund_amount")).get("refund_subtotal")),
            "tax": _pence(fields(row.get("refund_amount")).get("refund_tax")),
        }
        for row in objects(body.get("return_line_items"))
    ]
    fees = [_pence(row.get("seller_paid_return_shipping_fee")) for row in objects(body.get("shipping_fee_amount"))]
    return {"lines": rows, "fee": sum(fees)}


def _part(line: Body, row: Body) -> Body:
    return {
        "sku_id": line["sku_id"],
        "original_price": pence.text(row["subtotal"]),
        "seller_discount": "0",
        "platform_discount": "0",
        "sale_price": pence.text(row["subtotal"]),
        "item_tax": [{"tax_amount": pence.text(row["tax"])}],
    }


def _pence(value: object) -> int:
    """Return an amount of the wire in minor units; what was damaged by hand counts nothing."""
    return int(amount(value) * 100)
