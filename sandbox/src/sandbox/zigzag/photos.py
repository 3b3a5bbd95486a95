"""Photos of graded units: where they are, and what is seen there.

Belongs here: their addresses, and a picture for each. Does not: which lines have one (`grading`). They are served
without a token, as a link in an e-mail would be. A record names them by path; what the wire shows is on the host asked.
"""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from typing import Any

from sandbox.store import Store
from sandbox.zigzag import returns
from sandbox.zigzag.errors import WireError

FOLDER = "/photos/"
_WIDTH, _HEIGHT = 160, 120


def path_of(line_id: str, number: int) -> str:
    """Return where the photo of a line is, by its number from 1."""
    return f"{FOLDER}{line_id}-{number}.png"


def on_host(answer: Any, origin: str) -> Any:
    """Return an answer in which photos that a record names by path have whole addresses."""
    if isinstance(answer, list):
        return [on_host(each, origin) for each in answer]
    if isinstance(answer, dict):
        return {name: on_host(value, origin) for name, value in answer.items()}
    return f"{origin}{answer}" if isinstance(answer, str) and answer.startswith(FOLDER) else answer


def photo(store: Store, name: str) -> bytes:
    """Return a photo: one plain colour, which its name decides. Raises WireError 404 when no line has it."""
    body = returns.get(store, name.split("-")[0]) or {"lines": []}
    if not any(f"{FOLDER}{name}" in line["images"] for line in body["lines"] if isinstance(line["images"], list)):
        raise WireError("not_found")
    row = b"\0" + sha256(name.encode()).digest()[:3] * _WIDTH
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * _HEIGHT)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
