"""Files that NewStore links to: fetched without credentials, bounded, JSON or a zip of one JSON.

Belongs here: fetching and unpacking. Does not: what a file holds (stock).
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.newstore.account import VENDOR, Account
from connectors.newstore.errors import classify_file
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import MalformedReplyError
from connectors.transport.exact_json import load_json
from connectors.transport.messages import Call, Query
from connectors.transport.token_calls import NoLimiter, Unsigned

MOST_BYTES = 512_000_000
_ZIP = b"PK\x03\x04"


class FileReader:
    """Reads files by their links: by https from anywhere, or from the host of the API itself."""

    def __init__(self, account: Account, wire: Wire) -> None:
        """Nothing is opened before the first file."""
        self._account, self._wire = account, wire

    def read_json(self, endpoint: str, link: str) -> Any:
        """Return the JSON in a file, exactly.

        Raises:
            MalformedReplyError: when the link is none that may be followed, or the file is no such file.
        """
        root, path, query = self._split(endpoint, link)
        service = Service(VENDOR, root, self._account.timeout_seconds, classify_file, Unsigned(), NoLimiter())
        with Api(service, self._wire) as api:
            reply = api.send(Call(endpoint, "GET", path, is_read=True, query=query))
        try:
            return load_json(_unpacked(reply.content))
        except (ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
            raise _broken("expected JSON, or a zip of one JSON file", endpoint) from None

    def _split(self, endpoint: str, link: str) -> tuple[str, str, Query]:
        try:
            parts = urlsplit(link)
        except ValueError:
            raise _broken("the link is no address", endpoint) from None
        root = f"{parts.scheme}://{parts.netloc}"
        own = urlsplit(self._account.base_url)
        is_own = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        if not parts.netloc or "@" in parts.netloc or not (is_own or parts.scheme == "https"):
            raise _broken("the link is no https address", endpoint)
        return root, parts.path, tuple(parse_qsl(parts.query, keep_blank_values=True))


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_ZIP):
        return content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.infolist()
        if len(names) != 1:
            raise ValueError(f"{len(names)} files")
        with archive.open(names[0]) as file:
            unpacked = file.read(MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise ValueError("too large")
    return unpacked


def _broken(message: str, endpoint: str) -> MalformedReplyError:
    return MalformedReplyError(message, vendor=VENDOR, endpoint=endpoint)
