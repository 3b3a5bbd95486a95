"""What Linnworks' statuses and texts mean to us (fact sheet linnworks 3).

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
A refusal is `{"Message"}` on almost any status: the texts decide more than the numbers do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from connectors.transport.faults import Said, error_for_status
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

UNKNOWN_METHOD = "UNKNOWN_METHOD"
QUOTA_SECONDS = 60.0
_QUOTA = re.compile(r"(?i)calls quota exceeded|maximum admitted \d+ per minute")


def reply_classifier(secrets: Iterable[str], *, sessions_renew: bool) -> Callable[[Reply], ConnectorError | None]:
    """Return a classifier of replies that keeps `secrets` out of every message.

    `sessions_renew` says that a 401 may be a session that ended, and is worth one new one.
    """
    hidden = tuple(secrets)

    def classify(reply: Reply) -> ConnectorError | None:
        return classify_reply(reply, hidden, sessions_renew=sessions_renew)

    return classify


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, sessions_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good.

    The text of the quota is looked for on every refusal, for it was seen on other statuses than 429. Without a
    Retry-After the whole minute is waited out.
    """
    if reply.status < 300:
        return _classify_body(reply)
    said = _said(reply, secrets)
    if reply.status == 429 or _QUOTA.search(said.message):
        wait = reply.retry_after
        reported = f"HTTP {reply.status}: {said.message}"
        pause = QUOTA_SECONDS if wait is None else wait
        return RateLimitedError(reported, vendor=reply.vendor, endpoint=reply.call.endpoint, retry_after=pause)
    if (error := error_for_status(reply, said)) is not None:
        return error
    return _refusal(reply, said, sessions_renew=sessions_renew)


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


def _refusal(reply: Reply, said: Said, *, sessions_renew: bool) -> ConnectorError:
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint, "code": said.code}
    reported = f"HTTP {reply.status}: {said.message or 'no explanation that can be read'}"
    if reply.status == 401:
        return (ExpiredTokenError if sessions_renew else CredentialError)(reported, **place)
    if reply.status == 403:
        return CredentialError(f"{reported}; the application's user lacks the permission for this method", **place)
    if reply.status == 404:
        place["code"] = UNKNOWN_METHOD
    return RejectedError(reported, **place)


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    try:
        body = reply.json()
    except MalformedReplyError:
        return Said()
    if not isinstance(body, dict):
        return Said()
    return Said(redact(str(body.get("Message") or ""), secrets), plain_id(str(body.get("Code") or ""), secrets))
