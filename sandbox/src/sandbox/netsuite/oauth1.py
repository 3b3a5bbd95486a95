"""Token-based authentication: OAuth 1.0a one-legged, HMAC-SHA256 only.

Belongs here: reading the Authorization header, the RFC 5849 base string, the signature, clock window and nonces.
Does not: deciding who owns a token. Fact sheet netsuite 3.1: realm and JSON body are not signed; every oauth_* key
the header carries is signed, known or not; +-5 minutes of real time; a nonce serves once per timestamp and token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

WINDOW_SECONDS = 300
_REQUIRED = ("oauth_consumer_key", "oauth_token", "oauth_nonce", "oauth_timestamp", "oauth_signature")


@dataclass(frozen=True)
class TokenPair:
    """The four secrets of one integration and one role, and the account they open (the realm)."""

    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str
    realm: str


@dataclass
class Nonces:
    """Nonces seen within the clock window; older ones are refused by their timestamp anyway."""

    seen: set[tuple[str, str, str]] = field(default_factory=set)
    order: deque[tuple[int, tuple[str, str, str]]] = field(default_factory=deque)

    def use(self, nonce: str, timestamp: int, *, token: str, now: int) -> bool:
        """Return whether this nonce is new, and remember it."""
        while self.order and self.order[0][0] < now - 2 * WINDOW_SECONDS:
            self.seen.discard(self.order.popleft()[1])
        key = (nonce, str(timestamp), token)
        if key in self.seen:
            return False
        self.seen.add(key)
        self.order.append((now, key))
        return True


def parse_header(header: str) -> dict[str, str]:
    """Return the decoded parameters of an `OAuth ...` header, realm included."""
    parameters = {}
    for part in header[len("OAuth ") :].split(","):
        name, _, value = part.strip().partition("=")
        parameters[unquote(name)] = unquote(value.strip().strip('"'))
    return parameters


def base_string(method: str, url: str, *, oauth: dict[str, str]) -> str:
    """Return the RFC 5849 signature base string; `url` carries scheme, host, port, path and query."""
    parts = urlsplit(url)
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    target = f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}{port}{parts.path}"
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *oauth.items()]
    encoded = sorted((_enc(name), _enc(value)) for name, value in pairs if name not in {"oauth_signature", "realm"})
    return "&".join([method.upper(), _enc(target), _enc("&".join(f"{name}={value}" for name, value in encoded))])


def sign(base: str, consumer_secret: str, token_secret: str) -> str:
    """Return the base64 HMAC-SHA256 of a base string."""
    key = f"{_enc(consumer_secret)}&{_enc(token_secret)}".encode()
    return base64.b64encode(hmac.new(key, base.encode(), hashlib.sha256).digest()).decode()


def refusal(method: str, url: str, *, header: str, pair: TokenPair, nonces: Nonces, now: int) -> str | None:
    """Return the audit-trail name of what is wrong with a signed request, or None when it is right.

    `now` is real epoch seconds. The caller only ever sees 401 INVALID_LOGIN, whatever the name.
    """
    oauth = parse_header(header)
    if any(not oauth.get(name) for name in _REQUIRED) or oauth.get("oauth_version", "1.0") != "1.0":
        return "MissingTokenPassportRequiredFields"
    if oauth.get("oauth_signature_method") != "HMAC-SHA256":
        return "UnknownAlgorithm"
    if oauth.get("realm", "").upper().replace("-", "_") != pair.realm:
        return "permission_denied"
    if oauth["oauth_consumer_key"] != pair.consumer_key:
        return "consumer_key_unknown"
    if oauth["oauth_token"] != pair.token_id:
        return "token_rejected"
    return _stale(oauth, now) or _forged(method, url, oauth=oauth, pair=pair) or _replayed(oauth, nonces, now=now)


def _stale(oauth: dict[str, str], now: int) -> str | None:
    stamp = oauth["oauth_timestamp"]
    return None if stamp.isdigit() and abs(int(stamp) - now) <= WINDOW_SECONDS else "InvalidTimestamp"


def _forged(method: str, url: str, *, oauth: dict[str, str], pair: TokenPair) -> str | None:
    expected = sign(base_string(method, url, oauth=oauth), pair.consumer_secret, pair.token_secret)
    try:
        given = base64.b64decode(oauth["oauth_signature"], validate=True)
    except (binascii.Error, ValueError):
        return "InvalidSignature"
    return None if hmac.compare_digest(base64.b64decode(expected), given) else "InvalidSignature"


def _replayed(oauth: dict[str, str], nonces: Nonces, *, now: int) -> str | None:
    nonce, stamp = oauth["oauth_nonce"], int(oauth["oauth_timestamp"])
    fresh = len(nonce) >= 6 and nonces.use(nonce, stamp, token=oauth["oauth_token"], now=now)
    return None if fresh else "NonceUsed"


def _enc(text: str) -> str:
    return quote(text, safe="-._~")
