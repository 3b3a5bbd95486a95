"""The tenant's web server: routes, sign-in, pace, and JSON in and out.

Belongs here: Starlette and threads. Does not: what any call does (`calls`).
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from sandbox.newstore import access
from sandbox.newstore.calls import CALLS, Answer, Answered
from sandbox.newstore.errors import WireError, error_body
from sandbox.newstore.profile import limits
from sandbox.store import Store

Body = dict[str, Any]
_JSON = "application/json"
_LARGEST_BODY = 5_000_000
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_OPEN = "/_files/"
_JOBS = ("/v0/d/availabilities/bulk/", "/v0/d/import")
"""Reads that write: a poll takes a job further."""


def newstore_app(store: Store) -> Starlette:
    """Return the tenant as an ASGI app over a store."""
    pace = access.Pace()
    routes = [(method, Route(path, lambda _: Response(), methods=_METHODS)) for method, path in CALLS]

    async def serve(request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(_answered, store, pace, routes, request, body)
        except WireError as error:
            headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
            content, media_type = error.body(request.url.path)
            return Response(content, error.status, headers, media_type=media_type)

    async def fail(request: Request, error: Exception) -> Response:
        # The framework logs the traceback; the caller sees what the vendor would show.
        return Response(error_body(500), 500, media_type="application/problem+json")

    return Starlette(routes=[Route("/{path:path}", serve, methods=_METHODS)], exception_handlers={Exception: fail})


def _answered(
    store: Store, pace: access.Pace, routes: list[tuple[str, Route]], request: Request, body: bytes
) -> Response:
    switches, path = limits(store), request.url.path
    pace.arrive(int(switches["ip_limit"]), float(switches["ip_block_seconds"]))
    authorization = request.headers.get("authorization", "")
    if request.method == "POST" and path == access.REALM:
        return _response(access.keycloak_token(store, body, authorization))
    if request.method == "POST" and path == "/v0/token":
        return _response(access.legacy_token(store, body))
    if not path.startswith(_OPEN):
        access.check(store, request.method, path, authorization)
    call, answer = _routed(routes, request)
    pace.take(call, switches["per_second"])
    wanted = _parsed(body)
    if request.method == "GET" and not path.startswith(_JOBS):
        return _response(answer(store, request, wanted))
    with store.transaction():
        return _response(answer(store, request, wanted))


def _response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    found = result if isinstance(result, Answered) else Answered(result)
    content = b"" if found.value is None else json.dumps(found.value, default=_double).encode()
    return Response(content, found.status, dict(found.headers), media_type=_JSON)


def _double(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _routed(routes: list[tuple[str, Route]], request: Request) -> tuple[str, Answer]:
    """Find the call of a request and put its path's values into the request. Raises WireError 404 or 405."""
    is_known = False
    for method, route in routes:
        match, scope = route.matches({**request.scope, "path": request.url.path.rstrip("/") or "/"})
        if match != Match.FULL:
            continue
        is_known = True
        if method == request.method:
            request.scope["path_params"] = scope["path_params"]
            return f"{method} {route.path}", CALLS[method, route.path]
    raise WireError("method_not_allowed" if is_known else "not_found")


def _parsed(body: bytes) -> Any:
    """Return a body's JSON, its numbers exact; {} for an empty one. Raises WireError 400."""
    if len(body) > _LARGEST_BODY:
        raise WireError("invalid_request", f"The body has {len(body)} bytes: at most {_LARGEST_BODY}.")
    try:
        return json.loads(body, parse_float=Decimal) if body.strip() else {}
    except ValueError:
        raise WireError("invalid_request", "The body is not JSON.") from None
