"""What ZigZag's statuses and codes mean to us (fact sheet zigzag 2): a refusal is `{"code", "detail"}`.

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RejectedError,
)
from connectors.transport.faults import Said, error_for_status
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

NOT_FOUND = "NOT_FOUND"
"""The code of a refusal with status 404, whatever its body calls it."""
DUPLICATE_REFERENCE = "duplicate_reference"
"""The code of a refusal: there are returns under this external reference already."""


def reply_classifier(secrets: Iterable[str], *, tokens_renew: bool) -> Callable[[Reply], ConnectorError | None]:
    """Return a classifier of replies that keeps `secrets` out of every message.

    `tokens_renew` says that a 401 may be a token that ran out, and is worth one new one.
    """
    hidden = tuple(secrets)

    def classify(reply: Reply) -> ConnectorError | None:
        return classify_reply(reply, hidden, tokens_renew=tokens_renew)

    return classify


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, tokens_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good. A deletion may be answered without a body."""
    if reply.status < 300:
        return None if reply.call.method == "DELETE" else _classify_body(reply)
    said = _said(reply, secrets)
    if (error := error_for_status(reply, said)) is not None:
        return error
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint, "code": said.code}
    reported = f"HTTP {reply.status}: {said.message or 'no explanation that can be read'}"
    if reply.status == 401:
        return (ExpiredTokenError if tokens_renew else CredentialError)(reported, **place)
    if reply.status == 403:
        return CredentialError(f"{reported}; the user lacks the permission for this call", **place)
    if reply.status == 404:
        place["code"] = NOT_FOUND
    return RejectedError(reported, **place)


def _classify_body(reply: Reply) -> ConnectorError | None:
    """A good status with half a body is a failed read; for a write, the outcome is unknown."""
    try:
        reply.json()
    except MalformedReplyError as error:
        if reply.call.is_read:
            return error
        place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint}
        return OutcomeUnknownError("answered, but not in JSON: it may have been carried out", **place)
    return None


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    try:
        body = reply.json()
    except MalformedReplyError:
        return Said()
    if not isinstance(body, dict):
        return Said()
    return Said(redact(str(body.get("detail") or ""), secrets), plain_id(str(body.get("code") or ""), secrets))
