"""Every sync there is: one row each.

Belongs here: name, lane, model, destination and refusals of a sync. Does not: how any of them works.
Lanes: 1 stock, 2 orders, cancellations and tracking, 3 returns, 4 finance; a lower lane is written first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reverse_sync.destination import Destination
from reverse_sync.destinations.gxo import open_warehouse_orders, refuse_warehouse_order
from reverse_sync.destinations.netsuite import open_journals, refuse_journal
from reverse_sync.destinations.tiktok_shop import open_shipments, refuse_shipment
from reverse_sync.model import Proposal
from tieout.settings import Settings
from tieout.state import State


@dataclass(frozen=True)
class Sync:
    """One kind of record that we keep as desired at a vendor.

    `refuse` returns why a proposal may not be sent ("" when it may): the last check before money or goods move.
    `limit_setting` is the path of the setting that bounds how many go in one run.
    """

    name: str
    lane: int
    model: str
    open_destination: Callable[[Settings, State], Destination]
    refuse: Callable[[Settings, Proposal], str]
    limit_setting: str = "fulfilment.max_changes_per_run"


SYNCS: tuple[Sync, ...] = (
    Sync(
        name="netsuite__journal_entries",
        lane=4,
        model="sync.sync_netsuite__journal_entries",
        open_destination=open_journals,
        refuse=refuse_journal,
        limit_setting="books.max_journals_per_run",
    ),
    Sync(
        name="gxo__cancellations",
        lane=2,
        model="sync.sync_gxo__cancellations",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
    Sync(
        name="gxo__warehouse_orders",
        lane=2,
        model="sync.sync_gxo__warehouse_orders",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
    Sync(
        name="tiktok_shop__shipments",
        lane=2,
        model="sync.sync_tiktok_shop__shipments",
        open_destination=open_shipments,
        refuse=refuse_shipment,
    ),
)
