"""How the lines of a request meet the lines of a record (fact sheet netsuite 4.4, a classic trap).

Belongs here: merging, replacing and numbering lines. Does not: what a line may hold.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.schema import Sublist

Lines = list[dict[str, Any]]


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
    by_key = {line.get(key): line for line in existing}
    result = {} if replace else dict(by_key)
    highest = max((number for number in by_key if isinstance(number, int)), default=0)
    for line in incoming:
        number = line.get(key)
        old = by_key.get(number) if number is not None else None
        if old is None:
            highest += 1
            number = highest
        result[number] = {key: number, **_filled(old or {}, {**line, key: number})}
    return list(result.values())


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
