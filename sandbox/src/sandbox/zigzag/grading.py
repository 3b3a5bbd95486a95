"""Graders: what condition the units are in that have arrived, and what becomes of them.

Belongs here: grading by given outcomes or by chance, and the plan of what is graded when. Does not: receipt (`hub`).
Fact sheet zigzag 7.3: conditions A sellable, B opened, C soiled, D damaged, E wrong item, F missing. Graders mistype.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.store import Store
from sandbox.world.draw import Draw
from sandbox.zigzag import orders, photos, returns
from sandbox.zigzag.profile import SYSTEM, WAREHOUSES, iso, money, seed
from sandbox.zigzag.stored import usable_order, whole

Body = dict[str, Any]
RESTOCK, MISSING = "restock", "F"
_PLANNED = "zigzag.to_grade"
_PERMILLE = (830, 60, 20, 50, 30, 5, 5)
_CHANCES = (
    *(("A", RESTOCK), ("B", "refurbish"), ("C", "donate"), ("D", "dispose"), ("E", "quarantine")),
    *(("AA", RESTOCK), ("a", RESTOCK)),
)
_UNEXPECTED = ("E", "quarantine")


def grade(store: Store, return_id: str, now: int, outcomes: Iterable[Mapping[str, Any]] | None = None) -> None:
    """Grade the received units of a return: outcomes as `sku`, `quantity`, `condition`, `disposition`, or by chance.

    Units that no outcome speaks of stay ungraded; once none is left, the return is processed and its refund ready.
    What goes back to stock at a GXO site is booked there. `now` is world time (epoch seconds).

    Raises:
        LookupError: There is no such return.
        ValueError: An outcome speaks of units that were not received, or are graded.
    """
    with store.transaction():
        body = returns.get(store, return_id)
        if body is None:
            raise LookupError(f"return {return_id!r}: there is no such return")
        given = _by_chance(store, body) if outcomes is None else outcomes
        graded = [line for outcome in given for line in _apply(body, outcome, now)]
        graded += _missing(body, now) if _all_graded(body) else []
        body = returns.put(store, {**body, "status": "graded"}, at=now, event="return.graded")
        _book(store, body, graded, now)
        if _all_graded(body):
            _process(store, body, now)


def plan_grading(store: Store, return_id: str, *, due: int) -> None:
    """Let the hub's wave grade a return at an instant (epoch seconds)."""
    store.set_meta(_PLANNED, {**store.get_meta(_PLANNED, {}), return_id: due})


def grade_due(store: Store, now: int) -> None:
    """Grade by chance what is due and still waits; costs one read when nothing does."""
    planned: dict[str, int] = store.get_meta(_PLANNED, {})
    due = sorted((at, id) for id, at in planned.items() if at <= now)
    if not due:
        return
    store.set_meta(_PLANNED, {id: at for id, at in planned.items() if at > now})
    for _, id in due:
        body = returns.get(store, id)
        if body and not _all_graded(body) and body["status"] in {"received", "graded"}:
            grade(store, id, now)


def _by_chance(store: Store, body: Body) -> list[Body]:
    found = []
    for line in body["lines"]:
        units = whole(line, "quantityReceived")
        if line["gradedAt"] is None and units:
            draw = Draw(seed(store), "zigzag grade", line["lineId"])
            usual = line["quantityRequested"] or body["orderNumber"] is None
            condition, disposition = _CHANCES[draw.weighted(_PERMILLE)] if usual else _UNEXPECTED
            found.append({"sku": line["sku"], "quantity": units, "condition": condition, "disposition": disposition})
    return found


def _apply(body: Body, outcome: Mapping[str, Any], now: int) -> list[Body]:
    """Grade units of one SKU; a line of which only a part is meant is split. Returns the graded lines."""
    left, graded = int(outcome["quantity"]), []
    for line in list(body["lines"]):
        units = whole(line, "quantityReceived")
        if left <= 0 or line["sku"] != outcome["sku"] or line["gradedAt"] is not None or not units:
            continue
        if units > left:
            _split(body, line, left)
        left -= whole(line, "quantityReceived")
        line.update(condition=outcome["condition"], disposition=outcome["disposition"], gradedAt=iso(now))
        if outcome["condition"] != "A":
            line["images"] = [photos.path_of(line["lineId"], 1)]
        graded.append(line)
    if left > 0:
        raise ValueError(
            f"quantity {outcome['quantity']} of {outcome['sku']!r}: {left} more than were received and are ungraded"
            f" on return {body['returnId']}"
        )
    return graded


def _split(body: Body, line: Body, units: int) -> None:
    """Leave `units` on the line and move the rest to a new one."""
    requested = min(whole(line, "quantityRequested"), units)
    rest = {
        **line,
        "lineId": f"{body['returnId']}-{len(body['lines']) + 1}",
        "quantityRequested": whole(line, "quantityRequested") - requested,
        "quantityReceived": whole(line, "quantityReceived") - units,
    }
    line.update(quantityRequested=requested, quantityReceived=units)
    body["lines"].append(rest)


def _all_graded(body: Body) -> bool:
    return all(line["gradedAt"] is not None for line in body["lines"] if whole(line, "quantityReceived"))


def _missing(body: Body, now: int) -> list[Body]:
    """Mark what never arrived."""
    for line in body["lines"]:
        if line["gradedAt"] is None and not line["quantityReceived"]:
            line.update(condition=MISSING, gradedAt=iso(now))
    return []


def _process(store: Store, body: Body, now: int) -> None:
    refund = dict(body["refund"])
    if body["orderNumber"] is not None:
        refund.update(status="ready", triggeredAt=iso(now), amount=money(_value(store, body)))
    changed = {**body, "status": "processed", "refund": refund}
    returns.put(store, changed, at=now, event="return.processed")


def _value(store: Store, body: Body) -> Decimal:
    """Return the price of what came back of what was asked for."""
    record = store.get(SYSTEM, "orders", str(body["orderNumber"]))
    if record is None:
        return Decimal(0)
    units = [
        (line["sku"], min(whole(line, "quantityReceived"), whole(line, "quantityRequested"))) for line in body["lines"]
    ]
    return sum((orders.unit_price(usable_order(record), sku) * count for sku, count in units), Decimal(0))


def _book(store: Store, body: Body, graded: list[Body], now: int) -> None:
    """Let GXO book what its site has graded: what is restocked, and what is not for sale."""
    if WAREHOUSES.get(body["warehouseDC"]) != "gxo" or not graded:
        return
    from sandbox import gxo  # not above: only a return to its site needs it

    units: dict[str, int] = {}
    damaged: dict[str, int] = {}
    for line in graded:
        counted = units if line["disposition"] == RESTOCK else damaged
        counted[line["sku"]] = counted.get(line["sku"], 0) + whole(line, "quantityReceived")
    reference = str(body["externalReturnRef"] or body["returnId"])
    gxo.returned(store, reference=reference, units=units, damaged=damaged, now=now)
