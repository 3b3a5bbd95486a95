"""Page tokens: opaque, and bound to the filters they were given for.

Belongs here: making and reading tokens, page sizes. Does not: querying. A token remembers the last row's sort value
and id, so a row whose sort value changes while a client pages shows up twice or not at all, as at the vendor
(fact sheet tiktok_shop 3.1, paging caveat).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from sandbox.store import Record
from sandbox.tiktok_shop.envelope import invalid

MAX_PAGE = 100
DEFAULT_PAGE = 20


def page_size(query: dict[str, list[str]]) -> int:
    """Return the asked page size. Raises ApiError 36009004 outside 1 to 100."""
    text = one(query, "page_size") or str(DEFAULT_PAGE)
    if not text.isdigit() or not 1 <= int(text) <= MAX_PAGE:
        raise invalid("page_size is invalid, the value must be between 1 and 100")
    return int(text)


def one(query: dict[str, list[str]], key: str) -> str:
    """Return a parameter's value, or '' when it was not sent."""
    return query.get(key, [""])[0]


def choice(query: dict[str, list[str]], key: str, *, valid: tuple[str, ...], default: str | None) -> str:
    """Return a parameter out of a closed set. Raises ApiError 36009004; `default` None makes it mandatory."""
    value = one(query, key) or default
    if value is None:
        raise invalid(f"{key} is a required field")
    if value not in valid:
        raise invalid(f"{key} is invalid, the value must be one of {', '.join(valid)}")
    return value


def instant(query: dict[str, list[str]], key: str) -> int | None:
    """Return an epoch-seconds parameter, None when not sent. Raises ApiError 36009004 when it is no number."""
    value = one(query, key)
    if value and not value.isdigit():
        raise invalid(f"{key} is invalid, a timestamp in seconds is expected")
    return int(value) if value else None


def issued_token(filters: Any, last: Record, *, order_by: str, carried: Any) -> str:
    """Return a token that resumes behind `last`; `carried` (totals of all pages) comes back with it."""
    place = [getattr(last, order_by), last.id, carried]
    text = json.dumps([_mark(filters), *place], separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def read_token(token: str, filters: Any) -> tuple[tuple[int, str], Any]:
    """Return the place to resume at and what was carried. Raises ApiError 36009004 for a token of other filters."""
    try:
        mark, value, id, carried = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, TypeError, binascii.Error):
        raise invalid("page_token is invalid") from None
    if mark != _mark(filters):
        raise invalid("page_token is invalid, it belongs to a request with other filters")
    return (int(value), str(id)), carried


def _mark(filters: Any) -> str:
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:16]
