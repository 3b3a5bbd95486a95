"""NewStore's open orders are read whole, others by what may have changed, and none is gone that was not asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.transport.errors import TransientError
from connectors.transport.webhooks import Notification
from ingestion.coverage import verified_until
from ingestion.newstore import loader as newstore
from ingestion.raw import create_raw_tables
from orchestration.cli.webhook_inbox import remember
from tests.ingestion.conftest import UK, Bench
from tests.support.fake_newstore import AT, TENANT, FakeNewStore
from tieout.warehouse import open_warehouse

ORDERS, REQUESTS = ("newstore", "orders", ""), ("newstore", "fulfilment_requests", "")


@pytest.fixture
def fake() -> FakeNewStore:
    tenant = FakeNewStore()
    tenant.place("n-1", "571")
    tenant.place("n-2", "572", status="on_hold")
    tenant.place("n-3", "573", channel="web")
    return tenant


def load(bench: Bench, fake: FakeNewStore, *, minutes: int = 5) -> Any:
    done = bench.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    fake.now += timedelta(minutes=minutes)
    fake.asked_orders.clear()
    return done


def payload(bench: Bench, table: str, id: str) -> dict[str, Any]:
    query = f"select arg_max(payload, observed_at) from raw_newstore.{table} where id = '{id}'"
    return json.loads(bench.query(query)[0][0])


def have(bench: Bench, table: str, id: str, *, shop_id: str = "", payload: dict[str, Any] | None = None) -> None:
    with open_warehouse(bench.settings) as connection:
        create_raw_tables(connection)
        connection.execute(
            f"insert into {table} values (?, ?, '', null, ?, false, '', ?, 'h', '20260101T000000.000000Z')",
            [shop_id, id, AT, json.dumps(payload or {})],
        )


def test_the_open_orders_of_the_channel_land_with_what_nodes_were_asked(stores, fake):
    done = load(stores, fake)
    assert stores.live("raw_newstore.orders") == {"n-1", "n-2"}
    assert stores.live("raw_newstore.fulfilment_requests") == {"n-1-r", "n-2-r"}
    found = payload(stores, "orders", "n-1")
    assert [item["id"] for item in found["items"]] == ["n-1-1", "n-1-2"]
    assert "fulfillmentRequests" not in found
    request = payload(stores, "fulfilment_requests", "n-1-r")
    assert (request["orderId"], request["items"][0]["productId"]) == ("n-1", "X")
    assert (done[ORDERS].read, verified_until(stores.state, "newstore", "orders")) == (2, AT)
    parents = stores.query("select id, parent_id from raw_newstore.orders order by id")
    assert parents == [("n-1", "571"), ("n-2", "572")]


def test_a_second_load_lands_nothing(stores, fake):
    load(stores, fake)
    done = load(stores, fake)
    assert (done[ORDERS].landed, done[REQUESTS].landed, done[ORDERS].deleted, done[REQUESTS].deleted) == (0, 0, 0, 0)


def test_an_order_that_was_open_is_asked_for_when_it_is_closed(stores, fake):
    load(stores, fake)
    fake.place("n-1", "571", status="closed", at=AT + timedelta(minutes=2))
    assert load(stores, fake)[ORDERS].landed == 1
    assert payload(stores, "orders", "n-1")["status"] == "closed"


def test_closed_orders_are_read_again_while_they_are_young(stores, fake):
    fake.place("n-1", "571", status="closed", at=AT)
    have(stores, "raw_tiktok_shop.orders", "571", shop_id=UK)
    load(stores, fake, minutes=60 * 24 * 34)
    stores.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    assert fake.asked_orders == [["571"]]
    fake.asked_orders.clear()
    fake.now += timedelta(days=2)
    stores.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    assert fake.asked_orders == []


def test_an_order_that_came_and_went_between_two_loads_is_found_by_tiktok_shops_id(stores, fake):
    fake.place("n-9", "579", status="closed")
    have(stores, "raw_tiktok_shop.orders", "579", shop_id=UK)
    have(stores, "raw_tiktok_shop.orders", "580", shop_id=UK)
    load(stores, fake)
    assert "n-9" in stores.live("raw_newstore.orders")


def test_what_we_have_sent_and_never_seen_is_asked_for(stores, fake):
    desired = json.dumps({"order_id": "579", "purpose": "N"})
    kept = {"sync": "newstore__orders", "desired": desired, "vendor_id": "n-9"}
    have(stores, "raw_tieout.acknowledgements", "a", payload=kept)
    fake.place("n-9", "579", status="closed", at=AT - timedelta(days=90))
    load(stores, fake)
    assert "n-9" in stores.live("raw_newstore.orders")
    stores.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    assert "579" not in [id for call in fake.asked_orders for id in call]


def test_an_event_has_an_order_asked_for_that_would_not_be_and_is_handled_once_it_is_landed(stores, fake):
    load(stores, fake)
    fake.place("n-1", "571", status="closed")
    load(stores, fake, minutes=60 * 24 * 40)
    load(stores, fake)
    assert [id for call in fake.asked_orders for id in call] == []
    for order_id, event in (("n-1", "order.items_swapped"), ("other", "order.created")):
        notification = Notification(f"e-{order_id}", "", event, "orders", order_id, fake.now)
        remember(stores.state, "newstore", notification, window=timedelta(days=8), now=fake.now)
    stores.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    assert fake.asked_orders == [["571"]]
    fake.asked_orders.clear()
    stores.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    assert fake.asked_orders == []


def test_an_order_that_no_list_brings_is_gone_only_when_it_is_not_there_by_its_id(stores, fake):
    load(stores, fake)
    fake.hidden.add("n-1")
    assert load(stores, fake)[ORDERS].deleted == 0
    del fake.book["n-1"]
    assert load(stores, fake)[ORDERS].deleted == 1
    assert fake.asked_ids == ["n-1", "n-1"]
    assert stores.live("raw_newstore.orders") == {"n-2"}


def test_a_request_that_an_order_no_longer_lists_is_gone(stores, fake):
    load(stores, fake)
    fake.book["n-1"]["fulfillmentRequests"] = {"nodes": []}
    assert load(stores, fake)[REQUESTS].deleted == 1


def test_an_order_without_id_is_quarantined_and_the_others_flow(stores, fake):
    load(stores, fake)
    fake.book["n-2"] = {**fake.book["n-2"], "id": ""}
    done = load(stores, fake)
    assert (done[ORDERS].quarantined, done[ORDERS].deleted) == (1, 0)
    assert stores.live("raw_newstore.orders") == {"n-1", "n-2"}


def test_orders_that_cannot_be_read_do_not_block_the_stock(stores, fake):
    fake.failing["orders"] = TransientError("busy")
    fake.hold(A_X=5)
    done = load(stores, fake)
    assert "busy" in done[ORDERS].problem
    assert done["newstore", "availabilities", ""].landed == 1
