"""Reading the tenant's CSV maps, row by row.

Belongs here: validating a row by itself, by the other rows of its map and by the tenant's settings. Does not: whether
vendors know the ids that it names (dbt), or applying a map (dbt).

A row that cannot be right is left out and named; the others count. A row that begins with a number sign and a space is
a comment. Dates: `valid_from` and `valid_to` are both days on which a row holds; empty means without bound.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ingestion.config.masters import refusals
from ingestion.config.rules import RowFault, row_fault, usable_rule
from ingestion.config.specs import Map, Row
from tieout.settings import Settings

_COMMENT = "# "  # as in the dialects of CSV that W3C describes; a SKU may begin with the sign alone


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row of a map, or with the whole file (`line` 0), and what to do about it."""

    entity: str
    path: Path
    line: int
    column: str
    value: str
    reason: str
    remedy: str = "correct that row; `tieout doctor` lists every row that cannot be used"

    def __str__(self) -> str:
        """Return it as one sentence that begins with file and line."""
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.reason}"


@dataclass
class MapRows:
    """The rows of a map that can be used, each with its natural key as `id`, and what is wrong with the others.

    `lines`: the line of the file that each row is in.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_map(spec: Map, settings: Settings) -> MapRows:
    """Read one map; never raises for what its file holds."""
    path = settings.config_dir / spec.file
    read = MapRows()
    if spec.is_optional and not path.exists():
        return read
    try:
        found = list(_table(path, spec))
    except RowFault as fault:
        read.faults.append(
            Fault(spec.entity, path, fault.line, fault.column, fault.value, str(fault), "correct the file")
        )
        return read
    taken: dict[tuple[str, ...], list[tuple[date, date, int]]] = defaultdict(list)
    lines: dict[int, dict[str, Any]] = {}
    known: set[tuple[str, ...]] = set()
    for line, cells in found:
        try:
            rule = usable_rule(spec, cells, settings)
            if (content := tuple(rule.values())) in known:
                continue  # the same row again contradicts nothing
            known.add(content)
            key = tuple(rule[name] for name in spec.key)
            _check_period(spec, rule, taken[key], line=line, kept=lines)
        except RowFault as fault:
            read.faults.append(Fault(spec.entity, path, line, fault.column, fault.value, str(fault)))
            continue
        lines[line] = {"id": "|".join(key if spec.is_timed else (*key, rule["valid_from"])), **rule}
    read.faults += _refused_masters(spec, path, lines) if spec.common else []
    read.rows, read.lines = list(lines.values()), list(lines)
    return read


def _refused_masters(spec: Map, path: Path, lines: dict[int, dict[str, Any]]) -> list[Fault]:
    """Take out rows that give what they have in common to two at once; return a fault for each of both."""
    faults: dict[int, Fault] = {}
    for column, line, reason in refusals(lines, _days, common=spec.common, sole=spec.sole):
        faults.setdefault(line, Fault(spec.entity, path, line, column, lines[line][column], reason))
    for line in faults:
        del lines[line]
    return list(faults.values())


def _table(path: Path, spec: Map) -> Iterator[tuple[int, dict[str | None, Any]]]:
    """Yield each row that says something, with its line; the header's names are read without case and spaces."""
    text = _text(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    try:
        while (reader.fieldnames or [""])[0].startswith(_COMMENT):
            reader.fieldnames = next(reader.reader, [])
        header = [str(name).strip().lower() for name in reader.fieldnames or ()]
        _check_header(spec, header)
        reader.fieldnames = header
        for row in reader:
            is_comment = str(row[header[0]] or "").startswith(_COMMENT)
            if not is_comment and any(str(value or "").strip() for value in row.values()):
                yield reader.line_num, row
    except csv.Error as error:
        raise RowFault(f"line {reader.line_num} is no CSV: {error}") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RowFault("no such map: create it, or name its folder with --config DIR or TIEOUT_CONFIG") from None
    except OSError as error:
        raise RowFault(f"the map cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RowFault(f"expected UTF-8, found another byte in line {line}; save it as CSV UTF-8", line=line) from None


def _delimiter(text: str) -> str:
    """Return what separates the header's names: spreadsheets write a semicolon or a tab in some countries."""
    header = next((line for line in text.splitlines() if not line.lstrip('"').startswith(_COMMENT)), "")
    return max(",;\t", key=header.count)


def _check_header(spec: Map, header: list[str]) -> None:
    missing = [name for name in spec.columns if name not in header]
    if missing:
        raise RowFault(
            f"column {', '.join(missing)} is missing; expected the first line {','.join(spec.columns)}, separated by"
            " comma, semicolon or tab"
        )
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise RowFault(f"column {', '.join(doubled)} is there twice; expected each once")


def _check_period(
    spec: Map, rule: Row, taken: list[tuple[date, date, int]], *, line: int, kept: dict[int, dict[str, Any]]
) -> None:
    """Refuse a row whose days are another row's too, and that other row: it is unknown which of them is valid."""
    start, end = _instants(rule) if spec.is_timed else _days(rule)
    overlapping = [other for other_start, other_end, other in taken if start <= other_end and other_start <= end]
    taken.append((start, end, line))
    if not overlapping:
        return
    for other in overlapping:
        kept.pop(other, None)
    if spec.is_timed:
        same = f"it has the {', '.join(spec.key)} of line {overlapping[0]}, and neither counts; take one of them out"
        raise RowFault(same, column="starts_at", value=rule["starts_at"])
    raise RowFault(
        f"its dates overlap those of line {overlapping[0]} for the same key, and neither counts;"
        " end the older row the day before the newer begins",
        column="valid_from",
        value=rule["valid_from"],
    )


def _days(rule: Row) -> tuple[date, date]:
    """Return the first and the last day of a row."""
    start = _day(rule, "valid_from") or date.min
    end = _day(rule, "valid_to") or date.max
    if end < start:
        raise RowFault(f"valid_to {end} lies before valid_from {start}; expected a later day", column="valid_to")
    return start, end


def _instants(rule: Row) -> tuple[date, date]:
    """Check an event's instants. Events may overlap: one is known by its key, which has when it begins."""
    start, end = (_instant(rule, name) for name in ("starts_at", "ends_at"))
    if end <= start:
        raise RowFault(f"ends_at {end} is not after starts_at {start}; expected a later instant", column="ends_at")
    return date.min, date.max


def _instant(rule: Row, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(rule[name])
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise row_fault(rule, name, "expected an instant with its zone, as 2026-11-27T19:00:00Z")
    return instant


def _day(rule: Row, name: str) -> date | None:
    try:
        return date.fromisoformat(rule[name]) if rule[name] else None
    except ValueError:
        raise row_fault(rule, name, "expected YYYY-MM-DD or nothing") from None
