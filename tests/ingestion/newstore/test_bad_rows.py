"""A row of NewStore's lists that is none, or holds a value that can be none, is quarantined; the others land."""

from __future__ import annotations

import pytest

from connectors.newstore.requester import Listing
from connectors.newstore.stock import Availabilities
from ingestion.newstore import loader as newstore
from tests.support.fake_newstore import TENANT, FakeNewStore, node
from tests.support.hostile_json import bad_row

SHIPPED = {"nodes": [{"id": "n-1-1", "productId": "X", "status": "complete"}]}


class Spoilt(FakeNewStore):
    """A tenant of whose lists each has one row more, which cannot be used."""

    kind = ""

    def bad(self, **fields):
        return bad_row(self.kind, **fields)

    def locations(self):
        bad = self.bad(**node("Z")) if self.kind == "no number" else self.bad()
        return Listing([*super().locations().rows, bad], self.now)

    def orders_of_channel(self, channel, statuses):
        rows = super().orders_of_channel(channel, statuses).rows
        requests = rows[0]["fulfillmentRequests"]["nodes"]
        requests.append(self.bad(id="bad-r"))
        return Listing([*rows, self.bad(id="bad", externalId="579", channel=channel)], self.now)

    def returns_of_orders(self, order_ids):
        return Listing([*super().returns_of_orders(order_ids).rows, self.bad(id="bad", orderId="n-1")], self.now)

    def availabilities(self, *, since=None):
        found = super().availabilities(since=since)
        bad = self.bad(product_id="Y", fulfillment_node_id="A")
        return Availabilities([*found.rows, bad], found.watermark, found.as_of, found.is_whole)


@pytest.mark.parametrize("kind", ["no object", "no number"])
def test_newstore_loads_all_but_the_bad_row_of_each_list(stores, kind):
    client = Spoilt()
    client.kind = kind
    client.hold(A_X=5, B_X=2)
    client.place("n-1", "571", items=SHIPPED)
    client.take_back("t-1", "n-1")
    stores.ingest(newstore=lambda run: newstore.load(run, client, TENANT))
    done = stores.ingest(newstore=lambda run: newstore.load(run, client, TENANT))
    assert not any(summary.problem for summary in done.values())
    live = {name: stores.live(f"raw_newstore.{name}") for name in ("orders", "fulfilment_requests", "returns")}
    assert live == {"orders": {"n-1"}, "fulfilment_requests": {"n-1-r"}, "returns": {"t-1"}}
    assert stores.live("raw_newstore.locations") == {"A", "B", "DC"}
    assert stores.live("raw_newstore.availabilities") == {"X/A", "X/B"}
    held = {entity: done["newstore", entity, ""].quarantined for entity in (*live, "locations", "availabilities")}
    assert held == dict.fromkeys(held, 1)
