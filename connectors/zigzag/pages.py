"""The list of returns, oldest change first, proven complete: the last page ends where the vendor's count does.

Rows move to the end when they change, so that page numbers would skip those behind them. Each page is therefore asked
for from where the last one ended, a second earlier; only where a whole page changed within that second are pages
counted, and then as many different rows must come as are announced.

Belongs here: paging and counting. Does not: the call (client).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.transport.errors import MalformedReplyError
from connectors.transport.rows import Row, key_of, rows_of
from tieout.numbers import whole_number

READINGS = 3
STEP_BACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Page:
    """Rows as received, and the vendor's clock, UTC. `total` is what it counts, `size` the most that a page holds."""

    rows: list[Row]
    as_of: datetime
    total: int
    size: int

    @property
    def is_full(self) -> bool:
        """Whether there may be more behind it, whatever the count says."""
        return len(self.rows) >= self.size


ReadPage = Callable[[datetime | None, int], Page]
"""Reads one page: of what changed from an instant on (None: of all), by its number, from 1 on."""


def read_page(body: Any, as_of: datetime, *, place: dict[str, str]) -> Page:
    """Return the page in a reply's body.

    Raises:
        MalformedReplyError: when it is none.
    """
    try:
        return Page(rows_of(body["returns"]), as_of, whole_number(body["totalCount"]), whole_number(body["pageSize"]))
    except (TypeError, KeyError, ValueError):
        raise MalformedReplyError("expected returns, totalCount and pageSize", **place) from None


def changed_pages(read: ReadPage, start: datetime | None, *, place: dict[str, str]) -> Iterator[Page]:
    """Yield all that changed from `start` on (None: all). A row may come twice: the later one counts.

    Raises:
        MalformedReplyError: when a page keeps being short of what is announced. What was yielded is then incomplete.
    """
    cursor = start
    while True:
        page = _whole(lambda: read(cursor, 1), place)  # noqa: B023 - called before the cursor moves
        yield page
        if not page.is_full:
            return
        latest = max((at for row in page.rows if (at := changed_at(row))), default=None)
        if latest is None or (cursor is not None and latest - STEP_BACK <= cursor):
            yield from _numbered(read, cursor, place=place)
            return
        cursor = latest - STEP_BACK


def changed_at(row: Mapping[str, Any]) -> datetime | None:
    """Return when a return changed last, UTC; None when it does not say."""
    try:
        found = datetime.fromisoformat(str(row.get("updatedAt")))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _whole(read: Callable[[], Page], place: dict[str, str]) -> Page:
    for _ in range(READINGS):
        page = read()
        if page.is_full or len(page.rows) >= page.total:
            return page
    raise MalformedReplyError(f"{len(page.rows)} rows came of {page.total} announced, {READINGS} times", **place)


def _numbered(read: ReadPage, cursor: datetime | None, *, place: dict[str, str]) -> Iterator[Page]:
    for _ in range(READINGS):
        ids: set[str] = set()
        number, is_over = 0, False
        while not is_over:
            number += 1
            page = read(cursor, number)
            yield page
            known = len(ids)
            ids.update(key_of(row, "returnId") for row in page.rows)
            is_over = not page.is_full or len(ids) == known  # the same page again: the list does not end
        if not page.is_full and len(ids) >= page.total:
            return
    raise MalformedReplyError(f"{len(ids)} rows came of {page.total} announced, {READINGS} times", **place)
