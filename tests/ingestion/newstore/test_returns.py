"""What tills took back is asked for of orders that were shipped, and of blind ones once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.transport.errors import RejectedError
from ingestion.newstore import loader as newstore
from tests.ingestion.conftest import Bench
from tests.support.fake_newstore import TENANT, FakeNewStore

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
    load(stores, fake, days=36)
    fake.asked_returns.clear()
    load(stores, fake)
    assert fake.asked_returns == []


def test_a_blind_return_lands_with_the_number_of_its_receipt_and_is_asked_for_once(stores, fake):
    fake.take_back_blind("b-1", "t-9", receipt=" 571767573476000017 ")
    fake.take_back_blind("b-2", "t-8", receipt="")
    load(stores, fake)
    assert payload(stores, "t-9")["receipt"] == "571767573476000017"
    assert "receipt" not in payload(stores, "t-8")
    load(stores, fake)
    assert fake.asked_returns == [["b-1", "b-2"], ["n-1"]]


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
