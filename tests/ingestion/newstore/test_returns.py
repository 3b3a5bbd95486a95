"""What tills took back is asked for of orders that were shipped, and of blind ones until it can be used."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.transport.errors import RejectedError
from connectors.transport.webhooks import Notification
from ingestion.newstore import loader as newstore
from orchestration.cli.webhook_inbox import remember
from tests.ingestion.conftest import Bench
from tests.support.fake_newstore import AT, TENANT, FakeNewStore
from tieout.state import coverage, stamp, webhook_inbox

RETURNS = ("newstore", "returns", "")
SHIPPED = [
    {"id": "n-1-1", "productId": "X", "status": "complete"},
    {"id": "n-1-2", "productId": "X", "status": "returned"},
]


@pytest.fixture
def fake() -> FakeNewStore:
    tenant = FakeNewStore()
    tenant.place("n-1", "571", items={"nodes": SHIPPED})
    tenant.place("n-2", "572")
    tenant.take_back("t-1", "n-1")
    return tenant


def load(bench: Bench, fake: FakeNewStore, *, days: int = 0) -> Any:
    done = bench.ingest(newstore=lambda run: newstore.load(run, fake, TENANT))
    fake.now += timedelta(minutes=5, days=days)
    return done


def payload(bench: Bench, id: str) -> dict[str, Any]:
    return json.loads(
        bench.query(f"select arg_max(payload, observed_at) from raw_newstore.returns where id = '{id}'")[0][0]
    )


def test_returns_of_shipped_orders_land_once_their_order_is_known(stores, fake):
    load(stores, fake)
    assert fake.asked_returns == []
    done = load(stores, fake)
    assert (fake.asked_returns, done[RETURNS].landed) == ([["n-1"]], 1)
    found = payload(stores, "t-1")
    assert ([item["productId"] for item in found["items"]], "receipt" in found) == (["X"], False)
    assert stores.query("select parent_id from raw_newstore.returns") == [("n-1",)]
    assert load(stores, fake)[RETURNS].landed == 0


def test_orders_that_are_not_read_again_are_not_asked_about(stores, fake):
    fake.place("n-1", "571", status="closed", items={"nodes": SHIPPED})
    fake.place("n-1", "571", items={"nodes": SHIPPED})
    load(stores, fake)
    fake.place("n-1", "571", status="closed", items={"nodes": SHIPPED})
    load(stores, fake, days=119)
    load(stores, fake, days=2)
    assert fake.asked_returns[-1] == ["n-1"]
    fake.asked_returns.clear()
    load(stores, fake)
    assert fake.asked_returns == []


def test_what_was_asked_for_is_what_counts_as_read(stores, fake):
    load(stores, fake)
    query = select(coverage.c.window_from, coverage.c.window_to).where(coverage.c.entity == "returns")
    with stores.state.engine.connect() as connection:
        assert connection.execute(query).all() == [(stamp(AT - timedelta(days=120)), stamp(AT))]


def test_a_blind_return_lands_with_the_number_of_its_receipt_and_is_asked_for_once(stores, fake):
    fake.take_back_blind("b-1", "t-9", receipt=" 571767573476000017 ")
    fake.take_back_blind("b-2", "t-8", receipt="")
    load(stores, fake)
    assert payload(stores, "t-9")["receipt"] == "571767573476000017"
    assert "receipt" not in payload(stores, "t-8")
    load(stores, fake)
    assert fake.asked_returns == [["b-1", "b-2"], ["n-1"]]


def test_a_blind_return_is_asked_for_again_until_it_can_be_used(stores, fake):
    fake.take_back_blind("b-1", "t-9", receipt="571767573476000017")
    fake.taken["t-9"]["currency"] = None
    load(stores, fake)
    fake.taken["t-9"]["currency"] = "GBP"
    load(stores, fake)
    assert payload(stores, "t-9")["currency"] == "GBP"
    load(stores, fake)
    assert fake.asked_returns == [["b-1"], ["b-1", "n-1"], ["n-1"]]


def test_a_blind_return_is_asked_for_again_when_its_receipt_is_noted_later(stores, fake):
    fake.take_back_blind("b-1", "t-9", receipt="")
    load(stores, fake)
    fake.blind["b-1"] = "571767573476000017"
    load(stores, fake)
    assert payload(stores, "t-9")["receipt"] == "571767573476000017"
    load(stores, fake)
    assert fake.asked_returns == [["b-1"], ["b-1", "n-1"], ["n-1"]]


def test_an_event_has_its_order_asked_for_once_and_one_of_another_channel_is_handled_too(stores, fake):
    load(stores, fake, days=130)
    fake.take_back("t-2", "n-2")
    for order_id in ("n-2", "other"):
        notification = Notification(f"e-{order_id}", "", "return.processed", "orders", order_id, fake.now)
        remember(stores.state, "newstore", notification, window=timedelta(days=8), now=fake.now)
    load(stores, fake)
    load(stores, fake)
    assert [asked for asked in fake.asked_returns if "n-2" in asked] == [["n-2"]]
    with stores.state.engine.connect() as connection:
        assert connection.execute(select(webhook_inbox.c.entity_id).where(webhook_inbox.c.handled_at == "")).all() == []


def test_a_return_that_its_order_no_longer_has_is_gone(stores, fake):
    load(stores, fake)
    load(stores, fake)
    del fake.taken["t-1"]
    assert load(stores, fake)[RETURNS].deleted == 1


def test_returns_that_are_refused_do_not_block_the_stock(stores, fake):
    fake.failing["returns"] = RejectedError("no field returns")
    fake.hold(A_X=5)
    done = load(stores, fake)
    assert "no field returns" in done[RETURNS].problem
    assert done["newstore", "availabilities", ""].landed == 1
