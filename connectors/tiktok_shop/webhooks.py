"""Webhooks of TikTok Shop: is a request its own, and what does it announce (fact sheet tiktok_shop 8). Pure.

Belongs here: the signature and the envelope. Does not: receiving, or acting on what is announced.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from connectors.transport.exact_json import load_json
from connectors.transport.webhooks import Headers, Notification, RefusedError, id_text
from tieout.clock import from_epoch
from tieout.numbers import whole_number
from tieout.settings import Settings

NOT_STORED = 503
"""Anything but 200 is sent again, after 2 minutes, 30 minutes, 3 hours and 12 hours (8.2)."""

TO_REGISTER = (
    "in Partner Center, or by PUT /event/202309/webhooks for each shop: ORDER_STATUS_CHANGE, RECIPIENT_ADDRESS_UPDATE,"
    " CANCELLATION_STATUS_CHANGE, RETURN_STATUS_CHANGE"
)

_ANNOUNCED = {
    1: ("orders", "order_id"),  # order status
    3: ("orders", "order_id"),  # recipient address
    11: ("orders", "order_id"),  # cancellation status
    12: ("returns", "return_id"),  # return status
}
"""By type of notification: the raw table that is read again, and the field that names the record."""


def verify(settings: Settings, body: bytes, headers: Headers) -> Notification:
    """Return the notification in `body`, whose Authorization header must be HMAC-SHA256(secret, app key + body).

    The signature covers no time: whether a notification is new, the receiver's inbox knows. Some types lack
    tts_notification_id; a digest of the body replaces it, so that repeats are still recognised.

    Raises:
        RefusedError: as forged, when the signature is wrong or missing; as unreadable, when the body is not the
            documented envelope, or names no record where its type announces one; as foreign, when it is of a shop that
            is not configured.
    """
    app = settings.tiktok_shop
    signed = app.app_key.get_secret_value().encode() + body
    expected = hmac.new(app.app_secret.get_secret_value().encode(), signed, sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("authorization", "").strip().encode()):
        raise RefusedError("forged", "the Authorization header does not fit the body and tiktok_shop.app_secret")
    try:
        found = _notification(load_json(body), body)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        raise RefusedError(
            "unreadable",
            "expected an object with type, shop_id, timestamp (epoch seconds), and data with the id of what"
            " is announced",
        ) from None
    if found.entity and found.shop_id not in (shops := [shop.shop_id for shop in app.shops]):
        raise RefusedError("foreign", f"it is of shop {found.shop_id!r}; expected one of {', '.join(shops)}")
    return found


def _notification(envelope: dict[str, Any], body: bytes) -> Notification:
    number, data = whole_number(envelope["type"]), {**envelope["data"]}
    entity, field = _ANNOUNCED.get(number, ("", ""))
    named = id_text(data.get(field))
    if entity and not named:
        raise ValueError(f"no {field}")
    return Notification(
        id=id_text(envelope.get("tts_notification_id")) or sha256(body).hexdigest(),
        shop_id=id_text(envelope.get("shop_id"), longest=40) or id_text(envelope.get("seller_open_id"), longest=40),
        type=id_text(number, longest=40),
        entity=entity,
        entity_id=named,
        happened_at=from_epoch(envelope["timestamp"]),
    )
