"""The metadata catalog: JSON Schema of the served record types (fact sheet netsuite 4.1, section 12 row 11).

Belongs here: describing the declared fields. Does not: records.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.errors import not_found
from sandbox.netsuite.schema import TYPES, Field, RecordType, Sublist, find_type
from sandbox.netsuite.wire import Answer, Call, link

_ROOT = "metadata-catalog"
_MEDIA_TYPE = "application/schema+json"
_SIMPLE: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "any": {"type": "object"},
    "money": {"type": "number", "format": "double"},
    "number": {"type": "number", "format": "double"},
    "integer": {"type": "integer", "format": "int64"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "enum": {"type": "object", "properties": {"id": {"type": "string"}, "refName": {"type": "string"}}},
}
_LINK = {
    "type": "object",
    "properties": {"rel": {"title": "Relation", "type": "string"}, "href": {"title": "Href", "type": "string"}},
}


def serve(call: Call, rest: list[str]) -> Answer:
    """Answer the catalog, one type of it, or `nsLink`. Raises WireError 404."""
    if not rest:
        wanted = [name for name in call.query.get("select", "").split(",") if name]
        names = [name for name in TYPES if not wanted or name.lower() in {w.lower() for w in wanted}]
        if "swagger" in call.headers.get("accept", ""):
            return _swagger(names)
        items = [{"name": name, "links": _links(call, name)} for name in names]
        return Answer(
            200, {"items": items, "links": [link("self", call.record_url(_ROOT))]}, media_type="application/json"
        )
    if rest == ["nsLink"]:
        return Answer(200, _LINK, media_type=_MEDIA_TYPE)
    record_type = find_type(rest[0])
    if record_type is None or len(rest) > 1:
        raise not_found("The record type does not exist.")
    return Answer(200, _schema(record_type), media_type=_MEDIA_TYPE)


def _swagger(names: list[str]) -> Answer:
    schemas = {name: _schema(TYPES[name]) for name in names}
    info = {"title": "NetSuite REST Record API", "version": "v1"}
    body = {"openapi": "3.0.1", "info": info, "paths": {}, "components": {"schemas": schemas}}
    return Answer(200, body, media_type="application/swagger+json")


def _links(call: Call, name: str) -> list[dict[str, str]]:
    href = call.record_url(_ROOT, name)
    return [
        {**link("canonical", href), "mediaType": "application/json"},
        {**link("describes", call.record_url(name))},
        {**link("alternate", href), "mediaType": _MEDIA_TYPE},
    ]


def _schema(record_type: RecordType) -> dict[str, Any]:
    properties = {field.name: _property(field) for field in record_type.fields.values()}
    properties.update({name: _collection(sublist) for name, sublist in record_type.sublists.items()})
    return {
        "type": "object",
        "x-ns-filterable": [field.name for field in record_type.fields.values()],
        "properties": {"links": _links_property(), **properties},
    }


def _property(field: Field) -> dict[str, Any]:
    title = {"title": field.name, "nullable": True, **({"readOnly": True} if field.read_only else {})}
    if field.type != "ref":
        return {**title, **_SIMPLE[field.type]}
    reference = {"id": {"type": "string"}, "refName": {"type": "string"}, "externalId": {"type": "string"}}
    return {**title, "type": "object", "properties": {**reference, "links": _links_property()}}


def _collection(sublist: Sublist) -> dict[str, Any]:
    line = {"type": "object", "properties": {field.name: _property(field) for field in sublist.fields.values()}}
    counts = {name: {"type": "integer", "format": "int64"} for name in ("count", "offset", "totalResults")}
    return {
        "type": "object",
        "properties": {
            "links": _links_property(), "items": {"type": "array", "items": line}, "hasMore": {"type": "boolean"},
            **counts,
        },
    }  # fmt: skip


def _links_property() -> dict[str, Any]:
    return {
        "title": "Links",
        "type": "array",
        "readOnly": True,
        "items": {"$ref": f"/services/rest/record/v1/{_ROOT}/nsLink"},
    }
