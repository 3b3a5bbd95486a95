"""The part of the control API that reads, changes, removes, doubles and restores single records.

Belongs here: /_sandbox/{system}/{kind}[/{id}]. Does not: any check that a change makes sense: damage in ways no one
planned is what it is for. A record is shown as its body, with its index columns under the key `_record`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.refusals import Refused, json_object
from sandbox.store import Body, Record, Store
from sandbox.systems import System

_SHOWN = "_record"


def record_routes(store: Store, systems: list[System]) -> list[Route]:
    """Return the routes over the records of these systems."""
    records = Records(store, systems)
    one = "/_sandbox/{system}/{kind}/{id:path}"
    return [
        _route("/_sandbox/{system}/{kind}", GET=records.listed),
        # First, for the ids of files have slashes: only POST means the second record.
        _route(f"{one}/duplicate", POST=records.duplicated),
        _route(one, GET=records.read, PATCH=records.patched, PUT=records.replaced, DELETE=records.deleted),
    ]


Answer = Callable[[Request, Body], Any]


def _route(path: str, **answers: Answer) -> Route:
    async def answer(request: Request) -> Response:
        wanted = await json_object(request)
        return JSONResponse(await run_in_threadpool(answers[request.method], request, wanted))

    return Route(path, answer, methods=list(answers))


class Records:
    """The calls on records; each takes the request and its JSON body."""

    def __init__(self, store: Store, systems: list[System]) -> None:
        """Work on these systems' kinds."""
        self.store = store
        self.kinds = {system.name: sorted(system.kinds) for system in systems}

    def listed(self, request: Request, _: Body) -> dict[str, Any]:
        """Return records by id: {"total", "items"}; ?limit (100), ?offset, ?shop, ?parent narrow them."""
        system, kind = self._kind(request)
        asked = request.query_params
        only = {key: asked[key] for key in ("shop", "parent") if key in asked}
        limit, offset = _count(asked.get("limit", "100"), "limit"), _count(asked.get("offset", "0"), "offset")
        rows = self.store.select(system, kind, **only, limit=limit, offset=offset)  # type: ignore[arg-type]
        return {"total": self.store.count(system, kind, **only), "items": [_shown(row) for row in rows]}

    def read(self, request: Request, _: Body) -> Body:
        """Return one record."""
        system, kind = self._kind(request)
        record = self.store.get(system, kind, request.path_params["id"])
        return _shown(self._found(record, request))

    def patched(self, request: Request, changes: Body) -> Body:
        """Merge changes into a record; a removed one comes back."""
        system, kind = self._kind(request)
        changes.pop(_SHOWN, None)
        return _shown(self._found(self.store.patch(system, kind, request.path_params["id"], changes), request))

    def replaced(self, request: Request, body: Body) -> Body:
        """Create a record or replace its whole body; a new one of a shop needs ?shop or `_record.shop`."""
        system, kind = self._kind(request)
        id = request.path_params["id"]
        shown = body.pop(_SHOWN, None) or {}
        old = self.store.get(system, kind, id, deleted=True)
        shop = request.query_params.get("shop") or shown.get("shop") or (old.shop if old else "")
        if not shop:
            self._check_without_shop(system, kind)
        record = self.store.indexed(replace(old or Record(system, kind, id, body), shop=shop), body)
        self.store.put(record)
        self.store.notify(system, kind)
        return _shown(record)

    def deleted(self, request: Request, _: Body) -> dict[str, Any]:
        """Remove a record; PATCH or PUT brings it back."""
        system, kind = self._kind(request)
        id = request.path_params["id"]
        if not self.store.delete(system, kind, id):
            self._found(None, request)
        return {"deleted": id}

    def duplicated(self, request: Request, _: Body) -> Body:
        """Store a second record with the same body under a new id."""
        system, kind = self._kind(request)
        return _shown(self._found(self.store.duplicate(system, kind, request.path_params["id"]), request))

    def _kind(self, request: Request) -> tuple[str, str]:
        system, kind = request.path_params["system"], request.path_params["kind"]
        if system not in self.kinds:
            raise Refused(f"system {system!r} is unknown", valid=sorted(self.kinds), status=404)
        if kind not in self.kinds[system]:
            raise Refused(f"kind {kind!r} is unknown in {system}", valid=self.kinds[system], status=404)
        return system, kind

    def _found(self, record: Record | None, request: Request) -> Record:
        if record is None:
            system, kind, id = (request.path_params[key] for key in ("system", "kind", "id"))
            some = [row.id for row in self.store.select(system, kind, limit=5)]
            raise Refused(f"no {kind} {id!r} in {system}; `valid` shows some that are", valid=some, status=404)
        return record

    def _check_without_shop(self, system: str, kind: str) -> None:
        sample = self.store.select(system, kind, limit=1)
        if sample and sample[0].shop:
            raise Refused(f"{kind} of {system} belong to a shop: add ?shop=<shop id>")


def _shown(record: Record) -> Body:
    columns = {
        "id": record.id,
        "shop": record.shop,
        "parent": record.parent,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
    return {**record.body, _SHOWN: columns}


def _count(text: str, name: str) -> int:
    if not text.isdigit():
        raise Refused(f"{name} {text!r}: expected a whole number")
    return int(text)
