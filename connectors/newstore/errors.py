"""What NewStore's statuses and codes mean to us: problem+json of newer calls, {error_code, message} of legacy ones.

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
Fact sheet newstore 2, 4, 12.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.transport.errors import ConnectorError, MalformedReplyError, RateLimitedError, RejectedError
from connectors.transport.faults import Said, error_for_refusal, error_for_status, object_of
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

NOT_FOUND = "not_found"
"""The code of a refusal with status 404, which may come without a body."""
CHANGED_ORDER = "same_order_injection_with_different_data"
"""The code of a refusal: an order with this external id exists, and was injected with another body."""
ALREADY_CANCELLED = "order_already_canceled"
BLOCKED_SECONDS = 300.0
"""How long an address stays blocked after too many requests."""


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, tokens_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good. Some writes are answered without a body.

    No message holds one of `secrets`. `tokens_renew`: a 401 may be a token that ran out, and is worth one new one.
    A 403 that is no JSON is the block of our address after too many requests, and no matter of credentials.
    """
    if reply.status < 300:
        if reply.call.is_read:
            reply.json()  # a good status with half a body must count as a failed read, and be read again
        return None
    said = _said(reply, secrets)
    if reply.status == 403 and not _is_json(reply):
        return _blocked(reply)
    if (error := error_for_status(reply, said)) is not None:
        return error
    lacking = "the client lacks a scope that this call needs"
    return error_for_refusal(reply, said, lacking=lacking, not_found=NOT_FOUND, tokens_renew=tokens_renew)


def classify_file(reply: Reply) -> ConnectorError | None:
    """Return the error that the reply to the download of a file means: any body is good, a refusal is not explained."""
    if reply.status < 300:
        return None
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint}
    return error_for_status(reply, Said()) or RejectedError(f"HTTP {reply.status}: the file cannot be had", **place)


def _blocked(reply: Reply) -> RateLimitedError:
    pause = BLOCKED_SECONDS if reply.retry_after is None else reply.retry_after
    return RateLimitedError(
        f"HTTP 403 that is no JSON: too many requests came from this address, which is blocked for {pause:.0f} s;"
        " lower requests_per_second when this keeps happening",
        vendor=reply.vendor,
        endpoint=reply.call.endpoint,
        retry_after=pause,
    )


def _is_json(reply: Reply) -> bool:
    try:
        return isinstance(reply.json(), dict)
    except MalformedReplyError:
        return False


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    body = object_of(reply)
    texts = _texts(body.get("messages")) or [
        str(body.get(name) or "") for name in ("detail", "message", "error_description", "title")
    ]
    message = next((text for text in texts if text), "")
    return Said(
        redact(message, secrets),
        plain_id(str(body.get("error_code") or body.get("error") or ""), secrets),
        plain_id(str(body.get("request_id") or ""), secrets),
    )


def _texts(messages: Any) -> list[str]:
    found = [each for each in messages if isinstance(each, str)] if isinstance(messages, list) else []
    return ["; ".join(found)] if found else []
