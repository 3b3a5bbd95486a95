"""What GXO is sent: X12 940s for orders, and cancellations of them."""

from reverse_sync.destinations.gxo.warehouse_orders import open_warehouse_orders, refuse_warehouse_order
from reverse_sync.sync import ORDER_LANE, Sync

SYNCS = (
    Sync(
        name="gxo__cancellations",
        lane=ORDER_LANE,
        text="Cancellations at GXO, for orders it has not shipped yet.",
        counted="cancellation{s} to GXO",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
    Sync(
        name="gxo__warehouse_orders",
        lane=ORDER_LANE,
        text="Ship orders at GXO: one X12 940 per released order.",
        counted="order{s} to GXO",
        open_destination=open_warehouse_orders,
        refuse=refuse_warehouse_order,
    ),
)
