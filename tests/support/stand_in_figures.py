"""What the stand-ins' records say of payments, statements and orders, computed without a model.

Belongs here: figures of the records that the stand-ins hold, and of rows as received, with the maps. Does not: what
published marts say of them (tests/integration/test_controller).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from tests.support.worlds import CONFIG, World

GB, US = "7495000000000000101", "7495000000000000202"
REGIONS = {GB: "GB", US: "US"}
MONTH_END = datetime(2026, 2, 1, tzinfo=UTC)
SALE = ("gross_sales", "seller_discount", "refund", "refund_discount", "shipping_income")
RESERVE = ("reserve_held", "reserve_released")
PENNY = Decimal("0.01")


def now(world: World) -> datetime:
    return datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)


def payments(world: World) -> list[dict[str, Any]]:
    return [body for body in world.records("tiktok_shop", "payments") if body["status"] == "PAID"]


def is_banked(world: World) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether the bank's lines up to now bring a payment whole."""
    until = now(world).date().isoformat()
    amounts = {body["id"]: Decimal(body["amount"]["value"]) for body in payments(world)}
    brought: dict[str, Decimal] = defaultdict(Decimal)
    for line in world.records("bank", "lines"):
        ids = line["_payment_ids"]
        if line["booking_date"] < until and ids:
            for payment in ids:
                brought[payment] += amounts[payment] if len(ids) > 1 else Decimal(line["amount"])
    return lambda body: brought[body["id"]] == amounts[body["id"]]


def is_posted(world: World) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether NetSuite holds the journal of a payment's own month."""
    keys = {body["externalId"] for body in world.journals()}

    def posted(body: Mapping[str, Any]) -> bool:
        paid = datetime.fromtimestamp(body["paid_time"], UTC)
        return f"TTS-{body['_record']['shop']}-{body['id']}-{paid:%Y%m}-R0" in keys

    return posted


def lines(world: World) -> list[dict[str, Any]]:
    """Return each amount of each statement up to now with its class by fees.csv, and the VAT within it."""
    rows = list(csv.DictReader((CONFIG / "fees.csv").read_text().splitlines()))
    classes = {(row["region"], row["fee_key"]): row["line_class"] for row in rows}
    statements = {body["id"]: body for body in world.records("tiktok_shop", "statements")}
    found = []
    for body in world.records("tiktok_shop", "statement_transactions"):
        statement = statements[body["_statement_id"]]
        shop = statement["_record"]["shop"]
        day = (datetime.fromtimestamp(statement["statement_time"], UTC) - timedelta(seconds=1)).date()
        if statement["statement_time"] > now(world).timestamp():
            continue
        for key, amount in leaves(body):
            line_class = classes.get((REGIONS[shop], key)) or classes.get(("*", key)) or "unclassified"
            if line_class == "memo" or not amount:
                continue
            owes = shop == GB and line_class in SALE
            vat = (amount / 6).quantize(PENNY, ROUND_HALF_UP) if owes else Decimal(0)
            of = {"shop_id": shop, "day": day, "month": f"{day:%Y-%m}", "currency": statement["currency"]}
            order = body["order_id"] or body["adjustment_order_id"] or None
            what = {"line_class": line_class, "order_id": order, "amount": amount, "vat": vat}
            found.append({**of, **what, "payment_id": statement["payment_id"]})
    return found


def leaves(body: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield the amounts that a settlement line is made of, by path, and what its totals hold beyond them."""
    fee_tax = body["fee_tax_breakdown"]
    groups = [
        ("revenue", "revenue_amount", {"": body["revenue_breakdown"]}),
        ("shipping_cost", "shipping_cost_amount", {"": body["shipping_cost_breakdown"]}),
        ("fee_tax", "fee_tax_amount", {"fee.": fee_tax.get("fee") or {}, "tax.": fee_tax.get("tax") or {}}),
    ]
    memo = memos()
    for group, total, parts in groups:
        rest = Decimal(body[total] or 0)
        for prefix, values in parts.items():
            for name, value in values.items():
                key = f"{group}.{prefix}{name}"
                if isinstance(value, str) and value and key not in memo:
                    rest -= Decimal(value)
                    yield key, Decimal(value)
        yield f"{group}.unitemised", rest
    yield f"adjustment.{body['type']}", Decimal(body["adjustment_amount"] or 0)
    yield f"reserve.{body['reserve_status']}", Decimal(body["reserve_amount"] or 0)


def memos() -> set[str]:
    rows = csv.DictReader((CONFIG / "fees.csv").read_text().splitlines())
    return {row["fee_key"] for row in rows if row["line_class"] == "memo"}


def reported(world: World) -> list[dict[str, Any]]:
    """Return each order not settled at the month end with what it was to bring: as received then, or settled since."""
    settled: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    statements = {body["id"]: body["statement_time"] for body in world.records("tiktok_shop", "statements")}
    for body in world.records("tiktok_shop", "statement_transactions"):
        at = datetime.fromtimestamp(statements[body["_statement_id"]], UTC)
        if body["order_id"] and at <= now(world):
            settled[body["order_id"]].append((at, Decimal(body["settlement_amount"])))
    with duckdb.connect(world.home / "warehouse.duckdb", read_only=True) as connection:
        estimates = dict(connection.execute(_ESTIMATES).fetchall())
    found = []
    for order in world.records("tiktok_shop", "orders"):
        rows = settled.get(order["id"], [])
        first = min((at for at, _ in rows), default=None)
        made = datetime.fromtimestamp(order["create_time"], UTC)
        if order["status"] in ("CANCELLED", "UNPAID") or made >= MONTH_END or (first and first <= MONTH_END):
            continue
        delivered = order.get("delivery_time") or 0
        found.append(
            {
                "shop_id": order["_record"]["shop"],
                "order_id": order["id"],
                "is_delivered": 0 < delivered <= MONTH_END.timestamp(),
                "estimate": estimates.get(order["id"]),
                "amount": estimates.get(order["id"], sum((amount for _, amount in rows), Decimal(0))),
            }
        )
    return found


_ESTIMATES = """
with rows as (
    select payload from raw_tiktok_shop.unsettled_transactions
    where observed_at <= timestamptz '2026-02-01 00:00:00+00' and payload is not null
    qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1
)
select
    coalesce(nullif(payload ->> '$.order_id', ''), payload ->> '$.adjustment_order_id') as order_id,
    sum(cast(payload ->> '$.est_settlement_amount' as decimal(18, 4))) as amount
from rows group by all
"""
