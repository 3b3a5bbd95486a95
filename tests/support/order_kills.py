"""Orders of warehouses that answer at once, on a ladder of kills: `python -m tests.support.order_kills HOME URL`.

Belongs here: the calls, orders as models would propose them, and a shop that shows them as released. Does not: the
ladder (kills), or any check. A third argument F cancels the orders.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from connectors.netsuite.client import open_netsuite
from connectors.newstore.client import configured, open_newstore
from reverse_sync import OutboxState, Proposal, RetryPolicy, apply, list_rows, plan
from reverse_sync.destination import Destination
from reverse_sync.destinations.netsuite.sales_orders import NetSuiteOrders
from reverse_sync.destinations.newstore.orders import NewStoreOrders
from reverse_sync.dispatch_run import Observe
from reverse_sync.registry import SYNCS
from tests.support.kills import Record, Write, kill_run_after_run
from tieout.settings import Settings
from tieout.state import State

UK = "7495000000000000101"
PLACE, ITEM_ID, SKU = "3", "900", "A"
ADDRESS = {
    **{"name": "Ada Byron", "address_line1": "1 Mill Lane", "post_town": "Leeds", "postal_code": "LS1 1AA"},
    **{"region_code": "GB", "phone_number": "(+44)7000000000"},
}
NUMBERS = {"newstore": ("581001", "581002"), "netsuite": ("582001", "582002")}
ORDERS = {"newstore": "newstore__orders", "netsuite": "netsuite__sales_orders"}
CANCELLATIONS = {"newstore": "newstore__cancellations", "netsuite": "netsuite__order_closures"}


def _cancelled(orders: list[Record]) -> int:
    return sum(all(item["status"] == "cancelled" for item in order["items"]) for order in orders)


def _closed(orders: list[Record]) -> int:
    return sum(any(line.get("isClosed") is True for line in order["item"]["items"]) for order in orders)


WRITES = {
    "inject an order": Write("newstore", "POST", "/v0/d/fulfill_order", "orders", len),
    "enter an order": Write("netsuite", "POST", "/record/v1/salesOrder", "salesOrder", len),
}
STOPS = {
    "cancel an order": Write("newstore", "POST", "/v0/orders/[^/]+/cancel", "orders", _cancelled),
    "close an order": Write("netsuite", "PATCH", "/record/v1/salesOrder", "salesOrder", _closed),
}


class ReleasingShop:
    """A shop that shows every order as released."""

    def orders(self, _shop_id: str, ids: list[str]) -> Any:
        """Return an order for each id."""
        shown = {"status": "AWAITING_SHIPMENT", "recipient_address": ADDRESS, "line_items": []}
        return SimpleNamespace(rows=[{**shown, "id": order_id} for order_id in ids])

    def close(self) -> None:
        """Nothing is open."""


def proposals(purpose: str, entered: Mapping[str, str]) -> list[Proposal]:
    """Return what is to be written: every order (N), or its end (F); `entered`: NetSuite's id of each number."""
    syncs = ORDERS if purpose == "N" else CANCELLATIONS
    return [
        _proposal(syncs[system], number, _DESIRED[system](number) if purpose == "N" else _end(number, entered))
        for system, numbers in NUMBERS.items()
        for number in numbers
    ]


def apply_orders(settings: Settings, state: State, purpose: str, observe: Observe) -> None:
    """Plan and apply all of them once."""

    def at_newstore() -> Destination:
        return NewStoreOrders(open_newstore(settings, state), ReleasingShop(), configured(settings))  # type: ignore[arg-type]

    def at_netsuite() -> Destination:
        return NetSuiteOrders(open_netsuite(settings, state), ReleasingShop(), settings)  # type: ignore[arg-type]

    opened = {"newstore": at_newstore, "netsuite": at_netsuite}
    names = ORDERS if purpose == "N" else CANCELLATIONS
    wanted, policy = [sync for sync in SYNCS if sync.name in names.values()], RetryPolicy(first_delay=0.05)
    done = list_rows(state, states=[OutboxState.ACKNOWLEDGED])
    entered = {row.entity_key: row.vendor_id for row in done if row.sync == ORDERS["netsuite"]}
    planned = plan(settings, state, proposals(purpose, entered), syncs=wanted, retry_policy=policy, observe=observe)
    destinations = {names[system]: opener for system, opener in opened.items()}
    apply(settings, state, planned, destinations=destinations, retry_policy=policy, observe=observe)


def _at_newstore(number: str) -> Record:
    lines = [
        {"id": f"{number}-{at}", "sku": SKU, "quantity": 1, "price": price, "discount": "0.00"}
        for at, price in ((1, "6.67"), (2, "3.33"))
    ]
    return {
        **{"order_id": number, "purpose": "N", "location": "LDN01", "service": "STD", "currency": "GBP"},
        **{"price_method": "tax_included", "placed_at": "2026-11-01T10:00:00Z", "paid_at": "2026-11-01T10:00:00Z"},
        **{"tracking_number": "", "shipping": "2.99", "lines": lines},
    }


def _at_netsuite(number: str) -> Record:
    return {
        **{"external_id": _external_id(number), "order_id": number, "purpose": "N", "location": PLACE, "service": ""},
        **{"currency": "GBP", "ordered_on": "2026-11-01", "ship_by": "", "tracking_number": "", "shipping": "2.99"},
        "lines": [{"sku": SKU, "quantity": 3, "price": "3.33", "discount": "0.00"}],
    }


_DESIRED = {"newstore": _at_newstore, "netsuite": _at_netsuite}


def _end(number: str, entered: Mapping[str, str]) -> Record:
    named = {"external_id": _external_id(number), "sales_orders": [entered.get(number, "")]}
    return {**named, "order_id": number, "purpose": "F", "because": "cancelled"}


def _external_id(number: str) -> str:
    return f"tieout-order-{UK}-{number}"


def _proposal(sync: str, number: str, desired: Record) -> Proposal:
    digest = hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest()
    return Proposal(sync, number, UK, desired, digest, Decimal("12.99"), "GBP")


if __name__ == "__main__":
    _purpose = sys.argv[3] if len(sys.argv) > 3 else "N"
    kill_run_after_run(
        Path(sys.argv[1]),
        sys.argv[2],
        WRITES if _purpose == "N" else STOPS,
        lambda settings, state, observe: apply_orders(settings, state, _purpose, observe),
    )
