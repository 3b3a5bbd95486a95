from decimal import Decimal as D

from sandbox.world import advance

DAY = 86_400


def test_a_row_is_listed_from_payment_until_two_days_before_settlement(traded, bodies):
    orders = {order["id"]: order for order in bodies(traded, "orders")}
    listed = {row["order_id"] for row in bodies(traded, "unsettled_transactions")}
    settled = {row["order_id"] for row in bodies(traded, "statement_transactions") if row["order_id"]}
    limbo = 0
    for order in orders.values():
        if order["is_sample_order"] or order["is_replacement_order"] or not order["paid_time"]:
            assert order["id"] not in listed
            continue
        wait = (8 if order["payment"]["currency"] == "GBP" else 7) - 2
        is_over = bool(order["delivery_time"]) and order["delivery_time"] + wait * DAY <= traded.now
        assert (order["id"] in listed) == (order["status"] != "CANCELLED" and not is_over), order["id"]
        limbo += is_over and order["id"] not in settled
    assert limbo > 0, "between the estimate's end and the statement an order is in neither list"


def test_estimates_add_up_and_mostly_come_true(world, bodies):
    estimates = {row["order_id"]: row for row in bodies(world, "unsettled_transactions")}
    for row in estimates.values():
        parts = ("est_revenue_amount", "est_shipping_cost_amount", "est_fee_tax_amount", "est_adjustment_amount")
        assert D(row["est_settlement_amount"]) == sum(D(row[part]) for part in parts)
    advance(world, world.now + 20 * DAY)
    actual = {}
    for row in bodies(world, "statement_transactions"):
        if row["order_id"] in estimates:
            actual.setdefault(row["order_id"], D(row["settlement_amount"]))
    right = [D(estimates[id]["est_settlement_amount"]) == amount for id, amount in actual.items()]
    assert len(right) > 50
    assert 0.6 < sum(right) / len(right) < 1


def test_the_estimated_settlement_is_text_until_delivery_and_an_instant_after(traded, bodies):
    for row in bodies(traded, "unsettled_transactions"):
        if row["order_delivery_time"]:
            assert int(row["estimated_settlement"]) > row["order_delivery_time"]
            assert row["unsettled_reason"] == "DELIVERED_AWAITING_SETTLEMENT"
        else:
            assert row["estimated_settlement"].startswith("Delivered + ")
