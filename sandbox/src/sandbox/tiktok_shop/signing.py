"""TikTok Shop's two signatures: of a request to the API, and of a webhook sent by it.

Belongs here: the pure algorithms (fact sheet tiktok_shop 1.5 and 8.2). Does not: deciding who may call.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

_LEFT_OUT = {"sign", "access_token"}


def request_signature(
    secret: str, path: str, *, query: Iterable[tuple[str, str]], content_type: str = "", body: bytes = b""
) -> str:
    """Return the `sign` of a request: lowercase hex HMAC-SHA256.

    `query` holds decoded pairs in the order sent (repeated keys keep it); `body` the exact bytes received, left out
    of the signature for multipart requests. Fact sheet tiktok_shop 1.5.
    """
    pairs = sorted((pair for pair in query if pair[0] not in _LEFT_OUT), key=lambda pair: pair[0].encode())
    text = path.encode() + "".join(key + value for key, value in pairs).encode()
    if not content_type.lower().startswith("multipart/form-data"):
        text += body
    key = secret.encode()
    return hmac.new(key, key + text + key, hashlib.sha256).hexdigest()


def webhook_signature(app_key: str, app_secret: str, *, body: bytes) -> str:
    """Return the `Authorization` header of a webhook delivery (fact sheet tiktok_shop 8.2)."""
    return hmac.new(app_secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
