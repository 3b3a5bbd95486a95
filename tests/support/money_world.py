"""A small world in which all that two records say of one sum of money agrees: orders are whole, statements two.

Belongs here: the records of a payout with sales, a refund, a reserve, an adjustment and an estimate. Does not: damage
to them, or what should come of it (tests/dbt_project/test_silence.py).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

from ingestion.raw import create_raw_tables
from tests.support.raw_world import (
    FIRST_LOAD,
    LINES,
    ORDERS,
    PAID,
    SHOP,
    STATEMENTS,
    Payload,
    land,
    land_settings,
    money,
)

CREATED, FIRST_DAY, SECOND_DAY = 1769904000, 1770163200, 1770249600  # 1, 4 and 5 February 2026, midnight UTC
MADE_AT, PAID_AT = SECOND_DAY + 9 * 3600, SECOND_DAY + 38 * 3600
Load = tuple[str, str]
ESTIMATES = "raw_tiktok_shop.unsettled_transactions"
PAYER = "TIKTOK INFORMATION TECHNOLOGIES UK LIMITED"
_CLASSES = {
    "revenue.seller_discount_amount": "seller_discount",
    "revenue.refund_subtotal_before_discount_amount": "refund",
    "revenue.seller_discount_refund_amount": "refund_discount",
    "shipping_cost.customer_paid_shipping_fee_amount": "shipping_income",
    "shipping_cost.actual_shipping_fee_amount": "shipping_cost",
    "adjustment.LOGISTICS_REIMBURSEMENT": "reimbursement",
    "adjustment.GMV_PAYMENT_FOR_ADS": "ads",
    "reserve.COLLECTED": "reserve",
    "reserve.RELEASED": "reserve",
}
_SALE = {"sold": "20.00", "discount": "-2.00", "shipping": "3.00", "parcel": "-2.50", "fee": "-3.60"}
_REFUND = {"refunded": "-20.00", "refunded_discount": "2.00", "fee": "3.60"}
_NAMES = {
    "sold": "subtotal_before_discount_amount",
    "discount": "seller_discount_amount",
    "refunded": "refund_subtotal_before_discount_amount",
    "refunded_discount": "seller_discount_refund_amount",
    "shipping": "customer_paid_shipping_fee_amount",
    "parcel": "actual_shipping_fee_amount",
    "fee": "platform_commission_amount",
}


def payment_id(number: int) -> str:
    """Return the id of the n-th payout."""
    return f"79{number:03d}000000000{number:05d}"


def order_body(order: str, *, created: int = CREATED) -> Payload:
    """Return an order of two equal units of 10.00, 1.00 off each by the seller, with shipping of 3.00."""
    line = {
        "sku_id": "1729",
        "seller_sku": "MUG",
        "currency": "GBP",
        "display_status": "COMPLETED",
        "original_price": "10.00",
        "sale_price": "9.00",
        "seller_discount": "1.00",
        "platform_discount": "0",
    }
    payment = {
        "currency": "GBP",
        "total_amount": "21.00",
        "sub_total": "18.00",
        "original_total_product_price": "20.00",
        "seller_discount": "2.00",
        "platform_discount": "0",
        "shipping_fee": "3.00",
        "original_shipping_fee": "3.00",
        "shipping_fee_seller_discount": "0",
        "shipping_fee_platform_discount": "0",
        "tax": "0",
        "product_tax": "0",
        "shipping_fee_tax": "0",
    }
    return {
        "status": "COMPLETED",
        "create_time": created,
        "paid_time": created + 60,
        "delivery_time": created + 86400,
        "is_sample_order": False,
        "is_replacement_order": False,
        "payment": payment,
        "line_items": [line | {"id": f"{order}-{unit}"} for unit in (1, 2)],
    }


def settlement(order: str, parts: dict[str, str], *, paid: str = "0") -> Payload:
    """Return an ORDER row whose groups and total are the sums of its parts."""
    revenue, shipping, fee = (
        {_NAMES[part]: parts[part] for part in group if part in parts}
        for group in (("sold", "discount", "refunded", "refunded_discount"), ("shipping", "parcel"), ("fee",))
    )
    sums = [str(sum(map(Decimal, group.values()), Decimal("0.00"))) for group in (revenue, shipping, fee)]
    return {
        "type": "ORDER",
        "order_id": order,
        "order_create_time": CREATED,
        "settlement_amount": str(sum(map(Decimal, sums))),
        "revenue_amount": sums[0],
        "shipping_cost_amount": sums[1],
        "fee_tax_amount": sums[2],
        "adjustment_amount": "0",
        "revenue_breakdown": revenue,
        "shipping_cost_breakdown": shipping | {"supplementary_component": {"customer_shipping_fee": "3.00"}},
        "fee_tax_breakdown": {"fee": fee, "tax": {}},
        "supplementary_component": {"customer_payment_amount": paid},
    }


def sale(order: str, **changed: str) -> Payload:
    """Return the sale of an order, with some parts changed and everything added up again."""
    return settlement(order, _SALE | changed, paid="21.00")


def refund(order: str, **changed: str) -> Payload:
    """Return the refund of a whole order, with some parts changed and everything added up again."""
    return settlement(order, _REFUND | changed)


def adjustment(order: str, amount: str, kind: str = "LOGISTICS_REIMBURSEMENT") -> Payload:
    """Return an adjustment, for an order where one is named."""
    return {
        "type": kind,
        "adjustment_id": "76",
        "adjustment_order_id": order,
        "order_create_time": CREATED + 86400,
        "settlement_amount": amount,
        "adjustment_amount": amount,
        "revenue_amount": "0",
        "shipping_cost_amount": "0",
        "fee_tax_amount": "0",
    }


def reserve(number: int, amount: str, *, status: str, releases: object = str(SECOND_DAY)) -> Payload:
    """Return a RESERVE row of the first order of a payout."""
    return {
        "type": "RESERVE",
        "order_create_time": CREATED,
        "associated_order_id": f"57{number:03d}1",
        "reserve_id": f"78{number:03d}",
        "reserve_amount": amount,
        "reserve_status": status,
        "estimated_release_time": releases,
    }


def estimate(number: int) -> Payload:
    """Return the estimate of an order that has not settled yet."""
    return {
        "type": "ORDER",
        "order_id": f"57{number:03d}9",
        "currency": "GBP",
        "estimated_settlement": "Delivered + 7 days",
        "order_create_time": CREATED,
        "est_settlement_amount": "14.90",
        "est_revenue_amount": "18.00",
        "est_shipping_cost_amount": "0.50",
        "est_fee_tax_amount": "-3.60",
        "est_adjustment_amount": "0",
    }


def land_money(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Land a payout of two statements: two sales and a reserve; one more sale, its refund, the reserve's release."""
    first, second, third = (f"57{number:03d}{suffix}" for suffix in (1, 2, 3))
    of_first = {"1": sale(first), "2": sale(second), "6": reserve(number, "-1.50", status="COLLECTED")}
    of_second = {
        "3": sale(third),
        "4": refund(third),
        "5": adjustment(first, "2.00"),
        "7": reserve(number, "1.50", status="RELEASED"),
    }
    for statement, day, rows in (("a", FIRST_DAY, of_first), ("b", SECOND_DAY, of_second)):
        for suffix, row in rows.items():
            land(connection, LINES, f"line-{number}{suffix}", row, parent=f"statement-{number}{statement}")
        land_statement(connection, f"statement-{number}{statement}", list(rows.values()), of=payment_id(number), at=day)
    for order in (first, second, third):
        land(connection, ORDERS, order, order_body(order))
    land(connection, ORDERS, f"57{number:03d}9", order_body(f"57{number:03d}9") | {"status": "DELIVERED"})
    land(connection, ESTIMATES, f"estimate-{number}", estimate(number), parent=f"57{number:03d}9")
    land_payment(
        connection, payment_id(number), _sum([*of_first.values(), *of_second.values()]), entry=f"main/{number}"
    )


