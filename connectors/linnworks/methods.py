"""The methods we use, each with its verb, its quota and how its parameters travel (fact sheet linnworks 2 to 10).

Belongs here: one row per method, and the call that a row makes. Does not: what an answer means (client), sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from connectors.transport.client import Wire
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Window
from connectors.transport.messages import Call
from tieout.state import State

VENDOR = "linnworks"
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Method:
    """One method. `per_minute` is its quota, its own alone; `is_wrapped`: all parameters go under `request`."""

    name: str
    verb: str
    per_minute: int
    is_read: bool = True
    is_wrapped: bool = False


LOCATIONS = Method("Inventory/GetStockLocations", "GET", 150)
STOCK_ITEMS = Method("Stock/GetStockItems", "GET", 150)
COMPOSITIONS = Method("Inventory/GetInventoryItemsCompositionByIds", "POST", 250, is_wrapped=True)
OPEN_ORDER_IDS = Method("Orders/GetAllOpenOrders", "POST", 250)
ORDERS_BY_ID = Method("Orders/GetOrdersById", "POST", 250)
ORDERS_BY_REFERENCE = Method("Orders/GetOrderDetailsByReferenceId", "GET", 250)
PROCESSED_ORDERS = Method("ProcessedOrders/SearchProcessedOrders", "POST", 150, is_wrapped=True)
CREATE_ORDERS = Method("Orders/CreateOrders", "POST", 150, is_read=False)
CANCEL_ORDER = Method("Orders/CancelOrder", "POST", 150, is_read=False)
SET_SHIPPING = Method("Orders/SetOrderShippingInfo", "POST", 250, is_read=False)
RETURNS_OF_ORDER = Method("ReturnsRefunds/GetRMAHeadersByOrderId", "POST", 150, is_wrapped=True)
BOOK_RETURN = Method("ReturnsRefunds/CreateRMABooking", "POST", 150, is_read=False, is_wrapped=True)
ACTION_RETURN = Method("ReturnsRefunds/ActionRMABooking", "POST", 150, is_read=False, is_wrapped=True)
METHODS = (
    LOCATIONS,
    STOCK_ITEMS,
    COMPOSITIONS,
    OPEN_ORDER_IDS,
    ORDERS_BY_ID,
    ORDERS_BY_REFERENCE,
    PROCESSED_ORDERS,
    CREATE_ORDERS,
    CANCEL_ORDER,
    SET_SHIPPING,
    RETURNS_OF_ORDER,
    BOOK_RETURN,
    ACTION_RETURN,
)


def call_of(method: Method, parameters: Mapping[str, Any]) -> Call:
    """Return the call of a method; a GET's parameters must be text, a POST's anything that exact JSON can say."""
    path = f"/api/{method.name}"
    if method.verb == "GET":
        return Call(method.name, "GET", path, is_read=method.is_read, query=tuple(parameters.items()))
    body = dump_json({"request": dict(parameters)} if method.is_wrapped else dict(parameters))
    return Call(method.name, "POST", path, is_read=method.is_read, body=body, headers=_JSON)


class MethodLimiter:
    """Limits each method to its own quota a minute, over all processes that share the state."""

    def __init__(self, state: State, wire: Wire) -> None:
        """Count by the clock of `wire`."""
        rates = {method.per_minute for method in METHODS}
        windows = {rate: Window(state, VENDOR, per_minute=rate, now=wire.now, sleep=wire.sleep) for rate in rates}
        self._by_method = {method.name: windows[method.per_minute] for method in METHODS}

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Wait until the method's quota allows the call."""
        with self._by_method[call.endpoint].acquire(call):
            yield

    def throttle(self, call: Call, seconds: float) -> None:
        """Let no process call this method for so long."""
        self._by_method[call.endpoint].throttle(call, seconds)

    def close(self) -> None:
        """Nothing is held between calls."""
