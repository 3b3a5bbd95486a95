"""TikTok Shop's gateway: finds the endpoint and lets a request through, or refuses it, in the vendor's order.

Belongs here: routing, then app_key, timestamp, signature, token, scope, shop_cipher, version roll-out, limit (fact
sheet tiktok_shop 2.1, 2.2). Does not: what endpoints answer. Timestamps are checked against wall time.
"""

from __future__ import annotations

import hmac
import logging
import re
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import envelope
from sandbox.tiktok_shop.endpoints import ENDPOINTS
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.limits import DEFAULT_QPS, Buckets
from sandbox.tiktok_shop.request import Endpoint, Request
from sandbox.tiktok_shop.signing import request_signature
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET, check_access, get_token, refresh_token

OLDEST_SECONDS, NEWEST_SECONDS = 300, 30
_TOKEN_PATHS = {"/api/v2/token/get": get_token, "/api/v2/token/refresh": refresh_token}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Incoming:
    """A request as it came off the wire. `path` is as sent, not decoded; header names are lower case."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    body: bytes

    def pairs(self) -> list[tuple[str, str]]:
        """Return the decoded query in the order sent."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def query(self) -> dict[str, list[str]]:
        """Return the decoded query by key."""
        found: dict[str, list[str]] = {}
        for key, value in self.pairs():
            found.setdefault(key, []).append(value)
        return found


@dataclass(frozen=True)
class Reply:
    """HTTP status, body and extra headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Gateway:
    """Everything TikTok Shop answers, over one store."""

    store: Store
    buckets: Buckets = field(default_factory=Buckets)

    def answer(self, incoming: Incoming) -> Reply:
        """Return the reply to a request; never raises."""
        try:
            return Reply(200, envelope.envelope(self._data(incoming)))
        except ApiError as error:
            return Reply(error.status, envelope.envelope(None, code=error.code, message=error.message), error.headers)
        except Exception:
            _log.exception("%s %s could not be answered", incoming.method, incoming.path)
            failure = envelope.internal_error()
            return Reply(failure.status, envelope.envelope(None, code=failure.code, message=failure.message))

    def _data(self, incoming: Incoming) -> Body:
        query = incoming.query()
        if incoming.path in _TOKEN_PATHS:
            if incoming.method != "GET":
                raise envelope.unknown_method()
            return _TOKEN_PATHS[incoming.path](self.store, query)
        endpoint, version, parts = routed(incoming.method, incoming.path)
        _check_signed(incoming, query)
        granted = self._check_token(incoming)
        if endpoint.scope not in granted["granted_scopes"]:
            raise envelope.scope_missing(endpoint.scope)
        shop = self._shop(endpoint, query)
        if shop and f"{endpoint.category}/{version}" in shop.body.get("_disabled_versions", []):
            raise envelope.version_retired()
        self._check_limit(endpoint, shop)
        host = incoming.headers.get("host", "")
        return endpoint.answer(Request(self.store, version, query, incoming.body, shop, parts, host))

    def _check_token(self, incoming: Incoming) -> Body:
        token = incoming.headers.get("x-tts-access-token", "")
        if not token:
            raise invalid("Invalid credentials, the x-tts-access-token header is missing")
        return check_access(self.store, token)

    def _shop(self, endpoint: Endpoint, query: dict[str, list[str]]) -> Record | None:
        sent = query.get("shop_cipher", [""])[0]
        if not endpoint.needs_cipher:
            if "shop_cipher" in query:
                raise invalid("unexpected identifier shop_cipher")
            return None
        if not sent:
            raise envelope.cipher_missing()
        for shop in self.store.select("tiktok_shop", "shops"):
            if shop.body.get("cipher") == sent:
                return shop
        raise envelope.cipher_mismatch()

    def _check_limit(self, endpoint: Endpoint, shop: Record | None) -> None:
        limits = self.store.get_meta("limits", {}).get("tiktok_shop", {})
        qps = float(limits.get("qps", DEFAULT_QPS))
        if not self.buckets.take((endpoint.method, endpoint.path, APP_KEY, shop.id if shop else ""), qps):
            raise envelope.too_many_requests(max(1, round(1 / qps) if qps else 60))


def routed(method: str, path: str) -> tuple[Endpoint, str, dict[str, str]]:
    """Return the endpoint a path means, its version and its path parameters. Raises ApiError for none."""
    matches = [(endpoint, found) for endpoint, pattern in _PATTERNS if (found := pattern.fullmatch(path))]
    if not matches:
        raise envelope.unknown_path()
    same_method = [(endpoint, found) for endpoint, found in matches if endpoint.method == method]
    if not same_method:
        raise envelope.unknown_method()
    for endpoint, found in same_method:
        parts = found.groupdict()
        version = parts.pop("version")
        if version in endpoint.versions:
            return endpoint, version, parts
    raise envelope.version_retired()


def _check_signed(incoming: Incoming, query: dict[str, list[str]]) -> None:
    if query.get("app_key", [""])[0] != APP_KEY:
        raise invalid("Invalid credentials, the app_key is invalid")
    stamp = query.get("timestamp", [""])[0]
    if not stamp.isdigit():
        raise invalid("Invalid timestamp, seconds since 1970 are expected")
    age = time.time() - int(stamp)
    if not -NEWEST_SECONDS <= age <= OLDEST_SECONDS:
        raise invalid(f"Invalid timestamp, it is too {'old' if age > 0 else 'far ahead'}")
    sign = query.get("sign", [""])[0]
    if not sign:
        raise invalid("Invalid credentials, the sign is missing")
    expected = request_signature(
        APP_SECRET,
        incoming.path,
        query=incoming.pairs(),
        content_type=incoming.headers.get("content-type", ""),
        body=incoming.body,
    )
    if not hmac.compare_digest(expected.encode(), sign.encode()):
        raise envelope.bad_signature()


def _pattern(path: str) -> re.Pattern[str]:
    literal = re.sub(r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>[^/]+)", path)
    return re.compile(literal.replace("(?P<version>[^/]+)", r"(?P<version>\d{6})"))


_PATTERNS = [(endpoint, _pattern(endpoint.path)) for endpoint in ENDPOINTS]
