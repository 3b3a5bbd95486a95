"""What a terminal shows: tables for people, one JSON array for machines, progress on standard error.

Belongs here: rendering. Does not: fetching or deciding anything.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.unseen_characters import escaped

Row = dict[str, Any]

LONGEST_CELL = 300
LEAST_TEXT = 16
GAP = 2

out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show_rows(rows: Sequence[Row], *, as_json: bool, title: str = "", empty: str = "nothing to show") -> None:
    """Print rows: a table, or with `as_json` one JSON array of objects (amounts as strings, instants ISO 8601 UTC)."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print(empty)
        return
    print_rows(out, rows, title=title)


def show_record(row: Row, *, title: str) -> None:
    """Print one row, a field a line."""
    out.print(f"[bold]{title}[/bold]")
    _print_record(out, {name: _cell(name, value) for name, value in row.items()})


def print_rows(console: Console, rows: Sequence[Row], *, title: str = "") -> None:
    """Print rows as a table, or as one record after the other where a table would have to break a word, as an id is."""
    if title:
        console.print(f"[bold]{title}[/bold]")
    cells = [{name: _cell(name, value) for name, value in row.items()} for row in rows]
    widths = _widths(cells, console.width)
    if widths is not None:
        console.print(_table(rows, cells, widths))
        return
    for number, record in enumerate(cells):
        if number:
            console.print()
        _print_record(console, record)


def print_json(rows: Sequence[Row]) -> None:
    """Print one JSON array of objects."""
    reported = [{k: plain(v) for k, v in row.items()} for row in rows]
    sys.stdout.write(json.dumps(reported, ensure_ascii=False, allow_nan=False) + "\n")


def print_csv(rows: Sequence[Row]) -> None:
    """Print rows as CSV with a header."""
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: plain(v) for k, v in row.items()} for row in rows)
    sys.stdout.write(text.getvalue())


def plain(value: Any) -> Any:
    """Return a value as JSON carries it: amounts as decimal text, instants as ISO 8601, NaN and infinity as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def progress(text: str) -> None:
    """Print one line of progress on standard error."""
    err.print(f"[dim]{datetime.now().astimezone():%H:%M:%S}[/dim] {text}", markup=True)


def show_minutes(minutes: int) -> str:
    """Return minutes as people say them: '2 d 4 h', '5 h 03 min', '12 min'; past ones end in 'over'."""
    days, rest = divmod(abs(minutes), 24 * 60)
    hours, left = divmod(rest, 60)
    reported = f"{days} d {hours} h" if days else f"{hours} h {left:02} min" if hours else f"{left} min"
    return f"{reported} over" if minutes < 0 else reported


def _widths(cells: Sequence[dict[str, str]], room: int) -> dict[str, int] | None:
    """Return each column's width in a table that breaks no word; None where there is not the room for it."""
    most = {name: max(cell_len(text) for text in (name, *(row[name] for row in cells))) for name in cells[0]}
    widths = {name: min(most[name], max(_longest_word(name, cells), LEAST_TEXT)) for name in most}
    spare = room - sum(widths.values()) - GAP * (len(widths) - 1)
    if spare < 0:
        return None
    wanting = sorted((name for name in most if most[name] > widths[name]), key=lambda name: most[name] - widths[name])
    for place, name in enumerate(wanting):
        more = min(most[name] - widths[name], spare // (len(wanting) - place))
        widths[name] += more
        spare -= more
    return widths


def _longest_word(name: str, cells: Sequence[dict[str, str]]) -> int:
    return max(cell_len(word) for word in (name, *(word for row in cells for word in row[name].split())))


def _table(rows: Sequence[Row], cells: Sequence[dict[str, str]], widths: dict[str, int]) -> Table:
    table = Table(header_style="dim", box=None, pad_edge=False)
    for name, width in widths.items():
        numeric = any(isinstance(row[name], Decimal | int) and not isinstance(row[name], bool) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", width=width)
    for record in cells:
        table.add_row(*(Text(text) for text in record.values()))
    return table


def _print_record(console: Console, record: dict[str, str]) -> None:
    """Print a field a line; long texts go on below their beginning, and no word is broken."""
    label = max(map(len, record))
    for name, text in record.items():
        for number, line in enumerate(_wrapped(text, console.width - label - GAP)):
            shown = Text.assemble((f"{'' if number else name:<{label}}", "dim"), " " * GAP, line)
            console.print(shown, soft_wrap=True)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [
        part
        for line in text.splitlines()
        for part in wrap(line, max(width, LEAST_TEXT), break_long_words=False, break_on_hyphens=False)
    ]
    return lines or [""]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "minutes_left" and isinstance(value, int):
        return show_minutes(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value.normalize():,f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = escaped(str(value))
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}… (whole with --json)"
