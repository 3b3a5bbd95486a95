"""Running damages: do a batch, read and build, look at what is said of each, undo it, look that all is clear.

Belongs here: checking what the product says and would write. Does not: which damages there are (damage_world).
"""

from __future__ import annotations

import csv
import json
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.steps.steps import build_step, check_step, ingest_step, plan_step
from orchestration.warehouse.queries import fetch
from reverse_sync.model import PlanAction
from tests.support.damage_world import Damage, bring
from tests.support.worlds import World
from tieout.state import State
from tieout.warehouse import open_warehouse, warehouse_lock

KNOWN = Path(__file__).with_name("damage_known.csv")
REPORTED = "select code, entity_type, entity_id, expected, actual, evidence, cause from exceptions.open"
HELD = "select system, entity, record_id, parent_id, field, field_value, reason from audit.quarantine"
ANYWHERE = frozenset({"SYS-03", "SYS-15"})
"""What is always an answer: the record is in quarantine, or is not accounted for."""


@dataclass(frozen=True)
class Finding:
    """What went wrong with a damage (or several): silence, crash, wrong code, false alarm, wrong write, not cleared."""

    what: str
    damages: tuple[Damage, ...]
    detail: str = ""

    def __str__(self) -> str:
        about = " | ".join(f"{damage.name} {damage.reported}" for damage in self.damages) or "nothing that was damaged"
        return f"{about} -> {self.what} {self.detail}".rstrip()


@dataclass(frozen=True)
class Said:
    """One exception or quarantine row: its code, and all of its text."""

    code: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What a reading of the world led to: all that is said to be wrong, and all that would be written."""

    said: frozenset[Said]
    writes: frozenset[tuple[str, str, str]]


def look(world: World, *, checked: bool = True) -> Seen:
    """Read every system, build, hold it to its checks, and plan without writing anything."""
    settings = world.settings()
    state = State(settings.database_url)
    try:
        ingest_step(settings, state, report=lambda _text: None)
        build_step(settings, state, report=lambda _text: None)
        if checked:
            check_step(settings, state, report=lambda _text: None)
        planned = plan_step(settings, state, record=False)
    finally:
        state.close()
    writes = [row for row in planned.rows if row.action not in (PlanAction.HELD, PlanAction.WITHDRAW)]
    return Seen(said(world), frozenset((row.sync, row.entity_key, row.desired_hash) for row in writes))


def said(world: World) -> frozenset[Said]:
    """Return what the last build says is wrong."""
    reported = rows(world, REPORTED) + [{"code": "SYS-03", **row} for row in rows(world, HELD)]
    return frozenset(Said(row["code"], json.dumps(row, default=str)) for row in reported)


def rows(world: World, sql: str) -> list[dict[str, Any]]:
    """Return what a query of the warehouse gives, as the last build left it."""
    settings = world.settings()
    with warehouse_lock(settings), open_warehouse(settings) as warehouse:
        return fetch(warehouse, sql)


def try_damages(world: World, damages: Sequence[Damage], before: Seen) -> list[Finding]:
    """Do the damages at once, look, undo them, look; return what went wrong. A batch that crashes is halved.

    `before`: what is said of the sound world, and what would be written to it.
    """
    for damage in damages:
        bring(world, damage.after)
    try:
        seen = look(world)
    except Exception as error:
        return _crashed(world, damages, error, before)
    for damage in reversed(damages):
        bring(world, damage.before)
    after = look(world, checked=False)
    return [
        *_checked(damages, seen.said - before.said),
        *_wrongly_written(damages, seen.writes - before.writes),
        *_not_cleared(damages, after.said - before.said),
    ]


def _crashed(world: World, damages: Sequence[Damage], error: Exception, before: Seen) -> list[Finding]:
    for damage in reversed(damages):
        bring(world, damage.before)
    look(world, checked=False)
    if len(damages) == 1:
        where = traceback.extract_tb(error.__traceback__)[-1]
        reported = f"{type(error).__name__}: {str(error)[:300]} ({where.filename.split('/')[-1]}:{where.lineno})"
        return [Finding("crash", (damages[0],), reported)]
    middle = len(damages) // 2
    return try_damages(world, damages[:middle], before) + try_damages(world, damages[middle:], before)


def _checked(damages: Sequence[Damage], new: frozenset[Said]) -> list[Finding]:
    findings: list[Finding] = []
    explained: set[Said] = set()
    for damage in damages:
        about = _about(damage, new)
        explained |= about
        codes = {each.code for each in about}
        reported = "; ".join(sorted(each.text[:250] for each in about))
        if not codes and not damage.may_be_silent:
            findings.append(Finding("silence", (damage,)))
        elif codes and damage.expected and not codes & (damage.expected | ANYWHERE):
            findings.append(Finding(f"wrong code {' '.join(sorted(codes))}", (damage,), reported))
        elif not damage.expected and codes - ANYWHERE:
            findings.append(Finding(f"false alarm {' '.join(sorted(codes))}", (damage,), reported))
    for each in sorted(new - explained, key=lambda said: said.text):
        findings.append(Finding(f"false alarm {each.code}", (), each.text[:300]))
    return findings


def _about(damage: Damage, said: frozenset[Said]) -> set[Said]:
    # Whole ids: a short one of NetSuite's is within many a long one.
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(damage.subjects)))})(?!\w)")
    return {each for each in said if named.search(each.text)}


def _wrongly_written(damages: Sequence[Damage], new: frozenset[tuple[str, str, str]]) -> list[Finding]:
    found = []
    for sync, entity, _hash in sorted(new):
        of = tuple(damage for damage in damages if any(subject in entity for subject in damage.subjects))
        found.append(Finding(f"wrong write {sync} {entity}", of))
    return found


def _not_cleared(damages: Sequence[Damage], left: frozenset[Said]) -> list[Finding]:
    found = []
    for each in sorted(left, key=lambda said: said.text):
        of = tuple(damage for damage in damages if each in _about(damage, frozenset({each})))
        found.append(Finding(f"not cleared {each.code}", of, each.text[:300]))
    return found


def known_faults() -> set[tuple[str, str]]:
    """Return the kinds of damage that are known not to be reported rightly yet, each with what goes wrong."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {(row["name"], row["what"]) for row in csv.DictReader(file)}


def faults_of(findings: Sequence[Finding]) -> set[tuple[str, str]]:
    """Return findings as kinds of damage, each with what went wrong."""
    return {
        (name, finding.what)
        for finding in findings
        for name in [damage.name for damage in finding.damages] or ["nothing that was damaged"]
    }
