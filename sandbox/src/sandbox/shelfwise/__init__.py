"""Shelfwise: places that count their stock and report it, behind one call with a bearer token.

Belongs here: the account, its call and its refusals. Does not: a world that trades; a test writes the reports.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.store import Kind, Store
from sandbox.systems import System

SYSTEM = "shelfwise"
KINDS = {"stock_reports": Kind(id_field="place")}


def installed(store: Store) -> System:
    """Put the stand-in on a store and return it."""
    store.register(SYSTEM, KINDS)
    return System(SYSTEM, tuple(KINDS), lambda url: {"base_url": url, "token": _token(store)}, _app(store), error_body)


def error_body(status: int) -> bytes:
    """Return the body of a failure."""
    return json.dumps({"error": status}).encode()


def _app(store: Store) -> Starlette:
    def stock(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {_token(store)}":
            return Response(error_body(401), 401, media_type="application/json")
        places: list[dict[str, Any]] = [row.body for row in store.select(SYSTEM, "stock_reports")]
        return JSONResponse({"count": len(places), "places": places})

    return Starlette(routes=[Route("/v1/stock", stock)])


def _token(store: Store) -> str:
    kept: str | None = store.get_meta("shelfwise.token")
    if kept is None:
        kept = str(uuid.uuid4())
        store.set_meta("shelfwise.token", kept)
    return kept
