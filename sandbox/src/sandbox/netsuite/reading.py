"""Reading records: one record, one of its sublists, one line, in the shapes of the record service.

Belongs here: turning a stored body into a wire body with absolute links. Does not: lists of records, SuiteQL.
Fact sheet netsuite 4.3: ids are strings, references carry links, a sublist is links alone unless expanded.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.netsuite.errors import not_found
from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.postings import as_voided
from sandbox.netsuite.schema import TYPES, Field, RecordType, Sublist
from sandbox.netsuite.sublists import line_key, lines_of
from sandbox.netsuite.wire import Call, link
from sandbox.store import Record, Store


class Reading:
    """One answer in the making: the caller's options, and display names looked up once."""

    def __init__(self, store: Store, call: Call) -> None:
        """Bind the options `expandSubResources`, `fields` and `simpleEnumFormat` of a call."""
        self._store = store
        self._call = call
        self._named: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._expanded = call.flag("expandSubResources")
        self._simple_enums = call.flag("simpleEnumFormat")
        self._wanted = {name.strip().lower() for name in call.query.get("fields", "").split(",") if name.strip()}

    def record(self, record_type: RecordType, record: Record) -> dict[str, Any]:
        """Return the singular form of a record."""
        href = self._call.record_url(record_type.name, record.id)
        body: dict[str, Any] = {"links": [link("self", href)], "id": record.id}
        for name, value in as_voided(record.body).items():
            if name.startswith("_") or (self._wanted and name.lower() not in self._wanted) or name == "id":
                continue
            if name in record_type.sublists:
                body[name] = self._sublist(record_type.sublists[name], record, href=f"{href}/{name}")
            else:
                body[name] = self._value(record_type.fields.get(name.lower()), value)
        return body

    def sublist(self, record_type: RecordType, record: Record, *, name: str) -> dict[str, Any]:
        """Return a sublist as a collection; lines are links unless expanded. Raises WireError 404."""
        sublist = _sublist_named(record_type, name)
        href = self._call.record_url(record_type.name, record.id, sublist.name)
        return self._collection(sublist, record, href=href)

    def line(self, record_type: RecordType, record: Record, *, name: str, number: str) -> dict[str, Any]:
        """Return one line of a sublist. Raises WireError 404."""
        sublist = _sublist_named(record_type, name)
        for place, line in enumerate(lines_of(as_voided(record.body), sublist.name), 1):
            if line_key(sublist, line, place) == number:
                href = self._call.record_url(record_type.name, record.id, sublist.name, number)
                return {"links": [link("self", href)], **self._line(sublist, line)}
        raise not_found()

    def _sublist(self, sublist: Sublist, record: Record, *, href: str) -> dict[str, Any]:
        if self._expanded:
            return self._collection(sublist, record, href=href)
        return {"links": [link("self", href)]}

    def _collection(self, sublist: Sublist, record: Record, *, href: str) -> dict[str, Any]:
        lines = lines_of(as_voided(record.body), sublist.name)
        items = []
        for place, line in enumerate(lines, 1):
            links = {"links": [link("self", f"{href}/{line_key(sublist, line, place)}")]}
            items.append({**links, **(self._line(sublist, line) if self._expanded else {})})
        return {
            "links": [link("self", href)], "items": items, "count": len(items), "hasMore": False, "offset": 0,
            "totalResults": len(items),
        }  # fmt: skip

    def _line(self, sublist: Sublist, line: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._value(sublist.fields.get(name.lower()), value)
            for name, value in line.items()
            if not name.startswith("_")
        }

    def _value(self, known: Field | None, value: Any) -> Any:
        if known is None:
            return value
        if known.type in {"money", "number"}:
            return _number(value)
        if known.type == "ref" and isinstance(value, dict):
            return self._reference(known.target, value)
        if known.type == "enum" and self._simple_enums and isinstance(value, dict):
            return value.get("id")
        return value

    def _reference(self, target: str, value: dict[str, Any]) -> dict[str, Any]:
        id = str(value.get("id", ""))
        key = (target, id)
        if key not in self._named:
            found = find_in(self._store, target, id)
            self._named[key] = (found.kind, TYPES[found.kind].title(found.body)) if found else None
        kind, name = self._named[key] or (target, value.get("refName", ""))
        links = [] if kind.startswith("_") else [link("self", self._call.record_url(kind, id))]
        return {"links": links, "id": id, "refName": name}


def _sublist_named(record_type: RecordType, name: str) -> Sublist:
    for sublist in record_type.sublists.values():
        if sublist.name.lower() == name.lower():
            return sublist
    raise not_found("The sub-resource does not exist.")


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
