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
from typing import Any

from rich.console import Console
from rich.table import Table

Row = dict[str, Any]

LONGEST_CELL = 300

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
    out.print(_table(rows, title))


def show_record(row: Row, *, title: str) -> None:
    """Print one row, a field a line."""
    out.print(f"[bold]{title}[/bold]")
    width = max(map(len, row))
    for name, value in row.items():
        out.print(f"[dim]{name:<{width}}[/dim]  {_cell(value)}")


def print_json(rows: Sequence[Row]) -> None:
    """Print one JSON array of objects."""
    sys.stdout.write(json.dumps([{k: plain(v) for k, v in row.items()} for row in rows], ensure_ascii=False) + "\n")


def print_csv(rows: Sequence[Row]) -> None:
    """Print rows as CSV with a header."""
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: plain(v) for k, v in row.items()} for row in rows)
    sys.stdout.write(text.getvalue())


def plain(value: Any) -> Any:
    """Return a value as JSON carries it: amounts as plain decimal text, instants as ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def progress(text: str) -> None:
    """Print one line of progress on standard error."""
    err.print(f"[dim]{datetime.now().astimezone():%H:%M:%S}[/dim] {text}", markup=True)


def _table(rows: Sequence[Row], title: str) -> Table:
    if title:
        out.print(f"[bold]{title}[/bold]")
    table = Table(header_style="dim", box=None, pad_edge=False)
    for name in rows[0]:
        numeric = any(isinstance(row[name], Decimal | int) and not isinstance(row[name], bool) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value.normalize():,f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(value)
    return (text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}… (whole with --json)").replace("[", "\\[")