def land_statement(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    rows: list[Payload],
    *,
    of: str,
    at: int,
    load: Load = FIRST_LOAD,
) -> None:
    """Land a statement and its summary whose figures are the sums of these rows."""

    def total(field: str) -> str:
        return str(sum((Decimal(row.get(field) or "0") for row in rows), Decimal("0.00")))

    header = {
        "payment_id": of,
        "payment_status": "PAID",
        "currency": "GBP",
        "statement_time": at,
        "payment_time": PAID_AT,
        "settlement_amount": total("settlement_amount"),
        "revenue_amount": total("revenue_amount"),
        "shipping_cost_amount": total("shipping_cost_amount"),
        "fee_amount": total("fee_tax_amount"),
        "adjustment_amount": total("adjustment_amount"),
    }
    summary = {"total_settlement_amount": total("settlement_amount"), "total_reserve_amount": total("reserve_amount")}
    land(connection, STATEMENTS, key, header, parent=of, load=load)
    land(connection, "raw_tiktok_shop.statement_summaries", key, summary, load=load)


def land_payment(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    amount: str,
    *,
    entry: str = "",
    settled: str = "",
    made_at: int = MADE_AT,
    load: Load = FIRST_LOAD,
) -> None:
    """Land a payment in GBP and, where an entry is named, the deposit that names it."""
    body = {
        "status": "PAID",
        "amount": money(amount),
        "settlement_amount": money(settled or amount),
        "payment_amount_before_exchange": money(amount),
        "exchange_rate": "1",
        "create_time": made_at,
        "paid_time": PAID_AT,
        "bank_account": "4401",
    }
    land(connection, PAID, key, body, load=load)
    if entry:
        land_deposit(connection, entry, amount, reference=key, load=load)


