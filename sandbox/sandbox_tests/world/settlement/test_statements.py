from collections import Counter, defaultdict
from decimal import Decimal as D

from sandbox.world import advance, create_world
from sandbox.world.settlement import lines

DAY = 86_400


def money(text: str) -> D:
    return D(text or "0")


def total(amounts: dict) -> D:
    return sum((D(value) for value in amounts.values() if isinstance(value, str)), D(0))


def order_rows(traded, bodies) -> list[dict]:
    return [row for row in bodies(traded, "statement_transactions") if row["type"] == "ORDER"]


def test_every_row_settles_to_revenue_shipping_fees_and_adjustment(traded, bodies):
    for row in bodies(traded, "statement_transactions"):
        parts = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount", "adjustment_amount")
        assert money(row["settlement_amount"]) == sum(money(row[part]) for part in parts), row["id"]


def test_breakdowns_sum_to_their_amounts_without_aliases_and_memo_lines(traded, bodies):
    unitemised = 0
    for row in order_rows(traded, bodies):
        assert total(row["revenue_breakdown"]) == D(row["revenue_amount"])
        assert total(row["shipping_cost_breakdown"]) == D(row["shipping_cost_amount"])
        fee, tax = row["fee_tax_breakdown"]["fee"], row["fee_tax_breakdown"]["tax"]
        itemised = total(fee) - D(fee[lines.AFFILIATE_ALIAS]) + total(tax)
        unitemised += itemised != D(row["fee_tax_amount"])
        assert fee[lines.AFFILIATE_ALIAS] == fee[lines.AFFILIATE]
    assert 0 < unitemised < 0.06 * len(order_rows(traded, bodies))


def test_order_rows_list_every_documented_line(traded, bodies):
    for row in order_rows(traded, bodies):
        assert set(lines.REVENUE) == set(row["revenue_breakdown"])
        assert {*lines.SHIPPING, "supplementary_component"} == set(row["shipping_cost_breakdown"])
        assert set(lines.SHIPPING_MEMO) == set(row["shipping_cost_breakdown"]["supplementary_component"])
        assert set(lines.FEE) <= set(row["fee_tax_breakdown"]["fee"])
        assert set(lines.TAX) == set(row["fee_tax_breakdown"]["tax"])
        assert set(lines.MEMO) == set(row["supplementary_component"])


def test_statements_are_the_exact_sums_of_their_rows(traded, bodies):
    columns = {
        "settlement_amount": "settlement_amount",
        "net_sales_amount": "revenue_amount",
        "shipping_cost_amount": "shipping_cost_amount",
        "fee_amount": "fee_tax_amount",
        "adjustment_amount": "adjustment_amount",
    }
    rows = defaultdict(list)
    for row in bodies(traded, "statement_transactions"):
        rows[row["_statement_id"]].append(row)
    statements = bodies(traded, "statements")
    assert len(statements) == len(rows) > 40
    for statement in statements:
        mine = rows[statement["id"]]
        for name, column in columns.items():
            assert money(statement[name]) == sum(money(row[column]) for row in mine if row["type"] != "RESERVE")
        assert money(statement["_total_reserve_amount"]) == sum(money(row["reserve_amount"]) for row in mine)


def test_orders_settle_a_fixed_number_of_days_after_delivery(traded, bodies):
    orders = {order["id"]: order for order in bodies(traded, "orders")}
    statements = {statement["id"]: statement for statement in bodies(traded, "statements")}
    sales = [row for row in order_rows(traded, bodies) if D(row["revenue_amount"]) > 0]
    assert len(sales) > 300
    for row in sales:
        statement = statements[row["_statement_id"]]
        wait = 8 if statement["currency"] == "GBP" else 7
        settled = orders[row["order_id"]]["delivery_time"] + wait * DAY
        assert statement["statement_time"] == settled - settled % DAY + DAY


