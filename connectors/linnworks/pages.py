"""Paged lists, proven complete: as many different rows as the vendor counts, or an error.

Belongs here: paging and counting (fact sheet linnworks 2). Does not: which list (client).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.linnworks.methods import VENDOR
from connectors.transport.errors import MalformedReplyError
from connectors.transport.rows import Row, key_of, rows_of
from tieout.numbers import whole_number

READINGS = 3
MOST_PAGES = 5_000


@dataclass(frozen=True)
class Listing:
    """A whole list as received. `as_of` is the vendor's clock when reading began, UTC."""

    rows: list[Row]
    as_of: datetime


@dataclass(frozen=True)
class Page:
    """One page: its rows, and what the vendor says of the whole list."""

    rows: list[Row]
    total: int
    pages: int
    as_of: datetime


ReadPage = Callable[[int], Page]


def read_page(body: Any, as_of: datetime, *, endpoint: str) -> Page:
    """Return the page in a reply's paged object.

    Raises:
        MalformedReplyError: when it is none.
    """
    try:
        page = Page(
            rows_of(body["Data"]),
            whole_number(body["TotalEntries"]),
            whole_number(body["TotalPages"]),
            as_of,
        )
    except (TypeError, KeyError, ValueError):
        raise MalformedReplyError(
            "expected Data, TotalEntries and TotalPages", vendor=VENDOR, endpoint=endpoint
        ) from None
    return page


def read_all(read: ReadPage, *, key: str, endpoint: str) -> Listing:
    """Read every page, again when rows moved while we read: `key` names the field that distinguishes rows.

    Raises:
        MalformedReplyError: when no reading brings as many different rows as the vendor counts.
    """
    for _ in range(READINGS):
        pages = _pages(read)
        rows = {key_of(row, key): row for page in pages for row in page.rows}
        if {page.total for page in pages} == {len(rows)}:
            return Listing(list(rows.values()), pages[0].as_of)
    raise MalformedReplyError(
        f"{len(rows)} rows came of {pages[-1].total} announced, {READINGS} times", vendor=VENDOR, endpoint=endpoint
    )


def _pages(read: ReadPage) -> list[Page]:
    pages = [read(1)]
    while len(pages) < min(pages[-1].pages, MOST_PAGES):
        pages.append(read(len(pages) + 1))
    return pages
