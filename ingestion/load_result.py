"""What a load reports: one row per system, entity and shop, for people to read.

Belongs here: the shape. Does not: counting (landing) or showing (orchestration).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LoadResult:
    """The result of loading one entity. Counts are versions; the window is UTC, None where nothing was verified.

    `problem` says in one sentence what was not read, and is empty when all went well.
    """

    system: str
    entity: str
    shop_id: str = ""
    read: int = 0
    landed: int = 0
    deleted: int = 0
    quarantined: int = 0
    window_from: datetime | None = None
    window_to: datetime | None = None
    problem: str = ""
