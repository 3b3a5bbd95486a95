"""What refunded returns take out of an order's settlement, before it or after it.

Belongs here: from a return to lines and parts of lines, and the claim of a refund whose sale has settled. Does not:
a return's life, nor fees. What was refunded is fixed when the buyer gets it: editing the return afterwards changes no
settlement.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.store import Body
from sandbox.tiktok_shop.amounts import amount, fields, objects
from sandbox.world import days, pence
from sandbox.world.settlement import claims
from sandbox.world.shops import Shop
from sandbox.world.state import TIKTOK, World

FIXED = "_refunded"


@dataclass(frozen=True)
class Returned:
    """Lines refunded in full, parts of others (lines with the refunded amounts), and the way back in minor units."""

    lines: list[Body]
    parts: list[Body]
    fee: int


def fix(body: Body) -> None:
    """Keep what a return refunded, as it is now, for the settlement."""
    rows = [
        {
            "line_id": row.get("order_line_item_id"),
            "subtotal": _pence(fields(row.get("refund_amount")).get("refund_subtotal")),
            "tax": _pence(fields(row.get("refund_amount")).get("refund_tax")),
        }
        for row in objects(body.get("return_line_items"))
    ]
    fees = [_pence(row.get("seller_paid_return_shipping_fee")) for row in objects(body.get("shipping_fee_amount"))]
    body[FIXED] = {"lines": rows, "fee": sum(fees)}


def claim(world: World, shop: Shop, body: Body) -> None:
    """Claim the refund of a return just completed if its sale is in a statement; else the sale will show it."""
    order_id, return_id = body["order_id"], body["return_id"]
    world.unit_of_work.flush()
    if world.store.get(TIKTOK, "statement_transactions", claims.sale_id(world, order_id), deleted=True) is None:
        return
    draw = world.draw("refund", return_id)
    due = world.now + draw.between(1, 8) * days.HOUR
    payload = {"kind": "refund", "order_id": order_id, "return_id": return_id, "affiliate_kept": draw.happens(400)}
    world.agenda.claim(shop.id, due, world.new_id("74", "refund", return_id), payload)
    body[FIXED]["is_claimed"] = True


def before_sale(world: World, order: Body) -> Returned:
    """Return what an order's returns refunded before its sale settles."""
    world.unit_of_work.flush()
    records = world.store.select(TIKTOK, "returns", parent=order["id"])
    return _added(order, [record.body for record in records])


def of_return(world: World, order: Body, return_id: str) -> Returned:
    """Return what one return refunded; one removed by hand still did."""
    world.unit_of_work.flush()
    record = world.store.get(TIKTOK, "returns", return_id, deleted=True)
    return _added(order, [record.body] if record else [])


def _added(order: Body, returns: list[Body]) -> Returned:
    known = {line["id"]: line for line in order["line_items"]}
    whole: list[Body] = []
    parts: list[Body] = []
    done = [body[FIXED] for body in returns if FIXED in body]
    for row in (row for each in done for row in each["lines"]):
        line = known.get(row["line_id"])
        if line is None:
            continue
        if row["subtotal"] == pence.parse(line["sale_price"]):
            whole.append(line)
        else:
            parts.append(_part(line, row))
    return Returned(whole, parts, sum(each["fee"] for each in done))


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
