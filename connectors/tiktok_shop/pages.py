"""Pages of rows, and the proof that a list is complete.

TikTok Shop gives three different proofs of a complete list (fact sheet tiktok_shop 3.1, 7.2, 7.4, 7.6):

- `total_count` of one statement's transactions: exact, since a statement does not change while it is read;
- `total_count` of orders, unsettled rows, products, packages, cancellations and returns: rows come and go while one
  pages, so it is a lower bound;
- none at all for statements, payments and warehouses: a page shorter than asked for is believed only when a second
  reading of the same page brings the same rows. A full page is believed: it cannot have been cut short.

Belongs here: reading pages and checking completeness, of any list. Does not: which endpoint or filter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.transport.errors import MalformedReplyError
from connectors.transport.rows import Row, key_of, rows_of
from tieout.numbers import whole_number

SAME_PAGE_READINGS = 4
LIST_READINGS = 2


@dataclass(frozen=True)
class Page:
    """Rows as received. `as_of` is the vendor's clock, UTC; `total_count` what it says the whole list holds, if so."""

    rows: list[Row]
    as_of: datetime
    api_version: str
    total_count: int | None = None


@dataclass(frozen=True)
class RawPage:
    """One page as read: what the caller gets, the rest of `data`, and the token of the next ("" at the end)."""

    page: Page
    header: Row
    next_token: str


ReadPage = Callable[[str], RawPage]


def raw_page_of(data: Any, rows_field: str, *, as_of: datetime, api_version: str, place: dict[str, str]) -> RawPage:
    """Return the page in an answer's `data`; an absent or null list is an empty one, as TikTok Shop sends it.

    Raises:
        MalformedReplyError: when the list is no list, the next page's token no text, or total_count no number.
    """
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise MalformedReplyError(f"expected data to be an object, found {type(data).__name__}", **place)
    rows = [] if data.get(rows_field) is None else data[rows_field]
    if not isinstance(rows, list):
        raise MalformedReplyError(f"expected data.{rows_field} to be a list", **place)
    token = data.get("next_page_token") or ""
    if not isinstance(token, str):
        raise MalformedReplyError("expected data.next_page_token to be text", **place)
    header = {name: value for name, value in data.items() if name not in (rows_field, "next_page_token")}
    total = _count(data.get("total_count"), place)
    return RawPage(Page(rows_of(rows), as_of, api_version, total), header, token)


def walk(read: ReadPage, place: dict[str, str]) -> Iterator[RawPage]:
    """Yield pages until the token is empty or absent.

    Raises:
        MalformedReplyError: when a token comes back that was followed before: the list would never end.
    """
    token, seen = "", {""}
    while True:
        raw_page = read(token)
        yield raw_page
        token = raw_page.next_token
        if not token:
            return
        if token in seen:
            raise MalformedReplyError("a page token repeats itself: the list does not end", **place)
        seen.add(token)


def counted_pages(read: ReadPage, *, place: dict[str, str], key: str = "id") -> Iterator[Page]:
    """Yield a list whose total_count is a lower bound; read once more, all of it, when rows are missing.

    `key` is the field that distinguishes rows.

    A second reading may fall short of its own first total only as far as the vendor lowered the total meanwhile: rows
    that change leave the window. Rows of both readings are yielded, so a row can come twice: key by id, keep the later.

    Raises:
        MalformedReplyError: at the end, when the second reading is short too. What was yielded is then incomplete.
    """
    for reading in range(1, LIST_READINGS + 1):
        ids: set[str] = set()
        totals: list[int] = []
        for raw_page in walk(read, place):
            ids.update(key_of(row, key) for row in raw_page.page.rows)
            totals += [] if raw_page.page.total_count is None else [raw_page.page.total_count]
            yield raw_page.page
        expected = (totals[0] if reading == 1 else min(totals)) if totals else 0
        if len(ids) >= expected:
            return
    raise MalformedReplyError(f"{len(ids)} rows came of {expected} announced, twice", **place)


def confirmed_pages(read: ReadPage, page_size: int, *, place: dict[str, str]) -> Iterator[Page]:
    """Yield a list without total_count, reading every short page again until two readings in a row agree.

    Raises:
        MalformedReplyError: when four readings of one page never agree.
    """
    for raw_page in walk(lambda token: _confirmed(read, token, page_size=page_size, place=place), place):
        yield raw_page.page


def _confirmed(read: ReadPage, token: str, *, page_size: int, place: dict[str, str]) -> RawPage:
    raw_page = read(token)
    for _ in range(SAME_PAGE_READINGS - 1):
        if len(raw_page.page.rows) >= page_size:
            return raw_page
        again = read(token)
        if _ids(again) == _ids(raw_page) and bool(again.next_token) == bool(raw_page.next_token):
            return again
        raw_page = again
    raise MalformedReplyError(f"{SAME_PAGE_READINGS} readings of one page differ", **place)


def _ids(raw_page: RawPage) -> list[str]:
    return sorted(key_of(row, "id") for row in raw_page.page.rows)


def _count(value: Any, place: dict[str, str]) -> int | None:
    if value is None or value == "":
        return None
    try:
        return whole_number(value)
    except ValueError:
        raise MalformedReplyError(
            f"expected total_count to be a number, found {type(value).__name__}", **place
        ) from None
