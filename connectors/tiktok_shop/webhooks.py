"""Webhook notifications: is it TikTok Shop's, and what does it announce (fact sheet tiktok_shop 8.2). Pure.

A notification is a hint to read again, never data: delivery is at least once, in any order, and can fail for good.

Belongs here: verifying and reading the envelope. Does not: receiving, or acting on it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.transport.exact_json import load_json
from connectors.transport.redaction import plain_id
from tieout.clock import from_epoch
from tieout.errors import DataError
from tieout.numbers import whole_number


class WebhookError(DataError):
    """The request is no notification of our app's: not signed with its secret, or not the envelope. Answer 401."""


@dataclass(frozen=True)
class Notification:
    """What a webhook announces. `timestamp` UTC; `data` as received, not for keeping: it may name a buyer."""

    type: int
    id: str
    shop_id: str
    timestamp: datetime
    data: dict[str, Any] = field(repr=False)

    @property
    def order_id(self) -> str:
        """The order that it is about; "" when it names none."""
        return _plain(self.data.get("order_id"))


def verify_webhook(app_key: str, secret: str, raw_body: bytes, authorization: str) -> Notification:
    """Return the notification in `raw_body`, whose Authorization header must be HMAC-SHA256(secret, app_key + body).

    Some types lack tts_notification_id; a digest of the body replaces it, so that repeats are still recognised.

    Raises:
        WebhookError: when the signature is wrong or missing, or the body is not the documented envelope.
    """
    expected = hmac.new(secret.encode(), app_key.encode() + raw_body, sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), authorization.strip().encode()):
        raise WebhookError("webhook: the Authorization header does not fit the body and tiktok_shop.app_secret")
    try:
        return _notification(load_json(raw_body), raw_body)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise WebhookError(
            "webhook: expected an object with type, shop_id, timestamp (epoch seconds) and data"
        ) from None


def _notification(envelope: dict[str, Any], raw_body: bytes) -> Notification:
    return Notification(
        type=whole_number(envelope["type"]),
        id=_plain(envelope.get("tts_notification_id")) or sha256(raw_body).hexdigest(),
        shop_id=_plain(envelope.get("shop_id")) or _plain(envelope.get("seller_open_id")),
        timestamp=from_epoch(envelope["timestamp"]),
        data=dict(envelope.get("data") or {}),
    )


def _plain(value: Any) -> str:
    """Return an id as text; "" when it is none that anybody would keep."""
    is_id = isinstance(value, (str, int)) and not isinstance(value, bool)
    return plain_id(str(value)) if is_id else ""
