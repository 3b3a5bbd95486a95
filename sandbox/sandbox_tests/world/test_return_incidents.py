"""Failures of returns: planted on the wire, remembered, and money that still adds up."""

from decimal import Decimal as D

import pytest

from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.world import advance, plant
from sandbox.world.incidents import PLANTERS
from sandbox_tests.world.test_incidents import snapshot, sums

DAY, ROWS = 86_400, "statement_transactions"


@pytest.fixture
def asked(world):
    """The world with three requests that wait and a parcel on its way."""
    orders = world.select("tiktok_shop", "orders", matching={"status": "DELIVERED"})
    free = [order for order in orders if returns.free_lines(world, order.body)][:4]
    ids = [
        returns.request(world, order.id, type="RETURN_AND_REFUND", reason="damaged", now=world.now - 3600)
        for order in free
    ]
    returns.decide(world, ids[0], "APPROVE_RETURN", world.now - 1800)
    returns.mark_shipped(world, ids[0], "H0", world.now - 60)
    return world


@pytest.mark.parametrize("code", sorted(code for code in PLANTERS if code.startswith("RET")))
def test_a_failure_changes_returns_and_is_remembered(asked, code):
    before = snapshot(asked)
    planted = plant(asked, code, 1)
    changed = {key for key, body in snapshot(asked).items() if before.get(key) != body}
    assert {(entry["system"], entry["kind"], entry["id"]) for entry in planted} <= changed
    assert {kind for _system, kind, _id in changed} <= {"returns", ROWS, "statements"}
    assert [entry["entity_type"] for entry in planted] == ["return"]
    assert sums(asked) == []
    advance(asked, asked.now + 9 * DAY)
    assert sums(asked) == []


def test_a_deadline_is_two_hours_away(asked):
    (entry,) = plant(asked, "RET-01", 1)
    body = returns.get(asked, entry["id"]).body
    assert life.deadline(body) == asked.now + 2 * 3600 == entry["detail"]["deadline"]


def test_an_edited_amount_is_half_of_what_was_settled(asked):
    (entry,) = plant(asked, "RET-07", 1)
    body = returns.get(asked, entry["id"]).body
    rows = asked.select("tiktok_shop", ROWS, matching={"order_id": body["order_id"]})
    settled = -sum(D(row.body["supplementary_component"].get("customer_refund_amount", "0")) for row in rows)
    assert settled == D(entry["detail"]["refunded"])
    assert abs(D(body["refund_amount"]["refund_total"]) - settled / 2) <= D("0.01")


def test_a_second_refund_is_in_a_statement_and_on_a_return(asked):
    (entry,) = plant(asked, "RET-13", 1)
    first, second = (returns.get(asked, id).body for id in (entry["detail"]["first_id"], entry["id"]))
    assert first["_line_ids"] == second["_line_ids"]
    assert first["refund_amount"] == second["refund_amount"]
    row = asked.get("tiktok_shop", ROWS, entry["detail"]["transaction_id"]).body
    assert -D(row["supplementary_component"]["customer_refund_amount"]) == D(second["refund_amount"]["refund_total"])


def test_a_lost_parcel_never_arrives(asked):
    (entry,) = plant(asked, "RET-12", 1)
    advance(asked, asked.now + 20 * DAY)
    assert returns.get(asked, entry["id"]).body["return_status"] == life.SHIPPED
