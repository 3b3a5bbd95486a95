"""The account's web server: routes, sign-in, pace, and JSON in and out.

Belongs here: Starlette and threads. Does not: what any call does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from sandbox.store import Store
from sandbox.zigzag import access, events, hub, lists, orders, photos, return_calls
from sandbox.zigzag.errors import WireError, error_body, invalid
from sandbox.zigzag.profile import limits

Body = dict[str, Any]
Answer = Callable[[Store, Request, Body], Any]
_JSON = "application/json; charset=utf-8"
_LARGEST_BODY = 5_000_000
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def _path(request: Request, name: str) -> str:
    return str(request.path_params[name])


def _saved_order(store: Store, request: Request, wanted: Body) -> tuple[int, Body]:
    body, is_new = orders.save(store, wanted)
    return (201 if is_new else 200), body


_CALLS: dict[tuple[str, str], Answer] = {
    ("POST", "/token"): lambda store, request, wanted: access.sign_in(store, wanted),
    ("POST", "/orders"): _saved_order,
    ("GET", "/orders/{orderNumber}"): lambda store, request, _: orders.read(store, _path(request, "orderNumber")),
    ("POST", "/products"): lambda store, request, wanted: lists.load_products(store, wanted),
    ("POST", "/stock"): lambda store, request, wanted: lists.load_stock(store, wanted),
    ("POST", "/return-orders"): lambda store, request, wanted: (201, return_calls.open_return_order(store, wanted)),
    ("POST", "/returns"): lambda store, request, wanted: (201, return_calls.create(store, wanted)),
    ("GET", "/returns"): lambda store, request, _: return_calls.search(store, request.query_params),
    ("GET", "/returns/{returnId}"): lambda store, request, _: return_calls.read(store, _path(request, "returnId")),
    ("DELETE", "/returns/{returnId}"): lambda store, request, _: return_calls.cancel_return(
        store, _path(request, "returnId")
    ),
    ("POST", "/returns/{returnId}/complete"): lambda store, request, wanted: return_calls.complete(
        store, _path(request, "returnId"), wanted
    ),
    ("POST", "/returns/{returnId}/receipt"): lambda store, request, wanted: hub.book_receipt(
        store, _path(request, "returnId"), wanted
    ),
    ("DELETE", "/shipments/{shipmentNumber}"): lambda store, request, _: return_calls.cancel_shipment(
        store, _path(request, "shipmentNumber")
    ),
    ("POST", "/webhooks"): lambda store, request, wanted: (201, events.register(store, wanted)),
    ("GET", "/webhooks"): lambda store, request, _: events.registered(store),
    ("DELETE", "/webhooks/{id}"): lambda store, request, _: events.forget(store, _path(request, "id")),
    ("GET", "/reasons"): lambda store, request, _: lists.listed(store, "reasons"),
    ("GET", "/conditions"): lambda store, request, _: lists.listed(store, "conditions"),
    ("GET", "/dispositions"): lambda store, request, _: lists.listed(store, "dispositions"),
}


def zigzag_app(store: Store) -> Starlette:
    """Return the account as an ASGI app over a store."""
    pace = access.Pace()
    routes = [(method, Route(path, lambda _: Response(), methods=_METHODS)) for method, path in _CALLS]

    async def serve(request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(_answered, store, pace, routes, request, body)
        except WireError as error:
            headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
            return Response(error.body(), error.status, headers, media_type=_JSON)

    async def fail(request: Request, error: Exception) -> Response:
        # The framework logs the traceback; the caller sees what the vendor would show.
        return Response(error_body(500), 500, media_type=_JSON)

    return Starlette(routes=[Route("/{path:path}", serve, methods=_METHODS)], exception_handlers={Exception: fail})


def _answered(
    store: Store, pace: access.Pace, routes: list[tuple[str, Route]], request: Request, body: bytes
) -> Response:
    pace.take(int(limits(store)["per_second"]))
    if request.method == "GET" and request.url.path.startswith(photos.FOLDER):
        return Response(photos.photo(store, request.url.path.removeprefix(photos.FOLDER)), media_type="image/png")
    if request.url.path != "/token":
        access.check(store, request.headers.get("authorization", ""))
    answer = _routed(routes, request)
    wanted = _object(body) if request.method == "POST" else {}
    if request.method == "GET":
        result = answer(store, request, wanted)
    else:
        with store.transaction():
            result = answer(store, request, wanted)
    status, value = result if isinstance(result, tuple) else (200, result)
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return Response(json.dumps(photos.on_host(value, origin)), status, media_type=_JSON)


def _routed(routes: list[tuple[str, Route]], request: Request) -> Answer:
    """Find the call of a request and put its path's values into the request. Raises WireError 404 or 405."""
    is_known = False
    for method, route in routes:
        match, scope = route.matches({**request.scope, "path": request.url.path.rstrip("/") or "/"})
        if match != Match.FULL:
            continue
        is_known = True
        if method == request.method:
            request.scope["path_params"] = scope["path_params"]
            return _CALLS[method, route.path]
    raise WireError("method_not_allowed" if is_known else "not_found")


def _object(body: bytes) -> Body:
    if len(body) > _LARGEST_BODY:
        raise invalid("body", f"{len(body)} bytes", f"at most {_LARGEST_BODY} bytes")
    try:
        wanted = json.loads(body)
    except ValueError:
        raise WireError("invalid_request", "The body is not JSON.") from None
    if not isinstance(wanted, dict):
        raise WireError("invalid_request", "The body is not a JSON object.")
    return wanted
