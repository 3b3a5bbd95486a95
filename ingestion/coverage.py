"""Coverage: the windows that were read completely, and when. Only inside them does a missing record count as deleted.

Belongs here: reading and writing those windows. Does not: deciding what to read (each system's module).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from tieout.state import State, coverage, stamp

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """A window read completely, both ends UTC. `end` is the vendor's clock when reading began."""

    system: str
    entity: str
    shop_id: str
    start: datetime
    end: datetime
    rows: int


def verified_until(state: State, system: str, entity: str, *, shop_id: str = "") -> datetime | None:
    """Return the instant up to which an entity is read completely; None when it never was."""
    query = select(func.max(coverage.c.window_to)).where(
        coverage.c.system == system, coverage.c.entity == entity, coverage.c.shop_id == shop_id
    )
    with state.engine.connect() as connection:
        found = connection.execute(query).scalar()
    return datetime.fromisoformat(found) if found else None


def tiktok_shop_clock(state: State) -> datetime | None:
    """Return TikTok Shop's clock when anything of it was last read, UTC; None before that."""
    query = select(func.max(coverage.c.window_to)).where(coverage.c.system == "tiktok_shop")
    with state.engine.connect() as connection:
        found = connection.execute(query).scalar()
    return datetime.fromisoformat(found) if found else None


def has_read(state: State) -> bool:
    """Return whether anything was ever read completely into this tenant's warehouse."""
    with state.reading() as connection:
        return connection.execute(select(coverage.c.id).limit(1)).first() is not None


def record_windows(state: State, windows: list[Window], *, load_id: str) -> None:
    """Remember windows as verified. Call it only after their rows are landed."""
    if not windows:
        return
    rows = [
        {
            "system": window.system,
            "entity": window.entity,
            "shop_id": window.shop_id,
            "window_from": stamp(window.start),
            "window_to": stamp(window.end),
            "row_count": window.rows,
            "load_id": load_id,
            "verified_at": stamp(window.end),
        }
        for window in windows
    ]
    with state.transaction() as connection:
        connection.execute(insert(coverage), rows)
