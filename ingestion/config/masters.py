"""Whether a warehouse has one master at a time, and a place is in one location, whichever shops sell from them.

Belongs here: rows of a map that contradict each other over what they have in common. Does not: rows of one key, whose
dates must not overlap (maps).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations

from ingestion.config.specs import Row
from tieout.systems import JOINING

Days = Callable[[Row], tuple[date, date]]


def refusals(
    rows: Mapping[int, Row], days: Days, *, common: str, sole: tuple[str, ...]
) -> Iterator[tuple[str, int, str]]:
    """Yield the column, the line and the reason of each row that contradicts another. `rows`, `days`: as below."""
    for pair in contradictions(rows, days, common=common, sole=sole):
        for line, other in (pair, pair[::-1]):
            said = ", ".join(rows[other][name] for name in sole)
            yield (
                common,
                line,
                f"{common} {rows[line][common]!r} has {said} in line {other} on the same days, and neither counts:"
                " end the older row the day before the newer begins",
            )
    for pair in shared_places(rows, days):
        for line, other in (pair, pair[::-1]):
            yield "location", line, shared_reason(rows, line, other)


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
            if _on_one_day(days(first), days(other)):
                yield earlier, later


def shared_places(rows: Mapping[int, Row], days: Days) -> Iterator[tuple[int, int]]:
    """Yield the lines of two rows whose locations, on the same days, have a place in common: it would count twice.

    A row that names a place twice is yielded with itself. `rows`: by line, of locations.csv.
    """
    places = {line: places_of(row["location"]) for line, row in rows.items() if row["system"] in JOINING}
    for line, named in places.items():
        if len(set(named)) < len(named):
            yield line, line
    for earlier, later in combinations(places, 2):
        first, other = rows[earlier], rows[later]
        if first["system"] != other["system"] or first["location"] == other["location"]:
            continue
        if set(places[earlier]) & set(places[later]) and _on_one_day(days(first), days(other)):
            yield earlier, later


def places_of(location: str) -> list[str]:
    """Return the places of a location that joins several by +."""
    return [place.strip() for place in location.split("+")]


def shared_reason(rows: Mapping[int, Row], line: int, other: int) -> str:
    """Return why a row of `shared_places` is refused."""
    places = places_of(rows[line]["location"])
    if line == other:
        twice = min(place for place in places if places.count(place) > 1)
        return f"names {twice!r} twice: name each place once"
    shared = ", ".join(sorted(set(places) & set(places_of(rows[other]["location"]))))
    return (
        f"location {rows[line]['location']!r} has {shared} in common with {rows[other]['location']!r} in line {other}"
        " on the same days, and neither counts: name each place in one location, written alike in all rows"
    )


def _on_one_day(period: tuple[date, date], other: tuple[date, date]) -> bool:
    return period[0] <= other[1] and other[0] <= period[1]
