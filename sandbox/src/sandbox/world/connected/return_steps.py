"""What becomes of a return in a connected world: buyers ship or do not, clocks run out, the platform rules and pays.

Belongs here: when each step of people and platform happens. Does not: what it changes (`tiktok_shop.return_life`), nor
the parcel's way (see `return_parcels`). Every hour each return that is not over is looked at; what comes next in its
state is planned once, and happens only if the state is still the same: the seller's decisions on the wire come first.
"""

from __future__ import annotations

from contextlib import suppress

from sandbox.store import Body, Record
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.return_bodies import PLATFORM, order_id_of
from sandbox.world import days, pence, returns_by_hand
from sandbox.world.agenda import Payload
from sandbox.world.connected import counters, return_parcels
from sandbox.world.draw import Draw
from sandbox.world.settlement import earnings, refunds
from sandbox.world.shops import SHOPS
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import remember, truth

_WATCHED = sorted(
    {life.AWAITING_SHIP, life.SHIPPED, life.OFFERED, *life.PENDINGS, *life.REFUND_RUNS, *life.REJECTED, *life.REPLACED}
)
_LATELY = 40 * days.DAY
NEVER_SHIPS, ACCEPTS, ARBITRATES, ASKS_AGAIN, EDITS = 80, 600, 250, 250, 30
_HOURS = {
    life.OFFERED: (3, 40),
    life.REQUEST_REJECTED: (5, 60),
    life.PARCEL_REJECTED: (5, 60),
    f"{life.REPLACEMENT}_REJECT": (24, 48),
}


def watch(world: World) -> None:
    """Look at returns that are not over, and plan what comes next for each whose state is new."""
    lately, wanted = (world.now - _LATELY, None), {"return_status": _WATCHED}
    for record in world.store.select(TIKTOK, returns.KIND, updated=lately, matching=wanted):
        body, key = record.body, _state(record.body)
        if body.get("_watched") == key or body.get("_refunded_at") or body.get("_is_by_hand"):
            continue
        _keep(world, record.id, _watched=key)
        if body.get("return_status") == life.AWAITING_SHIP:
            _issue_label(world, record)
        if _is_to_be_edited(world, body):
            at = world.now + world.draw("edits", record.id, "when").between(1, 4) * days.HOUR
            world.agenda.add(at, "return_step", record.id, {"state": key, "edit": True})
        if at := _next(world, record, world.draw("next", record.id, key)):
            world.agenda.add(at, "return_step", record.id, {"state": key})


def step(world: World, return_id: str, payload: Payload) -> None:
    """Take the planned step if the return is still in the state that it was planned for."""
    record = world.store.get(TIKTOK, returns.KIND, return_id)
    if record is None or _state(record.body) != payload["state"]:
        return
    if "edit" in payload:
        with suppress(ApiError):
            _edit(world, record)
        return
    if life.deadline(record.body) > world.now:
        world.agenda.add(life.deadline(record.body), "return_step", return_id, payload)
        return
    try:
        _take(world, record, world.draw("step", return_id, payload["state"]))
    except ApiError:
        return
    returns.announce(world.store, return_id)


def plan_deadline(world: World, body: Body) -> None:
    """Let a changed deadline count; where a person answers in Seller Center none does."""
    if world.is_connected and not body.get("_is_by_hand"):
        world.agenda.add(life.deadline(body), "return_step", body["return_id"], {"state": _state(body)})


def _state(body: Body) -> str:
    parts = (body.get("return_status"), body.get("arbitration_status"), bool(body.get("_delivered_at")))
    return "|".join(map(str, parts))


def _keep(world: World, return_id: str, **changes: object) -> None:
    returns.change(world.store, return_id, lambda body: body.update(changes))


def _next(world: World, record: Record, draw: Draw) -> int:
    """Return when the next step of people or platform is due, 0 when the parcel's comes first."""
    body, status = record.body, str(record.body.get("return_status"))
    if life.deadline(body):
        return life.deadline(body)
    if body.get("arbitration_status") == life.IN_PROGRESS:
        return world.now + draw.between(48, 120) * days.HOUR
    if status == life.AWAITING_SHIP:
        never = world.draw("ships", record.id).happens(NEVER_SHIPS)
        return world.now + (life.TO_SHIP_SECONDS if never else draw.below(5 * days.DAY))
    if status == life.SHIPPED and not body.get("_delivered_at"):
        return 0
    if status in life.REPLACED:
        return world.now + draw.between(60, 1800)
    return world.now + draw.between(*_HOURS.get(status, (2, 8))) * days.HOUR


def _take(world: World, record: Record, draw: Draw) -> None:
    store, id, body, now = world.store, record.id, record.body, world.now
    status = str(body.get("return_status"))
    if status in life.PENDINGS or life.deadline(body):
        _lapse(world, record)
    elif body.get("arbitration_status") == life.IN_PROGRESS:
        returns.change(store, id, lambda body: life.rule(body, now, for_buyer=draw.happens(500)))
    elif status == life.OFFERED:
        returns.change(store, id, lambda body: life.answer_offer(body, now, accepts=draw.happens(ACCEPTS)))
    elif status in life.REJECTED:
        _after_rejection(world, record, draw)
    elif status == life.AWAITING_SHIP:
        _ship_or_not(world, record)
    elif status == life.SHIPPED:
        returns.change(store, id, lambda body: life.receive_at_platform(body, now))
    elif status in life.REFUND_RUNS:
        _refund(world, record)
    elif status in life.REPLACED:
        _send_again(world, record)


