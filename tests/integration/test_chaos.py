"""Every kind of bad record and file at once, on the wires: the rest flows, each is named, and clears when corrected.

Belongs here: one such run beside a sound one. Does not: which bad records there are (tests/support/chaos.py), or raw
rows for every field (tests/dbt_project/test_unreadable_values.py).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.steps.cycle import CycleOutcome
from orchestration.warehouse.queries import fetch
from tests.support.chaos import Done, Spoiled, make_bad, mend, shown, spoil_files
from tests.support.connected import cycle
from tests.support.worlds import World
from tieout.published import open_published
from tieout.settings import load_settings

PROMISES = timedelta(days=60)
"""How far into the world's future what is promised may lie."""
HOURS = 6
"""What goes on in both worlds before the cycle: orders, parcels and stock that are new to it."""
MARTS = {
    "finance": ("payouts", "payout_lines", "payout_journals", "order_lines", "bank_lines", "bank_matches", "unsettled"),
    "operations": ("orders", "warehouse_orders", "shipments", "cancellations", "stock", "stock_ledger"),
}


@dataclass
class Company:
    """A world and the product that looks after it."""

    world: World

    def cycle(self) -> CycleOutcome:
        """Run a whole cycle."""
        home = self.world.home
        return cycle(load_settings(home / "config", home))

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return what readers see."""
        with open_published(load_settings(self.world.home / "config", self.world.home)) as connection:
            return fetch(connection, sql)

    def rows(self) -> dict[str, set[str]]:
        """Return every row of every mart, as text, without when it was loaded or written by the real clock."""
        now = datetime.fromtimestamp(self.world.call("GET", "/_sandbox/clock")["now"], UTC)

        def text(row: dict[str, Any]) -> str:
            lasting = {
                name: value
                for name, value in row.items()
                if name != "loaded_through" and not (isinstance(value, datetime) and value > now + PROMISES)
            }
            return json.dumps(lasting, default=str, ensure_ascii=False)

        return {
            f"{schema}.{mart}": {text(row) for row in self.query(f"select * from {schema}.{mart}")}
            for schema, marts in MARTS.items()
            for mart in marts
        }

    def open(self) -> set[tuple[str, str, str]]:
        """Return the open exceptions."""
        rows = self.query("select code, entity_type, entity_id from exceptions.open")
        return {(row["code"], row["entity_type"], row["entity_id"]) for row in rows}


@contextmanager
def copy_of(whole: Path, home: Path) -> Iterator[Company]:
    """Serve a copy of the world some hours later."""
    shutil.copytree(whole, home)
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/clock", {"advance_hours": HOURS})
        yield Company(world)


def written_by(outcome: CycleOutcome) -> set[tuple[str, str]]:
    """Return what a cycle wrote to any system."""
    rows = outcome.applied.rows if outcome.applied else ()
    return {(row.sync, row.entity_key) for row in rows if row.state == "acknowledged"}


@pytest.mark.exhaustive  # the suite has each kind by itself: bad_input, hostile_json, refused_documents, unreadable
def test_all_that_is_bad_is_named_while_the_rest_flows_and_clears_when_corrected(whole: Path, tmp_path: Path) -> None:
    with copy_of(whole, tmp_path / "sound") as company:
        sound_writes, sound, sound_open = written_by(company.cycle()), company.rows(), company.open()
    with copy_of(whole, tmp_path / "bad") as company:
        done = make_bad(company.world)
        spoiled = spoil_files(company.world, done)
        names = set().union(*(each.names for each in done), *(each.names for each in spoiled))

        outcome = company.cycle()
        problems = [each for each in outcome.problems if not each.startswith(("check: ", "ingest: config sku_map: "))]
        assert problems == []
        unreported = [each for each in done if not _is_reported(company, each)]
        assert unreported == []
        assert [each for each in spoiled if not _is_file_reported(company, each)] == []
        assert company.query("select * from audit.quarantine where remedy = '' or reason = '' or field is null") == []
        assert _unmentioned(sound_writes, names) <= written_by(outcome)
        _compare(sound, company.rows(), names)

        for each in spoiled:
            each.undo()
        mend(company.world, done)
        company.cycle()
        assert company.query("select * from audit.quarantine") == []
        assert company.open() <= sound_open  # what waited for another cycle may have found it
        assert company.rows()["finance.payouts"] == sound["finance.payouts"]


def _is_reported(company: Company, done: Done) -> bool:
    """Return whether quarantine holds the record with its field and value, or an exception reports it."""
    bad, value = done.bad, shown(done.bad.value) if done.bad.shows_value else ""
    if bad.code:
        codes = ", ".join(f"'{code}'" for code in bad.code.split())
        rows = company.query(f"select * from exceptions.open where code in ({codes})")
        return any(_mentions(row, done.names | {value} - {""}) for row in rows)
    entity, field = bad.held.split(" ")
    rows = company.query(
        f"select * from audit.quarantine where system = '{done.system}' and entity = '{entity}'"
        f" and starts_with(field, '{field}')"
    )
    nameless = field == "id" or entity == "entries"  # the one has no name, the other that of its file and line
    found = [row for row in rows if nameless or _mentions([row["record_id"], row["parent_id"]], done.names | {done.id})]
    return any(value in row["field_value"] or repr(done.bad.value) in row["field_value"] for row in found)


def _is_file_reported(company: Company, spoiled: Spoiled) -> bool:
    if spoiled.code:
        rows = company.query(f"select * from exceptions.open where code = '{spoiled.code}'")
        return any(spoiled.id in str(row["entity_id"]) for row in rows)
    rows = company.query(f"select * from audit.quarantine where system = '{spoiled.system}' and field <> ''")
    return any(spoiled.id in row["record_id"] for row in rows)


def _compare(sound: dict[str, set[str]], found: dict[str, set[str]], names: set[str]) -> None:
    """Hold every row that nothing bad is named in to what it is in the sound world; most rows must be such."""
    kept = {mart: _unmentioned(rows, names) for mart, rows in sound.items()}
    for mart, rows in kept.items():
        assert rows <= found[mart], (mart, sorted(rows - found[mart])[:3])
    assert sum(map(len, kept.values())) > 0.6 * sum(map(len, sound.values()))
    assert [mart for mart, rows in sound.items() if len(rows) > 10 and not kept[mart]] == []


def _unmentioned(rows: set[Any], names: set[str]) -> set[Any]:
    return {row for row in rows if not _mentions(row, names)}


def _mentions(row: object, names: set[str]) -> bool:
    text = row if isinstance(row, str) else json.dumps(row, default=str, ensure_ascii=False)
    return not names.isdisjoint(re.findall(r"[\w-]+", text))
