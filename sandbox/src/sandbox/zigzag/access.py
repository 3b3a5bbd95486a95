"""Who may call: the account's credentials, its tokens, and how many calls a second it has.

Belongs here: signing in and counting calls. Does not: any call. All of it runs on real time, not the world's.
Fact sheet zigzag 2: username and password are exchanged for a JWT of 30 minutes; a 401 means: ask for a new one.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import jwt

from sandbox.store import Store
from sandbox.zigzag.errors import WireError, invalid
from sandbox.zigzag.profile import RETAILERS, SERVICES, WAREHOUSES, limits

_KEY = "zigzag.credentials"
_ALGORITHM = "HS256"
_SECOND = 1.0
USER = "northgate-api"

QUIRKS = [
    "A return order makes one return for each destination warehouse of its SKUs.",
    "The same externalReturnRef again is refused with 409 duplicate_reference and the returnIds that it has.",
    "Webhooks are not signed; the headers given at registration come with each delivery.",
    "A webhook is tried again once a day, for seven days, after 400, 401, 403, 405, 408, 500, 502 or no answer only.",
    "updatedFrom is included, updatedTo is not; a page is a slice of what matches at that moment.",
    "A parcel that nobody announced is a return without orderNumber and externalReturnRef; its lines request nothing.",
    "Graders mistype: a condition may be in no list.",
    "ZigZag refunds nothing here: refund.status ready is a signal.",
]


def credentials(store: Store) -> dict[str, str]:
    """Return the account's username, password and the secret its tokens are signed with, made on first use."""
    with store.transaction():
        kept: dict[str, str] | None = store.get_meta(_KEY)
        if kept is None:
            kept = {"username": USER, "password": secrets.token_urlsafe(18), "secret": secrets.token_hex(32)}
            store.set_meta(_KEY, kept)
    return kept


def systems_entry(store: Store, base_url: str) -> dict[str, Any]:
    """Return all that a client needs to be pointed at this account, and the switches in force."""
    kept = credentials(store)
    return {
        "base_url": base_url.rstrip("/"),
        "username": kept["username"],
        "password": kept["password"],
        "retailer_code": RETAILERS[0],
        "warehouses": WAREHOUSES,
        "carrier_services": {str(each.id): each.service for each in SERVICES},
        "limits": limits(store),
        "quirks": QUIRKS,
    }


def sign_in(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """Answer POST /token. Raises WireError 400 or 401."""
    for name in ("username", "password"):
        if not isinstance(wanted.get(name), str):
            raise invalid(name, None, "a text")
    kept = credentials(store)
    if (wanted["username"], wanted["password"]) != (kept["username"], kept["password"]):
        raise WireError("invalid_credentials")
    seconds, now = int(limits(store)["token_ttl"]), int(time.time())
    claims = {"sub": kept["username"], "iat": now, "exp": now + seconds, "jti": str(uuid.uuid4())}
    return {"token": jwt.encode(claims, kept["secret"], algorithm=_ALGORITHM), "expires_in": seconds}


def check(store: Store, authorization: str) -> None:
    """Check the `Authorization` header of a call. Raises WireError 401."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise WireError("unauthorized")
    try:
        jwt.decode(token.strip(), credentials(store)["secret"], algorithms=[_ALGORITHM])
    except jwt.InvalidTokenError:
        raise WireError("unauthorized") from None


@dataclass
class Pace:
    """The calls of the last second."""

    calls: deque[float] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, per_second: int) -> None:
        """Count one call. Raises WireError 429 above the limit, which counts nothing."""
        now = time.monotonic()
        with self.lock:
            while self.calls and now - self.calls[0] >= _SECOND:
                self.calls.popleft()
            if len(self.calls) >= per_second:
                raise WireError("too_many_requests", retry_after=1)
            self.calls.append(now)
