"""Webhooks of NewStore's event stream: is a request its own, and what does it announce (fact sheet newstore 8). Pure.

Belongs here: what proves a request, and the envelope. Does not: receiving, or acting on what is announced.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.transport.exact_json import load_json
from connectors.transport.webhooks import Headers, Notification, RefusedError, id_text, require_secret
from tieout.settings import Settings

NOT_STORED = 503
"""Any status but 2xx holds the stream, which goes on with this event."""
ABOUT_ORDERS = (
    *("order.created", "order.opened", "order.completed", "order.cancelled", "order.items_cancelled"),
    *("order.items_swapped", "order.shipped"),
)
ABOUT_REQUESTS = (
    *("fulfillment_request.assigned", "fulfillment_request.items_completed", "fulfillment_request.items_failed"),
    "fulfillment_request.items_ready_for_handover",
)
ABOUT_RETURNS = ("return.processed",)
OTHERS = (
    *("refund_request.issued", "payment_account.amount_refunded", "consumer_profile.deleted"),
    *("consumer_profile.deletion_requested", "inventory_transaction.asn_created"),
    *("inventory_transaction.items_received", "inventory_transaction.adjustment_created"),
)
"""Nothing is read because of these: stock that has changed is exported by its watermark."""
EVENTS = (*ABOUT_ORDERS, *ABOUT_REQUESTS, *ABOUT_RETURNS, *OTHERS)

TO_REGISTER = (
    "as callback_url of a permanent integration (POST /api/v1/org/integrations/eventstream), with the api_key that"
    " newstore.webhook_key holds"
)


def verify(settings: Settings, body: bytes, headers: Headers) -> Notification:
    """Return the notification in `body`; the api_key in the Authorization header shows whose it is.

    NewStore signs nothing. Events come at least once and in any order; one is known by a digest of what it announces.

    Raises:
        RefusedError: as forged, when the key is wrong, missing, or not configured; as unreadable, when the body is not
            the envelope, or names no order where it announces one; as foreign, when it is of another tenant; as
            unknown, when it is of an event that no document has.
    """
    account = settings.newstore
    assert account is not None  # noqa: S101  (only a configured system is asked)
    key = account.webhook_key.get_secret_value() if account.webhook_key else ""
    require_secret(headers, "Authorization", f"Bearer {key}" if key else "")
    try:
        envelope = load_json(body)
        found, tenant = _notification(envelope), envelope["tenant"]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise RefusedError(
            "unreadable",
            "expected an object with tenant, name, published_at (RFC 3339), and payload with the id of what changed",
        ) from None
    if tenant != account.tenant:
        raise RefusedError("foreign", f"it is of another tenant than {account.tenant}, newstore.tenant")
    if found.type not in EVENTS:
        raise RefusedError("unknown", f"its event is {found.type!r}; expected one of {', '.join(EVENTS)}")
    return found


def _notification(envelope: dict[str, Any]) -> Notification:
    payload: dict[str, Any] = {**envelope["payload"]}
    happened_at = datetime.fromisoformat(envelope["published_at"])
    if happened_at.tzinfo is None:
        raise ValueError("no time zone")
    event = id_text(envelope["name"], longest=60)
    entity, record = _subject(event, payload)
    if not event or (entity and not record):
        raise ValueError("no event, or no record")
    marks = (payload.get("id"), payload.get("chunk_number"), payload.get("logical_timestamp"))
    digest = sha256("/".join(map(str, (event, *marks, envelope["published_at"]))).encode()).hexdigest()
    return Notification(digest, "", event, entity, record, happened_at.astimezone(UTC))


def _subject(event: str, payload: dict[str, Any]) -> tuple[str, str]:
    """Return the table and the order that an event is about."""
    if event in ABOUT_ORDERS:
        return "orders", id_text(payload.get("id"))
    if event in ABOUT_REQUESTS:
        return "orders", id_text(payload.get("order_id"))
    if event in ABOUT_RETURNS:
        return "returns", id_text(payload.get("order_id") or payload.get("blind_order_id"))
    return "", ""
