"""Stored records as the account works on them, whatever was done to them from outside.

Belongs here: what a record must have for the rules to run on it. Does not: the rules, and what the wire shows of a
damaged return, which is the record as it is.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record

Body = dict[str, Any]

HEAD: Body = {
    "returnId": "",
    **dict.fromkeys(("returnOrderId", "orderNumber", "externalReturnRef", "channel")),
    **dict.fromkeys(("retailerCode", "status", "createdAt", "updatedAt", "warehouseDC"), ""),
}
LINE: Body = {
    **{"lineId": "", "sku": "", "gtin": None, "quantityRequested": 0, "quantityReceived": None, "reasonId": None},
    **dict.fromkeys(("reasonCode", "reasonText", "returnOption", "condition", "disposition", "gradedAt")),
    "images": [],
}
REFUND: Body = {"status": "not_ready", "amount": "0.00", "currency": None, "triggeredAt": None, "settledAt": None}


def usable_return(record: Record) -> Body:
    """Return a return with its own id, texts as texts, lines and refund."""
    body = {**HEAD, **record.body, "returnId": record.id}
    texts = {name: text(body[name]) for name in HEAD if name != "returnOrderId"}
    lines = [{**LINE, **line, "sku": text(line.get("sku")) or ""} for line in objects(body.get("lines"))]
    refund = body["refund"] if isinstance(body.get("refund"), dict) else {}
    known = [number for number in _list(body.get("_shipments")) if isinstance(number, int | str)]
    return {**body, **texts, "lines": lines, "refund": {**REFUND, **refund}, "_shipments": known}


def usable_shipment(record: Record) -> Body:
    """Return a shipment with its own number, its tracking number as text, and its events."""
    body, tracking = record.body, text(record.body.get("trackingNumber")) or ""
    events = [{**event, "_noted_at": whole(event, "_noted_at")} for event in objects(body.get("events"))]
    return {**body, "shipmentNumber": int(record.id), "trackingNumber": tracking, "events": events}


def usable_order(record: Record) -> Body:
    """Return an order with its own number, and those lines that have a SKU and a quantity."""
    lines = [
        {**line, "quantity": whole(line, "quantity")}
        for line in objects(record.body.get("lines"))
        if isinstance(line.get("sku"), str) and whole(line, "quantity") > 0
    ]
    return {**record.body, "orderNumber": record.id, "lines": lines}


def whole(body: Body, name: str) -> int:
    """Return a whole number of a record; 0 when it is missing or none."""
    value = body.get(name)
    return int(value) if isinstance(value, int | str) and str(value).lstrip("-").isdecimal() else 0


def text(value: object) -> str | None:
    """Return a text or nothing as it is, anything else as text."""
    return value if value is None or isinstance(value, str) else str(value)


def objects(value: object) -> list[Body]:
    """Return the objects of what should be a list of objects."""
    return [each for each in _list(value) if isinstance(each, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
