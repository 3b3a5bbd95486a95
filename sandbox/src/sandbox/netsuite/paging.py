"""Pages of lists and queries: limit, offset, and the links between pages (fact sheet netsuite 4.5 and 8.1).

Belongs here: reading and checking the two parameters, next/prev/first/last links. Does not: finding rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.netsuite.errors import WireError, invalid_parameter
from sandbox.netsuite.wire import Call, link

MAX_LIMIT = 1000
MAX_RESULTS = 100_000


@dataclass(frozen=True)
class Page:
    """A window of results."""

    limit: int
    offset: int

    def collection(self, call: Call, items: list[Any], *, total: int) -> dict[str, Any]:
        """Return the collection body; totals stop at 100,000 as the vendor's do."""
        total = min(total, MAX_RESULTS)
        has_more = self.offset + len(items) < total
        return {
            "links": self._links(call, total, has_more=has_more), "count": len(items), "hasMore": has_more,
            "items": items, "offset": self.offset, "totalResults": total,
        }  # fmt: skip

    def _links(self, call: Call, total: int, *, has_more: bool) -> list[dict[str, str]]:
        last = max(0, (total - 1) // self.limit * self.limit)
        places = []
        if has_more:
            places += [("next", self.offset + self.limit), ("last", last)]
        if self.offset > 0:
            places += [("first", 0), ("prev", max(0, self.offset - self.limit))]
        places.append(("self", self.offset))
        return [link(rel, self._href(call, offset)) for rel, offset in places]

    def _href(self, call: Call, offset: int) -> str:
        others = {name: value for name, value in call.query.items() if name not in {"limit", "offset"}}
        return f"{call.base_url}{call.path}?{urlencode({**others, 'limit': self.limit, 'offset': offset})}"


def page_of(call: Call) -> Page:
    """Return the asked page. Raises WireError 400: a limit outside 1..1000, an offset no multiple of it."""
    limit = _whole(call, "limit", MAX_LIMIT)
    offset = _whole(call, "offset", 0)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid_parameter(f"The limit query parameter must be between 1 and {MAX_LIMIT}.", "limit")
    if offset < 0 or offset % limit:
        raise invalid_parameter("The offset query parameter must be divisible by the limit.", "offset")
    if offset >= MAX_RESULTS:
        raise invalid_parameter(f"The result cannot exceed {MAX_RESULTS} rows.", "offset")
    return Page(limit, offset)


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise WireError(
            400, "INVALID_PARAMETER", f"Invalid value for the query parameter {name}.", ("o:errorQueryParam", name)
        )
    return int(text)
