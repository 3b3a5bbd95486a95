"""The life of an exception: it opens, is seen again, clears with proof, and opens again as another episode.

Belongs here: turning the conditions of one build into episodes. Does not: any condition (dbt's), or showing them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from tieout.state import State, episodes, stamp

_CHUNK = 400


@dataclass(frozen=True)
class ExceptionRow:
    """A condition as one build sees it. Money in major units, instants UTC, `evidence` JSON text."""

    exception_id: str
    code: str
    shop_id: str
    entity_type: str
    entity_id: str
    severity: str
    owner: str
    money_at_risk_amount: Decimal | None
    currency: str | None
    due_at: datetime | None
    expected: str | None
    actual: str | None
    evidence: str | None
    cause: str | None

    def record(self) -> str:
        """Return what may change while an episode lasts, as JSON text."""
        said = {
            "severity": self.severity,
            "owner": self.owner,
            "money_at_risk_amount": None if self.money_at_risk_amount is None else str(self.money_at_risk_amount),
            "currency": self.currency,
            "due_at": stamp(self.due_at) if self.due_at else None,
            "expected": self.expected,
            "actual": self.actual,
            "evidence": self.evidence,
            "cause": self.cause,
        }
        return json.dumps(said, sort_keys=True, ensure_ascii=False)


class EpisodeCounts(NamedTuple):
    """How many episodes a build opened, cleared, and found still open."""

    opened: int
    cleared: int
    still_open: int


def record_episodes(state: State, current: Sequence[ExceptionRow], *, seen_at: datetime) -> EpisodeCounts:
    """Open, keep and clear episodes by the conditions of one build, in one transaction.

    `current` is everything this build sees: what was open and is not among it clears, with the build as its proof.
    An exception that comes back is a new episode. Rows with one id are one exception that says what each of them says.
    """
    reported: dict[str, list[ExceptionRow]] = {}
    for row in dict.fromkeys(current):
        reported.setdefault(row.exception_id, []).append(row)
    seen = {key: _merged(rows) for key, rows in reported.items()}
    at = stamp(seen_at)
    with state.transaction(serialised="episodes") as connection:
        known = {row.exception_id: row for row in connection.execute(_open_episodes())}
        gone = [row for key, row in known.items() if key not in seen]
        fresh = [row for key, row in seen.items() if key not in known]
        changed = [(known[key], row.record()) for key, row in seen.items() if key in known]
        _clear(connection, gone, at)
        _see_again(connection, [(old, record) for old, record in changed if old.record != record], at)
        _open(connection, fresh, at)
    return EpisodeCounts(len(fresh), len(gone), len(changed))


def _merged(rows: Sequence[ExceptionRow]) -> ExceptionRow:
    """Return one exception for rows of one id: gravest severity, largest amount, earliest time, all texts."""
    if len(rows) == 1:
        return rows[0]
    largest = max(rows, key=lambda row: abs(row.money_at_risk_amount or Decimal(0)))
    return replace(
        rows[0],
        severity=min(row.severity for row in rows),
        money_at_risk_amount=largest.money_at_risk_amount,
        currency=largest.currency,
        due_at=min((row.due_at for row in rows if row.due_at), default=None),
        expected=_said([row.expected for row in rows]),
        actual=_said([row.actual for row in rows]),
        evidence=json.dumps({"rows": [row.evidence for row in rows]}),
        cause=_said([row.cause for row in rows]),
    )


def _said(texts: Sequence[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def _open_episodes() -> Any:
    columns = (episodes.c.exception_id, episodes.c.episode, episodes.c.record, episodes.c.last_seen_at)
    return select(*columns).where(episodes.c.cleared_at == "")


def _clear(connection: Connection, gone: Sequence[Any], at: str) -> None:
    if gone:
        values = [{"key": row.exception_id, "number": row.episode, "reported": _proof(row, at)} for row in gone]
        connection.execute(_one_episode().values(cleared_at=at, proof=bindparam("reported")), values)


def _see_again(connection: Connection, changed: Sequence[tuple[Any, str]], at: str) -> None:
    connection.execute(update(episodes).where(episodes.c.cleared_at == "").values(last_seen_at=at))
    if changed:
        values = [{"key": old.exception_id, "number": old.episode, "reported": record} for old, record in changed]
        connection.execute(_one_episode().values(record=bindparam("reported")), values)


def _open(connection: Connection, fresh: Sequence[ExceptionRow], at: str) -> None:
    past = _last_numbers(connection, [row.exception_id for row in fresh])
    if fresh:
        connection.execute(insert(episodes), [_first_row(row, past.get(row.exception_id, 0) + 1, at) for row in fresh])


def _one_episode() -> Any:
    return update(episodes).where(
        episodes.c.exception_id == bindparam("key"), episodes.c.episode == bindparam("number")
    )


def _last_numbers(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for start in range(0, len(keys), _CHUNK):
        query = (
            select(episodes.c.exception_id, func.max(episodes.c.episode).label("number"))
            .where(episodes.c.exception_id.in_(keys[start : start + _CHUNK]))
            .group_by(episodes.c.exception_id)
        )
        numbers.update((row.exception_id, row.number) for row in connection.execute(query))
    return numbers


def _first_row(row: ExceptionRow, number: int, at: str) -> dict[str, Any]:
    return {
        "exception_id": row.exception_id,
        "episode": number,
        "code": row.code,
        "shop_id": row.shop_id,
        "entity_type": row.entity_type,
        "entity_id": row.entity_id,
        "record": row.record(),
        "first_seen_at": at,
        "last_seen_at": at,
    }


def _proof(row: Any, at: str) -> str:
    said = json.loads(row.record)
    return (
        f"the build of {at} no longer finds it: the facts agree, or the cause is named by another exception;"
        f" seen until {row.last_seen_at} with expected {said['expected']}, actual {said['actual']}"
    )
