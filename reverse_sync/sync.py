"""What a sync is: one kind of record that is kept at a vendor as the models desire.

Belongs here: the fields of a sync, and the lanes. Does not: any sync (destinations), or how one works (engine).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reverse_sync.concurrency import ONE_CALL, Concurrency
from reverse_sync.destination import Destination
from reverse_sync.model import Proposal
from tieout.settings import Settings
from tieout.state import State

STOCK_LANE, ORDER_LANE, PARCEL_LANE, RETURN_LANE, FINANCE_LANE = 1, 2, 3, 4, 5
"""A lower lane is written first: stock; orders, cancellations, labels; parcels; returns; journals and credit memos."""


@dataclass(frozen=True)
class Sync:
    """One kind of record that is kept at a vendor as the models desire.

    `text` says in a sentence what is written, `counted` what a number of them is called: "journal{s} posted". `refuse`
    returns why a proposal may not be sent ("" when it may): the last check before money or goods move. `limit_setting`
    is the path of the setting that bounds how many go in one run. `concurrency`: which calls may be under way together,
    where the vendor answers slower than it allows calls and the destination may be called from threads.
    """

    name: str
    lane: int
    text: str
    counted: str
    open_destination: Callable[[Settings, State], Destination]
    refuse: Callable[[Settings, Proposal], str]
    limit_setting: str = "fulfilment.max_changes_per_run"
    concurrency: Concurrency = ONE_CALL

    @property
    def model(self) -> str:
        """The table of its proposals: of records that are still to be written."""
        return f"sync.sync_{self.name}"
