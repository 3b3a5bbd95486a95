"""Reading the tenant's CSV maps, row by row.

Belongs here: validating a row by itself, by the other rows of its map and by the tenant's settings. Does not: whether
vendors know the ids that it names (dbt), or applying a map (dbt).

A row that cannot be right is left out and named; the others count. A row that begins with a number sign and a space is
a comment. Dates: `valid_from` and `valid_to` are both days on which a row holds; empty means without bound.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.config.masters import contradictions
from ingestion.config.specs import CLASSES_OF_A_SALE, GRADE, GRADINGS, Map, Row
from ingestion.load_context import LONGEST_ID
from ingestion.spreadsheets import spreadsheet_damage
from tieout.settings import Settings
from tieout.unseen_characters import UNSEEN

_RATE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
_IDS = (
    *("shop_id", "warehouse_id", "location", "seller_sku", "item", "bundle", "component", "provider_id"),
    "netsuite_account",
)
_HIDDEN = re.compile(rf"[\t\n]|{UNSEEN.pattern}")
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


class _RowFault(Exception):
    """A row, or a file, that cannot be used. Never leaves this module."""

    def __init__(self, reason: str, *, column: str = "", value: str = "", line: int = 1) -> None:
        super().__init__(reason)
        self.column, self.value, self.line = column, value, line


def read_map(spec: Map, settings: Settings) -> MapRows:
    """Read one map; never raises for what its file holds."""
    path = settings.config_dir / spec.file
    read = MapRows()
    if spec.is_optional and not path.exists():
        return read
    try:
        found = list(_table(path, spec))
    except _RowFault as fault:
        read.faults.append(
            Fault(spec.entity, path, fault.line, fault.column, fault.value, str(fault), "correct the file")
        )
        return read
    taken: dict[tuple[str, ...], list[tuple[date, date, int]]] = defaultdict(list)
    lines: dict[int, dict[str, Any]] = {}
    known: set[tuple[str, ...]] = set()
    for line, cells in found:
        try:
            rule = _rule(spec, cells, settings)
            if (content := tuple(rule.values())) in known:
                continue  # the same row again contradicts nothing
            known.add(content)
            key = tuple(rule[name] for name in spec.key)
            _check_period(spec, rule, taken[key], line=line, kept=lines)
        except _RowFault as fault:
            read.faults.append(Fault(spec.entity, path, line, fault.column, fault.value, str(fault)))
            continue
        lines[line] = {"id": "|".join(key if spec.is_timed else (*key, rule["valid_from"])), **rule}
    read.faults += _refused_masters(spec, path, lines) if spec.common else []
    read.rows, read.lines = list(lines.values()), list(lines)
    return read


def _refused_masters(spec: Map, path: Path, lines: dict[int, dict[str, Any]]) -> list[Fault]:
    """Take out rows that give what they have in common to two at once; return a fault for each of both."""
    faults: dict[int, Fault] = {}
    for pair in contradictions(lines, _days, common=spec.common, sole=spec.sole):
        for line, other in (pair, pair[::-1]):
            row, said = lines[line], ", ".join(lines[other][name] for name in spec.sole)
            reason = (
                f"{spec.common} {row[spec.common]!r} has {said} in line {other} on the same days, and neither counts:"
                " end the older row the day before the newer begins"
            )
            faults.setdefault(line, Fault(spec.entity, path, line, spec.common, row[spec.common], reason))
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
        raise _RowFault(f"line {reader.line_num} is no CSV: {error}") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _RowFault("no such map: create it, or name its folder with --config DIR or TIEOUT_CONFIG") from None
    except OSError as error:
        raise _RowFault(f"the map cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _RowFault(f"expected UTF-8, found another byte in line {line}; save it as CSV UTF-8", line=line) from None


def _delimiter(text: str) -> str:
    """Return what separates the header's names: spreadsheets write a semicolon or a tab in some countries."""
    header = next((line for line in text.splitlines() if not line.lstrip('"').startswith(_COMMENT)), "")
    return max(",;\t", key=header.count)


def _check_header(spec: Map, header: list[str]) -> None:
    missing = [name for name in spec.columns if name not in header]
    if missing:
        raise _RowFault(
            f"column {', '.join(missing)} is missing; expected the first line {','.join(spec.columns)}, separated by"
            " comma, semicolon or tab"
        )
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise _RowFault(f"column {', '.join(doubled)} is there twice; expected each once")


def _rule(spec: Map, row: Mapping[str | None, Any], settings: Settings) -> Row:
    if any(str(value or "").strip() for value in row.get(None) or ()):
        raise _RowFault(f"expected {len(spec.columns)} values: {','.join(spec.columns)}; found more")
    if any(row[name] is None for name in spec.columns):
        raise _RowFault(f"expected {len(spec.columns)} values: {','.join(spec.columns)}; found fewer")
    rule = {name: str(row.get(name) or "").strip() for name in (*spec.columns, *spec.optional_columns)}
    _check_texts(spec, rule)
    for name in (*spec.key, *(("netsuite_account",) if "netsuite_account" in rule else ())):
        if not rule[name]:
            others = ", ".join(rule[other] for other in spec.key if rule[other])
            message = f"{name} is empty{f' for {others}' if others else ''}; expected a value{_or_any(spec, name)}"
            raise _RowFault(message, column=name)
    for name, allowed in spec.allowed.items():
        if rule[name] not in allowed:
            raise _fault(rule, name, f"expected one of {', '.join(sorted(allowed))}")
    for name, (least, most) in spec.whole_numbers.items():
        if not (rule[name].isascii() and rule[name].isdigit() and least <= int(rule[name][:12]) <= most):
            raise _fault(rule, name, f"expected a whole number from {least} to {most}")
    if "treatment" in rule:
        _check_rate(rule)
    if "decision" in rule:
        _check_decision(rule)
    _check_ids(spec, rule, settings)
    return rule


