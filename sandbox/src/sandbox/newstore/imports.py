"""Import jobs: products and availabilities that come as a zip of JSON files from an address of the caller's.

Belongs here: the jobs' life, and what they change. Does not: reading stock.
Fact sheet newstore 7: received, started with the address of the file, then processed; open jobs are limited; a full
job of availabilities fails. Only addresses on loopback are fetched. Availabilities say what is there apart from what
NewStore itself has promised; what was shipped after the logical timestamp that they cover is taken off.
"""

from __future__ import annotations

import ipaddress
import json
import urllib.request
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from sandbox.newstore import fulfilment, lists, stock
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.profile import SYSTEM, iso, limits, new_id
from sandbox.newstore.stored import objects, whole
from sandbox.store import Record, Store

Body = dict[str, Any]
KIND = "imports"
RECEIVED, PROCESSING, FINISHED, FAILED = "received", "processing", "finished", "failed"
ENTITIES = ("products", "categories", "availabilities", "prices")
_TIMEOUT, _LARGEST = 10, 500_000_000
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def create(store: Store, wanted: Body) -> Body:
    """Answer POST /v0/d/import. Raises WireError 400, or 429 while too many jobs are open."""
    entities, revision = wanted.get("entities"), wanted.get("revision")
    if not isinstance(entities, list) or not entities or not set(map(str, entities)) <= set(ENTITIES):
        raise invalid("entities", entities, f"some of {', '.join(ENTITIES)}")
    if isinstance(revision, bool) or not isinstance(revision, int):
        raise invalid("revision", revision, "epoch milliseconds")
    for name in ("provider", "source_uri"):
        if not isinstance(wanted.get(name), str) or not wanted[name]:
            raise invalid(name, wanted.get(name), "a text")
    is_open = {"state": [RECEIVED, PROCESSING]}
    if store.count(SYSTEM, KIND, matching=is_open) >= int(limits(store)["open_imports"]):
        raise WireError("too_many_open_imports", retry_after=300)
    id = new_id(store, "import")
    names = ("provider", "name", "source_uri", "revision", "entities", "full")
    body = {"id": id, "import_id": id, **{name: wanted.get(name) for name in names}, "state": RECEIVED}
    _put(store, {**body, "created_at": iso(store.now), "_errors": []})
    return {"id": id, "state": RECEIVED}


def start(store: Store, id: str, wanted: Body) -> Body:
    """Answer POST /v0/d/import/{id}/start: fetch the file now, work on it later. Raises WireError 400, 404 or 409."""
    body = _found(store, id)
    if body["state"] != RECEIVED:
        raise WireError("conflict", f"The import {id} is {body['state']}.")
    uri = wanted.get("transformed_uri") or body.get("source_uri")
    files, problem = _fetched(str(uri))
    changed = {**body, "state": PROCESSING, "transformed_uri": uri, "_polls": int(limits(store)["import_polls"])}
    if problem:
        changed["_errors"] = [_error(problem, "", "")]
    _put(store, {**changed, "_files": files})
    return shown(store, id)


def poll(store: Store, id: str) -> Body:
    """Answer GET /v0/d/import/{id}. Raises WireError 404."""
    body = _found(store, id)
    if body["state"] == PROCESSING:
        left = whole(body.get("_polls")) - 1
        _put(store, {**body, "_polls": left})
        if left < 0:
            work(store, id)
    return shown(store, id)


def listed(store: Store, asked: Mapping[str, str]) -> Body:
    """Answer GET /v0/d/import, `filter[state]` narrows it."""
    state = asked.get("filter[state]")
    found = store.select(SYSTEM, KIND, matching={"state": state} if state else {})
    return {"items": [shown(store, record.id) for record in found]}


def errors(store: Store, id: str) -> Body:
    """Answer GET /v0/d/import/{id}/errors. Raises WireError 404."""
    return {"errors": _found(store, id)["_errors"]}


def add_error(store: Store, id: str, wanted: Body) -> Body:
    """Answer POST /v0/d/import/{id}/errors: whoever transforms a file reports what he could not. Raises WireError."""
    body = _found(store, id)
    error = _error(str(wanted.get("reason")), str(wanted.get("entity_type")), str(wanted.get("entity_id")))
    _put(store, {**body, "_errors": [*body["_errors"], error]})
    return error


