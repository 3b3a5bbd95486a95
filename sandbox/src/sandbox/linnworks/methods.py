"""Every method the account answers: what does it, its quota, and how its `request` must be wrapped.

Belongs here: one row per method. Does not: any method's work. Fact sheet linnworks 3 has the quotas a minute; 2 and
4 to 10 say what is wrapped ('wrapped' in the specification, or seen live, as the bare ones are).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.linnworks import cancellation_calls, inventory_calls, order_reads, order_writes, processed_calls
from sandbox.linnworks import return_calls as returns
from sandbox.linnworks import stock_calls as stock
from sandbox.linnworks.intake import create_orders
from sandbox.linnworks.parameters import Parameters
from sandbox.store import Store


@dataclass(frozen=True)
class Method:
    """One method. `per_minute` is its quota; `request` is 'wrapped', 'bare' or '' (no opinion)."""

    answer: Callable[[Store, Parameters], Any]
    per_minute: int
    request: str = ""
    writes: bool = False


_READS: dict[str, tuple[Callable[[Store, Parameters], Any], int, str]] = {
    "Orders/GetOrdersById": (order_reads.by_ids, 250, ""),
    "Orders/GetOrderById": (order_reads.by_id, 150, ""),
    "Orders/GetOrderDetailsByReferenceId": (order_reads.by_reference, 250, ""),
    "Orders/GetOrderDetailsByNumOrderId": (order_reads.by_number, 250, ""),
    "Orders/GetOpenOrderIdByOrderOrReferenceId": (order_reads.open_id, 150, ""),
    "Orders/GetOpenOrders": (order_reads.open_orders, 250, ""),
    "Orders/GetAllOpenOrders": (order_reads.open_ids, 250, ""),
    "Orders/GetExtendedProperties": (order_reads.properties, 250, ""),
    "Orders/GetOrderNotes": (order_reads.notes, 250, ""),
    "Orders/GetOrderAuditTrail": (order_reads.trail, 250, ""),
    "OpenOrders/GetOrdersLowFidelity": (order_reads.low_fidelity, 150, "wrapped"),
    "OpenOrders/GetOpenOrdersDetails": (order_reads.open_details, 150, "bare"),
    "OpenOrders/SearchOrders": (order_reads.search, 150, "bare"),
    "ProcessedOrders/SearchProcessedOrders": (processed_calls.search, 150, "wrapped"),
    "ProcessedOrders/SearchProcessedOrdersPaged": (processed_calls.search_paged, 150, ""),
    "ProcessedOrders/GetOrderInfo": (processed_calls.info, 250, ""),
    "Inventory/GetStockLocations": (inventory_calls.locations, 150, ""),
    "Inventory/GetInventoryItem": (inventory_calls.item, 150, ""),
    "Inventory/GetInventoryItemById": (inventory_calls.item_by_id, 250, ""),
    "Inventory/GetStockItemIdsBySKU": (inventory_calls.ids_by_sku, 250, "wrapped"),
    "Inventory/GetInventoryItemCompositions": (inventory_calls.compositions, 250, ""),
    "Inventory/GetInventoryItemsCompositionByIds": (inventory_calls.compositions_by_ids, 250, "wrapped"),
    "Inventory/GetInventoryItemChannelSKUs": (inventory_calls.channel_skus, 150, ""),
    "Inventory/BatchGetInventoryItemChannelSKUs": (inventory_calls.channel_skus_batch, 150, ""),
    "Inventory/GetChannels": (inventory_calls.channels, 150, ""),
    "Stock/GetStockItems": (stock.stock_items, 150, ""),
    "Stock/GetStockItemsFull": (stock.items_full, 150, ""),
    "Stock/GetStockItemsFullByIds": (stock.items_full_by_ids, 250, "wrapped"),
    "Stock/GetStockLevel": (stock.level, 250, ""),
    "Stock/GetStockLevel_Batch": (stock.level_batch, 250, "wrapped"),
    "Stock/GetStockLevelByLocation": (stock.level_by_location, 250, "wrapped"),
    "Stock/GetItemChangesHistory": (stock.history, 250, ""),
    "Stock/SKUExists": (stock.sku_exists, 250, ""),
    "Locations/GetLocation": (inventory_calls.location, 150, ""),
    "PostalServices/GetPostalServices": (inventory_calls.postal_services, 150, ""),
    "PostSale/GetCancellationOptions": (cancellation_calls.options, 150, ""),
    "ReturnsRefunds/GetReturnOptions": (returns.options, 150, "wrapped"),
    "ReturnsRefunds/GetRMAHeadersByOrderId": (returns.of_order, 150, "wrapped"),
    "ReturnsRefunds/GetActionableRMAHeaders": (returns.actionable, 150, "wrapped"),
    "ReturnsRefunds/GetProcessedOrAckedErrorRMAHeaders": (returns.processed, 150, "wrapped"),
}
_WRITES: dict[str, tuple[Callable[[Store, Parameters], Any], int, str]] = {
    "Orders/CreateOrders": (create_orders, 150, ""),
    "Orders/CancelOrder": (order_writes.cancel, 150, ""),
    "Orders/ChangeStatus": (order_writes.change_status, 150, ""),
    "Orders/LockOrder": (order_writes.lock, 150, ""),
    "Orders/SetOrderShippingInfo": (order_writes.set_shipping, 250, ""),
    "Orders/ProcessOrder": (order_writes.process, 250, ""),
    "Orders/ProcessOrdersInBatch": (order_writes.process_batch, 250, ""),
    "Orders/AddOrdersNote": (order_writes.add_note, 150, "bare"),
    "Orders/SetExtendedProperties": (order_writes.set_properties, 250, ""),
    "Orders/AddExtendedProperties": (order_writes.add_properties, 150, "wrapped"),
    "Orders/MoveToLocation": (order_writes.move, 150, ""),
    "Stock/SetStockLevel": (stock.set_level, 250, ""),
    "Stock/UpdateStockLevelsBySKU": (stock.change_level, 150, ""),
    "Stock/UpdateStockLevelsBulk": (stock.set_bulk, 150, "bare"),
    "PostSale/CreateCancellation": (cancellation_calls.create, 150, "wrapped"),
    "ReturnsRefunds/CreateRMABooking": (returns.create, 150, "wrapped"),
    "ReturnsRefunds/ActionRMABooking": (returns.action, 150, "wrapped"),
    "ReturnsRefunds/DeleteRMA": (returns.delete, 150, "wrapped"),
}

METHODS: dict[str, Method] = {
    **{name: Method(*row) for name, row in _READS.items()},
    **{name: Method(*row, writes=True) for name, row in _WRITES.items()},
}
_BY_FOLDED_NAME = {name.lower(): name for name in METHODS}


def named(path: str) -> str | None:
    """Return the method of a path such as /api/Orders/CreateOrders, its case ignored, or None."""
    parts = path.strip("/").split("/")
    if len(parts) != 3 or parts[0].lower() != "api":
        return None
    return _BY_FOLDED_NAME.get("/".join(parts[1:]).lower())
