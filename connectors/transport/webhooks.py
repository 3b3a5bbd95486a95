"""What a webhook says once it is read, whichever system sent it, and how one that nobody signed shows whose it is.

A system that sends webhooks has `connectors/NAME/webhooks.py` with `verify(settings, body, headers)`, which returns a
`Notification`; `NOT_STORED`, the HTTP status upon which it sends again; and `TO_REGISTER`, what to register there.

Belongs here: the notification, its error, secrets and certificates in headers. Does not: any system's envelope or
signature, or receiving. A notification is a hint to read again, never data: delivery is at least once, in any order,
and can fail for good.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.transport.redaction import plain_id
from tieout.errors import DataError

Headers = Mapping[str, str]
"""Of a request, by their names in lower case."""


Reason = Literal["forged", "unreadable", "foreign", "unknown", "too_old", "too_large", "too_slow"]
"""Forged: nothing shows that the system sent it. Unreadable: the system did, and it is not the documented envelope, or
names no record where it announces one. Foreign: of a shop or retailer that is not configured. Unknown: of an event that
no document has."""


class RefusedError(DataError):
    """A request is not taken as a webhook of its system, for a reason that is counted."""

    def __init__(self, reason: Reason, message: str) -> None:
        """Refuse it; `message` names neither secrets nor people."""
        super().__init__(f"webhook refused as {reason.replace('_', ' ')}: {message}")
        self.reason = reason


@dataclass(frozen=True)
class Notification:
    """What a webhook announces: that a record of `entity` (the raw table's name) changed, at `happened_at`, UTC.

    `entity` and `entity_id` are empty when nothing is read because of it; `shop_id` where the system knows no shops.
    """

    id: str
    shop_id: str
    type: str
    entity: str
    entity_id: str
    happened_at: datetime


def id_text(value: object, *, longest: int = 64) -> str:
    """Return an id as text; "" when it is none that anybody would keep."""
    is_id = isinstance(value, (str, int)) and not isinstance(value, bool)
    found = plain_id(str(value)) if is_id else ""
    return found if len(found) <= longest else ""


def require_secret(headers: Headers, name: str, secret: str) -> None:
    """Compare the header `name` with a shared secret, in a time that does not depend on it.

    Raises:
        RefusedError: as forged, when they differ, the header is missing, or no secret is configured.
    """
    sent = headers.get(name.lower(), "")
    if not secret or not hmac.compare_digest(sent.encode(), secret.encode()):
        raise RefusedError("forged", f"the header {name} does not hold the configured secret")


def require_certificate(headers: Headers, name: str, sha256: str) -> None:
    """Compare a client certificate's fingerprint, as the reverse proxy writes it into the header `name`.

    Colons and capitals do not count. The proxy must have verified the certificate and replace a header that a client
    sent itself.

    Raises:
        RefusedError: as forged, when it is another certificate, the header is missing, or no fingerprint is configured.
    """
    sent = headers.get(name.lower(), "").replace(":", "").lower()
    expected = sha256.replace(":", "").lower()
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise RefusedError("forged", f"the header {name} does not hold the configured certificate's fingerprint")
