"""What NewStore is sent: orders that its stores ship, and cancellations of them."""

from reverse_sync.destinations.newstore.orders import open_orders, refuse_order
from reverse_sync.sync import ORDER_LANE, Sync

SYNCS = (
    Sync(
        name="newstore__cancellations",
        lane=ORDER_LANE,
        text="Cancellations in NewStore, as long as it lets an order be cancelled.",
        counted="cancellation{s} to NewStore",
        open_destination=open_orders,
        refuse=refuse_order,
    ),
    Sync(
        name="newstore__orders",
        lane=ORDER_LANE,
        text="Orders in NewStore: one per released order of the shops that its stores ship for.",
        counted="order{s} to NewStore",
        open_destination=open_orders,
        refuse=refuse_order,
    ),
)
