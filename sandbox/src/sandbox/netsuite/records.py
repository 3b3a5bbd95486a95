"""Writing records: create, change, upsert and delete, each whole or not at all.

Belongs here: putting checked values together and storing them. Does not: HTTP, reading. Instants are world time.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite import following, fulfilments, rules, sublists, transforms
from sandbox.netsuite.errors import WireError, user_error
from sandbox.netsuite.lookup import id_of_external, next_id, next_number
from sandbox.netsuite.schema import SYSTEM, RecordType
from sandbox.netsuite.seed import reference
from sandbox.netsuite.values import Incoming, Reader, ref_id
from sandbox.netsuite.wire import wire_instant
from sandbox.store import Body, Record, Store

# NetSuite's numbers of its own record types; all transactions share one.
_RECORD_TYPE_IDS = {
    "customer": "-2", "inventoryItem": "-10", "nonInventorySaleItem": "-10",
    "classification": "-101", "department": "-102", "location": "-103",
    "accountingPeriod": "-105", "account": "-112", "subsidiary": "-117", "currency": "-122",
}  # fmt: skip
_KEPT_ON_CLEAR = {"id", "tranId", "createdDate", "lastModifiedDate"}


def create(
    store: Store,
    record_type: RecordType,
    payload: dict[str, Any],
    *,
    reader: Reader,
    draft: Body | None = None,
    replace: tuple[str, ...] = (),
) -> Record:
    """Store a new record: `draft`, and the request's values over it.

    Raises WireError 400: bad content, a broken rule, or an external id already taken.
    """
    incoming = reader.read(record_type, payload)
    rules.refuse_hidden(store, record_type, [*incoming.fields, *incoming.sublists])
    _refuse_taken_external_id(store, record_type, incoming, own_id=None)
    id = next_id(store, record_type)
    body = _applied(record_type, {"id": id, **(draft or {})}, incoming, replace=replace)
    body = rules.complete(store, record_type, body, before=None)
    if record_type.is_transaction and not body.get("tranId"):
        body["tranId"] = next_number(store, record_type.number_prefix)
    body["createdDate"] = wire_instant(store.now)
    record = _stored(store, record_type, body)
    return _reversed_if_asked(store, record_type, record)


def change(
    store: Store,
    record_type: RecordType,
    record: Record,
    *,
    payload: dict[str, Any],
    reader: Reader,
    replace: tuple[str, ...] = (),
) -> Record:
    """Apply a PATCH or PUT body to a record; `replace` names the sublists to replace. Raises WireError 400."""
    incoming = reader.read(record_type, payload)
    rules.refuse_hidden(store, record_type, [*incoming.fields, *incoming.sublists])
    _refuse_taken_external_id(store, record_type, incoming, own_id=record.id)
    body = _applied(record_type, record.body, incoming, replace=replace)
    body = rules.complete(store, record_type, body, before=record.body)
    changed = _stored(store, record_type, body, before=record)
    return _reversed_if_asked(store, record_type, changed)


def upsert(
    store: Store,
    record_type: RecordType,
    external_id: str,
    *,
    payload: dict[str, Any],
    reader: Reader,
    replace: tuple[str, ...],
) -> Record:
    """Change the record with this external id, or create it (fact sheet netsuite 4.1).

    A body that carries another external id gives the record that one. Raises WireError 400, also when it is taken.
    """
    id = id_of_external(store, record_type.name, external_id)
    record = store.get(SYSTEM, record_type.name, id) if id else None
    if not any(name.lower() == "externalid" for name in payload):
        payload = {**payload, "externalId": external_id}
    if record is None:
        return create(store, record_type, payload, reader=reader)
    return change(store, record_type, record, payload=payload, reader=reader, replace=replace)


def delete(store: Store, record_type: RecordType, record: Record) -> None:
    """Remove a record and leave a row in `deletedRecord`. Raises WireError 400 in a closed period, or when linked."""
    if record_type.is_transaction:
        rules.refuse_closed_period(store, record.body)
        transforms.refuse_removal(store, record)
        if record_type.name == fulfilments.KIND:
            fulfilments.refuse_removal(store, record)
    store.delete(SYSTEM, record_type.name, record.id)
    following.follow(store, record_type, before=record.body, after=None)
    number = int(store.get_meta("netsuite.next_id.deletedRecord", 1))
    store.set_meta("netsuite.next_id.deletedRecord", number + 1)
    body = {
        "id": str(number),
        "recordId": record.id,
        "recordTypeId": "-30" if record_type.is_transaction else _RECORD_TYPE_IDS.get(record_type.name),
        "type": record_type.label,
        "scriptId": record_type.name.lower(),
        "name": record_type.title(record.body),
        "deletedDate": wire_instant(store.now),
        "deletedBy": "-4",
        "context": "REST Web Services",
    }
    store.put(Record(SYSTEM, "deletedRecord", str(number), body, created_at=store.now, updated_at=store.now))


def _applied(record_type: RecordType, old: Body, incoming: Incoming, *, replace: tuple[str, ...]) -> Body:
    body = {**old, **incoming.fields}
    body = {name: value for name, value in body.items() if value is not None or name in _KEPT_ON_CLEAR}
    replaced = {name.strip().lower() for name in replace}
    for name, lines in incoming.sublists.items():
        sublist = record_type.sublists[name]
        existing = sublists.lines_of(old, name)
        body[name] = {"items": sublists.merged(sublist, existing, lines, replace=name.lower() in replaced)}
    return body


def _stored(store: Store, record_type: RecordType, body: Body, *, before: Record | None = None) -> Record:
    body = {**body, "lastModifiedDate": wire_instant(store.now)}
    created_at = before.created_at if before else store.now
    source = ref_id(body, "createdFrom") or ref_id(body, "salesOrder")
    record = Record(SYSTEM, record_type.name, str(body["id"]), body, "", source, created_at, store.now)
    store.put(record)
    following.follow(store, record_type, before=before.body if before else None, after=body)
    store.notify(SYSTEM, record_type.name)
    return store.get(SYSTEM, record_type.name, record.id) or record


def _refuse_taken_external_id(store: Store, record_type: RecordType, incoming: Incoming, *, own_id: str | None) -> None:
    external_id = incoming.fields.get("externalId")
    holder = id_of_external(store, record_type.name, external_id) if external_id else None
    if holder is not None and holder != own_id:
        raise user_error(f"This record already exists: {record_type.label} with external ID {external_id}.")
    if external_id and "|" in external_id:
        raise WireError(400, "INVALID_CONTENT", "Invalid external ID.", ("o:errorPath", "externalId"))


def _reversed_if_asked(store: Store, record_type: RecordType, record: Record) -> Record:
    """Post the reversing journal of a `reversalDate`, once: the same lines with sides exchanged."""
    body = record.body
    if record_type.name != "journalEntry" or "reversalDate" not in body or "reversalEntry" in body:
        return record
    exchanged = {"debit": "credit", "credit": "debit"}
    lines = [
        {exchanged.get(name, name): value for name, value in line.items()} for line in sublists.lines_of(body, "line")
    ]
    dropped = {"externalId", "reversalDate", "postingPeriod", "lastModifiedDate"}
    twin = {name: value for name, value in body.items() if name not in dropped}
    twin.update({"id": next_id(store, record_type), "tranDate": body["reversalDate"], "line": {"items": lines},
                 "tranId": f"{body['tranId']}R", "createdDate": wire_instant(store.now)})  # fmt: skip
    twin = rules.complete(store, record_type, twin, before=None)
    twin.update({"isReversal": True, "reversalEntry": reference(record.id, record_type.title(body))})
    posted = _stored(store, record_type, twin)
    link = reference(posted.id, record_type.title(posted.body))
    return _stored(store, record_type, {**body, "reversalEntry": link}, before=record)