def fail(store: Store, id: str) -> Body:
    """Answer POST /v0/d/import/{id}/set_fail. Raises WireError 404."""
    _put(store, {**_found(store, id), "state": FAILED})
    return shown(store, id)


def work_all(store: Store) -> None:
    """Work on every job that was started."""
    for record in store.select(SYSTEM, KIND, matching={"state": PROCESSING}):
        work(store, record.id)


def work(store: Store, id: str) -> None:
    """Work on a job that was started: take its files in, row by row."""
    body = _found(store, id)
    problems = list(body["_errors"])
    if body.get("full") and "availabilities" in body["entities"]:
        problems.append(_error("a full import cannot have availabilities", "availabilities", ""))
    files = body.get("_files") if isinstance(body.get("_files"), dict) and not problems else {}
    for name, content in (files or {}).items():
        rows = objects(content.get("items")) if isinstance(content, dict) else []
        if name.startswith("availabilities"):
            problems += _availabilities(store, content.get("head") or {}, rows)
        elif name.startswith("products"):
            _products(store, rows)
    state = FINISHED if files else FAILED
    _put(store, {**body, "state": state, "_errors": problems, "_files": None, "finished_at": iso(store.now)})


def shown(store: Store, id: str) -> Body:
    """Return a job as the wire shows it. Raises WireError 404."""
    return {name: value for name, value in _found(store, id).items() if not name.startswith("_")}


def _availabilities(store: Store, head: Body, rows: list[Body]) -> list[Body]:
    covered = head.get("completed_fulfillment_requests") or {}
    shipped = _shipped_after(store, whole(covered.get("logical_timestamp_end"))) if covered else {}
    problems = []
    for row in rows:
        node, product, units = row.get("fulfillment_node_id"), row.get("product_id"), row.get("quantity")
        is_right = isinstance(units, int) and not isinstance(units, bool) and isinstance(product, str)
        if not is_right or lists.node(store, str(node)) is None:
            problems.append(_error(f"node {node!r}, quantity {units!r}", "availabilities", str(product)))
            continue
        known = stock.level(store, str(node), str(product)) or stock.new_level(store, str(node), str(product))
        there = int(units or 0) - shipped.get((str(node), str(product)), 0)
        stock.put(store, {**known, "on_hand": there + known["safety_stock"]})
    return problems


def _shipped_after(store: Store, timestamp: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for record in store.select(SYSTEM, fulfilment.KIND):
        if whole(record.body.get("logical_timestamp")) > timestamp:
            body = fulfilment.get(store, record.id) or {}
            for line in body["items"]:
                if line["status"] == fulfilment.SHIPPED:
                    key = body["fulfillment_node_id"], line["product_id"]
                    found[key] = found.get(key, 0) + 1
    return found


def _products(store: Store, rows: list[Body]) -> None:
    for row in rows:
        if isinstance(row.get("product_id"), str):
            store.put(Record(SYSTEM, "products", row["product_id"], {**row, "id": row["product_id"]}))


def _fetched(uri: str) -> tuple[dict[str, Any], str]:
    """Return the JSON files of a zip by name, and what went wrong."""
    if not _is_on_loopback(uri):
        return {}, f"{uri}: only addresses on loopback are fetched"
    try:
        with _direct.open(uri, timeout=_TIMEOUT) as reply:
            content = reply.read(_LARGEST)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return {name: json.loads(archive.read(name)) for name in archive.namelist()}, ""
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        return {}, f"{uri}: {type(error).__name__}"


def _is_on_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def _error(reason: str, entity_type: str, entity_id: str) -> Body:
    text = f"{reason}{entity_type}{entity_id}"
    return {
        "error_id": f"{len(text)}-{entity_id}",
        "reason": reason,
        "entity_type": entity_type,
        "entity_id": entity_id,
    }


def _found(store: Store, id: str) -> Body:
    record = store.get(SYSTEM, KIND, id)
    if record is None:
        raise WireError("not_found", f"There is no import {id!r}.")
    body = record.body
    listed = body.get("entities") if isinstance(body.get("entities"), list) else []
    return {**body, "id": id, "state": body.get("state"), "entities": listed, "_errors": objects(body.get("_errors"))}


def _put(store: Store, body: Body) -> None:
    old = store.get(SYSTEM, KIND, body["id"])
    store.put(Record(SYSTEM, KIND, body["id"], body, "", "", old.created_at if old else store.now, store.now))
