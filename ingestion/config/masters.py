"""Whether a warehouse has one master at a time, whichever shops sell from it.

Belongs here: rows of a map that contradict each other over what they have in common. Does not: rows of one key, whose
dates must not overlap (maps).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations

from ingestion.config.specs import Row

Days = Callable[[Row], tuple[date, date]]


def contradictions(
    rows: Mapping[int, Row], days: Days, *, common: str, sole: tuple[str, ...]
) -> Iterator[tuple[int, int]]:
    """Yield the lines of two rows with one value of `common` and different values of `sole` on the same days.

    `rows`: by line. `days`: the first and the last day of a row.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for line, row in rows.items():
        found[row[common]].append(line)
    for lines in found.values():
        for earlier, later in combinations(lines, 2):
            first, other = rows[earlier], rows[later]
            if [first[name] for name in sole] == [other[name] for name in sole]:
                continue
            (start, end), (other_start, other_end) = days(first), days(other)
            if start <= other_end and other_start <= end:
                yield earlier, later
