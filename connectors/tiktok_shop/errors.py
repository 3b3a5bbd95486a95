"""What TikTok Shop's statuses and codes mean to us (fact sheet tiktok_shop 2.1-2.3).

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnknownVersionError,
)
from connectors.transport.faults import Said, error_for_status
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

_Kind = type[ConnectorError]

OVERLOADED = "36009004"

_TIMEOUTS = ("21001003", "11001027")
"""What gave up waiting for a write cannot say that it was not carried out."""

_KINDS: dict[str, _Kind] = {
    "105002": ExpiredTokenError,
    "36009002": RateLimitedError,
    "36009037": RateLimitedError,
    "36009014": UnknownVersionError,
    **dict.fromkeys(("36009003", "36009007"), TransientError),
    **dict.fromkeys(("10002014", "10002015", "10037002", "10037003", "10037004"), TransientError),
    **dict.fromkeys(_TIMEOUTS, TransientError),
    **dict.fromkeys(("101000", "105001", "105005", "106001", "106013", "10006402"), CredentialError),
    **dict.fromkeys(("36004001", "36004004", "36004005", "36009033", "36009044"), CredentialError),
}
_REMEDIES = {
    "105001": "the seller withdrew the app's authorization: authorize again and set tiktok_shop.refresh_token",
    "105005": "a scope is missing: grant it to the app, then let the seller authorize again",
    "106001": "the signature is refused: check tiktok_shop.app_secret",
    "36004001": "the refresh token has expired: authorize again and set tiktok_shop.refresh_token",
    "36004004": "the authorization code or refresh token is refused: authorize again and set tiktok_shop.refresh_token",
    "36004005": "no such authorization: authorize again and set tiktok_shop.refresh_token",
    "36009033": "this machine's address is not on the app's allow list",
    "36009037": "the hourly quota of a test shop is used up: wait",
}
# 36009004 has ten different meanings; only its text distinguishes them. The first match counts.
_OVERLOADED_TEXTS: tuple[tuple[tuple[str, ...], _Kind], ...] = (
    (("api version", "invalid version"), UnknownVersionError),
    (("timestamp",), CredentialError),
    (("app_key", "app key", "access_token", "access token", "access-token", "token header"), CredentialError),
    (("missing sign", "sign is missing", "invalid sign"), CredentialError),
)
HOUR = 3600.0


def classify_reply(reply: Reply, secrets: Iterable[str] = ()) -> ConnectorError | None:
    """Return what is wrong with a reply, or None for code 0. Status first: a 503 may be HTML from the edge.

    No message holds one of `secrets`.
    """
    envelope = _envelope(reply)
    said = Said() if envelope is None else _said(envelope, secrets)
    if (error := error_for_status(reply, said)) is not None:
        return error
    if envelope is None:
        return _no_envelope(reply)
    if said.code == "0" and reply.status < 300:
        return None
    kind = _overloaded_kind(said.message) if said.code == OVERLOADED else _KINDS.get(said.code, RejectedError)
    if reply.status in (401, 403) and not issubclass(kind, CredentialError):
        kind = RejectedError if said.code == "36009043" else CredentialError
    return _error(kind, reply, said)


def _envelope(reply: Reply) -> dict[str, Any] | None:
    try:
        body = reply.json()
    except MalformedReplyError:
        return None
    return body if isinstance(body, dict) and "code" in body else None


def _said(envelope: dict[str, Any], secrets: Iterable[str]) -> Said:
    code = plain_id(str(envelope["code"]), secrets)
    message = redact(str(envelope.get("message") or ""), secrets)
    remedy = _REMEDIES.get(code)
    reported = f"{message}; {remedy}" if remedy else message
    return Said(reported, code, plain_id(str(envelope.get("request_id") or ""), secrets))


def _no_envelope(reply: Reply) -> ConnectorError:
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint}
    if reply.status in (401, 403):
        return CredentialError(f"HTTP {reply.status} without an explanation", **place)
    if reply.status >= 400:
        return RejectedError(f"HTTP {reply.status} without an explanation; check base_url in tieout.toml", **place)
    return MalformedReplyError(f"HTTP {reply.status} without the documented envelope (code, message, data)", **place)


def _overloaded_kind(message: str) -> _Kind:
    text = message.lower()
    for needles, kind in _OVERLOADED_TEXTS:
        if any(needle in text for needle in needles):
            return kind
    return RejectedError


def _error(kind: _Kind, reply: Reply, said: Said) -> ConnectorError:
    message = said.message or f"HTTP {reply.status}"
    if said.code in _TIMEOUTS and not reply.call.is_read:
        kind = OutcomeUnknownError
    if said.code == OVERLOADED and kind is CredentialError and "timestamp" in message.lower():
        message += "; check this machine's clock (NTP)"
    place = {
        "vendor": reply.vendor,
        "endpoint": reply.call.endpoint,
        "code": said.code,
        "request_id": said.request_id,
    }
    if kind is RateLimitedError:
        return RateLimitedError(message, **place, retry_after=HOUR if said.code == "36009037" else reply.retry_after)
    return kind(message, **place)