def _check_texts(spec: Map, rule: Row) -> None:
    """Check that a value is what people see of it, and that a key is no longer than an id can be."""
    for name, value in rule.items():
        if hidden := _HIDDEN.search(value):
            raise _fault(rule, name, f"expected text without {hidden[0]!r}, which nobody sees: write it anew")
        if name in spec.key and len(value) > LONGEST_ID:
            short = f"{value[:40]}..."
            message = f"{name} {short!r}; expected at most {LONGEST_ID} characters, found {len(value)}"
            raise _RowFault(message, column=name, value=short)


def _check_rate(rule: Row) -> None:
    """Check a tax rate against its treatment: the seller's needs one, any other must have none."""
    if rule["treatment"] != "seller":
        if rule["rate"]:
            raise _fault(
                rule, "rate", f"expected none beside treatment {rule['treatment']}: only the seller's is booked"
            )
    elif not _RATE.fullmatch(rule["rate"]) or 0 < Decimal(rule["rate"]) < 1:
        raise _fault(rule, "rate", "expected the percent that the seller owes, as 20 or 5.5; 0 where it is zero-rated")
    elif rule["line_class"] not in CLASSES_OF_A_SALE:
        raise _fault(rule, "line_class", f"seller is for what is sold: {', '.join(CLASSES_OF_A_SALE)}")


def _check_decision(rule: Row) -> None:
    """Check that a percentage is offered where a part is, and that only what was graded depends on its grade."""
    if rule["grading"] not in GRADINGS and rule["grading"].removeprefix(GRADE) in ("", rule["grading"]):
        raise _fault(rule, "grading", f"expected one of {', '.join(sorted(GRADINGS))}, or {GRADE} and a condition")
    if (rule["decision"] == "offer_partial") != (int(rule["percent"]) > 0):
        raise _fault(rule, "percent", "expected 1 to 99 beside decision offer_partial, and 0 beside any other")
    if rule["step"] == "request" and rule["grading"] != "*":
        raise _fault(rule, "grading", "expected * beside step request: nothing is graded before it arrives")
    if rule["step"] == "parcel" and rule["decision"] == "refund_without_return":
        raise _fault(rule, "decision", "expected approve, reject or offer_partial: the parcel has come back")


def _check_ids(spec: Map, rule: Row, settings: Settings) -> None:
    shops = [shop.shop_id for shop in settings.tiktok_shop.shops]
    for name in (one for one in _IDS if one in rule):
        if damage := spreadsheet_damage(rule[name], shops if name == "shop_id" else ()):
            raise _fault(rule, name, damage)
    if "shop_id" in rule:
        known = {*shops, *(("*",) if spec.any_shop else ())}
        if rule["shop_id"] not in known:
            raise _fault(rule, "shop_id", f"expected one of {', '.join(sorted(known))}")
    if "location" in rule:
        _check_location(rule, settings)


def _check_location(rule: Row, settings: Settings) -> None:
    if getattr(settings, rule["system"]) is None:
        raise _fault(rule, "system", f"tieout.toml has no section [{rule['system']}]; expected a configured system")
    site = getattr(getattr(settings, rule["system"]), "site", "")
    if site and rule["location"] != site:
        raise _fault(rule, "location", f"expected {site}, the site of [{rule['system']}] in tieout.toml")


def _fault(rule: Row, name: str, reason: str) -> _RowFault:
    return _RowFault(f"{name} {rule[name]!r}; {reason}", column=name, value=rule[name])


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
        raise _RowFault(same, column="starts_at", value=rule["starts_at"])
    raise _RowFault(
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
        raise _RowFault(f"valid_to {end} lies before valid_from {start}; expected a later day", column="valid_to")
    return start, end


def _instants(rule: Row) -> tuple[date, date]:
    """Check an event's instants. Events may overlap: one is known by its key, which has when it begins."""
    start, end = (_instant(rule, name) for name in ("starts_at", "ends_at"))
    if end <= start:
        raise _RowFault(f"ends_at {end} is not after starts_at {start}; expected a later instant", column="ends_at")
    return date.min, date.max


def _instant(rule: Row, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(rule[name])
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise _fault(rule, name, "expected an instant with its zone, as 2026-11-27T19:00:00Z")
    return instant


def _day(rule: Row, name: str) -> date | None:
    try:
        return date.fromisoformat(rule[name]) if rule[name] else None
    except ValueError:
        raise _fault(rule, name, "expected YYYY-MM-DD or nothing") from None


def _or_any(spec: Map, name: str) -> str:
    has_any = name in ("region", "seller_sku", "delivery_option") or (name == "shop_id" and spec.any_shop)
    return ", or * for all" if has_any else ""
