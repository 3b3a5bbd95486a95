from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal as D


def test_every_paid_payment_arrives_once_and_in_full_within_a_few_days(traded, bodies):
    arrived = defaultdict(D)
    for line in bodies(traded, "lines", system="bank"):
        if line["_payment_ids"]:
            arrived[tuple(line["_payment_ids"])] += D(line["amount"])
    payments = {payment["id"]: payment for payment in bodies(traded, "payments")}
    seen = [id for ids in arrived for id in ids]
    assert len(seen) == len(set(seen))
    for ids, amount in arrived.items():
        assert amount == sum(D(payments[id]["amount"]["value"]) for id in ids)
    late = {id for id, body in payments.items() if body["status"] == "PAID"} - set(seen)
    assert all(payments[id]["paid_time"] > traded.now - 8 * 86_400 for id in late)


def test_each_shop_is_paid_on_its_own_account_on_business_days(traded, bodies):
    account = {"7495000000000000101": "gbp-main", "7495000000000000202": "gbp-us-payouts"}
    shops = {record.id: record.shop for record in traded.select("tiktok_shop", "payments")}
    for line in bodies(traded, "lines", system="bank"):
        day = datetime.fromisoformat(line["booking_date"]).replace(tzinfo=UTC)
        assert day.weekday() < 5
        assert line["value_date"] >= line["booking_date"]
        for payment_id in line["_payment_ids"]:
            assert line["account_id"] == account[shops[payment_id]]


def test_unrelated_lines_lie_between_payouts_named_in_several_ways(traded, bodies):
    lines = bodies(traded, "lines", system="bank")
    payouts = [line for line in lines if line["_payment_ids"]]
    assert len(lines) - len(payouts) > len(payouts)
    assert len({line["counterparty"] for line in payouts}) > 1
    named = [line for line in payouts if any(id in line["remittance"] for id in line["_payment_ids"])]
    assert 0 < len(named) < len(payouts)
    assert any(line["counterparty"] == "FAKE BANK PLC" for line in lines)
