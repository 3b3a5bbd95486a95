"""The bank's files on disk: one per account and booking day, always in line with the records.

Belongs here: which files exist and when they are rewritten. Does not: their formats.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.bank import camt053, csv_lines
from sandbox.bank.accounts import SYSTEM
from sandbox.bank.ledger import AccountDay, account_days
from sandbox.store import Store

FORMATS: dict[str, tuple[str, Callable[[AccountDay], str]]] = {
    "camt053": ("xml", camt053.render),
    "csv": ("csv", csv_lines.render),
}


def write_files(store: Store, folder: Path) -> list[Path]:
    """Bring all files of days that are over in line with the records; return the files written or removed.

    A file is replaced in one step, so that a reader never sees half of it, and left alone when nothing changed.
    """
    wanted: dict[Path, str] = {}
    today = datetime.fromtimestamp(store.now, UTC).date()
    for record in store.select(SYSTEM, "accounts"):
        ending, render = FORMATS[record.body["format"]]
        account_folder = folder / record.id
        reported = {day for path in account_folder.glob(f"*.{ending}") if (day := _day(path))}
        for account_day in account_days(store, record.body, today, reported):
            wanted[account_folder / f"{account_day.day.isoformat()}.{ending}"] = render(account_day)
    stale = [path for path in _existing(folder) if path not in wanted]
    for path in stale:
        path.unlink()
    return stale + [path for path, text in wanted.items() if _replace(path, text)]


def _day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        return None


def _existing(folder: Path) -> list[Path]:
    return [path for ending, _ in FORMATS.values() for path in folder.glob(f"*/*.{ending}")]


def _replace(path: Path, text: str) -> bool:
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
    return True
