"""Takes in what lies in `in/`: acknowledges every file and turns its orders into work (fact sheet gxo 10, 14).

Belongs here: from file to warehouse order, duplicates, cancellations and changes. Does not: picking and shipping.
A file named `*.tmp` is still being written and is left alone.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.gxo import acknowledge, file_faults, folders, outbox, stock, x12
from sandbox.gxo.message_940 import CANCELS, CREATES, REPLACES, ShipOrder, read_ship_order
from sandbox.gxo.profile import SYSTEM
from sandbox.store import Record, Store

_SEEN = "gxo.received_control_numbers"
_STILL_CHANGEABLE = {"received", "allocated"}


def take_in(store: Store, now: int) -> None:
    """Read every finished file in `in/`, by name, answer it and move it to `archive/`."""
    for record in folders.in_folder(store, "in"):
        name = folders.name_of(record)
        if name.endswith(".tmp"):
            continue
        fault = file_faults.struck(store, {"missing_997", "rejected_997"}, f"take /in/{name}")
        text = folders.content(record).decode("utf-8", "replace")
        try:
            interchanges = x12.read(text)
        except x12.Unreadable as error:
            interchanges = []
            # A TA1 repeats number, date and time of the header: without them there is no one to answer.
            if error.header:
                outbox.emit_note(store, error.header, error.note, at=now)
        for interchange in interchanges:
            _take_interchange(store, interchange, fault.kind if fault else "", now=now)
        folders.archive(store, record)


def _take_interchange(store: Store, interchange: x12.Interchange, fault: str, *, now: int) -> None:
    note = interchange.note()
    seen = store.get_meta(_SEEN, [])
    if note == "000" and interchange.control in seen:
        note = "025"
    if note != "000" or interchange.header[14] == "1":
        outbox.emit_note(store, interchange.header, note, at=now)
    if note != "000":
        return
    store.set_meta(_SEEN, [*seen, interchange.control])
    verdicts = [acknowledge.judge_group(group) for group in interchange.groups]
    if fault == "rejected_997":
        verdicts = [acknowledge.refused(verdict) for verdict in verdicts]
    # An acknowledgement is never acknowledged.
    answered = [verdict for verdict in verdicts if x12.element(verdict.group.header, 1) != "FA"]
    if answered and fault != "missing_997":
        outbox.emit(store, "997", [acknowledge.body(verdict) for verdict in answered], at=now)
    for verdict in verdicts:
        for received in verdict.taken():
            if received.code == "940":
                take_order(store, read_ship_order(received), now=now)


def take_order(store: Store, given: ShipOrder, *, now: int) -> None:
    """Do what one 940 asks for; a repeated or late request changes nothing."""
    known = store.get(SYSTEM, "orders", given.order)
    if given.status in CREATES and known is None:
        _put(store, given, now=now)
    elif known is None or known.body["status"] not in _STILL_CHANGEABLE:
        return
    elif given.status in CANCELS:
        stock.release(store, known.body["lines"])
        put_order(store, {**known.body, "status": "cancelled", "cancelled_at": now})
    elif given.status in REPLACES:
        stock.release(store, known.body["lines"])
        _put(store, given, now=now)


def put_order(store: Store, body: dict[str, Any]) -> None:
    """Write a warehouse order; its status is its parent, so that open work is found quickly."""
    received = int(body["received_at"])
    store.put(Record(SYSTEM, "orders", body["order"], body, "", body["status"], received, received))


def _put(store: Store, given: ShipOrder, *, now: int) -> None:
    body = {key: value for key, value in asdict(given).items() if key != "status"}
    lines = [{**line, "allocated": 0} for line in body.pop("lines")]
    usable = bool(lines) and all(line["quantity"] > 0 for line in lines)
    put_order(store, {**body, "lines": lines, "status": "received" if usable else "rejected", "received_at": now})
