"""The app, its authorization by the seller, and TikTok Shop's token endpoints.

Belongs here: auth codes, access and refresh tokens (fact sheet tiktok_shop 1.2). Does not: checking the other parts
of a request. All expiries are wall time, absolute epoch seconds, so that any client's clock works.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.envelope import ApiError, deauthorized, invalid, token_expired
from sandbox.tiktok_shop.paging import one

APP_KEY = "6sbx0mkt0app7"
APP_SECRET = hashlib.sha256(b"app of the sandbox").hexdigest()[:40]
AUTHORIZATION = "authorization"
ACCESS_SECONDS = 7 * 86400
REFRESH_SECONDS = 365 * 86400
CODE_SECONDS = 30 * 60
SCOPES = [
    "seller.authorization.info",
    "seller.shop.info",
    "seller.order.info",
    "seller.finance.info",
    "seller.fulfillment.basic",
    "seller.fulfillment.package.write",
    "seller.logistics",
    "seller.return_refund.basic",
    "seller.product.basic",
    "seller.product.write",
]
_KEPT_TOKENS = 20


def authorization(store: Store) -> Body:
    """Return the seller's authorization of the app, granted on first use, with a usable auth code."""
    with store.transaction():
        record = store.get("tiktok_shop", "tokens", AUTHORIZATION)
        state = record.body if record else _granted()
        if not state["auth_code"] or state["auth_code_expires_at"] <= time.time():
            state = _consented(state)
            _keep(store, state)
    return state


def get_token(store: Store, query: dict[str, list[str]]) -> Body:
    """Answer GET /api/v2/token/get: trade a single-use auth code. Raises ApiError 36004004 for a used one."""
    _check_app(query, "authorized_code")
    with store.transaction():
        state = authorization(store)
        if one(query, "auth_code") != state["auth_code"]:
            raise ApiError(36004004, "The auth_code is invalid, expired or already used")
        return _issued(store, {**state, "auth_code": "", "deauthorized": False})


def refresh_token(store: Store, query: dict[str, list[str]]) -> Body:
    """Answer GET /api/v2/token/refresh: rotate both tokens. Raises ApiError 36004001 for an older refresh token.

    The one before stays good until the access token that replaced it is used: a lost reply locks no client out.
    """
    _check_app(query, "refresh_token")
    with store.transaction():
        state = authorization(store)
        if state["deauthorized"]:
            raise deauthorized()
        if not state["refresh_token"]:
            raise ApiError(36004005, "No authorization record found")
        given = one(query, "refresh_token")
        good = {state["refresh_token"], state.get("former_refresh_token") or state["refresh_token"]}
        if given not in good or state["refresh_token_expires_at"] <= time.time():
            raise ApiError(36004001, "The refresh_token is invalid or has expired")
        return _issued(store, {**state, "former_refresh_token": given})


def check_access(store: Store, token: str) -> Body:
    """Return the authorization behind an access token. Raises ApiError 36009004 (unknown), 105001 or 105002."""
    record = store.get("tiktok_shop", "tokens", AUTHORIZATION)
    known = record.body["access_tokens"] if record else []
    for issued in known:
        if secrets.compare_digest(issued["token"].encode(), token.encode()):
            assert record is not None  # noqa: S101  tokens only come out of a record
            if record.body["deauthorized"]:
                raise deauthorized()
            if issued["expires_at"] <= time.time():
                raise token_expired()
            if issued == known[-1] and record.body.get("former_refresh_token"):
                _keep(store, {**record.body, "former_refresh_token": ""})
            return record.body
    raise invalid("Invalid credentials, the x-tts-access-token header is invalid", 401)


def _check_app(query: dict[str, list[str]], grant: str) -> None:
    if one(query, "app_key") != APP_KEY or one(query, "app_secret") != APP_SECRET:
        raise invalid("The app_key or app_secret is invalid")
    if one(query, "grant_type") != grant:
        raise invalid(f"grant_type is invalid, the value must be {grant}")


def _granted() -> Body:
    return {
        "id": AUTHORIZATION,
        "auth_code": "",
        "auth_code_expires_at": 0,
        "access_tokens": [],
        "refresh_token": "",
        "refresh_token_expires_at": 0,
        "deauthorized": False,
        "granted_scopes": SCOPES,
        "open_id": "7010736057180325637",
        "seller_name": "Sandbox Retail Group",
    }


def _consented(state: Body) -> Body:
    return {
        **state,
        "auth_code": f"ROW_{secrets.token_urlsafe(32)}",
        "auth_code_expires_at": int(time.time()) + CODE_SECONDS,
    }


def _issued(store: Store, state: Body) -> Body:
    now = int(time.time())
    access = {"token": f"ROW_{secrets.token_urlsafe(36)}", "expires_at": now + ACCESS_SECONDS}
    changed = {
        **state,
        "access_tokens": [*state["access_tokens"], access][-_KEPT_TOKENS:],
        "refresh_token": f"ROW_{secrets.token_urlsafe(36)}",
        "refresh_token_expires_at": now + REFRESH_SECONDS,
    }
    _keep(store, changed)
    return _answer(changed, access)


def _keep(store: Store, state: Body) -> None:
    store.put(Record("tiktok_shop", "tokens", AUTHORIZATION, state))


def _answer(state: Body, access: dict[str, Any]) -> Body:
    return {
        "access_token": access["token"],
        "access_token_expire_in": access["expires_at"],
        "refresh_token": state["refresh_token"],
        "refresh_token_expire_in": state["refresh_token_expires_at"],
        "open_id": state["open_id"],
        "seller_name": state["seller_name"],
        "seller_base_region": "GB",
        "user_type": 0,
        "granted_scopes": state["granted_scopes"],
    }
