"""Failures of returns on TikTok Shop: answered by nobody, refunded wrongly, lost on the way back.

Belongs here: changed or added returns, and the settlement lines of refunds that should not be. Does not: what happens
at the returns portal or at a warehouse. Money that was refunded stays in a statement that adds up.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Body, Record
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.amounts import amount, written
from sandbox.tiktok_shop.return_bodies import lessen, total_of
from sandbox.world import days, returns_by_hand
from sandbox.world.connected import return_steps
from sandbox.world.incidents.choosing import choose, is_sale, recent_rows
from sandbox.world.incidents.on_statements import append_row, open_statement
from sandbox.world.settlement import earnings, lines
from sandbox.world.shops import SHOPS
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import Truth, truth

AT_RISK_SECONDS = 2 * days.HOUR
LOST_FOR = 15 * days.DAY


def leave_unanswered(world: World, count: int) -> list[Truth]:
    """RET-01: a request that waits for the seller, or a parcel, is due in two hours."""
    due, entries = world.now + AT_RISK_SECONDS, []

    def late(body: Body) -> None:
        body["seller_next_action_response"] = [{**row, "deadline": due} for row in body["seller_next_action_response"]]
        body["update_time"] = world.now

    found = _returns(world, lambda body: life.deadline(body) > due)
    for record in choose(world, "RET-01", found, count=count):
        entries.append(_change(world, record, late, deadline=due))
        return_steps.plan_deadline(world, record.body)
    return entries


def approve_unseen(world: World, count: int) -> list[Truth]:
    """RET-02: TikTok Shop has approved a request by itself."""
    found = _returns(world, lambda body: body["return_status"] in life.PENDINGS)
    chosen = choose(world, "RET-02", found, count=count)
    return [_change(world, record, lambda body: life.approve_request(body, world.now, "SYSTEM")) for record in chosen]


def edit_amount(world: World, count: int) -> list[Truth]:
    """RET-07: a return shows another amount than was refunded: half of it."""

    def halve(body: Body) -> None:
        lessen(body, (total_of(body) / 2).quantize(amount("0.01")))
        body["update_time"] = world.now

    found = _returns(world, lambda body: body["return_status"] == life.COMPLETE and total_of(body) > 1)
    entries = []
    for record in choose(world, "RET-07", _settled(world, found), count=count):
        refunded = written(total_of(record.body))
        entries.append(_change(world, record, halve, refunded=refunded))
    return entries


def refund_without_return(world: World, count: int) -> list[Truth]:
    """RET-11: the platform refunds a delivered order by itself; the buyer keeps the goods and the return says so."""
    entries = []
    for record in choose(world, "RET-11", _free_sales(world), count=count):
        shop, order = SHOPS[record.shop], world.order(record.body["order_id"])
        id = returns_by_hand.return_id(world, order["id"], "by the platform")
        line_ids = [line["id"] for line in order["line_items"]]
        returns_by_hand.write_refunded(world, shop, order, line_ids, id, role="OPERATOR")
        transaction_id = _refund(world, record, order, "by the platform")
        detail = {"order_id": order["id"], "transaction_id": transaction_id}
        entries.append(truth("", (TIKTOK, returns.KIND, id), ("return", id), shop_id=shop.id, **detail))
    return entries


def lose_parcel(world: World, count: int) -> list[Truth]:
    """RET-12: a carrier has had a returned parcel for fifteen days."""

    def earlier(body: Body) -> None:
        at = world.now - LOST_FOR
        body.update(
            _is_lost=True, _shipped_at=at, update_time=at, create_time=min(int(body["create_time"]), at - days.DAY)
        )
        for number, entry in enumerate(body["_records"]):
            entry["create_time"] = min(int(entry["create_time"]), at - len(body["_records"]) + 1 + number)

    found = _returns(world, lambda body: body["return_status"] == life.SHIPPED and not body["_delivered_at"])
    return [_change(world, record, earlier) for record in choose(world, "RET-12", found, count=count)]


def refund_twice(world: World, count: int) -> list[Truth]:
    """RET-13: the lines of a refunded return are refunded once more, on the return's copy and in a statement."""
    found = _returns(world, lambda body: body["return_status"] == life.COMPLETE)
    entries = []
    for record in choose(world, "RET-13", _settled(world, found), count=count):
        order, id = world.order(record.parent), returns_by_hand.return_id(world, record.parent, "twice")
        line_ids = [row["order_line_item_id"] for row in record.body["return_line_items"]]
        returns_by_hand.write_refunded(world, SHOPS[record.shop], order, line_ids, id)
        transaction_id = _refund(world, record, order, "twice", line_ids)
        detail = {"order_id": record.parent, "first_id": record.id, "transaction_id": transaction_id}
        entries.append(truth("", (TIKTOK, returns.KIND, id), ("return", id), shop_id=record.shop, **detail))
    return entries


def rule_for_buyer(world: World, count: int) -> list[Truth]:
    """RET-14: the platform's operators have decided for the buyer whom the seller refused; that may be appealed."""

    def ruled(body: Body) -> None:
        life.reject(body, world.now, "SELLER")
        life.arbitrate(body, world.now)
        life.rule(body, world.now, for_buyer=True)

    found = _returns(world, lambda body: body["return_status"] == life.PENDING and not body["is_quick_refund"])
    return [_change(world, record, ruled) for record in choose(world, "RET-14", found, count=count)]


def _returns(world: World, fits: Callable[[Body], bool]) -> list[Record]:
    since = world.now - 60 * days.DAY
    return [record for record in world.store.select(TIKTOK, returns.KIND, created=(since, None)) if fits(record.body)]


def _settled(world: World, found: list[Record]) -> list[Record]:
    """Return those of orders whose refund is in a statement, and that have no other return."""
    rows = recent_rows(world, lambda row: row["type"] == "ORDER")
    refunded = {
        row.body["order_id"]
        for row in rows
        if amount(row.body["supplementary_component"].get("customer_refund_amount")) < 0
    }
    alone = [record for record in found if world.store.count(TIKTOK, returns.KIND, parent=record.parent) == 1]
    return [record for record in alone if record.parent in refunded]


def _free_sales(world: World) -> list[Record]:
    """Return settled sales of orders that nothing came back from."""
    return [
        row
        for row in recent_rows(world, is_sale)
        if not world.store.count(TIKTOK, returns.KIND, parent=row.body["order_id"])
    ]


def _refund(world: World, record: Record, order: Body, why: str, line_ids: list[str] | None = None) -> str:
    """Put a refund of an order's lines (all of them unless named) into an open statement; return its id."""
    shop = SHOPS[record.shop]
    gone = [line for line in order["line_items"] if line_ids is None or line["id"] in line_ids]
    agreed = earnings.terms(shop, world.draw("terms", order["id"]))
    figures = earnings.refund(shop, order, agreed, gone, affiliate_returned=True, return_fee=0)
    id = world.new_id("74", "planted refund", why, order["id"])
    append_row(world, shop, open_statement(world, shop), lines.order_row(id, order, figures))
    return id


def _change(world: World, record: Record, how: Callable[[Body], None], **detail: object) -> Truth:
    how(record.body)
    world.write(
        returns.KIND, record.id, record.body, shop=record.shop, at=int(record.body["update_time"]),
        parent=record.parent, created=int(record.body["create_time"]),
    )  # fmt: skip
    about = (TIKTOK, returns.KIND, record.id)
    return truth("", about, ("return", record.id), shop_id=record.shop, order_id=record.parent, **detail)
