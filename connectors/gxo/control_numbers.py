"""Control numbers: each used once per partner, rising, over all processes that share the state (fact sheet gxo 4).

Belongs here: taking the next one, and remembering which one an intent went out under, for a 997 names nothing else.
Does not: writing it into an envelope (x12).
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from tieout.state import State, counters

LARGEST = 999_999_999
_SENT = "gxo/sent/"


def take_control_number(state: State, name: str) -> int:
    """Return the next number of a series; after 999,999,999 it starts again at 1, as X12 allows.

    A number that was taken is never given back: a gap is harmless, a repetition is refused by the partner.
    """
    name = f"gxo/{name}"
    with state.transaction(serialised=name) as connection:
        last = connection.execute(select(counters.c.last).where(counters.c.name == name).with_for_update()).scalar()
        if last is None:
            connection.execute(insert(counters).values(name=name, last=1))
            return 1
        following = int(last) % LARGEST + 1
        connection.execute(update(counters).where(counters.c.name == name).values(last=following))
        return following


def raise_control_number(state: State, name: str, used: int) -> None:
    """Say that a number of a series was used, by whoever: the next one taken is beyond it."""
    name = f"gxo/{name}"
    with state.transaction(serialised=name) as connection:
        last = connection.execute(select(counters.c.last).where(counters.c.name == name).with_for_update()).scalar()
        if last is None:
            connection.execute(insert(counters).values(name=name, last=used))
        elif 0 < used - int(last) < LARGEST // 2:  # far beyond it is a number from before the series started again
            connection.execute(update(counters).where(counters.c.name == name).values(last=used))


def remember_control_number(state: State, intent: str, number: int) -> None:
    """Say that an intent goes out under this group control number; said before it goes, and again when re-sent."""
    name = f"{_SENT}{intent}"
    with state.transaction() as connection:
        connection.execute(delete(counters).where(counters.c.name == name))
        connection.execute(insert(counters).values(name=name, last=number))


def remembered_control_number(state: State, intent: str) -> int | None:
    """Return the group control number that an intent last went out under, None when it never did."""
    with state.reading() as connection:
        return connection.execute(select(counters.c.last).where(counters.c.name == f"{_SENT}{intent}")).scalar()


def remembered_intents(state: State) -> set[str]:
    """Return every intent whose control number is remembered."""
    with state.reading() as connection:
        rows = connection.execute(select(counters.c.name).where(counters.c.name.startswith(_SENT))).fetchall()
    return {str(row.name).removeprefix(_SENT) for row in rows}
