"""What carriers and the hub report of a parcel: scans, and its receipt.

Belongs here: `carrier_scan` and `receive`, which the world calls, and a call to be the hub oneself. Does not: grading
(`grading`).
A parcel is known by its tracking number alone. One that nobody announced becomes a return of its own: a blind arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from sandbox.store import Store
from sandbox.world.draw import Draw
from sandbox.zigzag import returns
from sandbox.zigzag.errors import WireError, invalid
from sandbox.zigzag.grading import grade, plan_grading
from sandbox.zigzag.profile import RETAILERS, iso, limits, seed
from sandbox.zigzag.stored import whole

__all__ = ["SCANS", "book_receipt", "carrier_scan", "grade", "receive"]

Body = dict[str, Any]
SCANS = {
    "collected": ("Collected", "in_transit"),
    "in_transit": ("In transit", "in_transit"),
    "delivered": ("Delivered", "delivered_to_hub"),
    "lost": ("Lost by the carrier", "exception"),
    "returned_to_sender": ("Returned to sender", "exception"),
}
"""What a carrier may scan: its description, and the status that the return has then."""


def carrier_scan(store: Store, tracking_number: str, code: str, at: int, location: str | None) -> list[str]:
    """Note a carrier's scan of a parcel; return the ids of its returns, none when its number is unknown.

    `at` is the instant of the scan (epoch seconds of world time). A scan older than one that is known changes no
    status.

    Raises:
        ValueError: The code is none of SCANS.
    """
    if code not in SCANS:
        raise ValueError(f"code {code!r}: expected one of {', '.join(SCANS)}")
    ids = []
    with store.transaction():
        for body in returns.of_tracking(store, tracking_number):
            _scanned(store, body, tracking_number, code, at=at, location=location)
            ids.append(str(body["returnId"]))
    return ids


def receive(store: Store, *, tracking_number: str, warehouse: str, units: Iterable[Mapping[str, Any]], now: int) -> str:
    """Take a parcel in as it was found, units as `sku` and `quantity`; return the id of its return, new when blind.

    `warehouse` is the code of the distribution centre, `now` world time (epoch seconds). Units that no line asks for
    become lines that request nothing. A number that several returns share fills them in order of their ids. A parcel
    whose returns are graded already is blind.
    """
    found = _counted(units)
    with store.transaction():
        waiting = [body for body in returns.of_tracking(store, tracking_number) if _can_receive(body)]
        if not waiting:
            return _blind(store, tracking_number, warehouse, found, now=now)
        _share_out(store, waiting, warehouse, found, now=now)
    return str(waiting[0]["returnId"])


def book_receipt(store: Store, id: str, wanted: Body) -> Body:
    """Answer POST /returns/{returnId}/receipt: receive `units` now and, with `outcomes`, grade them.

    ZigZag has no such call: it lets whoever drives the stand-in be the hub. Raises WireError 400, 404 or 409.
    """
    body = returns.get(store, id)
    if body is None:
        raise WireError("not_found", f"returnId {id!r}: there is no such return")
    units, outcomes = wanted.get("units"), wanted.get("outcomes")
    if not _are_units(units):
        raise invalid("units", units, "a list of sku and quantity")
    if outcomes is not None and not _are_units(outcomes):
        raise invalid("outcomes", outcomes, "a list of sku, quantity, condition and disposition")
    if not _can_receive(body):
        raise WireError("already_received")
    _share_out(store, [body], str(body["warehouseDC"]), _counted(units), now=store.now)
    if outcomes is not None:
        try:
            grade(store, id, store.now, [{"condition": None, "disposition": None, **each} for each in outcomes])
        except ValueError as error:
            raise WireError("invalid_request", str(error)) from None
    return returns.snapshot(store, returns.get(store, id) or body)


def _are_units(rows: object) -> TypeGuard[list[Body]]:
    return isinstance(rows, list) and all(
        isinstance(row, dict) and isinstance(row.get("sku"), str) and type(row.get("quantity")) is int for row in rows
    )


def _counted(units: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for unit in units:
        found[str(unit["sku"])] = found.get(str(unit["sku"]), 0) + int(unit["quantity"])
    return found


def _share_out(store: Store, waiting: list[Body], warehouse: str, found: dict[str, int], *, now: int) -> None:
    for body in waiting:
        _fill(body, found)
    _add_rest(waiting[0], found)
    for body in waiting:
        _keep_received(store, {**body, "warehouseDC": warehouse}, now=now)


def _scanned(store: Store, body: Body, tracking: str, code: str, *, at: int, location: str | None) -> None:
    noted = max(at, store.now)
    description, status = SCANS[code]
    event: Body = {"code": code, "description": description, "at": iso(at), "location": location, "_noted_at": noted}
    is_latest = True
    for shipment in returns.shipments_of(store, body):
        if shipment["trackingNumber"] == tracking:
            is_latest = all(str(each.get("at")) <= event["at"] for each in shipment["events"])
            changed = {**shipment, "events": [*shipment["events"], event]}
            returns.put_shipment(store, {**changed, "status": code} if is_latest else changed, at=noted)
    if is_latest and returns.is_before_receipt(body):
        body = {**body, "status": status}
    returns.put(store, body, at=noted, event="tracking.updated")


def _can_receive(body: Body) -> bool:
    return body["status"] == "received" or returns.is_before_receipt(body) or body["status"] in returns.ENDED


def _fill(body: Body, found: dict[str, int]) -> None:
    """Give each line of its SKU what it asks for and has not got; changes line and `found` in place."""
    for line in body["lines"]:
        got = whole(line, "quantityReceived")
        more = max(0, min(whole(line, "quantityRequested") - got, found.get(line["sku"], 0)))
        line["quantityReceived"] = got + more
        if more:
            found[line["sku"]] -= more


def _add_rest(body: Body, found: dict[str, int]) -> None:
    for sku, units in sorted(found.items()):
        if units > 0:
            body["lines"].append(returns.new_line(body, sku, quantityReceived=units))


def _blind(store: Store, tracking: str, warehouse: str, found: dict[str, int], *, now: int) -> str:
    body = returns.new_return(store, at=now, retailerCode=RETAILERS[0], warehouseDC=warehouse)
    _add_rest(body, found)
    if tracking:
        # What the hub reads off the parcel; no shipment has it, for it is no label of this return.
        body["_tracking"] = tracking
    _keep_received(store, body, now=now)
    return str(body["returnId"])


def _keep_received(store: Store, body: Body, *, now: int) -> None:
    returns.put(store, {**body, "status": "received", "_received_at": now}, at=now, event="return.received")
    first, last = limits(store)["grade_after_hours"]
    minutes = Draw(seed(store), "zigzag grading", body["returnId"]).between(int(first) * 60, int(last) * 60)
    plan_grading(store, str(body["returnId"]), due=now + minutes * 60)
