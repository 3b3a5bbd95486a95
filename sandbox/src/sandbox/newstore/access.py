"""Who may call: the tenant's credentials, its tokens and their scopes, and how many calls there may be.

Belongs here: signing in and counting calls. Does not: any call. All of it runs on real time, not the world's.
Fact sheet newstore 1, 12: a Keycloak realm for each tenant; the legacy token beside it; paces for each call; too many
requests from one address and it is blocked, by a 403 that is no JSON.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import jwt

from sandbox.newstore.errors import WireError
from sandbox.newstore.profile import TENANT, limits
from sandbox.store import Store

_KEY = "newstore.credentials"
_ALGORITHM = "HS256"
_SECOND, _WINDOW = 1.0, 300.0
REALM = f"/auth/realms/{TENANT}/protocol/openid-connect/token"
SCOPES = (
    *("data-exports:datasets:read", "data-exports:jobs:read", "data-exports:jobs:write"),
    *("fulfillment:requests:read", "fulfillment:requests:write", "inventory:reservations:read"),
    *("inventory:reservations:write", "newstore:configuration:read", "newstore:configuration:write"),
    *("order-management:orders:write", "orders:write", "shipments:read"),
)
NEEDED = (
    ("GET", "/inventory/reservations", "inventory:reservations:read"),
    ("", "/inventory/reservations", "inventory:reservations:write"),
    ("GET", "/fulfillment/fulfillment-requests", "fulfillment:requests:read"),
    ("", "/fulfillment/fulfillment-requests", "fulfillment:requests:write"),
    ("GET", "/stores", "newstore:configuration:read"),
)
"""Calls that need a scope: method ('' any other), how the path begins, scope. Those of /v0 need none."""
PACES = {
    "POST /v0/d/fulfill_order": 20,
    "GET /v0/orders": 30,
    "GET /v0/orders/{id}": 100,
    "GET /v0/fulfillment_requests/{order_uuid}": 70,
    "GET /v0/stock/insights": 90,
}


def credentials(store: Store) -> dict[str, str]:
    """Return the tenant's client, its user, and the secret its tokens are signed with, made on first use."""
    with store.transaction():
        kept: dict[str, str] | None = store.get_meta(_KEY)
        if kept is None:
            client = {"client_id": "northgate-integration", "client_secret": secrets.token_urlsafe(24)}
            user = {"username": "integration@northgate.example", "password": secrets.token_urlsafe(18)}
            kept = {**client, **user, "secret": secrets.token_hex(32)}
            store.set_meta(_KEY, kept)
    return kept


def keycloak_token(store: Store, body: bytes, authorization: str) -> dict[str, Any]:
    """Answer the realm's token call, client by HTTP Basic or in the form. Raises WireError 400 or 401."""
    form = _form(body)
    if form.get("grant_type") != "client_credentials":
        raise WireError("unsupported_grant_type", f"grant_type {form.get('grant_type')!r}: client_credentials is")
    client = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
    kept = credentials(store)
    if client != (kept["client_id"], kept["client_secret"]):
        raise WireError("invalid_client")
    asked = form.get("scope", "").split() or list(SCOPES)
    if unknown := sorted(set(asked) - {*SCOPES, "openid"}):
        raise WireError("invalid_scope", f"Invalid scopes: {' '.join(unknown)}")
    return _granted(store, asked, kept["client_id"])


def legacy_token(store: Store, body: bytes) -> dict[str, Any]:
    """Answer POST /v0/token: password, client_credentials or refresh_token. Raises WireError 400 or 401."""
    form, kept = _form(body), credentials(store)
    grant = form.get("grant_type")
    if grant == "password":
        if (form.get("username"), form.get("password")) != (kept["username"], kept["password"]):
            raise WireError("invalid_grant", "Invalid user credentials")
    elif grant == "client_credentials":
        if (form.get("client_id"), form.get("client_secret")) != (kept["client_id"], kept["client_secret"]):
            raise WireError("invalid_client")
    elif grant == "refresh_token":
        if _claims(store, form.get("refresh_token", "")).get("typ") != "Refresh":
            raise WireError("invalid_grant", "Invalid refresh token")
    else:
        raise WireError("unsupported_grant_type", f"grant_type {grant!r}: expected password or client_credentials")
    refresh = _signed(store, {"typ": "Refresh", "sub": kept["username"]}, 86400)
    return {**_granted(store, list(SCOPES), kept["username"]), "refresh_token": refresh}


def check(store: Store, method: str, path: str, authorization: str) -> None:
    """Check the `Authorization` header of a call, and the scope that the call needs. Raises WireError 401 or 403."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise WireError("unauthorized")
    claims = _claims(store, token.strip())
    if claims.get("typ") != "Bearer":
        raise WireError("unauthorized")
    needed = next((scope for verb, start, scope in NEEDED if path.startswith(start) and verb in (method, "")), None)
    if needed and needed not in str(claims.get("scope")).split():
        raise WireError("forbidden", f"The access token lacks the scope {needed}.")


@dataclass
class Pace:
    """The calls of the last second by call, and the requests of the last five minutes."""

    calls: dict[str, deque[float]] = field(default_factory=dict)
    requests: deque[float] = field(default_factory=deque)
    blocked_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self, most: int, block_seconds: float) -> None:
        """Count one request of the caller's address. Raises WireError 403, no JSON, while it is blocked."""
        now = time.monotonic()
        with self.lock:
            if now < self.blocked_until:
                raise WireError("ip_blocked")
            _forget(self.requests, now - _WINDOW)
            if len(self.requests) >= most:
                self.blocked_until = now + block_seconds
                self.requests.clear()
                raise WireError("ip_blocked")
            self.requests.append(now)

    def take(self, call: str, changed: Mapping[str, Any]) -> None:
        """Count one call. Raises WireError 429 above its pace, which counts nothing."""
        per_second = changed.get(call, PACES.get(call))
        if per_second is None:
            return
        now = time.monotonic()
        with self.lock:
            calls = self.calls.setdefault(call, deque())
            _forget(calls, now - _SECOND)
            if len(calls) >= int(per_second):
                raise WireError("too_many_requests", retry_after=1)
            calls.append(now)


def _forget(instants: deque[float], until: float) -> None:
    while instants and instants[0] <= until:
        instants.popleft()


def _granted(store: Store, scopes: list[str], subject: str) -> dict[str, Any]:
    seconds = int(limits(store)["token_ttl"])
    token = _signed(store, {"typ": "Bearer", "sub": subject, "scope": " ".join(scopes)}, seconds)
    return {"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": " ".join(scopes)}


def _signed(store: Store, claims: dict[str, Any], seconds: int) -> str:
    now = int(time.time())
    stamped = {**claims, "iat": now, "exp": now + seconds, "jti": str(uuid.uuid4())}
    return jwt.encode(stamped, credentials(store)["secret"], algorithm=_ALGORITHM)


def _claims(store: Store, token: str) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, credentials(store)["secret"], algorithms=[_ALGORITHM]))
    except jwt.InvalidTokenError:
        return {}


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise WireError("invalid_client") from None
    return unquote_plus(name), unquote_plus(secret)
