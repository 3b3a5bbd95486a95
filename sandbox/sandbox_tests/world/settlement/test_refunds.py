"""Every refund in a statement has a return, refunded before it."""

import json
from collections import defaultdict
from decimal import Decimal as D

import pytest

from sandbox.store import Record
from sandbox.world import advance, plant
from sandbox.world.incidents.on_statements import ROWS


def refunds(store) -> dict[str, list[dict]]:
    """Return the rows that refund something, by order."""
    rows = defaultdict(list)
    for record in store.select("tiktok_shop", ROWS, matching={"type": "ORDER"}):
        if D(record.body["supplementary_component"]["customer_refund_amount"]) < 0:
            rows[record.body["order_id"]].append(record.body)
    return rows


def returned(store, order_id: str) -> list[dict]:
    found = [record.body for record in store.select("tiktok_shop", "returns", parent=order_id)]
    return [body for body in found if body["return_type"] != "REPLACEMENT"]


def test_every_refund_has_its_return_to_the_penny_and_before_it(traded):
    rows = refunds(traded)
    assert len(rows) > 20
    for order_id, mine in rows.items():
        returns = returned(traded, order_id)
        assert [body["return_status"] for body in returns] == ["RETURN_OR_REFUND_REQUEST_COMPLETE"]
        got = D(returns[0]["refund_amount"]["refund_total"])
        assert [D(row["supplementary_component"]["customer_refund_amount"]) for row in mine] == [-got]
        statement = traded.get("tiktok_shop", "statements", mine[0]["_statement_id"]).body
        assert returns[0]["_refunded_at"] < statement["statement_time"]


def test_the_seller_pays_the_way_back_that_the_settlement_says(traded):
    for order_id, (row, *_) in refunds(traded).items():
        (body,) = returned(traded, order_id)
        fee = D(body["shipping_fee_amount"][0]["seller_paid_return_shipping_fee"])
        assert D(row["shipping_cost_breakdown"]["return_shipping_fee_amount"]) == -fee


def test_a_person_answers_in_time_and_in_order(traded):
    seen = set()
    for record in traded.select("tiktok_shop", "returns"):
        order, body = traded.get("tiktok_shop", "orders", record.parent).body, record.body
        steps = [(each["create_time"], each["role"]) for each in body["_records"]]
        assert [at for at, _role in steps] == sorted(at for at, _role in steps)
        assert order["delivery_time"] < body["create_time"] < order["delivery_time"] + 14 * 86400
        answers = [at for at, role in steps if role == "SELLER"]
        assert not answers or answers[0] - body["create_time"] < 48 * 3600
        seen.add(body["return_type"])
    assert seen == {"REFUND", "RETURN_AND_REFUND", "REPLACEMENT"}


def test_a_replacement_order_follows_its_approved_request(traded):
    replaced = [o.body for o in traded.select("tiktok_shop", "orders", matching={"is_replacement_order": True})]
    assert replaced
    for order in replaced:
        asked = traded.select("tiktok_shop", "returns", parent=order["replaced_order_id"])
        approved = [r.body for r in asked if r.body["return_status"] == "REPLACEMENT_REQUEST_COMPLETE"]
        assert [body["update_time"] for body in approved] == [order["create_time"]]


def test_a_planted_refund_has_its_return_too(world):
    (entry,) = plant(world, "FIN-18", 1)
    (body,) = returned(world, entry["entity_id"])
    row = world.get("tiktok_shop", ROWS, entry["id"]).body
    got = D(body["refund_amount"]["refund_total"])
    assert D(row["supplementary_component"]["customer_refund_amount"]) == -got


def test_steps_of_returns_reach_a_subscriber(world):
    shop, event = "7495000000000000101", "RETURN_STATUS_CHANGE"
    body = {"event_type": event, "address": "http://127.0.0.1:9/hook"}
    world.put(Record("tiktok_shop", "webhook_subscriptions", f"{shop}:{event}", body, shop))
    before = world.now
    advance(world, before + 6 * 86400)
    sent = world.select("tiktok_shop", "webhook_deliveries", matching={"event_type": event})
    changed = world.select("tiktok_shop", "returns", shop=shop, updated=(before + 1, None))
    assert {json.loads(each.body["content"])["data"]["return_id"] for each in sent} == {each.id for each in changed}
    assert changed


@pytest.mark.parametrize("code", ["FIN-06", "FIN-16", "FIN-19"])
def test_failures_of_sales_leave_refunds_and_their_returns_alone(world, code):
    planted = plant(world, code, 3)
    for entry in planted:
        row = world.get("tiktok_shop", ROWS, entry["id"]).body
        assert D(row["supplementary_component"]["customer_refund_amount"]) == 0
        assert row["order_id"] != ""
