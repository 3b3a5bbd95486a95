"""Fields of the records that systems store, what may report a change of each, and how each can be falsified.

Belongs here: the table of fields (damage_fields.csv, from the vendors' documents, apart from our models), and false
values of every type. Does not: records of a world (damage_world), or what the product says of a damage (damage_runs).
"""

from __future__ import annotations

import copy
import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

Body = dict[str, Any]
Steps = tuple[str | int, ...]
TABLE = Path(__file__).with_name("damage_fields.csv")


@dataclass(frozen=True)
class FieldRule:
    """A row of the table. `expected`: codes that may report a change; none where a change says nothing.

    `is_repeated`: another field says the same, so that silence on this one alone is no fault.
    """

    system: str
    kind: str
    name: str
    type: str
    expected: frozenset[str]
    is_repeated: bool
    why: str


@cache
def field_rules() -> tuple[FieldRule, ...]:
    """Return the table's rows, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            FieldRule(
                row["system"],
                row["kind"],
                row["field"],
                row["type"],
                frozenset(row["expected"].split()) - {"-", "?"},
                "?" in row["expected"],
                row["why"],
            )
            for row in csv.DictReader(file)
        )


def rule_for(system: str, kind: str, path: Steps) -> FieldRule:
    """Return the first row of the table that names this field.

    Raises:
        LookupError: when none does: every field of every record must be in the table.
    """
    name = dotted(path)
    for rule in field_rules():
        if (rule.system, rule.kind) == (system, kind) and _names(rule.name, name):
            return rule
    raise LookupError(f"damage_fields.csv has no row for {system}.{kind}.{name}")


def _names(pattern: str, name: str) -> bool:
    return name == pattern or (pattern.endswith("**") and name.startswith(pattern[:-2]))


def dotted(path: Steps) -> str:
    """Return a path as the table writes it: list positions are [] whichever they are."""
    name = ""
    for part in path:
        name += "[]" if isinstance(part, int) else f".{part}"
    return name.lstrip(".")


def leaves(body: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Yield every value of a record that is no object or list, with its path."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name != "_record":
                yield from leaves(value, (*path, name))
    elif isinstance(body, list):
        for position, value in enumerate(body):
            yield from leaves(value, (*path, position))
    else:
        yield path, body


def value_at(body: Any, path: Steps) -> Any:
    for part in path:
        body = body[part]
    return body


def with_value(body: Body, path: Steps, value: Any) -> Body:
    """Return a copy of the record with another value in one place; REMOVED takes the field away."""
    changed = copy.deepcopy(body)
    place = value_at(changed, path[:-1])
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


REMOVED = object()


# --- what can be done to a value of each type ------------------------------------------------------------------------

Falsify = Callable[[random.Random, Any], Any]


def _money(draw: random.Random, old: Any) -> str:
    return str(Decimal(str(old or 0)) + Decimal(draw.choice(["-7.77", "7.77", "0.03", "-31.40", "100.00"])))


def _number(draw: random.Random, old: Any) -> str:
    return str(Decimal(str(old or 0)) + Decimal(draw.choice(["0.02", "1", "-0.5"])))


def _id(draw: random.Random, old: Any) -> str:
    text = str(old or "57600000000000000")
    return text[:-3] + "".join(draw.choice("0123456789") for _ in range(6)) if text.isdigit() else f"{text}-X"


def _time(draw: random.Random, old: Any) -> Any:
    moved = int(old or 1_770_000_000) + draw.choice([-40, -9, 9, 40]) * 86_400
    return moved if isinstance(old, int) else str(moved)


def _date(draw: random.Random, old: Any) -> str:
    return f"2026-0{draw.randint(1, 4)}-{draw.randint(10, 27)}" if old else ""


def _count(draw: random.Random, old: Any) -> Any:
    changed = int(old or 0) + draw.choice([1, 7, 300])
    return changed if isinstance(old, int) else str(changed)


CHANGES: dict[str, Falsify] = {
    "money": _money,
    "number": _number,
    "id": _id,
    "ref": _id,
    "time": _time,
    "date": _date,
    "count": _count,
    "enum": lambda draw, old: draw.choice(
        [value for value in ("CANCELLED", "FAILED", "SOMETHING_NEW") if value != old]
    ),
    "currency": lambda _draw, old: "EUR" if old != "EUR" else "USD",
    "flag": lambda _draw, old: not old,
    "checkbox": lambda _draw, old: not old,
    "text": lambda draw, _old: f"changed by hand {draw.randint(1, 999)}",
}
RETYPES: dict[str, list[Any]] = {
    "money": ["12,30", "abc", {"value": "1"}, "1e400", "NaN"],
    "number": ["abc", [], "Infinity"],
    "id": [{"id": 1}, ["1"]],
    "ref": ["no such record"],
    "time": ["soon", -1, 99999999999999],
    "date": ["31/02/2026", "\uff12\uff10\uff12\uff16-02-01"],
    "count": ["many", -3, 1.5],
    "enum": [7, ["PAID"]],
    "currency": ["XX", 826],
    "flag": ["perhaps", 2],
    "checkbox": [],  # NetSuite can store nothing else
    "text": [{"a": 1}, 7],
}
EMPTY = {"money", "id", "text", "enum", "currency"}


def falsified(draw: random.Random, rule: FieldRule, old: Any, others: list[Any]) -> tuple[str, Any]:
    """Return a way to falsify a value, by name, and the false value."""
    ways: list[tuple[str, Any]] = [("change", CHANGES[rule.type](draw, old))] * 3
    ways += [("remove", REMOVED)]
    ways += [("retype", draw.choice(RETYPES[rule.type]))] if RETYPES[rule.type] else []
    ways += [("blank", "")] if rule.type in EMPTY and old not in ("", None) else []
    different = [value for value in others if value != old]
    ways += [("swap", draw.choice(different))] * 2 if different else []
    return draw.choice(ways)


def says_the_same(rule: FieldRule, old: Any, new: Any) -> bool:
    """Return whether two values mean the same: nothing, nought and an absent field do, and so do equal amounts."""
    return _meaning(rule, old) == _meaning(rule, new)


def _meaning(rule: FieldRule, value: Any) -> Any:
    if value is REMOVED or value in ("", "0", 0, None, False, []):
        return ""
    if rule.type in ("money", "number"):
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            return value
        return amount or ""
    return value
