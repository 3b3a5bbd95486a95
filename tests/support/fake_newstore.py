"""A NewStore tenant as its client shows it, and its section of the settings.

Belongs here: nodes, levels with revisions, orders, and what was asked. Does not: the wire, or what a test does to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.newstore.requester import Listing
from connectors.newstore.stock import Availabilities
from tests.ingestion.conftest import UK
from tieout.settings import NewStore

AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
TENANT = NewStore(
    base_url="https://shop.p.newstore.net", token_url="https://id.p.newstore.net/token", tenant="shop", shops=[UK]
)


def node(name: str) -> dict[str, Any]:
    return {"fulfillment_node_id": name, "name": f"Store {name}", "type": "store", "is_active": True}


@dataclass
class FakeNewStore:
    """A tenant whose levels have revisions; `asked` are the watermarks of its exports, None for all.

    `book`: its orders by their own ids; `hidden`: those that GraphQL does not show. `asked_orders`: the external ids of
    each call; `asked_ids`: orders that were asked for by their own id. `taken`: what came back to tills, `blind`: the
    receipts of orders that it does not know, `asked_returns`: the orders that were asked about.
    """

    now: datetime = AT
    nodes: list[str] = field(default_factory=lambda: ["A", "B", "DC"])
    levels: dict[tuple[str, str], tuple[Any, int]] = field(default_factory=dict)
    revision: int = 0
    asked: list[int | None] = field(default_factory=list)
    book: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    asked_orders: list[list[str]] = field(default_factory=list)
    asked_ids: list[str] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    blind: dict[str, str] = field(default_factory=dict)
    asked_returns: list[list[str]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)

    def hold(self, **units: Any) -> None:
        """Set levels by `NODE_PRODUCT`."""
        for name, atp in units.items():
            self.revision += 1
            place, product = name.split("_")
            self.levels[place, product] = (atp, self.revision)

    def locations(self) -> Listing:
        if "locations" in self.failing:
            raise self.failing["locations"]
        return Listing([node(name) for name in self.nodes], self.now)

    def availabilities(self, *, since: int | None = None) -> Availabilities:
        self.asked.append(since)
        if "availabilities" in self.failing:
            raise self.failing["availabilities"]
        changed = [(key, atp) for key, (atp, revision) in self.levels.items() if revision > (since or 0)]
        rows = [{"product_id": item, "fulfillment_node_id": place, "atp": atp} for (place, item), atp in changed]
        return Availabilities(rows, self.revision if rows else since or 0, self.now, since is None)

    def place(self, id: str, external_id: str, *, status: str = "open", at: datetime = AT, **fields: Any) -> None:
        """Have an order of two units, of which one was asked of a node."""
        items = [{"id": f"{id}-{n}", "productId": "X", "status": "in_fulfillment"} for n in (1, 2)]
        line = {"id": f"{id}-1", "productId": "X", "status": "dispatched", "carrier": None, "trackingCode": None}
        request = {"id": f"{id}-r", "nodeId": "A", "status": "dispatched", "items": {"nodes": [line]}}
        self.book[id] = {
            "id": id,
            "externalId": external_id,
            "status": status,
            "channel": "tiktok_shop",
            "currency": "GBP",
            "updatedAt": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "items": {"nodes": items},
            "fulfillmentRequests": {"nodes": [request]},
            **fields,
        }

    def take_back(self, id: str, order_id: str, *, is_blind: bool = False) -> None:
        """Have a unit come back to a till."""
        item = {"id": f"{id}-1", "productId": "X", "quantity": 1, "refundAmount": Decimal("9.5")}
        known = {"id": id, "orderId": order_id, "isBlind": is_blind, "currency": "GBP"}
        self.taken[id] = {**known, "returnedAt": "2026-01-10T11:00:00", "items": {"nodes": [item]}}

    def take_back_blind(self, order_id: str, id: str, *, receipt: str) -> None:
        """Have a unit come back of an order that NewStore does not know."""
        self.blind[order_id] = receipt
        self.take_back(id, order_id, is_blind=True)

    def returns_of_orders(self, order_ids: Sequence[str]) -> Listing:
        self.asked_returns.append(list(order_ids))
        return Listing([deepcopy(row) for row in self.taken.values() if row["orderId"] in order_ids], self.now)

    def blind_orders(self) -> Listing:
        if "returns" in self.failing:
            raise self.failing["returns"]
        rows = [
            {"id": id, "extendedAttributes": {"nodes": [{"name": "receipt", "value": value}] if value else []}}
            for id, value in self.blind.items()
        ]
        return Listing(rows, self.now)

    def orders_of_channel(self, channel: str, statuses: Sequence[str]) -> Listing:
        if "orders" in self.failing:
            raise self.failing["orders"]
        rows = [row for row in self._shown() if row["channel"] == channel and row["status"] in statuses]
        return Listing(rows, self.now)

    def orders_by_external_ids(self, external_ids: Sequence[str]) -> Listing:
        self.asked_orders.append(list(external_ids))
        return Listing([row for row in self._shown() if row["externalId"] in external_ids], self.now)

    def order(self, order_id: str) -> dict[str, Any] | None:
        self.asked_ids.append(order_id)
        return self.book.get(order_id)

    def _shown(self) -> list[dict[str, Any]]:
        return [deepcopy(row) for id, row in self.book.items() if id not in self.hidden]
