"""One page of a listing: the query, the token, the total.

Belongs here: what all paged endpoints share. Does not: any endpoint's fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Record
from sandbox.tiktok_shop.paging import issued_token, one, page_size, read_token
from sandbox.tiktok_shop.request import Request

Range = tuple[int | None, int | None]


@dataclass(frozen=True)
class Listing:
    """What to list. `carry` computes what all pages repeat (totals), once, on the first page."""

    kind: str
    order_by: str
    descending: bool
    created: Range = (None, None)
    updated: Range = (None, None)
    parent: str | None = None
    ids: list[str] | None = None
    matching: Mapping[str, Any] = field(default_factory=dict)
    carry: Callable[[Listing, Request], Any] | None = None

    def filters(self, request: Request) -> dict[str, Any]:
        """Return the arguments of `Store.select` and `Store.count`."""
        return {
            "shop": request.shop_id,
            "parent": self.parent,
            "ids": self.ids,
            "created": self.created,
            "updated": self.updated,
            "matching": dict(self.matching),
        }


@dataclass(frozen=True)
class Page:
    """Rows of one page, the token of the next ('' on the last) and what `carry` said."""

    rows: list[Record]
    next_token: str
    carried: Any


def total(listing: Listing, request: Request) -> int:
    """Count all rows of a listing; usable as `carry`."""
    return request.store.count("tiktok_shop", listing.kind, **listing.filters(request))


def read_page(listing: Listing, request: Request) -> Page:
    """Return the page a request asks for. Raises ApiError 36009004 for a bad page_size or page_token."""
    size = page_size(request.query)
    filters = listing.filters(request)
    mark = [listing.kind, listing.order_by, listing.descending, filters]
    after, carried, token = None, None, one(request.query, "page_token")
    if token:
        after, carried = read_token(token, mark)
    elif listing.carry:
        carried = listing.carry(listing, request)
    rows = request.store.select(
        "tiktok_shop",
        listing.kind,
        **filters,
        after=after,
        order_by=listing.order_by,
        descending=listing.descending,
        limit=size + 1,
    )
    more = len(rows) > size
    page = rows[:size]
    next_token = issued_token(mark, page[-1], order_by=listing.order_by, carried=carried) if more else ""
    return Page(page, next_token, carried)
