"""Every sync there is: one row each.

Belongs here: name, lane, model, destination and refusals of a sync. Does not: how any of them works.
Lanes: 1 stock, 2 orders, cancellations and tracking, 3 returns, 4 finance; a lower lane is written first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reverse_sync.destination import Destination
from reverse_sync.destinations.netsuite import open_journals, refuse_journal
from reverse_sync.model import Proposal
from tieout.settings import Settings
from tieout.state import State


@dataclass(frozen=True)
class Sync:
    """One kind of record that we keep as desired at a vendor.

    `refuse` returns why a proposal may not be sent ("" when it may): the last check before money moves.
    """

    name: str
    lane: int
    model: str
    open_destination: Callable[[Settings, State], Destination]
    refuse: Callable[[Settings, Proposal], str]


SYNCS: tuple[Sync, ...] = (
    Sync(
        name="netsuite__journal_entries",
        lane=4,
        model="sync.sync_netsuite__journal_entries",
        open_destination=open_journals,
        refuse=refuse_journal,
    ),
)
