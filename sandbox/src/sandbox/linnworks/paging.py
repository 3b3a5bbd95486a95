"""Pages of rows. Belongs here: cutting a list into the usual page object. Does not: the odd shapes of single calls.

Fact sheet linnworks 2: `{PageNumber, EntriesPerPage, TotalEntries, TotalPages, Data}`, pages count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def page(rows: Sequence[T], number: int, size: int, show: Callable[[T], Any]) -> dict[str, Any]:
    """Return one page; a number below 1 is the first, and -1 all rows on one page."""
    if number == -1:
        size = max(len(rows), 1)
    size, number = max(size, 1), max(number, 1)
    pages = -(-len(rows) // size)
    shown = [show(row) for row in rows[(number - 1) * size : number * size]]
    return {
        "PageNumber": number,
        "EntriesPerPage": size,
        "TotalEntries": len(rows),
        "TotalPages": pages,
        "Data": shown,
    }
