"""Returns on the store: asked for, decided, shipped, refunded (fact sheet tiktok_shop 6.1 to 6.5).

Belongs here: who may ask for which lines, and every step on a stored return; the world and the wire both call them.
Does not: what a step changes (see `return_life`, `return_decisions`). Records of kind `returns` have the shape of a
search row. Instants are epoch seconds of the world; webhook 12 is sent by the caller (`announce`), but here for a
rejected request that a new one closes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import return_decisions as decisions
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop.amounts import ZERO, objects
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.fulfilment import new_id
from sandbox.tiktok_shop.return_bodies import PLATFORM, Asked, lessen, new_body, order_id_of, total_of
from sandbox.tiktok_shop.webhooks import emit

KIND = "returns"
_BEFORE_DELIVERY = {"AWAITING_COLLECTION", "IN_TRANSIT"}
_FREES_LINES = {*life.CANCELLED, *life.REJECTED}


def request(
    store: Store,
    order_id: str,
    line_ids: Collection[str] = (),
    *,
    type: str,
    reason: str,
    now: int,
    role: str = "BUYER",
    shipment_type: str = PLATFORM,
    is_quick_refund: bool = False,
    total: Decimal | None = None,
) -> str:
    """Ask for a refund, a return or a replacement of lines (none named: all that are free); return the return's id.

    `role` is BUYER, SELLER, SYSTEM or OPERATOR; `total` refunds less than the lines cost. A buyer's request is PENDING
    until the seller answers; the seller's and the platform's own take effect at once. A rejected request for the same
    lines is closed by the new one.

    Raises:
        ApiError: 25007006 no such order; 25001003 or 25001051 too early or late; 25001011 a return of a line is open
            or done; 25005005 `total` is more than the lines cost; 25001001 the order has no such line.
    """
    with store.transaction():
        order = store.get("tiktok_shop", "orders", order_id)
        if order is None:
            raise ApiError(25007006, "The order does not exist")
        if error := refusal(order.body, role, type):
            raise error
        earlier = of_order(store, order_id)
        lines = _free(order.body, earlier, line_ids)
        for record in earlier:
            if _is_rejected_for(record.body, lines):
                life.cancel(record.body, now, "SYSTEM", "The buyer made another request")
                _put(store, record)
                announce(store, record.id)
        id = new_id(store, "4042", "return", order_id, len(earlier))
        asked = Asked(type, reason, now, role, _region(store, order), shipment_type, is_quick_refund=is_quick_refund)
        body = new_body(id, order.body, lines, asked)
        if total is not None:
            _check_total(body, total)
            lessen(body, total)
        life.open_request(body, now)
        _put(store, Record("tiktok_shop", KIND, id, body, order.shop, order_id, now, now))
    return id


def refusal(order: Body, role: str, type: str) -> ApiError | None:
    """Return why an order's status allows nobody of this role such a request, None when it does (6.4)."""
    status = str(order.get("status"))
    if status in {"COMPLETED", "CANCELLED"}:
        return ApiError(25001051, "The order is completed or cancelled")
    early = type == "REFUND" and status in _BEFORE_DELIVERY
    if (status == "DELIVERED" and (role != "SELLER" or type in {"REFUND", "RETURN_AND_REFUND"})) or early:
        return None
    return ApiError(25001003, "The order's status does not allow this")


def free_lines(store: Store, order: Body) -> list[Body]:
    """Return the lines of an order that no open or finished return holds."""
    held = _held(of_order(store, str(order.get("id"))))
    return [line for line in _left(order) if str(line.get("id")) not in held]


def decide(
    store: Store,
    return_id: str,
    decision: str,
    at: int,
    *,
    role: str = "SELLER",
    detail: decisions.Detail | None = None,
) -> None:
    """Carry a decision of the seller or the platform out. Raises ApiError when it does not fit the return's state."""
    change(store, return_id, lambda body: decisions.decide(body, decision, at, role, detail))


def lapse(store: Store, return_id: str, at: int) -> None:
    """Approve by the platform what the seller has left unanswered; what waits for no answer is left alone."""
    if _status(get(store, return_id).body) in {*life.PENDINGS, life.SHIPPED}:
        change(store, return_id, lambda body: decisions.lapse(body, at))


def label(
    store: Store, return_id: str, at: int, *, tracking: str, provider_id: str, provider: str, fee: str = ""
) -> None:
    """Give an approved return its label; `fee` is what the seller pays for it, in major units."""

    def labelled(body: Body) -> None:
        paid = life.seller_pays(body, fee) if fee else None
        life.label(body, at, tracking=tracking, provider_id=provider_id, provider=provider, paid=paid)

    change(store, return_id, labelled)


def mark_shipped(store: Store, return_id: str, tracking: str, now: int) -> None:
    """Have the carrier scan the parcel; `tracking` '' keeps the label's number. Raises ApiError when none is due."""
    change(store, return_id, lambda body: life.ship(body, now, tracking))


def mark_delivered(store: Store, return_id: str, now: int) -> None:
    """Have the parcel arrive: the seller has 48 hours to accept or refuse it."""
    change(store, return_id, lambda body: life.arrive(body, now))


