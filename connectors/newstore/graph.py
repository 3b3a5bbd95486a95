"""GraphQL: one query, and whole lists by page, proven complete (fact sheet newstore 10).

Belongs here: asking, counting, refusals. Does not: which query (orders, till).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.newstore.account import VENDOR
from connectors.newstore.requester import Listing, Requester, object_of
from connectors.transport.errors import MalformedReplyError, RejectedError
from connectors.transport.redaction import redact
from connectors.transport.rows import Row, key_of, rows_of
from tieout.numbers import whole_number

PER_PAGE = 50
READINGS = 3
_PATH = "/api/v1/org/data/query"


@dataclass(frozen=True)
class Query:
    """A query of a list: what errors call it, its text, and the field that the list is under."""

    endpoint: str
    text: str
    field: str


def query_once(requester: Requester, query: Query, variables: Row) -> tuple[Listing, int]:
    """Return rows, and how many there are in all where the query asks for `totalCount`, else 0.

    Raises:
        RejectedError: when the query is refused, as for a field that the tenant does not have.
    """
    reply = requester.ask(query.endpoint, _PATH, {"query": query.text, "variables": variables})
    body, place = object_of(reply), {"vendor": VENDOR, "endpoint": query.endpoint}
    if body.get("errors"):
        raise RejectedError(f"the query was refused: {_first_message(body['errors'])}", **place)
    try:
        found = body["data"][query.field]
        return Listing(rows_of(found["nodes"]), reply.server_time), whole_number(found.get("totalCount", 0))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise MalformedReplyError(f"expected data.{query.field} with nodes", **place) from None


def query_all(requester: Requester, query: Query, variables: Row, *, may_move: bool = False) -> Listing:
    """Return all rows of a query that takes `first` and `offset` and asks for `totalCount`.

    `may_move`: of a list that is never still, the rows of two readings together are enough. A row that left or moved
    while they were read may be among them, or not: its absence says nothing.

    Raises:
        RejectedError: when the query is refused.
        MalformedReplyError: when no reading brings as many rows as NewStore counts.
    """
    seen: dict[str, Row] = {}
    as_of: list[datetime] = []
    for reading in range(READINGS):
        pages = list(_pages(requester, query, variables))
        rows = {key_of(row, "id"): row for page, _ in pages for row in page.rows}
        as_of.append(pages[0][0].as_of)
        if {total for _, total in pages} == {len(rows)}:
            return Listing(list(rows.values()), as_of[-1])
        seen |= rows
        if may_move and reading and len(seen) >= max(total for _, total in pages):
            return Listing(list(seen.values()), as_of[0])
    message = f"{len(rows)} rows came of {pages[-1][1]} announced, {READINGS} times"
    raise MalformedReplyError(message, vendor=VENDOR, endpoint=query.endpoint)


def _pages(requester: Requester, query: Query, variables: Row) -> Iterator[tuple[Listing, int]]:
    offset = 0
    while True:
        page, total = query_once(requester, query, {**variables, "first": PER_PAGE, "offset": offset})
        yield page, total
        offset += PER_PAGE
        if not page.rows or offset >= total:
            return


def _first_message(errors: object) -> str:
    first = errors[0] if isinstance(errors, list) and errors else {}
    text = str(first.get("message") or "") if isinstance(first, dict) else ""
    return redact(text) or "no explanation that can be read"
