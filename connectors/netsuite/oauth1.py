"""OAuth 1.0a tokens (TBA) for accounts that still use them (fact sheet netsuite 3.1). Signing is pure.

Belongs here: the header of one request. Does not: OAuth 2.0 (oauth2).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_hex
from urllib.parse import quote

from connectors.transport.messages import Outgoing, Signature
from tieout.clock import Clock, to_epoch


@dataclass(frozen=True)
class TokenPassport:
    """What identifies a TBA integration and user; `account` as NetSuite writes it (1234567 or 1234567_SB1)."""

    account: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token_id: str = field(repr=False)
    token_secret: str = field(repr=False)


def authorization(outgoing: Outgoing, passport: TokenPassport, *, nonce: str, timestamp: int) -> str:
    """Return the Authorization header. NetSuite takes HMAC-SHA256 only; neither realm nor a JSON body is signed.

    `timestamp` in epoch seconds, within five minutes of NetSuite's clock; a nonce may be used once.
    """
    proof = {
        "oauth_consumer_key": passport.consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
        "oauth_token": passport.token_id,
        "oauth_version": "1.0",
    }
    text = base_string(outgoing.method, outgoing.url, [*outgoing.query, *proof.items()])
    key = f"{_encode(passport.consumer_secret)}&{_encode(passport.token_secret)}"
    signature = base64.b64encode(hmac.new(key.encode(), text.encode(), sha256).digest()).decode()
    parts = {"realm": passport.account.upper().replace("-", "_"), **proof, "oauth_signature": signature}
    return "OAuth " + ", ".join(f'{name}="{_encode(value)}"' for name, value in parts.items())


def base_string(method: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return the RFC 5849 signature base string; `url` without query, `parameters` decoded."""
    pairs = sorted((_encode(name), _encode(value)) for name, value in parameters)
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _encode(url), _encode(joined)))


class TokenSigner:
    """Signs every try afresh: a nonce that is seen twice is refused."""

    def __init__(
        self, passport: TokenPassport, *, now: Clock, nonce: Callable[[], str] = lambda: token_hex(10)
    ) -> None:
        """Sign with `passport`, stamping our own clock."""
        self._passport, self._now, self._nonce = passport, now, nonce

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return the Authorization header to add."""
        header = authorization(outgoing, self._passport, nonce=self._nonce(), timestamp=to_epoch(self._now()))
        return Signature(headers={"Authorization": header})

    def renew(self, stale: str) -> None:
        """These tokens do not expire; a refused one must be replaced in the settings."""


def _encode(value: str) -> str:
    return quote(value, safe="-._~")
