"""Access tokens of TikTok Shop: one refresher, and everybody else reads its file (fact sheet tiktok_shop 1.2).

Belongs here: the refresh call and the token file's place. Does not: keeping the file (transport.tokens).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from connectors.tiktok_shop.endpoints import REFRESH_TOKEN
from connectors.tiktok_shop.errors import classify_reply
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import MalformedReplyError
from connectors.transport.messages import Call, Reply
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile
from tieout.clock import from_epoch
from tieout.settings import Settings, TikTokShop

VENDOR = "tiktok_shop"


def open_token_file(settings: Settings, wire: Wire) -> TokenFile:
    """Return the token of this tenant's app, `tiktok_shop_token.json` among the secrets.

    A configured refresh_token that changes makes the kept one void: the seller has authorized again.
    """
    shop = settings.tiktok_shop
    grant = f"{shop.app_key.get_secret_value()}\n{shop.refresh_token.get_secret_value()}"
    path = settings.home / "secrets" / "tiktok_shop_token.json"
    return TokenFile(path, _issuer(shop, wire), grant=grant, now=wire.now)


def _issuer(shop: TikTokShop, wire: Wire) -> Callable[[Token | None], Token]:
    def issue(kept: Token | None) -> Token:
        refresh_token = (kept.refresh if kept else "") or shop.refresh_token.get_secret_value()
        with Api(_auth_service(shop, refresh_token), wire) as api:
            return read_token(api.send(_refresh_call(shop, refresh_token)), refresh_token)

    return issue


def _auth_service(shop: TikTokShop, refresh_token: str) -> Service:
    secrets = (shop.app_key.get_secret_value(), shop.app_secret.get_secret_value(), refresh_token)
    classify = partial(classify_reply, secrets=secrets)
    return Service(
        VENDOR,
        shop.auth_base_url,
        shop.timeout_seconds,
        classify,
        Unsigned(),
        NoLimiter(),
        setting="auth_base_url",
    )


def _refresh_call(shop: TikTokShop, refresh_token: str) -> Call:
    query = (
        ("app_key", shop.app_key.get_secret_value()),
        ("app_secret", shop.app_secret.get_secret_value()),
        ("refresh_token", refresh_token),
        ("grant_type", "refresh_token"),
    )
    # Not documented: what a repeated refresh does. Trying again is the only way on after a lost reply.
    return Call("refresh_token", "GET", REFRESH_TOKEN, is_read=True, query=query)


def read_token(reply: Reply, refresh_token: str) -> Token:
    """Return the token in a reply. Its `access_token_expire_in` is an instant (epoch seconds), not a duration.

    The refresh token may rotate; where the reply names none, `refresh_token` stays in use.

    Raises:
        MalformedReplyError: when a part is missing or is not what the documents say.
    """
    data: Any = reply.json().get("data")
    try:
        expires_at = from_epoch(data["access_token_expire_in"])
        access, refresh = str(data["access_token"]), str(data.get("refresh_token") or refresh_token)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        raise MalformedReplyError(
            "expected data with access_token and access_token_expire_in (epoch seconds)",
            vendor=reply.vendor,
            endpoint=reply.call.endpoint,
        ) from None
    return Token(access, refresh, expires_at.isoformat())
