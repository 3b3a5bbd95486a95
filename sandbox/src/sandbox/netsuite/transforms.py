"""One document made from another, and what is still open of the first (fact sheet netsuite 5, 6.5).

Belongs here: the pairs this account takes, the new document's first draft, quantities already taken, status letters
that follow from them. Does not: storing. A line of the second names the line of the first as `orderLine`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.netsuite.errors import WireError, invalid_content, user_error
from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.schema import ENUMS, SYSTEM, TRANSACTION_TYPES, RecordType
from sandbox.netsuite.seed import reference
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.switches import switch
from sandbox.netsuite.values import amount_of, cents, plain_money, ref_id
from sandbox.netsuite.wire import plain, wire_instant
from sandbox.store import Body, Record, Store

PAIRS = {
    ("salesOrder", "itemFulfillment"), ("salesOrder", "invoice"), ("salesOrder", "cashSale"),
    ("salesOrder", "returnAuthorization"), ("invoice", "creditMemo"), ("invoice", "customerPayment"),
    ("invoice", "returnAuthorization"), ("cashSale", "cashRefund"), ("cashSale", "returnAuthorization"),
    ("returnAuthorization", "itemReceipt"), ("returnAuthorization", "creditMemo"),
    ("returnAuthorization", "cashRefund"), ("customerDeposit", "depositApplication"),
}  # fmt: skip
_REFUNDS, _BILLS = ("creditMemo", "cashRefund"), ("invoice", "cashSale")
_TAKING = {**dict.fromkeys(_REFUNDS, _REFUNDS), **dict.fromkeys(_BILLS, _BILLS)}
"""Types that take of the same quantity; any other takes of its own."""
_LIMITED = {
    ("salesOrder", "invoice"), ("salesOrder", "cashSale"), ("cashSale", "cashRefund"),
    *((source, name) for source, name in PAIRS if source == "returnAuthorization"),
}  # fmt: skip
_SHUT = {"salesOrder": "ACH", "returnAuthorization": "ACGH"}
"""Status letters in which nothing can be made of a document."""
_COPIED = (
    "entity", "subsidiary", "currency", "department", "class", "location", "otherRefNum", "memo", "custbody_channel",
    "custbody_channel_document",
)  # fmt: skip
_OF_THE_WHOLE = ("shippingCost", "discountItem", "discountRate", "taxDetails", "taxDetailsOverride")
"""What an order's first bill has from it; the bills of other parts say their own."""
_COUNTED = {"line", "isClosed", "quantity", "amount", "tax1Amt"}
_RENAMED = {"entity": "customer"}


def draft(store: Store, source_type: RecordType, source: Record, target: RecordType) -> Body:
    """Return the new document's body before the caller's own values: every open line, in full.

    Raises WireError 400 when the pair is not one of NetSuite's, or nothing of the source is open.
    """
    pair = refuse_pair(source_type, source, target)
    taken = taken_of(store, source.id, _TAKING.get(target.name, (target.name,)))
    shipped_only = target.name in _BILLS and not switch(store, "invoice_in_advance")
    open_lines = (line for line in lines_of(source.body, "item") if not line.get("isClosed"))
    if shipped_only:
        open_lines = (_shipped(line) for line in lines_of(source.body, "item"))
    found = (_draft_line(line, taken) for line in open_lines)
    known = target.sublists["item"].fields
    lines = [{name: value for name, value in line.items() if name.lower() in known} for line in found if line]
    if not lines:
        raise user_error(f"That is not a valid transformation: {pair}, for every line is already in one.")
    body = copied(source_type, source, target)
    if not taken and target.name in _BILLS:
        body |= {name: source.body[name] for name in _OF_THE_WHOLE if name in source.body}
    return {**body, "item": {"items": lines}}


def refuse_pair(source_type: RecordType, source: Record, target: RecordType) -> str:
    """Return how errors name the pair. Raises WireError 400 when there is none, or the source's status forbids it."""
    pair = f"{source_type.name} to {target.name}"
    if (source_type.name, target.name) not in PAIRS:
        raise user_error(f"That is not a valid transformation: {pair}.")
    if ref_id(source.body, "status") in _SHUT.get(source_type.name, ""):
        status = source.body.get("status", {}).get("refName")
        raise user_error(f"That is not a valid transformation: {pair}, for the status is {status}.")
    return pair


def copied(source_type: RecordType, source: Record, target: RecordType) -> Body:
    """Return what a new document has from its source, beside its lines, and the reference to it."""
    names = {name: name if name.lower() in target.fields else _RENAMED.get(name, "") for name in _COPIED}
    body = {
        new: source.body[name] for name, new in names.items() if name in source.body and new.lower() in target.fields
    }
    return {**body, "createdFrom": reference(source.id, source_type.title(source.body))}


