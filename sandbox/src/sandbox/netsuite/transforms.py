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
from sandbox.netsuite.values import amount_of, cents, plain_money, ref_id
from sandbox.netsuite.wire import plain, wire_instant
from sandbox.store import Body, Record, Store

PAIRS = {
    ("salesOrder", "invoice"), ("salesOrder", "returnAuthorization"), ("invoice", "creditMemo"),
    ("invoice", "returnAuthorization"), ("returnAuthorization", "itemReceipt"), ("returnAuthorization", "creditMemo"),
    ("returnAuthorization", "cashRefund"),
}  # fmt: skip
_REFUNDS = ("creditMemo", "cashRefund")
_TAKING = dict.fromkeys(_REFUNDS, _REFUNDS)
"""Types that take of the same quantity; any other takes of its own."""
_LIMITED = {("salesOrder", "invoice"), *((source, name) for source, name in PAIRS if source == "returnAuthorization")}
_SHUT = {"salesOrder": "ACH", "returnAuthorization": "ACGH"}
"""Status letters in which nothing can be made of a document."""
_COPIED = (
    "entity", "subsidiary", "currency", "department", "class", "location", "otherRefNum", "memo", "custbody_channel",
    "custbody_channel_document",
)  # fmt: skip
_COUNTED = {"line", "isClosed", "quantity", "amount", "tax1Amt"}


def draft(store: Store, source_type: RecordType, source: Record, target: RecordType) -> Body:
    """Return the new document's body before the caller's own values: every open line, in full.

    Raises WireError 400 when the pair is not one of NetSuite's, or nothing of the source is open.
    """
    pair = f"{source_type.name} to {target.name}"
    if (source_type.name, target.name) not in PAIRS:
        raise user_error(f"That is not a valid transformation: {pair}.")
    if ref_id(source.body, "status") in _SHUT.get(source_type.name, ""):
        status = source.body.get("status", {}).get("refName")
        raise user_error(f"That is not a valid transformation: {pair}, for the status is {status}.")
    taken = _taken(store, source.id, _TAKING.get(target.name, (target.name,)), without="")
    found = (_draft_line(line, taken) for line in lines_of(source.body, "item") if not line.get("isClosed"))
    known = target.sublists["item"].fields
    lines = [{name: value for name, value in line.items() if name.lower() in known} for line in found if line]
    if not lines:
        raise user_error(f"That is not a valid transformation: {pair}, for every line is already in one.")
    copied = {name: source.body[name] for name in _COPIED if name in source.body and name.lower() in target.fields}
    return {
        **copied, "createdFrom": reference(source.id, source_type.title(source.body)), "item": {"items": lines}
    }  # fmt: skip


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
    source = _source_of(store, body)
    if source is None:
        return body
    if (source.kind, record_type.name) not in PAIRS:
        raise invalid_content(f"Invalid reference: no {record_type.label} is made from it.", "createdFrom")
    names = ("entity", "subsidiary", "currency")
    return {**{name: source.body[name] for name in names if name in source.body}, **body}


def refuse_excess(store: Store, kind: str, body: Body) -> None:
    """Raise WireError 400 when a line takes more of the line that it is made from than is open."""
    source = _source_of(store, body)
    if source is None or (source.kind, kind) not in _LIMITED:
        return
    taken = _taken(store, source.id, _TAKING.get(kind, (kind,)), without=str(body.get("id")))
    ordered = {line.get("line"): amount_of(line.get("quantity")) for line in lines_of(source.body, "item")}
    for place, line in enumerate(lines_of(body, "item")):
        number = line.get("orderLine")
        open_quantity = ordered.get(number, Decimal(0)) - taken.get(number, Decimal(0))
        if number is not None and amount_of(line.get("quantity")) > open_quantity:
            path = f"item.items[{place}].quantity"
            raise invalid_content(f"The quantity exceeds the {plain(open_quantity)} open on line {number}.", path)


