"""How fast intents are planned and dispatched, against bare SQLite doing the same commits in the same run.

    python bench/outbox.py [ROWS]

Prints rows per second, and ours as a share of bare SQLite: shares compare between machines, rates do not.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from reverse_sync import Proposal, RetryPolicy, apply, plan
from reverse_sync.model import Change, Observation
from reverse_sync.sync import Sync
from tieout.settings import Settings, load_settings
from tieout.state import State

COMMITS_PER_ROW = 3
SYNC = Sync(
    name="bench",
    lane=1,
    text="",
    counted="",
    open_destination=lambda _s, _t: Sink(),
    refuse=lambda _s, _p: "",
    limit_setting="books.max_journals_per_run",
)


class Sink:
    """A vendor that answers at once."""

    def write(self, change: Change) -> str:
        """Accept anything."""
        return change.entity_key

    def read_back(self, change: Change) -> Observation | None:
        """Hold nothing."""
        del change

    def close(self) -> None:
        """Nothing is open."""


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bare_insert, bare_commit = bare_sqlite(home, count)
        settings, state = settings_for(home, count), State(f"sqlite:///{home / 'state.sqlite'}")
        rows = [proposal(number) for number in range(count)]
        started = time.perf_counter()
        planned = plan(settings, state, rows, syncs=[SYNC])
        plan_rate = count / (time.perf_counter() - started)
        started = time.perf_counter()
        plan(settings, state, rows, syncs=[SYNC])
        replan_rate = count / (time.perf_counter() - started)
        started = time.perf_counter()
        report = apply(settings, state, planned, destinations={"bench": Sink}, retry_policy=RetryPolicy())
        apply_rate = count / (time.perf_counter() - started)
        assert report.acknowledged == count
        state.close()
    print(f"{'':24}{'rows/s':>12}{'of bare SQLite':>18}")
    print(f"{'plan, all new':24}{plan_rate:12,.0f}{plan_rate / bare_insert:18.3f}")
    print(f"{'plan, nothing new':24}{replan_rate:12,.0f}")
    print(f"{'apply, one by one':24}{apply_rate:12,.0f}{apply_rate / bare_commit:18.3f}")
    print(f"{'bare inserts, 1 commit':24}{bare_insert:12,.0f}")
    print(f"{'bare, ' + str(COMMITS_PER_ROW) + ' commits a row':24}{bare_commit:12,.0f}")


def settings_for(home: Path, count: int) -> Settings:
    """The demo's settings, with room for every row in one run."""
    secrets = home / "secrets"
    secrets.mkdir()
    for name in ("app_key", "app_secret", "refresh_token"):
        (secrets / f"tiktok_shop__{name}").write_text("bench")
    settings = load_settings(Path(__file__).resolve().parent.parent / "config" / "demo", home)
    return settings.model_copy(update={"books": settings.books.model_copy(update={"max_journals_per_run": count})})


def proposal(number: int) -> Proposal:
    """A journal of fifteen lines, as a payout has."""
    lines = [{"account": f"{4000 + n}", "debit": "12.30", "credit": "0", "memo": "service_fee"} for n in range(15)]
    return Proposal("bench", f"K{number:07}", "1", {"lines": lines}, f"h{number}", Decimal("12.30"), "GBP")


def bare_sqlite(home: Path, count: int) -> tuple[float, float]:
    """Rows per second of inserts in one commit, and of rows with the commits that one dispatch needs."""
    connection = sqlite3.connect(home / "bare.sqlite", isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=full"):
        connection.execute(f"pragma {pragma}")
    connection.execute("create table rows (id integer primary key, body text, state text)")
    body = json.dumps(proposal(0).desired)

    def insert() -> None:
        connection.execute("begin immediate")
        connection.executemany("insert into rows (body, state) values (?, 'pending')", [(body,)] * count)
        connection.execute("commit")

    def commit_each() -> None:
        for number in range(1, count + 1):
            for step in range(COMMITS_PER_ROW):
                connection.execute("begin immediate")
                connection.execute("update rows set state = ? where id = ?", (str(step), number))
                connection.execute("commit")

    rates = (_rate(insert, count), _rate(commit_each, count))
    connection.close()
    return rates


def _rate(work: Callable[[], None], count: int) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
