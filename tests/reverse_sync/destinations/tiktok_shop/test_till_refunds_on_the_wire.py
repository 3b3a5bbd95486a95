"""What came back to a till is refunded over sockets: once, for the amount and the lines, whatever the wire does."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal

import pytest

from orchestration.demo.demo import running_sandbox
from reverse_sync import OutboxState, Proposal, RetryPolicy, apply, list_rows, plan
from reverse_sync.registry import SYNCS
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State

SYNC = "tiktok_shop__till_refunds"
CREATE = r"/return_refund/\d+/returns(\?|$)"
FAULTS = {
    "nothing": {},
    "a lost reply": {"kind": "lost_reply"},
    "a 500": {"kind": "500"},
    "a 503": {"kind": "html_503"},
    "a 429": {"kind": "429", "retry_after": 0.1},
    "a request that is sent twice": {"kind": "doubled_request"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("tills")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        shutil.copytree(CONFIG, world.config)
        world.call("POST", "/_sandbox/trade", {"baskets": 200, "days": 20, "seed": 5})
        world.call("POST", "/_sandbox/clock", {"advance_days": 8})
        yield world


@pytest.fixture
def run(world, tmp_path):
    """Return a function that plans and applies one refund, three times over; it gives the rows of the outbox."""
    settings = load_settings(world.config, world.home)
    state = State(f"sqlite:///{tmp_path / 'state.sqlite'}")

    def runs(refund):
        syncs, policy = [sync for sync in SYNCS if sync.name == SYNC], RetryPolicy(first_delay=0.05)
        for _ in range(3):
            planned = plan(settings, state, [refund], syncs=syncs, retry_policy=policy)
            apply(settings, state, planned, retry_policy=policy)
        return list_rows(state, states=list(OutboxState))

    yield runs
    state.close()
    world.call("DELETE", "/_sandbox/faults")


@pytest.fixture(scope="module")
def delivered(world):
    """Orders that arrived and that are in no return, newest first, each given once."""
    taken = {row["order_id"] for row in world.records("tiktok_shop", "returns")}
    there = [
        order
        for order in world.records("tiktok_shop", "orders")
        if order["status"] in ("DELIVERED", "COMPLETED")
        and order["id"] not in taken
        and not order.get("is_sample_order")
    ]
    return iter(sorted(there, key=lambda order: -order["update_time"]))


def dearest(order):
    lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
    return max(lines, key=lambda line: Decimal(line["sale_price"]))


def refund_of(order, *, off="0.00"):
    line = dearest(order)
    amount = f"{Decimal(line['sale_price']) - Decimal(off):.2f}"
    desired = {
        **{"amount": amount, "currency": order["payment"]["currency"], "order_id": order["id"]},
        **{"order_line_ids": [line["id"]], "till_return_id": f"t-{order['id']}"},
    }
    digest = hashlib.md5(json.dumps(desired).encode()).hexdigest()
    shop, key = order["_record"]["shop"], desired["till_return_id"]
    return Proposal(SYNC, key, shop, desired, digest, Decimal(amount), desired["currency"])


def made(world, refund):
    return [row for row in world.records("tiktok_shop", "returns") if row["order_id"] == refund.desired["order_id"]]


@pytest.mark.parametrize("name", FAULTS)
def test_a_refund_is_made_once_whatever_the_wire_does(world, run, delivered, name):
    refund = refund_of(next(delivered), off="0.50")
    if FAULTS[name]:
        fault = {"system": "tiktok_shop", "method": "POST", "match": CREATE, "count": 1, **FAULTS[name]}
        world.call("POST", "/_sandbox/faults", fault)
    [row] = run(refund)
    [found] = made(world, refund)
    assert (row.state, row.vendor_id) == (OutboxState.ACKNOWLEDGED, found["return_id"])
    assert (found["role"], found["return_type"]) == ("SELLER", "REFUND")
    assert Decimal(found["refund_amount"]["refund_total"]) == refund.amount
    assert [line["order_line_item_id"] for line in found["return_line_items"]] == refund.desired["order_line_ids"]


def test_a_line_that_was_refunded_meanwhile_is_not_refunded_again(world, run, delivered):
    order = next(delivered)
    run(refund_of(order))
    again = refund_of(order, off="1.00")
    [row] = [each for each in run(again) if each.desired_hash == again.desired_hash]
    assert (row.state, len(made(world, again))) == (OutboxState.REJECTED, 1)
    assert "already, as another refund" in row.last_error


def test_more_than_the_lines_cost_is_refused_by_tiktok_shop_and_nothing_is_made(world, run, delivered):
    refund = refund_of(next(delivered), off="-1000.00")
    [row] = run(refund)
    assert (row.state, made(world, refund)) == (OutboxState.REJECTED, [])
