"""Requests and answers as plain values, and JSON whose decimal numbers never pass through a float.

Belongs here: decoding a request, encoding an answer, absolute links. Does not: authentication or records.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.netsuite.errors import WireError

RECORD_ROOT = "/services/rest/record/v1"


@dataclass(frozen=True)
class Call:
    """One request. `base_url` is scheme and host as the caller addressed them; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    base_url: str
    raw_query: str = ""
    loaded: Any = None
    """The body of the record as it was when a save began; None where nobody looked."""

    def json(self) -> Any:
        """Return the decoded body; fractions as Decimal. Raises WireError 400 on anything but one JSON object."""
        try:
            value = json.loads(self.body, parse_float=Decimal, parse_constant=_refuse)
        except ValueError as error:
            raise WireError(400, "INVALID_CONTENT", "Invalid content in the request body: not valid JSON.") from error
        if not isinstance(value, dict):
            raise WireError(400, "INVALID_CONTENT", "Invalid content in the request body: a JSON object is expected.")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter; 'True' counts as well as 'true'."""
        return self.query.get(name, "").lower() == "true"

    def record_url(self, *parts: str) -> str:
        """Return the absolute address of a record or sub-resource on the requested host."""
        return "/".join([self.base_url + RECORD_ROOT, *parts])


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, headers, and a JSON value (None for an empty body)."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/vnd.oracle.resource+json"


def encode(value: Any) -> str:
    """Return JSON text; a Decimal becomes a bare number with exactly its digits."""
    if isinstance(value, Decimal):
        text = plain(value)
        return text if "." in text else text + ".0"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(encode(item) for item in value) + "]"
    return json.dumps(value)


def plain(value: Decimal) -> str:
    """Return a decimal in positional digits, without trailing zeros: 10.50 -> '10.5', 1E+2 -> '100'."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def wire_instant(instant: int) -> str:
    """Return epoch seconds as NetSuite's UTC date-time."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def link(rel: str, href: str) -> dict[str, str]:
    """Return one entry of a `links` list."""
    return {"rel": rel, "href": href}


def refusal(error: WireError) -> Answer:
    """Return the answer that carries an error."""
    return Answer(error.status, error.body(), dict(error.headers), "application/vnd.oracle.resource+json; type=error")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
