"""What NetSuite's statuses and error details mean to us (fact sheet netsuite 4.6, 4.9, 9).

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    ExpiredTokenError,
    ForbiddenError,
    OutcomeUnknownError,
    RejectedError,
)
from connectors.transport.faults import Said, error_for_status, object_of
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

DUPLICATE_RECORD = "DUPLICATE_RECORD"
PERIOD_CLOSED = "PERIOD_CLOSED"
NOT_FOUND = frozenset({"NONEXISTENT_ID", "RCRD_DSNT_EXIST"})

# How NetSuite words these over REST is not documented; code and text are both looked at.
_MEANINGS = (
    (DUPLICATE_RECORD, re.compile(r"(?i)DUP_RCRD|DUPLICATE|already exists|has already been used|must be unique")),
    (
        PERIOD_CLOSED,
        re.compile(
            r"(?i)\bperiods?\b.{0,80}\b(closed|locked)\b|\b(closed|locked)\b.{0,80}\bperiods?\b"
            # A date for which no period was set up takes the same decision: make one, or post elsewhere.
            r"|\bno\b.{0,20}\bperiods?\b.{0,40}\bdate\b|CLOSED_PERIOD|PERIOD_CLOSED"
        ),
    ),
)


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, tokens_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good. Status first: a 503 may be HTML from a gateway.

    No message holds one of `secrets`. `tokens_renew`: a 401 may be a token that ran out, and is worth one new one.
    """
    if reply.status < 300:
        if reply.call.is_read:
            reply.json()  # a good status with half a body must count as a failed read, and be read again
        return None
    said = _said(reply, secrets)
    if (error := error_for_status(reply, said)) is not None:
        return error
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint, "code": said.code}
    if reply.status == 401:
        kind = ExpiredTokenError if tokens_renew else CredentialError
        return kind(f"HTTP 401: {said.message}; see the Login Audit Trail in NetSuite for the cause", **place)
    refused = f"HTTP {reply.status}: {said.message}; check the role and the certificate mapping"
    if said.code in ("invalid_grant", "invalid_client"):
        return CredentialError(refused, **place)
    if reply.status == 403:
        return ForbiddenError(refused, **place)
    return _rejected(reply, said)


def _rejected(reply: Reply, said: Said) -> RejectedError:
    code = next((name for name, words in _MEANINGS if words.search(f"{said.code} {said.message}")), said.code)
    original = f"{said.code}: " if said.code and code != said.code else ""
    message = f"HTTP {reply.status}: {original}{said.message}"
    return RejectedError(message, vendor=reply.vendor, endpoint=reply.call.endpoint, code=code, field=said.field)


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    body = object_of(reply)
    if not body:
        return Said("no explanation that can be read")
    detail = _first_detail(body)
    message = detail.get("detail") or body.get("error_description") or body.get("title") or body.get("error") or ""
    code = detail.get("o:errorCode") or body.get("o:errorCode") or body.get("error") or ""
    return Said(
        redact(str(message), secrets),
        plain_id(str(code), secrets),
        field=redact(str(detail.get("o:errorPath") or ""), secrets),
    )


def _first_detail(body: dict[str, Any]) -> dict[str, Any]:
    details = body.get("o:errorDetails")
    first = details[0] if isinstance(details, list) and details else {}
    return first if isinstance(first, dict) else {}


def id_from_location(reply: Reply) -> str:
    """Return the internal id at the end of Location: the only place where NetSuite names what it wrote.

    Raises:
        OutcomeUnknownError: when there is none: something was written, and must be looked up by its external id.
    """
    found = re.search(r"/record/v1/[^/]+/([^/?#]+)/?(?:[?#].*)?$", reply.headers.get("location", ""))
    if not found:
        raise OutcomeUnknownError(
            f"HTTP {reply.status} without a Location that names the record: look it up by its external id",
            vendor=reply.vendor,
            endpoint=reply.call.endpoint,
        )
    return found.group(1)
