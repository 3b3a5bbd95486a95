"""The record service: which verb on which address does what, and what it answers.

Belongs here: routing below /services/rest/record/v1, status codes and headers. Does not: record rules, JSON shapes.
Fact sheet netsuite 4.1: writes answer 204 with an absolute Location on the requested host and no body.
"""

from __future__ import annotations

from urllib.parse import unquote

from sandbox.netsuite import fulfilments, metadata, payments, records, stock, transforms
from sandbox.netsuite.errors import WireError, user_error
from sandbox.netsuite.filters import Filter
from sandbox.netsuite.lookup import find, id_of_external
from sandbox.netsuite.paging import Page, page_of
from sandbox.netsuite.reading import Reading
from sandbox.netsuite.rules import account_zone
from sandbox.netsuite.schema import SYSTEM, RecordType, find_type
from sandbox.netsuite.switches import switch
from sandbox.netsuite.values import Reader
from sandbox.netsuite.wire import RECORD_ROOT, Answer, Call, link
from sandbox.store import Body, Record, Store

_SINGULAR = "application/vnd.oracle.resource+json; type=singular"
_COLLECTION = "application/vnd.oracle.resource+json; type=collection"
_FIRST_FORMS = {
    fulfilments.KIND: fulfilments.draft, payments.PAYMENT: payments.draft, payments.APPLICATION: payments.draft,
}  # fmt: skip


def serve(store: Store, call: Call, parts: list[str]) -> Answer:
    """Answer a call; `parts` are the decoded path segments below the service's root. Raises WireError."""
    if parts[0].lower() == "metadata-catalog":
        return metadata.serve(call, parts[1:])
    record_type = find_type(parts[0])
    if record_type is None:
        raise WireError(
            404, "NONEXISTENT_ID", f"Record type '{parts[0][:60]}' does not exist.", ("o:errorUrl", call.path)
        )
    if call.method == "GET":
        return _serve_type(store, call, record_type, rest=parts[1:])
    with store.transaction():
        return _serve_type(store, call, record_type, rest=parts[1:])


def loaded(store: Store, call: Call) -> Body | None:
    """Return the body of the record that a call changes, as it is now; None for any other call."""
    parts = [unquote(part) for part in call.path[len(RECORD_ROOT) :].strip("/").split("/")]
    record_type = find_type(parts[0]) if call.path.startswith(RECORD_ROOT + "/") else None
    if record_type is None or call.method not in {"PATCH", "PUT"} or len(parts) < 2:
        return None
    try:
        return find(store, record_type, parts[1]).body
    except WireError:
        return None


def _serve_type(store: Store, call: Call, record_type: RecordType, *, rest: list[str]) -> Answer:
    match (call.method, rest):
        case ("GET", []):
            return _list(store, call, record_type)
        case ("POST", []):
            return _create(store, call, record_type)
        case ("PUT", [segment]) if segment.lower().startswith("eid:"):
            return _upsert(store, call, record_type, external_id=segment[4:])
        case ("PUT", [_]):
            raise WireError(
                400, "INVALID_REQUEST", "Upsert is only possible with an external ID: use eid:<externalId>."
            )
        case (method, [segment, *sub]):
            return _serve_record(store, call, record_type, record=find(store, record_type, segment), key=(method, *sub))
    raise _not_allowed(call)


def _serve_record(store: Store, call: Call, record_type: RecordType, *, record: Record, key: tuple[str, ...]) -> Answer:
    _refuse_changed(call, record)
    if key[0] == "GET":
        record = stock.with_locations(store, record)
    match key:
        case ("GET",):
            return Answer(200, Reading(store, call).record(record_type, record), media_type=_SINGULAR)
        case ("PATCH",):
            return _change(store, call, record_type, record=record)
        case ("DELETE",):
            records.delete(store, record_type, record)
            return Answer(204)
        case ("POST", "!transform", target):
            return _transform(store, call, record_type, record=record, target=target)
        case ("GET", name):
            return Answer(200, Reading(store, call).sublist(record_type, record, name=name), media_type=_COLLECTION)
        case ("GET", name, number):
            line = Reading(store, call).line(record_type, record, name=name, number=number)
            return Answer(200, line, media_type=_SINGULAR)
    raise _not_allowed(call)


