"""Failures between an order and its settlement: money that is late, far from its estimate, or for no parcel at all.

Belongs here: what parts from an order or from its estimate. Does not: statements that do not add up.
"""

from __future__ import annotations

from sandbox.store import Record
from sandbox.world import days, pence, unsettled
from sandbox.world.agenda import Payload
from sandbox.world.incidents.choosing import choose, is_sale, recent_rows
from sandbox.world.incidents.on_statements import append_row, open_statement
from sandbox.world.settlement import earnings, lines
from sandbox.world.shops import SHOPS
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

KIND = "unsettled_transactions"
OVERDUE_DAYS = 5
DELAY_DAYS = 14
END_OF_TIME = 2**62


def delay_settlement(world: World, count: int) -> list[Truth]:
    """FIN-05: a delivered order's settlement was due some days ago, and is in no statement."""
    entries = []
    for record in choose(world, "FIN-05", _delivered(world), count=count):
        order_id = str(record.body["order_id"])
        due = world.now - OVERDUE_DAYS * days.DAY
        _move_claims(world, record, by=DELAY_DAYS * days.DAY)
        body = {**record.body, "estimated_settlement": str(due)}
        world.write(KIND, record.id, body, shop=record.shop, at=world.now, created=record.created_at)
        about = ("order", order_id)
        entries.append(truth("", (TIKTOK, KIND, record.id), about, shop_id=record.shop, due_at=due))
    return entries


def settle_unlike_estimate(world: World, count: int) -> list[Truth]:
    """FIN-16: an order settles early, and its parcel costs far more than was estimated."""
    entries = []
    plain = [record for record in _delivered(world) if not _comes_back(world, record)]
    for record in choose(world, "FIN-16", plain, count=count):
        shop, order = SHOPS[record.shop], world.order(record.body["order_id"])
        agreed = earnings.terms(shop, world.draw("terms", order["id"]))
        figures = earnings.sale(shop, order, agreed, [])
        surcharge = 700 + abs(pence.parse(record.body["est_settlement_amount"])) // 5
        figures.shipping["non_standard_weight_fee"] = -surcharge
        _drop_sale(world, record)
        unsettled.end(world, order["id"])
        id = world.new_id("74", "sale", order["id"])
        append_row(world, shop, open_statement(world, shop), lines.order_row(id, order, figures))
        changed, estimate = (TIKTOK, "statement_transactions", id), record.body["est_settlement_amount"]
        entries.append(truth("", changed, ("order", order["id"]), shop_id=shop.id, estimate=estimate))
    return entries


def take_dispatch_back(world: World, count: int) -> list[Truth]:
    """FIN-12: an order that has settled still waits for its shipment."""
    entries = []
    for record in choose(world, "FIN-12", recent_rows(world, is_sale), count=count):
        order_id = record.body["order_id"]
        order = world.tiktok("orders", order_id)
        if order is None:
            raise LookupError(f"order {order_id}: expected a record, found none")
        body = {**order.body, "status": "AWAITING_SHIPMENT", "update_time": world.now}
        world.write("orders", order_id, body, shop=order.shop, at=world.now, created=order.created_at)
        about = (TIKTOK, "orders", order_id)
        entries.append(truth("", about, ("order", order_id), shop_id=order.shop, transaction_id=record.id))
    return entries


def _delivered(world: World) -> list[Record]:
    records = world.store.select(TIKTOK, KIND)
    return [record for record in records if record.body["order_delivery_time"] and record.body["type"] == "ORDER"]


def _comes_back(world: World, record: Record) -> bool:
    """Return whether an order's sale will show a refund, or something of it is on its way back."""
    order_id = record.body["order_id"]
    sale = world.agenda.get_claim(record.shop, world.new_id("74", "sale", order_id))
    return bool(sale and sale["refunded"]) or bool(world.store.count(TIKTOK, "returns", parent=order_id))


def _move_claims(world: World, record: Record, *, by: int) -> None:
    """Put off what an order still claims by some seconds."""
    for due, id, claim in world.agenda.take_claims(record.shop, END_OF_TIME):
        late = by if claim.get("order_id") == record.body["order_id"] else 0
        world.agenda.claim(record.shop, due + late, id, claim)


def _drop_sale(world: World, record: Record) -> None:
    """Forget an order's claim for its sale; whatever else it claims stays."""

    def is_dropped(claim: Payload) -> bool:
        return (claim["kind"], claim.get("order_id")) == ("sale", record.body["order_id"])

    for due, id, claim in world.agenda.take_claims(record.shop, END_OF_TIME):
        if not is_dropped(claim):
            world.agenda.claim(record.shop, due, id, claim)
