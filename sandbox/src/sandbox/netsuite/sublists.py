"""How the lines of a request meet the lines of a record (fact sheet netsuite 4.4, a classic trap).

Belongs here: finding, merging, replacing and numbering lines. Does not: what a line may hold. A list's key is a line
number, or a reference to another record: a credit memo's applications go by the document they are applied to.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.schema import Sublist
from sandbox.store import Body

Lines = list[dict[str, Any]]


def lines_of(body: Body, sublist: str) -> Lines:
    """Return the stored lines of a sublist."""
    held = body.get(sublist)
    items = held.get("items", []) if isinstance(held, dict) else []
    return [line for line in items if isinstance(line, dict)] if isinstance(items, list) else []


def line_key(sublist: Sublist, line: dict[str, Any], place: int) -> str:
    """Return what names a line in an address: its key, or its place in a list without keys."""
    return str(_name(line.get(sublist.key, place)))


def merged(sublist: Sublist, existing: Lines, incoming: Lines | None, *, replace: bool) -> Lines:
    """Return the lines after a write.

    Keyed: a line whose key matches is updated, any other line of the request is added, lines not mentioned stay;
    with `replace` they go. Not keyed: lines are appended, or with `replace` take the old ones' place.
    None removes all lines of a keyed list and leaves a list without keys alone.
    """
    if not sublist.key:
        kept = [] if replace and incoming is not None else existing
        return [*kept, *(_filled({}, line) for line in incoming or [])]
    if incoming is None:
        return []
    return _merged_by_key(sublist.key, existing, incoming, replace=replace)


def _merged_by_key(key: str, existing: Lines, incoming: Lines, *, replace: bool) -> Lines:
    by_key = {_name(line.get(key)): line for line in existing}
    result = {} if replace else dict(by_key)
    highest = max((number for number in by_key if isinstance(number, int)), default=0)
    for line in incoming:
        given = line.get(key)
        old = by_key.get(_name(given)) if given is not None else None
        if old is None and not isinstance(given, dict):
            highest += 1
            given = highest
        result[_name(given)] = {key: given, **_filled(old or {}, {**line, key: given})}
    return list(result.values())


def _name(key: Any) -> Any:
    """Return what a key is compared by: the id of a reference, or the number; anything else as text."""
    held = key.get("id") if isinstance(key, dict) else key
    return held if isinstance(held, int) else str(held)


def _filled(old: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    line = dict(old)
    for one, other in (("debit", "credit"), ("credit", "debit")):
        # Naming one side of a journal line empties the other, as the form does.
        if changes.get(one) is not None and other not in changes:
            line.pop(other, None)
    if "amount" not in changes and {"quantity", "rate"} & changes.keys():
        line.pop("amount", None)
    line.update(changes)
    return {name: value for name, value in line.items() if value is not None}
