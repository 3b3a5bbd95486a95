"""Returns and their shipments as records: finding, keeping, showing, and the events that a change sends.

Belongs here: records and the snapshot that every call and webhook shows. Does not: what may be done to a return.
Fact sheet zigzag 4, 7.2: order number -> return order -> returns -> shipments -> tracking number. A shipment is a
record of its own, found under its tracking number; its return lists the numbers of its shipments.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record, Store
from sandbox.zigzag import events
from sandbox.zigzag.profile import SYSTEM, iso, next_number
from sandbox.zigzag.stored import HEAD, LINE, REFUND, usable_return, usable_shipment

Body = dict[str, Any]
CANCELLED, EXPIRED = "cancelled", "expired"
ENDED = {CANCELLED, EXPIRED}
_BEFORE_RECEIPT = ("created", "label_issued", "in_transit", "delivered_to_hub", "exception")


def index_orders(store: Store) -> None:
    """Let returns be found by their order without reading every body."""
    with store.transaction():
        store.connection.execute(
            "create index if not exists zigzag_return_order on record (json_extract(body, '$.orderNumber'))"
            " where system = 'zigzag' and kind = 'returns'"
        )


def of_order(store: Store, number: str) -> list[Body]:
    """Return the returns of an order, by id."""
    with store.transaction():
        rows = store.connection.execute(
            "select id from record where system = 'zigzag' and kind = 'returns' and deleted = 0"
            " and json_extract(body, '$.orderNumber') = ?",
            (number,),
        ).fetchall()
    return [body for (id,) in sorted(rows) if (body := get(store, id))]


def of_reference(store: Store, reference: str) -> list[Body]:
    """Return the returns of an externalReturnRef, by id."""
    return [usable_return(record) for record in store.select(SYSTEM, "returns", **referring(reference))]


def referring(reference: str) -> dict[str, Any]:
    """Return what selects the returns of an externalReturnRef; a record changed by hand may have lost its own."""
    return {"parent": reference, "matching": {"externalReturnRef": reference}}


def of_tracking(store: Store, number: str) -> list[Body]:
    """Return the returns that a tracking number is a label of, by id."""
    if not number:
        return []
    shipments = store.select(SYSTEM, "shipments", parent=number)
    ids = sorted({str(shipment.body.get("returnId")) for shipment in shipments})
    return [body for id in ids if (body := get(store, id))]


def get(store: Store, id: str) -> Body | None:
    """Return a return that can be worked on, or None."""
    record = store.get(SYSTEM, "returns", id)
    return None if record is None else usable_return(record)


def put(store: Store, body: Body, *, at: int, event: str | None = None) -> Body:
    """Keep a return as changed at an instant (epoch seconds), and send an event of it."""
    body = {**body, "updatedAt": iso(at)}
    old = store.get(SYSTEM, "returns", body["returnId"])
    record = old or Record(SYSTEM, "returns", body["returnId"], body, "", "", at, at)
    store.put(store.indexed(record, body))
    if event:
        events.emit(store, event, snapshot(store, body), at=at)
    return body


def expire(store: Store, since: int, *, at: int) -> None:
    """Let returns expire that no carrier has scanned and that have not changed since an instant (epoch seconds)."""
    unused = {"status": ["created", "label_issued"]}
    for record in store.select(SYSTEM, "returns", shop="", updated=(None, since), matching=unused):
        put(store, {**usable_return(record), "status": EXPIRED}, at=at)


def new_return(store: Store, *, at: int, **known: Any) -> Body:
    """Return a new return of no lines, not kept yet; `known` are fields of the snapshot."""
    return {
        **HEAD,
        "returnId": f"R{next_number(store, 'return', first=100001):09d}",
        "status": "created",
        "createdAt": iso(at),
        "updatedAt": iso(at),
        "lines": [],
        "refund": dict(REFUND),
        "_shipments": [],
        **known,
    }


def new_line(body: Body, sku: str, **known: Any) -> Body:
    """Return a new line for a return; `known` are fields of the line."""
    return {**LINE, "lineId": f"{body['returnId']}-{len(body['lines']) + 1}", "sku": sku, "images": [], **known}


def shipments_of(store: Store, body: Body) -> list[Body]:
    """Return the shipments of a return, oldest first."""
    numbers = body["_shipments"] if isinstance(body.get("_shipments"), list) else []
    found = [store.get(SYSTEM, "shipments", str(number)) for number in numbers]
    return [usable_shipment(record) for record in found if record is not None]


def put_shipment(store: Store, body: Body, *, at: int) -> None:
    """Keep a shipment as changed at an instant (epoch seconds)."""
    id = str(body["shipmentNumber"])
    old = store.get(SYSTEM, "shipments", id)
    created = old.created_at if old else at
    store.put(Record(SYSTEM, "shipments", id, body, "", str(body["trackingNumber"]), created, at))


def snapshot(store: Store, body: Body) -> Body:
    """Return what the wire shows of a return."""
    shown = {key: value for key, value in body.items() if not key.startswith("_")}
    return {**HEAD, **shown, "shipments": [_shipment(shipment) for shipment in shipments_of(store, body)]}


def is_before_receipt(body: Body) -> bool:
    """Return whether a return still waits for its parcel."""
    return body.get("status") in _BEFORE_RECEIPT


def _shipment(body: Body) -> Body:
    names = ("shipmentNumber", "carrier", "service", "trackingNumber", "labelUrl", "status")
    happened = [{key: event.get(key) for key in ("code", "description", "at", "location")} for event in body["events"]]
    return {**{name: body.get(name) for name in names}, "events": happened}