def complete(store: Store, return_id: str, now: int) -> None:
    """Have the refund reach the buyer. Raises ApiError 25001003 when none runs."""
    change(store, return_id, lambda body: life.complete(body, now))


def cancel(store: Store, return_id: str, now: int, *, role: str, why: str) -> None:
    """Close a return without a refund. Raises ApiError 25020009 when it is closed, 25001010 when it is refunded."""
    status = _status(get(store, return_id).body)
    if status in life.CANCELLED:
        raise ApiError(25020009, "The request is cancelled already")
    if status in {life.COMPLETE, *life.REFUND_RUNS, *life.REPLACED}:
        raise ApiError(25001010, "The request has been answered already")
    change(store, return_id, lambda body: life.cancel(body, now, role, why))


def edit(store: Store, return_id: str, line_ids: Sequence[str], *, type: str, reason: str, now: int) -> str:
    """Let a buyer replace a request by another one: the old one is closed, each names the other; return the new id."""
    with store.transaction():
        cancel(store, return_id, now, role="BUYER", why="The buyer changed the request")
        id = request(store, order_id_of(get(store, return_id).body), line_ids, type=type, reason=reason, now=now)
        for of, field, other in ((return_id, "next_return_id", id), (id, "pre_return_id", return_id)):
            change(store, of, lambda body, field=field, other=other: body.update({field: other}))  # type: ignore[misc]
    return id


def combine(store: Store, return_ids: Sequence[str]) -> str:
    """Put several returns into one package; return its id."""
    id = new_id(store, "4043", "combined", *return_ids)
    with store.transaction():
        for each in return_ids:
            change(store, each, lambda body: body.update(is_combined_return=True, combined_return_id=id))
    return id


def change(store: Store, return_id: str, how: Callable[[Body], object]) -> None:
    """Change a stored return. Raises ApiError 25007006 when there is none, and what `how` raises."""
    with store.transaction():
        record = get(store, return_id)
        how(record.body)
        _put(store, record)


def get(store: Store, return_id: str) -> Record:
    """Return a stored return. Raises ApiError 25007006 when there is none."""
    record = store.get("tiktok_shop", KIND, return_id)
    if record is None:
        raise ApiError(25007006, "The return does not exist")
    return record


def of_order(store: Store, order_id: str) -> list[Record]:
    """Return all returns of an order, in the order they were made."""
    found = store.select("tiktok_shop", KIND, parent=order_id)
    return sorted(found, key=lambda record: (record.created_at, record.id))


def announce(store: Store, return_id: str) -> None:
    """Send webhook 12 as of the return's change; it spells the cancelled state out."""
    record = get(store, return_id)
    emit(store, record.shop, 12, notice(record.body), at=record.updated_at)


def notice(body: Body) -> Body:
    """Return the data of webhook 12."""
    status = body.get("return_status")
    return {
        "order_id": body.get("order_id"),
        "return_role": body.get("role"),
        "return_type": body.get("return_type"),
        "return_status": f"{life.CANCEL}LED" if status == life.CANCEL else status,
        "return_id": body.get("return_id"),
        "create_time": body.get("create_time"),
        "update_time": body.get("update_time"),
    }


def _free(order: Body, earlier: list[Record], line_ids: Collection[str]) -> list[Body]:
    lines, held = _left(order), _held(earlier)
    if unknown := set(map(str, line_ids)) - {str(line.get("id")) for line in lines}:
        raise ApiError(25001001, f"param body.order_line_item_ids is invalid, the order has no line {min(unknown)}")
    wanted = [line for line in lines if not line_ids or str(line.get("id")) in line_ids]
    free = [line for line in wanted if str(line.get("id")) not in held]
    if not free or (line_ids and len(free) < len(wanted)):
        raise ApiError(25001011, "A return of the line is in process, or done")
    return free


def _status(body: Body) -> str:
    return str(body.get("return_status"))


def _line_ids(body: Body) -> set[str]:
    ids = body.get("_line_ids")
    return set(map(str, ids)) if isinstance(ids, list) else set()


def _left(order: Body) -> list[Body]:
    return [line for line in objects(order.get("line_items")) if line.get("display_status") != "CANCELLED"]


def _held(earlier: list[Record]) -> set[str]:
    """Return the lines of returns that are open or done; one in arbitration is open."""
    return {
        id
        for record in earlier
        if _status(record.body) not in _FREES_LINES or record.body.get("arbitration_status") == "IN_PROGRESS"
        for id in _line_ids(record.body)
    }


def _is_rejected_for(body: Body, lines: list[Body]) -> bool:
    ids = {str(line.get("id")) for line in lines}
    return _status(body) in life.REJECTED and bool(ids & _line_ids(body))


def _region(store: Store, order: Record) -> str:
    shop = store.get("tiktok_shop", "shops", order.shop)
    return str(shop.body.get("region", "")) if shop else ""


def _check_total(body: Body, total: Decimal) -> None:
    if total > total_of(body):
        raise ApiError(25005005, "The amount is above what may be refunded")
    if total <= ZERO:
        raise ApiError(25001001, "param body.refund_total is invalid, an amount above 0 is expected")


def _put(store: Store, record: Record) -> None:
    store.put(store.indexed(record, record.body))
