"""The account's web server: one entry for every method, with sign-in, quotas and encodings before it.

Belongs here: Starlette, headers, threads. Does not: what any method does.
Fact sheet linnworks 1, 2: the session token is bare in `Authorization`; every method takes GET and POST; a method
without an answer gives 204; an unknown one 404.
"""

from __future__ import annotations

import json
from decimal import InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.linnworks.access import AUTHORIZE, Quotas, Sessions
from sandbox.linnworks.errors import WireError, error_body
from sandbox.linnworks.methods import METHODS, Method, named
from sandbox.linnworks.parameters import Parameters, read
from sandbox.linnworks.profile import limits
from sandbox.store import Store

_JSON = "application/json; charset=utf-8"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_AUTHORIZE_PATH = f"/api/{AUTHORIZE}".lower()
_AUTHORIZE_PER_MINUTE = 150
_SECRETS = ("applicationid", "applicationsecret", "token")


def linnworks_app(store: Store) -> Starlette:
    """Return the account as an ASGI app over a store."""
    sessions, quotas = Sessions(store), Quotas()

    async def serve(request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(_answer, store, sessions, quotas, request, body)
        except WireError as error:
            headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
            return Response(error.body(), error.status, headers, media_type=_JSON)

    async def fail(request: Request, error: Exception) -> Response:
        # The framework logs the traceback; the caller sees what the vendor would show.
        return Response(error_body(500), 500, media_type=_JSON)

    routes = [Route("/{path:path}", serve, methods=_METHODS)]
    return Starlette(routes=routes, exception_handlers={Exception: fail})


def _answer(store: Store, sessions: Sessions, quotas: Quotas, request: Request, body: bytes) -> Response:
    switches = limits(store)
    query = request.scope["query_string"].decode("latin-1")
    if request.url.path.lower().rstrip("/") == _AUTHORIZE_PATH:
        _mask(request)
        _count(quotas, AUTHORIZE, _AUTHORIZE_PER_MINUTE, switches)
        server = f"{request.url.scheme}://{request.url.netloc}"
        return _reply(sessions.open(read(query, body, request.headers.get("content-type", "")), server))
    sessions.check(request.headers.get("authorization", "").strip())
    name = named(request.url.path)
    if name is None:
        raise WireError(f"No HTTP resource was found that matches the request URI {request.url.path}.", status=404)
    if request.method not in {"GET", "POST"}:
        raise WireError(f"The requested resource does not support http method '{request.method}'.", status=405)
    method = METHODS[name]
    _count(quotas, name, method.per_minute, switches)
    given = read(query, body, request.headers.get("content-type", ""))
    return _reply(_done(store, method, given.unwrapped(method.request, switches["strict_request"])))


def _done(store: Store, method: Method, given: Parameters) -> Any:
    try:
        if not method.writes:
            return method.answer(store, given)
        with store.transaction():
            return method.answer(store, given)
    except InvalidOperation:
        raise WireError("Input string was not in a correct format.") from None


def _count(quotas: Quotas, name: str, usual: int, switches: dict[str, Any]) -> None:
    own: dict[str, int] = switches["per_minute"]
    quotas.take(name, own.get(name, own.get("*", usual)), tell_wait=bool(switches["retry_after"]))


def _mask(request: Request) -> None:
    """Take secrets out of the log of calls: nothing keeps a client from sending them in the query."""
    call = request.scope.get("sandbox.call")
    if call is not None and any(name in call.query.lower() for name in _SECRETS):
        call.query = "***"


def _reply(value: Any) -> Response:
    if value is None:
        return Response(status_code=204)
    return Response(json.dumps(value), media_type=_JSON)
