"""One statement with all its transactions: complete, or an error.

A statement whose rows came in part would tie out to the wrong figure without anyone noticing, so the row count must
equal total_count (fact sheet tiktok_shop 7.4, pain 12).

Belongs here: putting a statement's pages together and proving them. Does not: its arithmetic (dbt), or fetching.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.tiktok_shop.pages import LIST_READINGS, RawPage, ReadPage, walk
from connectors.transport.errors import MalformedReplyError
from connectors.transport.rows import Row, key_of


@dataclass(frozen=True)
class StatementDetail:
    """A statement's header and all its rows, as received, in `api_version`'s shape; `as_of` UTC, the vendor's clock."""

    header: Row
    rows: list[Row]
    api_version: str
    as_of: datetime


def read_statement(read: ReadPage, *, place: dict[str, str]) -> StatementDetail:
    """Read a statement, a second time from the start when the first reading contradicts itself.

    An id that comes twice is a page boundary that slipped, unless a second reading repeats it: then the vendor's books
    hold it twice, and the row is passed on twice.

    Raises:
        MalformedReplyError: when the second reading does not add up either.
    """
    reasons: list[str] = []
    repeated: list[list[str]] = []
    for _ in range(LIST_READINGS):
        raw_pages = list(walk(read, place))
        ids = [key_of(row, "id") for raw_page in raw_pages for row in raw_page.page.rows]
        repeated.append(sorted(key for key in set(ids) if ids.count(key) > 1))
        reasons.append(_contradiction(raw_pages, len(ids)))
        if not reasons[-1] and (not repeated[-1] or repeated[-1:] == repeated[-2:-1]):
            return _joined(raw_pages)
    raise MalformedReplyError(f"incomplete in two readings: {reasons[-1] or 'repeated ids vary'}", **place)


def _contradiction(raw_pages: list[RawPage], rows: int) -> str:
    totals = {raw_page.page.total_count for raw_page in raw_pages}
    if None in totals:
        return "total_count is missing"
    if len(totals) > 1:
        return "total_count changes from page to page"
    total = totals.pop()
    return "" if rows == total else f"{rows} rows came, total_count is {total}"


def _joined(raw_pages: list[RawPage]) -> StatementDetail:
    first = raw_pages[0]
    rows = [row for raw_page in raw_pages for row in raw_page.page.rows]
    return StatementDetail(
        first.header, rows, first.page.api_version, min(raw_page.page.as_of for raw_page in raw_pages)
    )