def test_a_shop_has_at_most_one_statement_a_day_at_midnight(traded):
    times = Counter((record.shop, record.created_at) for record in traded.select("tiktok_shop", "statements"))
    assert set(times.values()) == {1}
    assert all(at % DAY == 0 for _, at in times)


def test_refunds_before_and_after_settlement_look_different(traded, bodies):
    rows = order_rows(traded, bodies)
    refunded = [row for row in rows if D(row["revenue_breakdown"]["refund_subtotal_before_discount_amount"]) < 0]
    early = [row for row in refunded if D(row["revenue_breakdown"]["subtotal_before_discount_amount"]) > 0]
    late = [row for row in refunded if row not in early]
    assert early
    assert late
    settled = Counter(row["order_id"] for row in rows)
    for row in late:
        assert D(row["revenue_amount"]) < 0 < total(row["fee_tax_breakdown"]["fee"])
        assert settled[row["order_id"]] == 2


def test_us_refunds_keep_a_fifth_of_the_referral_fee(traded):
    fees = [
        (D(fee["refund_administration_fee_amount"]), D(fee["referral_fee_amount"]))
        for record in traded.select("tiktok_shop", "statement_transactions", shop="7495000000000000202")
        if (fee := record.body["fee_tax_breakdown"]["fee"]) and D(record.body["revenue_amount"] or "0") < 0
    ]
    assert fees
    for kept, returned in fees:
        assert returned > 0
        assert -kept == (returned * D("0.2")).quantize(D("0.01"), "ROUND_HALF_UP")


def test_reserves_are_released_in_full_under_the_same_reserve_id(world, bodies):
    rows = [row for row in bodies(world, "statement_transactions") if row["type"] == "RESERVE"]
    advance(world, world.now + 22 * DAY)
    later = {row["id"]: row for row in bodies(world, "statement_transactions") if row["type"] == "RESERVE"}
    balance, known = defaultdict(D), {row["reserve_id"] for row in rows}
    for row in later.values():
        balance[row["reserve_id"]] += D(row["reserve_amount"])
        assert row["reserve_status"] == ("COLLECTED" if D(row["reserve_amount"]) < 0 else "RELEASED")
        assert row["settlement_amount"] == ""
    assert known
    assert {balance[reserve_id] for reserve_id in known} == {D(0)}


def test_adjustments_come_with_and_without_orders(traded, bodies):
    rows = [row for row in bodies(traded, "statement_transactions") if row["adjustment_id"]]
    assert {bool(row["adjustment_order_id"]) for row in rows} == {True, False}
    assert {"GMV_PAYMENT_FOR_ADS", "SAMPLE_SHIPPING_FEE"} <= {row["type"] for row in rows}
    assert all(row["settlement_amount"] == row["adjustment_amount"] for row in rows)


def test_a_transaction_is_re_emitted_before_any_payment_counts_on_it(new_store, bodies):
    store = new_store("restated")
    create_world(store, seed=4, start=1_767_571_200, days=40, baskets=300)
    seen: dict[str, str] = {}
    changed = set()
    for day in range(1, 41):
        advance(store, 1_767_571_200 + day * DAY + 60)
        for row in bodies(store, "statement_transactions"):
            if seen.setdefault(row["id"], row["settlement_amount"]) != row["settlement_amount"]:
                changed.add(row["id"])
    assert changed
    assert {
        D(row["settlement_amount"]) < D(seen[row["id"]])
        for row in (store.get("tiktok_shop", "statement_transactions", id).body for id in changed)
    } == {True}


def test_one_payout_carries_a_fee_no_document_names(traded, bodies):
    key = "creator_boost_trial_fee"
    rows = [row for row in order_rows(traded, bodies) if key in row["fee_tax_breakdown"]["fee"]]
    known = [entry for entry in traded.get_meta("truth") if entry["code"] == "FIN-07"]
    assert [row["id"] for row in rows] == [entry["id"] for entry in known]
    assert len(rows) == 1
    assert known[0]["origin"] == "trade"
