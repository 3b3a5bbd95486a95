"""From what the HTTP library raises, and from an HTTP status, to our errors.

Belongs here: faults all vendors share. Does not: a vendor's own codes (each system's `errors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from connectors.transport.messages import Call, Reply

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OUR_MISTAKE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, httpx.TooManyRedirects)

WIRE_FAULTS = (httpx.RequestError, httpx.InvalidURL)


@dataclass(frozen=True)
class Said:
    """What a vendor's body says about a refusal, as far as it could be read: all redacted, all possibly empty."""

    message: str = ""
    code: str = ""
    request_id: str = ""
    field: str = ""


def error_for_fault(fault: Exception, call: Call, vendor: str, *, base_url: str, setting: str) -> ConnectorError:
    """Return the error for a request that got no reply from `base_url`, which `setting` of the vendor's section says.

    A write is unknown as soon as its first byte may have left; only failing to connect proves that none did. The
    library's own text is not passed on: it may quote a URL with a signature in it.
    """
    kind = type(fault).__name__
    place = {"vendor": vendor, "endpoint": call.endpoint}
    if isinstance(fault, _OUR_MISTAKE):
        return RejectedError(
            f"the request could not be made ({kind}): check {vendor}.{setting} in tieout.toml", **place
        )
    if isinstance(fault, _NEVER_LEFT):
        return unreachable(vendor, base_url, kind, setting=setting)
    if call.is_read:
        return TransientError(f"no complete reply ({kind})", **place)
    return OutcomeUnknownError(f"sent, but no complete reply ({kind}): it may have been carried out", **place)


def unreachable(vendor: str, base_url: str, kind: str, *, setting: str) -> UnreachableError:
    """Return the error for a system to which no connection can be made."""
    reported = f"no connection to {base_url} ({kind}), nothing was sent: check {vendor}.{setting} and whether it is up"
    return UnreachableError(reported, vendor=vendor)


def error_for_size(call: Call, vendor: str, *, most: int) -> ConnectorError:
    """Return the error for a reply of more than `most` bytes, which was not read to its end."""
    place = {"vendor": vendor, "endpoint": call.endpoint}
    reported = f"the reply exceeds {most:,} bytes"
    if call.is_read:
        return MalformedReplyError(reported, **place)
    return OutcomeUnknownError(f"{reported}: the write may have been carried out", **place)


def error_for_status(reply: Reply, said: Said) -> ConnectorError | None:
    """Return the error that the HTTP status alone decides, or None when the body has to.

    Checked before any parsing, since a 503 may be a page of HTML from the edge of the vendor's network. A 5xx or 408
    on a write leaves its outcome unknown: a gateway answers so when the service behind it may have finished.
    """
    place = {
        "vendor": reply.vendor,
        "endpoint": reply.call.endpoint,
        "code": said.code,
        "request_id": said.request_id,
    }
    reported = f"HTTP {reply.status}" + (f": {said.message}" if said.message else "")
    if reply.status == 429:
        return RateLimitedError(reported, **place, retry_after=reply.retry_after)
    if reply.status >= 500 or reply.status == 408:
        if reply.call.is_read:
            return TransientError(reported, **place)
        return OutcomeUnknownError(f"{reported}: the write may have been carried out", **place)
    if 300 <= reply.status < 400:
        return RejectedError(f"{reported}: a redirect, where none is expected; check base_url in tieout.toml", **place)
    return None


def error_for_refusal(reply: Reply, said: Said, *, lacking: str, not_found: str, tokens_renew: bool) -> ConnectorError:
    """Return the error of a refusal by 401 (worth a new token where `tokens_renew`), 403, 404 or another 4xx.

    `lacking` says what a 403 lacks; `not_found` is the code of a 404, whatever its body calls it.
    """
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint, "code": said.code, "request_id": said.request_id}
    reported = f"HTTP {reply.status}: {said.message or 'no explanation that can be read'}"
    if reply.status == 401:
        return (ExpiredTokenError if tokens_renew else CredentialError)(reported, **place)
    if reply.status == 403:
        return CredentialError(f"{reported}; {lacking}", **place)
    if reply.status == 404:
        place["code"] = not_found
    return RejectedError(reported, **place)


def error_for_body(reply: Reply) -> ConnectorError | None:
    """Return the error of a good status with half a body: a failed read, or a write whose outcome is unknown."""
    try:
        reply.json()
    except MalformedReplyError as error:
        if reply.call.is_read:
            return error
        place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint}
        return OutcomeUnknownError("answered, but not in JSON: it may have been carried out", **place)
    return None


def object_of(reply: Reply) -> dict[str, Any]:
    """Return the JSON object of a refusal; an empty one when it has none that can be read."""
    try:
        body = reply.json()
    except MalformedReplyError:
        return {}
    return body if isinstance(body, dict) else {}