def land_deposit(
    connection: duckdb.DuckDBPyConnection, key: str, amount: str, *, reference: str, load: Load = FIRST_LOAD
) -> None:
    """Land a deposit of TikTok Shop on the shop's account, the working day after it was paid."""
    entry = {
        "account_id": "main",
        "booking_date": "2026-02-09",
        "value_date": "2026-02-09",
        "amount": amount,
        "currency": "GBP",
        "reference": reference,
        "counterparty": PAYER,
        "remittance": "TIKTOK SHOP PAYOUT",
    }
    land(connection, "raw_bank.entries", key, entry, shop="", load=load)


def _sum(rows: list[Payload]) -> str:
    fields = ("settlement_amount", "reserve_amount")
    return str(sum((Decimal(row.get(field) or "0") for row in rows for field in fields), Decimal("0.00")))


def create_money_world(path: Path, numbers: range) -> None:
    """Write a warehouse with these payouts, their maps and what has been read completely."""
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_tables(connection)
        land_settings(connection)
        account = {"account_id": "main", "iban": "GB11 XFAK 0099 0000 0044 01", "currency": "GBP"}
        land(connection, "raw_config.bank_accounts", "main", account, shop="")
        for place, (fee_key, line_class) in enumerate(_CLASSES.items()):
            rule = {"region": "*", "fee_key": fee_key, "line_class": line_class}
            land(connection, "raw_config.fee_map", fee_key, rule, shop="")
            number = str(2000 + place)
            accounted = {"shop_id": "*", "line_class": line_class, "netsuite_account": number}
            land(connection, "raw_config.account_map", f"{line_class}-{place}", accounted, shop="")
            land(connection, "raw_netsuite.accounts", number, {"acctnumber": number, "isinactive": "F"}, shop="")
        window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": FIRST_LOAD[0]}
        for entity in ("statements", "statement_transactions"):
            covered = window | {"system": "tiktok_shop", "entity": entity, "shop_id": SHOP}
            land(connection, "raw_tieout.coverage", f"tiktok_shop-{entity}", covered, shop=SHOP)
        for number_of_payout in numbers:
            land_money(connection, number_of_payout)
