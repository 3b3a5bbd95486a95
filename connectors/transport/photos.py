"""Photos that a vendor's record names by address: fetched from known hosts only, and taken only when they are photos.

An address in a record is a vendor's text, and must not make us call anything else: neither another host, nor what a
redirect says. No credentials are sent, and what comes back is bounded and known by its first bytes, not by its name.

Belongs here: the rule of hosts, fetching, telling photos from anything else. Does not: which hosts, or what for.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from connectors.transport.client import Wire, silence_request_log
from connectors.transport.faults import WIRE_FAULTS
from tieout.errors import TieoutError

MOST_BYTES = 5_000_000
SECONDS = 10.0
_FIRST_BYTES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


class PhotoError(TieoutError):
    """A photo cannot be had. The message names its host at most: an address may hold a key."""


@dataclass(frozen=True)
class Photo:
    """A photo as it was sent, and its type by its own bytes: JPEG, PNG or WEBP."""

    content: bytes = field(repr=False)
    mime_type: str


def host_of(address: str) -> str:
    """Return host, and port where it is not the usual one, of an http(s) address; "" for any other text."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return ""
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        return ""
    return url.host if url.port is None else f"{url.host}:{url.port}"


class PhotoReader:
    """Fetches photos from some hosts."""

    def __init__(self, hosts: Iterable[str], wire: Wire | None = None) -> None:
        """Fetch from `hosts` alone, each as `host_of` writes it; no connection is made before the first photo."""
        silence_request_log()
        self._hosts = frozenset(hosts)
        self._wire = wire or Wire()
        self._http = httpx.Client(
            transport=self._wire.network, timeout=SECONDS, trust_env=False, follow_redirects=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def fetch(self, address: str) -> Photo:
        """Return the photo at an address; what failed in passing is tried once more.

        Raises:
            PhotoError: its host is not known, it cannot be read, is too large, or is no photo.
        """
        host = host_of(address)
        if host not in self._hosts:
            known = ", ".join(sorted(self._hosts)) or "none"
            raise PhotoError(f"its host is {host[:80] or 'none'}, expected one of: {known}")
        try:
            content = self._read(address, host)
        except _PassingError:
            content = self._read(address, host)
        return Photo(content, _type_of(content, host))

    def _read(self, address: str, host: str) -> bytes:
        request = self._http.build_request("GET", address, headers={"Accept-Encoding": "identity"})
        ends, content = self._wire.now() + timedelta(seconds=SECONDS), b""
        try:
            with closing(self._http.send(request, stream=True)) as response:
                if response.status_code != 200:
                    kind = _PassingError if response.status_code >= 500 else PhotoError
                    raise kind(f"{host} answered HTTP {response.status_code}")
                for part in response.iter_raw():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise PhotoError(f"it exceeds {MOST_BYTES:,} bytes")
                    if self._wire.now() > ends:
                        raise PhotoError(f"{host} took more than {SECONDS:.0f} seconds")
        except WIRE_FAULTS as fault:
            raise _PassingError(f"{host} sent no complete photo ({type(fault).__name__})") from None
        return content


class _PassingError(PhotoError):
    """It may be had a moment later."""


def _type_of(content: bytes, host: str) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for first, mime_type in _FIRST_BYTES:
        if content.startswith(first):
            return mime_type
    raise PhotoError(f"what {host} sent is no JPEG, PNG or WEBP")
