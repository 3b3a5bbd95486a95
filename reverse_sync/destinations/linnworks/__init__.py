"""What Linnworks is sent: orders, cancellations of them, and what came back."""

from reverse_sync.concurrency import Concurrency
from reverse_sync.destinations.linnworks.orders import open_orders, refuse_order
from reverse_sync.destinations.linnworks.restocks import open_restocks, refuse_restock
from reverse_sync.sync import ORDER_LANE, RETURN_LANE, Sync

SYNCS = (
    Sync(
        name="linnworks__cancellations",
        lane=ORDER_LANE,
        text="Cancellations in Linnworks, before its cut-off.",
        counted="cancellation{s} to Linnworks",
        open_destination=open_orders,
        refuse=refuse_order,
    ),
    Sync(
        name="linnworks__orders",
        lane=ORDER_LANE,
        text="Orders in Linnworks: one per released order.",
        counted="order{s} to Linnworks",
        open_destination=open_orders,
        refuse=refuse_order,
        concurrency=Concurrency(rows=20),  # fact sheet linnworks 5: up to twenty orders a call
    ),
    Sync(
        name="linnworks__restocks",
        lane=RETURN_LANE,
        text="Sellable returned units in Linnworks' stock: one booking per return.",
        counted="return{s} restocked in Linnworks",
        open_destination=open_restocks,
        refuse=refuse_restock,
    ),
)
