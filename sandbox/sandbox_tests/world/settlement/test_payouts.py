from collections import defaultdict
from decimal import ROUND_HALF_UP
from decimal import Decimal as D

DAY = 86_400


def by_payment(traded, bodies) -> dict[str, list[dict]]:
    grouped = defaultdict(list)
    for statement in bodies(traded, "statements"):
        grouped[statement["payment_id"]].append(statement)
    return grouped


def test_payments_are_their_statements_plus_reserve_then_exchanged(traded, bodies):
    statements = by_payment(traded, bodies)
    payments = bodies(traded, "payments")
    assert len(payments) > 15
    for payment in payments:
        mine = statements[payment["id"]]
        settlement = sum(D(statement["settlement_amount"]) for statement in mine)
        reserve = sum(D(statement["_total_reserve_amount"]) for statement in mine)
        before = payment["payment_amount_before_exchange"]
        assert D(payment["settlement_amount"]["value"]) == settlement
        assert D(payment["_reserve_amount"]["value"]) == reserve
        assert D(before["value"]) == settlement + reserve
        assert {statement["currency"] for statement in mine} == {before["currency"]}
        exchanged = (settlement + reserve) * D(payment["exchange_rate"])
        assert D(payment["amount"]["value"]) == exchanged.quantize(D("0.01"), ROUND_HALF_UP)
        assert payment["amount"]["currency"] == "GBP"


def test_the_lines_of_a_payment_sum_to_what_was_paid_before_exchange(traded, bodies):
    lines = defaultdict(D)
    for row in bodies(traded, "statement_transactions"):
        amount = row["reserve_amount"] if row["type"] == "RESERVE" else row["settlement_amount"]
        lines[row["_statement_id"]] += D(amount)
    statements = by_payment(traded, bodies)
    for payment in bodies(traded, "payments"):
        total = sum(lines[statement["id"]] for statement in statements[payment["id"]])
        assert total == D(payment["payment_amount_before_exchange"]["value"])


def test_status_of_a_payment_is_the_status_of_its_statements(traded, bodies):
    statements = by_payment(traded, bodies)
    payments = bodies(traded, "payments")
    assert {"PAID"} <= {payment["status"] for payment in payments} <= {"PAID", "PROCESSING"}
    for payment in payments:
        assert (payment["paid_time"] > payment["create_time"]) == (payment["status"] == "PAID")
        for statement in statements[payment["id"]]:
            assert statement["payment_status"] == payment["status"]
            assert statement["payment_time"] == payment["paid_time"]
    assert all(statement["payment_status"] == "PROCESSING" for statement in statements[""])


def test_rates_have_six_decimals_and_only_foreign_money_is_exchanged(traded, bodies):
    for payment in bodies(traded, "payments"):
        assert len(payment["exchange_rate"].partition(".")[2]) == 6
        is_foreign = payment["payment_amount_before_exchange"]["currency"] != "GBP"
        assert (payment["exchange_rate"] != "1.000000") == is_foreign


def test_a_negative_statement_waits_for_a_later_payment(traded, bodies):
    planted = [entry for entry in traded.get_meta("truth") if entry["code"] == "FIN-10"]
    assert len(planted) == 2
    payments = {payment["id"]: payment for payment in bodies(traded, "payments")}
    for entry in planted:
        statement = traded.get("tiktok_shop", "statements", entry["id"]).body
        assert D(statement["settlement_amount"]) < 0
        assert payments[statement["payment_id"]]["create_time"] - statement["statement_time"] > 2 * DAY
