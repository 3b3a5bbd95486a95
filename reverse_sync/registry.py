"""Every sync there is: one row each.

Belongs here: name, lane, model, destination and refusals of a sync. Does not: how any of them works.
A lower lane is written first; orders, cancellations, labels and tracking share one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reverse_sync.concurrency import ONE_CALL, Concurrency
from reverse_sync.destination import Destination
from reverse_sync.destinations.gxo import open_warehouse_orders, refuse_warehouse_order
from reverse_sync.destinations.linnworks import open_orders, refuse_order
from reverse_sync.destinations.netsuite import open_journals, refuse_journal
from reverse_sync.destinations.tiktok_shop import open_shipments, refuse_shipment
from reverse_sync.destinations.tiktok_shop_cancellations import open_cancellation_answers, refuse_cancellation_answer
from reverse_sync.destinations.tiktok_shop_corrections import open_tracking_corrections, refuse_tracking_correction
from reverse_sync.destinations.tiktok_shop_labels import open_labels, refuse_label
from reverse_sync.destinations.tiktok_shop_stock import open_stock, refuse_stock
from reverse_sync.model import Proposal
from tieout.settings import Settings
from tieout.state import State

STOCK_LANE, ORDER_LANE, FINANCE_LANE = 1, 2, 4


@dataclass(frozen=True)
class Sync:
    """One kind of record that is kept at a vendor as the models desire.

    `refuse` returns why a proposal may not be sent ("" when it may): the last check before money or goods move.
    `limit_setting` is the path of the setting that bounds how many go in one run. `concurrency`: which calls may be
    under way together, where the vendor answers slower than it allows calls and the destination may be called from
    threads.
    """

    name: str
    lane: int
    model: str
    open_destination: Callable[[Settings, State], Destination]
    refuse: Callable[[Settings, Proposal], str]
    limit_setting: str = "fulfilment.max_changes_per_run"
    concurrency: Concurrency = ONE_CALL


SYNCS: tuple[Sync, ...] = (
    Sync(
        name="netsuite__journal_entries",
        lane=FINANCE_LANE,
        model="sync.sync_netsuite__journal_entries",
        open_destination=open_journals,
        refuse=refuse_journal,
        limit_setting="books.max_journals_per_run",
    ),
    Sync(
        name="tiktok_shop__cancellation_answers",
        lane=ORDER_LANE,
        model="sync.sync_tiktok_shop__cancellation_answers",
        open_destination=open_cancellation_answers,
        refuse=refuse_cancellation_answer,
    ),
    Sync(
        name="tiktok_shop__labels",
        lane=ORDER_LANE,
        model="sync.sync_tiktok_shop__labels",
        open_destination=open_labels,
        refuse=refuse_label,
    ),
    Sync(
        name="tiktok_shop__tracking_corrections",
        lane=ORDER_LANE,
        model="sync.sync_tiktok_shop__tracking_corrections",
        open_destination=open_tracking_corrections,
        refuse=refuse_tracking_correction,
    ),
    Sync(
        name="gxo__cancellations",
        lane=ORDER_LANE,
        model="sync.sync_gxo__cancellations",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
    Sync(
        name="gxo__warehouse_orders",
        lane=ORDER_LANE,
        model="sync.sync_gxo__warehouse_orders",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
    Sync(
        name="linnworks__cancellations",
        lane=ORDER_LANE,
        model="sync.sync_linnworks__cancellations",
        open_destination=open_orders,
        refuse=refuse_order,
    ),
    Sync(
        name="linnworks__orders",
        lane=ORDER_LANE,
        model="sync.sync_linnworks__orders",
        open_destination=open_orders,
        refuse=refuse_order,
        concurrency=Concurrency(rows=20),  # fact sheet linnworks 5: up to twenty orders a call
    ),
    Sync(
        name="tiktok_shop__shipments",
        lane=ORDER_LANE,
        model="sync.sync_tiktok_shop__shipments",
        open_destination=open_shipments,
        refuse=refuse_shipment,
        # fact sheet tiktok_shop 2.4: a ship call takes about a second, and eight beside each other are fine
        concurrency=Concurrency(calls=8, exclusive_by="order_id"),
    ),
    Sync(
        name="tiktok_shop__stock",
        lane=STOCK_LANE,
        model="sync.sync_tiktok_shop__stock",
        open_destination=open_stock,
        refuse=refuse_stock,
        limit_setting="stock.max_changes_per_run",
    ),
)
