"""What goes out and what comes back, in our own words, so that systems need not know the HTTP library.

Belongs here: calls, the request as a signer sees it, and replies. Does not: sending (client) or checking them (errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from connectors.transport.errors import MalformedReplyError
from connectors.transport.exact_json import load_json

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """One request a system wants to make, before signing.

    `endpoint` names it in errors, `scope` (a shop, or "") separates its breaker and its quota, and `is_read` says
    that sending it twice changes nothing. `query` values are plain text, not percent-encoded; `path` is encoded.
    """

    endpoint: str
    method: str
    path: str
    is_read: bool
    query: Query = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    scope: str = ""

    @property
    def key(self) -> str:
        """What breakers and quotas are kept for."""
        return f"{self.endpoint}/{self.scope}"


@dataclass(frozen=True)
class Outgoing:
    """The request as the wire will carry it, decoded again: what a signature must be made of."""

    method: str
    url: str
    path: str
    query: Query = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str = ""


@dataclass(frozen=True)
class Signature:
    """What signing adds to a request; `token` is the access token it rests on, "" when there is none."""

    query: Query = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. Header names are lower case; `received_at` is our clock, UTC."""

    vendor: str
    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    received_at: datetime

    def json(self) -> Any:
        """Return the body; fractional numbers are Decimal.

        Raises:
            MalformedReplyError: when the body is not JSON.
        """
        try:
            return self._body
        except ValueError:
            found = self.headers.get("content-type", "no content type")
            raise MalformedReplyError(
                f"HTTP {self.status} with {len(self.content)} bytes of {found} that are not JSON",
                vendor=self.vendor,
                endpoint=self.call.endpoint,
            ) from None

    @cached_property
    def _body(self) -> Any:
        return load_json(self.content)

    @property
    def server_time(self) -> datetime:
        """The vendor's clock when it answered (its Date header, whole seconds); ours when it sent none."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return self.received_at

    @property
    def retry_after(self) -> float | None:
        """Seconds the vendor asks to wait, from Retry-After as a number or a date; None when it does not say."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.replace(".", "", 1).isdigit():
            return float(text)
        try:
            wait = parsedate_to_datetime(text).astimezone(UTC) - self.server_time
        except ValueError:
            return None
        return max(wait.total_seconds(), 0.0)
