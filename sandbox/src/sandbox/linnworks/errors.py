"""Linnworks' error form, and the exception that every call raises to answer with one.

Belongs here: statuses and texts that several calls share. Does not: deciding when a call is wrong.
Fact sheet linnworks 3: body `{"Message"}`; 400 is almost everything wrong with a call, 'nothing found' included.
"""

from __future__ import annotations

import json

QUOTA = "API calls quota exceeded! Maximum admitted {limit} per Minute."
_TEXTS = {
    401: "Your session has expired or the token is invalid.",
    429: QUOTA.format(limit=150),
    500: "An unexpected error occurred.",
}


class WireError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, message: str, *, status: int = 400, retry_after: int | None = None) -> None:
        """Keep the text, the HTTP status, and whole seconds for `Retry-After`."""
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    def body(self) -> bytes:
        """Return the JSON body."""
        return json.dumps({"Message": str(self)}).encode()


def error_body(status: int) -> bytes:
    """Return the body Linnworks itself sends for a failure injected from outside (401, 429, 500)."""
    return json.dumps({"Message": _TEXTS.get(status, _TEXTS[500])}).encode()


def no_session() -> WireError:
    """Return the 401 of a token that is missing, unknown or expired."""
    return WireError(_TEXTS[401], status=401)
