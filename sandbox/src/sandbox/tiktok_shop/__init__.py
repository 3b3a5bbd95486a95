"""TikTok Shop standing in: its API and its token endpoints on one plain-HTTP origin.

Belongs here: what the sandbox's server needs of this vendor: the app, the kinds of record, how to reach it.
Does not: the vendor's rules themselves (see `gateway`, `endpoints` and the modules they name).
"""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Refusals
from sandbox.store import Kind, Store
from sandbox.tiktok_shop import labels, tokens
from sandbox.tiktok_shop.documented_errors import documented_codes, refused_with
from sandbox.tiktok_shop.earlier_packages import index_packages
from sandbox.tiktok_shop.envelope import error_body
from sandbox.tiktok_shop.gateway import Gateway, Incoming
from sandbox.tiktok_shop.limits import DEFAULT_QPS

__all__ = ["KINDS", "REFUSALS", "SYSTEM", "error_body", "install", "systems_entry", "tiktok_app"]

SYSTEM = "tiktok_shop"
KINDS = {
    "shops": Kind(),
    "orders": Kind(created_field="create_time", updated_field="update_time"),
    "statements": Kind(parent_field="payment_id", created_field="statement_time"),
    "statement_transactions": Kind(parent_field="_statement_id", created_field="order_create_time"),
    "payments": Kind(created_field="create_time"),
    "unsettled_transactions": Kind(created_field="order_create_time"),
    "products": Kind(created_field="create_time", updated_field="update_time"),
    "inventory": Kind(parent_field="product_id", updated_field="_update_time"),
    "warehouses": Kind(),
    "packages": Kind("package_id", "_order_id", "create_time", "update_time"),
    "cancellations": Kind("cancel_id", "order_id", "create_time", "update_time"),
    "returns": Kind("return_id", "order_id", "create_time", "update_time"),
    "images": Kind("uri"),
    "webhook_subscriptions": Kind(created_field="create_time", updated_field="update_time"),
    "webhook_deliveries": Kind(parent_field="status", updated_field="next_attempt_at"),
    "tokens": Kind(),
}
REFUSALS = Refusals(documented_codes(), refused_with)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# Transactions are asked for by order; without this index every such call would read them all.
_BY_ORDER = (
    "create index if not exists record_by_order on record (system, kind, json_extract(body, '$.order_id'), id)"
    " where deleted = 0"
)


def install(store: Store) -> None:
    """Register the kinds and the index this vendor needs."""
    store.register(SYSTEM, KINDS)
    with store.transaction():
        store.connection.execute(_BY_ORDER)
    index_packages(store)


def tiktok_app(store: Store) -> Starlette:
    """Return the ASGI app that answers as TikTok Shop."""
    gateway = Gateway(store)

    async def answer(request: Request) -> Response:
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
        incoming = Incoming(
            request.method,
            path.split("?")[0],
            request.scope["query_string"].decode("latin-1"),
            {name.lower(): value for name, value in request.headers.items()},
            await request.body(),
        )
        # A thread: a write of the world must not stop the other requests from being answered.
        reply = await run_in_threadpool(gateway.answer, incoming)
        return Response(reply.body, reply.status, dict(reply.headers), "application/json")

    async def label(request: Request) -> Response:
        query = request.query_params
        asked = request.path_params["package_id"], query.get("expires", ""), query.get("token", "")
        found = await run_in_threadpool(labels.label, store, *asked)
        if found is None:
            return Response("<html><body>This link has expired.</body></html>", 403, media_type="text/html")
        return Response(found, media_type="application/pdf")

    return Starlette(routes=[Route(labels.PATH, label), Route("/{path:path}", answer, methods=_METHODS)])


def systems_entry(store: Store, base_url: str) -> dict[str, Any]:
    """Return how any client of TikTok Shop reaches this one: addresses, credentials, quirks, limits."""
    state = tokens.authorization(store)
    shops = store.select(SYSTEM, "shops")
    return {
        "base_url": base_url,
        "auth_base_url": base_url,
        "token_get_url": f"{base_url}/api/v2/token/get",
        "token_refresh_url": f"{base_url}/api/v2/token/refresh",
        "app_key": tokens.APP_KEY,
        "app_secret": tokens.APP_SECRET,
        "auth_code": state["auth_code"],
        "refresh_token": state["refresh_token"],
        "shops": [{key: shop.body.get(key, "") for key in ("id", "name", "region", "cipher")} for shop in shops],
        "kinds": sorted(KINDS),
        "limits": {"qps": DEFAULT_QPS, **store.get_meta("limits", {}).get(SYSTEM, {})},
        "quirks": QUIRKS,
    }


QUIRKS = [
    "API and token endpoints share one origin; both are plain HTTP.",
    "The timestamp window (-5 min to +30 s) and token expiry follow wall time; every business time follows the world.",
    "Refreshing rotates the refresh token; once its access token is used, the one before answers 36004001.",
    "shop_cipher is refused on /authorization and /seller and demanded elsewhere.",
    "Empty lists lack their key. order search ends with an empty next_page_token, finance without one.",
    "A page_token belongs to its filters; rows whose sort value changes while paging move.",
    "A shop whose private key _disabled_versions lists 'finance/202501' answers 36009014 for that version.",
    "A fault of kind error_code answers with any code that is documented; what else refuses follows from the records.",
    "Webhooks: loopback addresses over http are allowed; retries wait on the world's clock.",
]
