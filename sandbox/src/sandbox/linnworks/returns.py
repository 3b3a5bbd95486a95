"""Return bookings (RMAs) of processed orders: what was sent back, and what of it comes into stock again.

Belongs here: the rules of booking and actioning a return. Does not: how a call asks for it (see `return_calls`).
Fact sheet linnworks 10: a booking is made first and actioned later; on action, what is not scrap comes into stock at
the line's location. A booking claims its units from the moment it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.linnworks import items, orders, stock
from sandbox.linnworks.orders import Body
from sandbox.linnworks.profile import SYSTEM, iso, next_number
from sandbox.store import Record, Store

OPEN, PROCESSED = "OPEN", "PROCESSED"
_KIND = "returns"


def get(store: Store, id: int) -> Body | None:
    """Return a booking, or None."""
    record = store.get(SYSTEM, _KIND, str(id))
    return None if record is None else record.body


def of_order(store: Store, order: str) -> list[Body]:
    """Return the bookings of an order, oldest first."""
    return _by_number(store.select(SYSTEM, _KIND, parent=order))


def everything(store: Store, *, actioned: bool) -> list[Body]:
    """Return all bookings that were actioned, or all that were not, oldest first."""
    return [body for body in _by_number(store.select(SYSTEM, _KIND)) if bool(body.get("Actioned")) == actioned]


def lines_of(body: Body) -> list[Body]:
    """Return a booking's lines; [] when its record was damaged."""
    return body.get("RMALines") or []


def cannot_return(store: Store, order: Body | None) -> str:
    """Return why nothing of an order can be returned, as the wire names it; 'None' when something can."""
    if order is None:
        return "MissingOrderInLinnworks"
    if orders.is_open(order):
        return "OpenOrderInLinnworks"
    if order.get("_cancelled_at"):
        return "Other"
    left = (returnable(store, order, row) for row in order["Items"])
    return "None" if any(units > 0 for units in left) else "AlreadyReturnedInLinnworks"


def returnable(store: Store, order: Body, row: Body) -> int:
    """Return how many units of an order's line are in no booking yet; a service has none."""
    if row.get("IsService"):
        return 0
    booked = (line for body in of_order(store, order["OrderId"]) for line in lines_of(body))
    taken = sum(stock.whole(line["ReturnQuantity"]) for line in booked if line["OrderItemRowId"] == row["RowId"])
    return stock.whole(row["Quantity"]) - taken


def book(store: Store, order: Body, lines: Sequence[Body], *, reference: str, by_channel: bool) -> Body:
    """Keep a booking of an order's lines and return it; stock stays as it is."""
    id, at = next_number(store, "RMAHeaderId"), store.now
    name, general = reference or str(id), order["GeneralInfo"]
    kept = [
        {**line, "RMARowId": next_number(store, "RMARowId"), "RMAHeaderId": id, "ExternalReference": name,
         "Status": status(OPEN), "CreatedDate": iso(at), "Actioned": False, "ActionedDate": None}
        for line in lines
    ]  # fmt: skip
    body = {
        "RMAHeaderId": id, "RMALines": kept, "OrderId": order["OrderId"], "NumOrderId": order["NumOrderId"],
        "Status": status(OPEN), "OrderSource": general["Source"], "OrderSubSource": general["SubSource"],
        "ExternalReference": name, "ChannelInitiated": by_channel, "CreatedDate": iso(at), "Actioned": False,
        "LastActionDate": None, "_created_at": at, "_actioned_at": 0,
    }  # fmt: skip
    _put(store, body)
    orders.put(store, orders.remember(order, "Return booked", f"Return {name} booked", at=at))
    return body


def action(store: Store, order: Body, body: Body) -> Body:
    """Take a booking's units in: what is no scrap comes into stock. Returns the booking as it is now."""
    at = store.now
    for line in lines_of(body):
        units = stock.whole(line["ReturnQuantity"]) - stock.whole(line["ScrapQuantity"])
        _take_in(store, order, line, units)
    done = {"Status": status(PROCESSED), "Actioned": True}
    lines = [{**line, **done, "ActionedDate": iso(at)} for line in lines_of(body)]
    changed = {**body, **done, "RMALines": lines, "LastActionDate": iso(at), "_actioned_at": at}
    _put(store, changed)
    note = f"Return {body['ExternalReference']} booked in"
    orders.put(store, orders.remember(order, "Order returned", note, at=at))
    return changed


def delete(store: Store, body: Body) -> None:
    """Forget a booking that was not actioned; one that was stays as it is."""
    if not body.get("Actioned"):
        store.delete(SYSTEM, _KIND, str(body["RMAHeaderId"]))


def status(header: str) -> Body:
    """Return a booking's or a line's status as the wire shows it."""
    is_open = header == OPEN
    detail = {
        "StatusTag": "", "StatusDescription": header.capitalize(), "Actionable": is_open,
        "ActionDescription": "Accept the return" if is_open else "", "EditableFields": [],
    }  # fmt: skip
    return {"StatusHeader": header, "StatusDetail": detail}


def _take_in(store: Store, order: Body, line: Body, units: int) -> None:
    row = next((each for each in order["Items"] if each["RowId"] == line["OrderItemRowId"]), None)
    if row is None or row.get("IsUnlinked"):
        return
    note = f"Order {order['NumOrderId']} returned"
    for held in stock.holdings(store, row["StockItemId"], units, line["ReturnLocation"]):
        item = items.by_id(store, held["item"])
        if item:
            stock.change(store, item, line["ReturnLocation"], by=held["units"], note=note, at=store.now)


def _by_number(records: Sequence[Record]) -> list[Body]:
    found: list[dict[str, Any]] = [record.body for record in records]
    return sorted(found, key=lambda body: stock.whole(body.get("RMAHeaderId")))


def _put(store: Store, body: Body) -> None:
    record = Record(SYSTEM, _KIND, str(body["RMAHeaderId"]), body)
    store.put(store.indexed(record, body))