def _create(store: Store, call: Call, record_type: RecordType) -> Answer:
    reader, payload = _reader(store, call), call.json()
    if "type=collection" in call.headers.get("content-type", "").replace(" ", "") or "items" in payload:
        raise WireError(
            400, "INVALID_REQUEST", "Several records in one call are only processed asynchronously as a batch, which"
            " this account does not take. Send one record a call.", ("o:errorHeader", "Content-Type"),
        )  # fmt: skip
    return _written(call, record_type, records.create(store, record_type, payload, reader=reader), reader=reader)


def _change(store: Store, call: Call, record_type: RecordType, *, record: Record) -> Answer:
    reader = _reader(store, call)
    changed = records.change(store, record_type, record, payload=call.json(), reader=reader, replace=_replace(call))
    return _written(call, record_type, changed, reader=reader)


def _upsert(store: Store, call: Call, record_type: RecordType, *, external_id: str) -> Answer:
    reader = _reader(store, call)
    if id := id_of_external(store, record_type.name, external_id):
        _refuse_changed(call, store.get(SYSTEM, record_type.name, id))
    record = records.upsert(store, record_type, external_id, payload=call.json(), reader=reader, replace=_replace(call))
    return _written(call, record_type, record, reader=reader)


def _transform(store: Store, call: Call, record_type: RecordType, *, record: Record, target: str) -> Answer:
    made = find_type(target)
    if made is None:
        raise user_error(f"That is not a valid transformation: {record_type.name} to {target[:60]}.")
    first_form = _FIRST_FORMS.get(made.name, transforms.draft)
    reader, draft = _reader(store, call), first_form(store, record_type, record, made)
    payload = transforms.keyed_by_order_line(call.json() if call.body.strip() else {})
    record = records.create(store, made, payload, reader=reader, draft=draft, replace=_replace(call))
    return _written(call, made, record, reader=reader)


def _refuse_changed(call: Call, record: Record | None) -> None:
    if call.loaded is not None and record is not None and record.body != call.loaded:
        raise WireError(400, "RCRD_HAS_BEEN_CHANGED", "Record has been changed.")


def _list(store: Store, call: Call, record_type: RecordType) -> Answer:
    page = page_of(call)
    if "q" in call.query:
        date_format = switch(store, "date_format")
        test = Filter(record_type, date_format, account_zone(store)).parse(call.query["q"])
        matching = [record for record in store.select(SYSTEM, record_type.name) if test(record.body)]
        total, shown = len(matching), matching[page.offset : page.offset + page.limit]
    else:
        total, shown = store.count(SYSTEM, record_type.name), _window(store, record_type, page)
    items = [
        {"links": [link("self", call.record_url(record_type.name, record.id))], "id": record.id} for record in shown
    ]
    return Answer(200, page.collection(call, items, total=total), media_type=_COLLECTION)


def _window(store: Store, record_type: RecordType, page: Page) -> list[Record]:
    return store.select(SYSTEM, record_type.name, limit=page.limit, offset=page.offset)


def _reader(store: Store, call: Call) -> Reader:
    names = call.headers.get("x-netsuite-propertynamevalidation", "warning").lower()
    if names not in {"ignore", "warning", "error"}:
        raise WireError(
            400, "INVALID_REQUEST", "Invalid header value.", ("o:errorHeader", "X-NetSuite-PropertyNameValidation")
        )
    return Reader(store, names)


def _replace(call: Call) -> tuple[str, ...]:
    return tuple(name for name in call.query.get("replace", "").split(",") if name.strip())


def _written(call: Call, record_type: RecordType, record: Record, *, reader: Reader) -> Answer:
    headers = {"Location": call.record_url(record_type.name, record.id)}
    if reader.warnings:
        text = "; ".join(reader.warnings)[:900].replace('"', "'")
        headers["Warning"] = f'299 - "{text}"'.encode("ascii", "replace").decode()
    return Answer(204, headers=headers)


def _not_allowed(call: Call) -> WireError:
    return WireError(
        405, "METHOD_NOT_ALLOWED", f"{call.method} is not allowed on this resource.", ("o:errorUrl", call.path)
    )