def _lapse(world: World, record: Record) -> None:
    """Approve what the seller left unanswered."""
    returns.lapse(world.store, record.id, world.now)
    counters.add(world, "returns_approved_unseen")
    about, order_id = (TIKTOK, returns.KIND, record.id), order_id_of(record.body)
    entry = truth("RET-02", about, ("return", record.id), shop_id=record.shop, order_id=order_id)
    remember(world.store, [entry], origin="trade", at=world.now)


def _issue_label(world: World, record: Record) -> None:
    """Have TikTok Shop issue the label, unless the buyer sends it his own way or the seller gave one."""
    if record.body.get("shipment_type") != PLATFORM or record.body.get("return_tracking_number"):
        return
    label = returns_by_hand.label_of(world, SHOPS[record.shop], record.id)
    agreed = earnings.terms(SHOPS[record.shop], world.draw("terms", order_id_of(record.body)))
    carrier = {"provider_id": label.provider_id, "provider": label.provider}
    fee = pence.text(agreed.parcel_cost)
    returns.label(world.store, record.id, world.now, tracking=label.tracking, fee=fee, **carrier)
    returns.announce(world.store, record.id)


def _ship_or_not(world: World, record: Record) -> None:
    """Let the buyer post the parcel, with whatever else he has to send to the same place; or never."""
    store, id, now = world.store, record.id, world.now
    if world.draw("ships", id).happens(NEVER_SHIPS):
        returns.cancel(store, id, now, role="SYSTEM", why="The buyer did not ship in time")
        return
    boxed = [id, *_same_box(world, record)]
    if len(boxed) > 1:
        returns.combine(store, boxed)
    tracking = str(record.body.get("return_tracking_number") or _own_number(world, record))
    for each in boxed:
        returns.mark_shipped(store, each, tracking, now)
        if each != id:
            returns.announce(store, each)
    return_parcels.send(world, record.shop, boxed, tracking)


def _same_box(world: World, record: Record) -> list[str]:
    """Return the buyer's other returns that wait to be shipped to the same place."""
    same = {key: record.body.get(key) for key in ("_buyer_user_id", "_is_fulfilled_by_platform")}
    matching = {"return_status": life.AWAITING_SHIP, **same}
    found = world.store.select(TIKTOK, returns.KIND, shop=record.shop, matching=matching)
    return [each.id for each in found if each.id != record.id]


def _own_number(world: World, record: Record) -> str:
    """Return the tracking number that a buyer enters of the carrier he chose; some enter none."""
    if world.draw("number", record.id).happens(300):
        return ""
    return returns_by_hand.label_of(world, SHOPS[record.shop], record.id).tracking


def _after_rejection(world: World, record: Record, draw: Draw) -> None:
    """Let a refused buyer call the platform in, ask once more, or give up."""
    store, id, now, status = world.store, record.id, world.now, record.body.get("return_status")
    choice = draw.weighted((ARBITRATES, ASKS_AGAIN, 1000 - ARBITRATES - ASKS_AGAIN))
    if choice == 0 and status in {life.REQUEST_REJECTED, life.PARCEL_REJECTED}:
        returns.change(store, id, lambda body: life.arbitrate(body, now))
    elif choice == 1 and status == life.REQUEST_REJECTED and _may_ask(world, record):
        lines = _line_ids(record)
        type, reason = _kind(record.body)
        other = returns.request(store, order_id_of(record.body), lines, type=type, reason=reason, now=now)
        _keep(world, other, pre_return_id=id)
        _keep(world, id, next_return_id=other)
        counters.add(world, "returns_asked")
        returns.announce(store, other)
    else:
        returns.cancel(store, id, now, role="BUYER", why="The buyer gave up")


def _may_ask(world: World, record: Record) -> bool:
    """Whether the order still allows another request, after one that was the buyer's first."""
    order = world.store.get(TIKTOK, "orders", order_id_of(record.body))
    type = str(record.body.get("return_type"))
    is_first = not record.body.get("pre_return_id")
    return is_first and order is not None and returns.refusal(order.body, "BUYER", type) is None


def _is_to_be_edited(world: World, body: Body) -> bool:
    waits = str(body.get("return_status")) in life.PENDINGS and not body.get("pre_return_id")
    return waits and world.draw("edits", order_id_of(body)).happens(EDITS)


def _edit(world: World, record: Record) -> None:
    """Let a buyer change a request that waits: he keeps half of it."""
    if not _may_ask(world, record):
        return
    lines = _line_ids(record)
    fewer = lines[: max(1, len(lines) // 2)]
    type, reason = _kind(record.body)
    other = returns.edit(world.store, record.id, fewer, type=type, reason=reason, now=world.now)
    returns.announce(world.store, record.id)
    returns.announce(world.store, other)


def _line_ids(record: Record) -> list[str]:
    return [str(each) for each in record.body.get("_line_ids") or []]


def _kind(body: Body) -> tuple[str, str]:
    return str(body.get("return_type")), str(body.get("return_reason"))


def _refund(world: World, record: Record) -> None:
    """Have the refund reach the buyer, and its money the settlement."""
    returns.change(world.store, record.id, lambda body: life.complete(body, world.now))
    refunds.settle(world, SHOPS[record.shop], returns.get(world.store, record.id).body)


def _send_again(world: World, record: Record) -> None:
    """Make the orders that replace what was approved, one for each line."""
    exchange = record.body.get("return_type") == "EXCHANGE"
    for number, line_id in enumerate(_line_ids(record)):
        payload = {"replaces": order_id_of(record.body), "line_id": line_id, "exchange": exchange}
        world.agenda.add(world.now + 60, "order_created", f"57{world.now}9{number}{record.id[-4:]}", payload)