def order_status(store: Store, order: Body) -> str:
    """Return a sales order's letter: closed, billed, or as approved."""
    lines = lines_of(order, "item")
    if all(line.get("isClosed") for line in lines):
        return "H"
    return "G" if _all_in(lines, _taken(store, str(order.get("id")), ("invoice",))) else ref_id(order, "orderStatus")


def return_status(store: Store, authorization: Body) -> str:
    """Return a return authorization's letter, by what was received and refunded of it."""
    lines, id = lines_of(authorization, "item"), str(authorization.get("id"))
    received, refunded = _taken(store, id, ("itemReceipt",)), _taken(store, id, _REFUNDS)
    if all(line.get("isClosed") for line in lines):
        return "H"
    if ref_id(authorization, "orderStatus") == "A" or not received:
        return "A" if ref_id(authorization, "orderStatus") == "A" else "B"
    owed = any(quantity > refunded.get(number, Decimal(0)) for number, quantity in received.items())
    if _all_in(lines, received):
        return "F" if owed else "G"
    return "E" if owed else "D"


def refresh_source(store: Store, body: Body) -> None:
    """Bring the status of the document that `body` was made from up to date."""
    source = _source_of(store, body)
    if source is None or source.kind not in _SHUT:
        return
    enum, status = ("status", order_status) if source.kind == "salesOrder" else ("returnStatus", return_status)
    letter = status(store, source.body)
    if letter != ref_id(source.body, "status"):
        named = {"id": letter, "refName": ENUMS[enum][letter]}
        changed = {**source.body, "status": named, "lastModifiedDate": wire_instant(store.now)}
        store.put(replace(source, body=changed, updated_at=store.now))


def refuse_removal(store: Store, record: Record) -> None:
    """Raise WireError 400 when other documents were made from this one."""
    made = next(iter(_made_from(store, record.id, TRANSACTION_TYPES)), None)
    if made is not None:
        number = made.body.get("tranId")
        raise WireError(
            400, "USER_ERROR", "Error while accessing a resource. This transaction cannot be deleted because it is"
            f" linked to by one or more transactions: {number}.",
        )  # fmt: skip


def _source_of(store: Store, body: Body) -> Record | None:
    source = ref_id(body, "createdFrom")
    return find_in(store, "_transaction", source) if source else None


def _draft_line(line: dict[str, Any], taken: dict[Any, Decimal]) -> dict[str, Any]:
    number, quantity = line.get("line"), amount_of(line.get("quantity"))
    left = quantity - taken.get(number, Decimal(0))
    if left <= 0:
        return {}
    part = left / quantity
    kept = {name: value for name, value in line.items() if name not in _COUNTED}
    amounts = {name: plain_money(cents(amount_of(line[name]) * part)) for name in ("amount", "tax1Amt") if name in line}
    return {**kept, **amounts, "line": number, "orderLine": number, "quantity": plain(left)}


def _taken(store: Store, source: str, kinds: Iterable[str], *, without: str = "") -> dict[Any, Decimal]:
    """Return the quantity of each line of a document that others of these types were made from."""
    taken: dict[Any, Decimal] = {}
    for record in _made_from(store, source, kinds):
        if record.id == without or record.body.get("void") is True:
            continue
        for line in lines_of(record.body, "item"):
            number = line.get("orderLine")
            if isinstance(number, int):
                taken[number] = taken.get(number, Decimal(0)) + amount_of(line.get("quantity"))
    return taken


def _made_from(store: Store, source: str, kinds: Iterable[str]) -> Iterable[Record]:
    # A document is stored under its source's id, so that nobody has to read all of them.
    return (record for kind in kinds for record in store.select(SYSTEM, kind, parent=source))


def _all_in(lines: list[dict[str, Any]], taken: dict[Any, Decimal]) -> bool:
    wanted = [line for line in lines if not line.get("isClosed")]
    return all(taken.get(line.get("line"), Decimal(0)) >= amount_of(line.get("quantity")) for line in wanted)