def keyed_by_order_line(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a transform's body with each line under the number of the line that its `orderLine` names."""
    held = payload.get("item")
    if not isinstance(held, dict) or not isinstance(held.get("items"), list):
        return payload
    lines = [
        {"line": line["orderLine"], **line} if isinstance(line, dict) and "orderLine" in line else line
        for line in held["items"]
    ]
    return {**payload, "item": {**held, "items": lines}}


def with_source(store: Store, record_type: RecordType, body: Body) -> Body:
    """Return a new document with the customer, company and currency of what it is made from. Raises WireError 400."""
    source = source_of(store, body)
    if source is None:
        return body
    if (source.kind, record_type.name) not in PAIRS:
        raise invalid_content(f"Invalid reference: no {record_type.label} is made from it.", "createdFrom")
    names = ("entity", "customer", "subsidiary", "currency")
    known = {name: source.body[name] for name in names if name in source.body and name in record_type.fields}
    return {**known, **body}


def refuse_excess(store: Store, kind: str, body: Body) -> None:
    """Raise WireError 400 when a line takes more of the line that it is made from than is open."""
    source = source_of(store, body)
    if source is None or (source.kind, kind) not in _LIMITED:
        return
    taken = taken_of(store, source.id, _TAKING.get(kind, (kind,)), without=str(body.get("id")))
    ordered = {line.get("line"): amount_of(line.get("quantity")) for line in lines_of(source.body, "item")}
    for place, line in enumerate(lines_of(body, "item")):
        number = line.get("orderLine")
        open_quantity = ordered.get(number, Decimal(0)) - taken.get(number, Decimal(0))
        if number is not None and amount_of(line.get("quantity")) > open_quantity:
            path = f"item.items[{place}].quantity"
            raise invalid_content(f"The quantity exceeds the {plain(open_quantity)} open on line {number}.", path)


def return_status(store: Store, authorization: Body) -> str:
    """Return a return authorization's letter, by what was received and refunded of it."""
    lines, id = lines_of(authorization, "item"), str(authorization.get("id"))
    received, refunded = taken_of(store, id, ("itemReceipt",)), taken_of(store, id, _REFUNDS)
    if all(line.get("isClosed") for line in lines):
        return "H"
    if ref_id(authorization, "orderStatus") == "A" or not received:
        return "A" if ref_id(authorization, "orderStatus") == "A" else "B"
    owed = any(quantity > refunded.get(number, Decimal(0)) for number, quantity in received.items())
    if _all_in(lines, received):
        return "F" if owed else "G"
    return "E" if owed else "D"


def refresh_source(store: Store, body: Body) -> None:
    """Bring the status of the return authorization that `body` was made from up to date."""
    source = source_of(store, body)
    if source is None or source.kind != "returnAuthorization":
        return
    letter = return_status(store, source.body)
    if letter != ref_id(source.body, "status"):
        named = {"id": letter, "refName": ENUMS["returnStatus"][letter]}
        changed = {**source.body, "status": named, "lastModifiedDate": wire_instant(store.now)}
        store.put(replace(source, body=changed, updated_at=store.now))


def refuse_removal(store: Store, record: Record) -> None:
    """Raise WireError 400 when other documents were made from this one."""
    made = next(iter(made_from(store, record.id, TRANSACTION_TYPES)), None)
    if made is not None:
        number = made.body.get("tranId")
        raise WireError(
            400, "USER_ERROR", "Error while accessing a resource. This transaction cannot be deleted because it is"
            f" linked to by one or more transactions: {number}.",
        )  # fmt: skip


def source_of(store: Store, body: Body) -> Record | None:
    """Return the transaction that a document was made from, None when it was made from none."""
    source = ref_id(body, "createdFrom")
    return find_in(store, "_transaction", source) if source else None


def _shipped(line: dict[str, Any]) -> dict[str, Any]:
    """Return an order's line with what can be billed of it where goods are billed when they have been shipped."""
    quantity, shipped = amount_of(line.get("quantity")), amount_of(line.get("quantityFulfilled"))
    if not line.get("_ships") or quantity == 0:
        return {} if line.get("isClosed") else line
    parts = {
        name: plain_money(cents(amount_of(line[name]) * shipped / quantity))
        for name in ("amount", "tax1Amt")
        if name in line
    }
    return {**line, **parts, "quantity": plain(shipped)}


def _draft_line(line: dict[str, Any], taken: dict[Any, Decimal]) -> dict[str, Any]:
    number, quantity = line.get("line"), amount_of(line.get("quantity"))
    left = quantity - taken.get(number, Decimal(0))
    if left <= 0:
        return {}
    part = left / quantity
    kept = {name: value for name, value in line.items() if name not in _COUNTED}
    amounts = {name: plain_money(cents(amount_of(line[name]) * part)) for name in ("amount", "tax1Amt") if name in line}
    return {**kept, **amounts, "line": number, "orderLine": number, "quantity": plain(left)}


def taken_of(store: Store, source: str, kinds: Iterable[str], *, without: str = "") -> dict[Any, Decimal]:
    """Return the quantity of each line of a document that others of these types were made from."""
    taken: dict[Any, Decimal] = {}
    for record in made_from(store, source, kinds):
        if record.id == without or record.body.get("void") is True:
            continue
        for line in lines_of(record.body, "item"):
            number = line.get("orderLine")
            if isinstance(number, int):
                taken[number] = taken.get(number, Decimal(0)) + amount_of(line.get("quantity"))
    return taken


def made_from(store: Store, source: str, kinds: Iterable[str]) -> Iterable[Record]:
    """Return the documents of some types that were made from one."""
    # A document is stored under its source's id, so that nobody has to read all of them.
    return (record for kind in kinds for record in store.select(SYSTEM, kind, parent=source))


def _all_in(lines: list[dict[str, Any]], taken: dict[Any, Decimal]) -> bool:
    wanted = [line for line in lines if not line.get("isClosed")]
    return all(taken.get(line.get("line"), Decimal(0)) >= amount_of(line.get("quantity")) for line in wanted)
