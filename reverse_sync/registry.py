"""Every sync there is, of every system, in the order in which they are written.

Belongs here: bringing them together. Does not: any sync (destinations.<system>).
"""

from __future__ import annotations

from reverse_sync.sync import Sync
from tieout.systems import parts

SYNCS: tuple[Sync, ...] = tuple(
    sorted(
        (sync for part in parts("reverse_sync.destinations").values() for sync in part.SYNCS),
        key=lambda sync: sync.lane,
    )
)
