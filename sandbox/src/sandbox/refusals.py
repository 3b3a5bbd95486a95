"""How the control API says no, and how it reads the JSON it is sent.

Belongs here: the refusal and the checks all its calls share. Does not: any call.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


class Refused(Exception):
    """A call that cannot be done. `valid` lists what would have been accepted."""

    def __init__(self, message: str, *, valid: object = None, status: int = 400) -> None:
        """Keep the message, the valid values and the HTTP status."""
        super().__init__(message)
        self.valid = valid
        self.status = status


async def json_object(request: Request) -> dict[str, Any]:
    """Return the request's JSON object, {} for an empty body. Raises Refused when it is anything else."""
    raw = await request.body()
    try:
        parsed = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise Refused("the body is not JSON") from None
    if not isinstance(parsed, dict):
        raise Refused("the body must be a JSON object")
    return parsed


def checked_number(wanted: dict[str, Any], key: str, *, default: int, least: int) -> int:
    """Return a whole number of the request. Raises Refused when it is none, or below `least`."""
    value: object = wanted.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Refused(f"{key} {value!r}: expected a whole number of at least {least}")
    return value
