"""Webhooks of ZigZag: is a request its own, and what does it announce (fact sheet zigzag 2 and 7.4). Pure.

Belongs here: what proves a request, and the envelope. Does not: receiving, or acting on what is announced.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.transport.exact_json import load_json
from connectors.transport.webhooks import (
    Headers,
    Notification,
    RefusedError,
    id_text,
    require_certificate,
    require_secret,
)
from tieout.settings import Settings

NOT_STORED = 500
"""Sent again once a day for seven days (2); the statuses that ask for it include 500 and not 503."""

EVENTS = (
    *("return.created", "return.label_issued", "tracking.updated", "return.received", "return.graded"),
    *("return.processed", "return.cancelled"),
)
"""Each names the return that changed (7.4)."""

TO_REGISTER = (
    "for every event, with the header that zigzag.webhook_header names and the value of zigzag.webhook_secret, or with"
    " the client certificate of zigzag.webhook_certificate_sha256"
)


def verify(settings: Settings, body: bytes, headers: Headers) -> Notification:
    """Return the notification in `body`; a secret in a header or a client certificate shows whose it is.

    ZigZag signs nothing. Where both are configured, both must be there. An event without an id is known by a digest of
    its body.

    Raises:
        RefusedError: as forged, when the proof is wrong, missing, or not configured; as unreadable, when the body is
            not the envelope, or names no return; as foreign, when it is of another retailer; as unknown, when it is of
            an event that no document has.
    """
    account = settings.zigzag
    assert account is not None  # noqa: S101  (only a configured system is asked)
    secret = account.webhook_secret.get_secret_value() if account.webhook_secret else ""
    if secret or not account.webhook_certificate_sha256:
        require_secret(headers, account.webhook_header, secret)
    if account.webhook_certificate_sha256:
        require_certificate(headers, account.webhook_certificate_header, account.webhook_certificate_sha256)
    try:
        envelope = load_json(body)
        found, retailer = _notification(envelope, body), envelope["retailerCode"]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise RefusedError(
            "unreadable",
            "expected an object with eventId, event, occurredAt (ISO 8601 with its zone), retailerCode, and"
            " data with returnId",
        ) from None
    if retailer != account.retailer_code:
        raise RefusedError("foreign", f"it is of another retailer than {account.retailer_code}, zigzag.retailer_code")
    if found.type not in EVENTS:
        raise RefusedError("unknown", f"its event is {found.type!r}; expected one of {', '.join(EVENTS)}")
    return found


def _notification(envelope: dict[str, Any], body: bytes) -> Notification:
    happened_at = datetime.fromisoformat(envelope["occurredAt"])
    if happened_at.tzinfo is None:
        raise ValueError("no time zone")
    event, return_id = id_text(envelope["event"], longest=40), id_text({**envelope["data"]}.get("returnId"))
    if not (event and return_id):
        raise ValueError("no event, or no return")
    return Notification(
        id=id_text(envelope.get("eventId")) or sha256(body).hexdigest(),
        shop_id="",
        type=event,
        entity="returns",
        entity_id=return_id,
        happened_at=happened_at.astimezone(UTC),
    )
