"""Damage to one money fact each, that leaves the sums of its own record in order, and what shows it.

Belongs here: the damages, by what they change, and the world of payouts that they are done to. Does not: the sound
records (money_world), or the tests.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.money_world import CREATED, ESTIMATES, MADE_AT, SECOND_DAY, create_money_world, payment_id, sale
from tests.support.raw_world import (
    BANK,
    LINES,
    ORDERS,
    PAID,
    STATEMENTS,
    Change,
    Payload,
    build,
    set_fields,
)
from tests.support.worlds import made_once

Found = tuple[str, str, str]
Damage = tuple[str, str, Change]
DAY = 86400
FORTY_DAYS = 40 * DAY
SUMMARIES = "raw_tiktok_shop.statement_summaries"


def of(number: int, text: str) -> str:
    return text.format(n=number, order=f"57{number:03d}", payment=payment_id(number), reserve=f"78{number:03d}")


def paid(**fields: str) -> Change:
    """Return the change of an order's payment."""
    return lambda payload: payload | {"payment": payload["payment"] | fields}


def first_line(**fields: Any) -> Change:
    """Return the change of an order's first line."""
    return lambda payload: payload | {"line_items": [payload["line_items"][0] | fields, *payload["line_items"][1:]]}


def without(field: str) -> Change:
    return lambda payload: {name: value for name, value in payload.items() if name != field}


def both(*changes: Change) -> Change:
    def change(payload: Payload) -> Payload | None:
        for each in changes:
            payload = each(payload) or {}
        return payload

    return change


def whole_order_in(currency: str) -> Change:
    return lambda payload: json.loads(json.dumps(payload).replace('"GBP"', f'"{currency}"'))


def dearer(payload: Payload) -> Payload:
    """Raise the price of every unit by 1.00, wherever an order says so."""
    lines = [line | {"original_price": "11.00", "sale_price": "10.00"} for line in payload["line_items"]]
    sums = {"original_total_product_price": "22.00", "sub_total": "20.00", "total_amount": "23.00"}
    return payload | {"line_items": lines, "payment": payload["payment"] | sums}


def discounted(payload: Payload) -> Payload:
    """Give a platform discount of 1.00 that the buyer's payment does not know."""
    line = payload["line_items"][0] | {"platform_discount": "1.00", "sale_price": "8.00"}
    sums = {"platform_discount": "1.00", "sub_total": "17.00", "total_amount": "20.00"}
    return payload | {"line_items": [line, payload["line_items"][1]], "payment": payload["payment"] | sums}


# What is changed of the n-th payout, and the code, entity type and entity that report it.
ORDER, SALE = "{order}1", "line-{n}1"
SETTLED_ORDERS: dict[str, tuple[list[Damage], Found]] = {
    name: ([(ORDERS, ORDER, change)], ("FIN-24", "order", ORDER))
    for name, change in {
        "total": paid(total_amount="22.00"),
        "sub_total": paid(sub_total="17.00"),
        "total and sub_total": paid(sub_total="17.00", total_amount="20.00"),
        "seller discount": paid(seller_discount="1.00"),
        "shipping": paid(shipping_fee="2.00"),
        "shipping, everywhere": paid(shipping_fee="2.00", original_shipping_fee="2.00", total_amount="20.00"),
        "tax": paid(tax="1.00", total_amount="22.00"),
        "no total": paid(total_amount=""),
        "currency": paid(currency="EUR"),
        "currency, everywhere": whole_order_in("EUR"),
        "price of a line": first_line(original_price="9.00"),
        "price, everywhere": dearer,
        "platform discount, everywhere": discounted,
        "sale price": first_line(sale_price="9.50"),
        "no sale price any more": first_line(sale_price=""),
        "no sub_total any more": paid(sub_total=""),
        "no original total any more": paid(original_total_product_price=""),
        "another id of a line": first_line(id="another"),
        "another SKU of a line": first_line(seller_sku="ANOTHER"),
        "no currency of a line any more": first_line(currency=""),
        "negative price": first_line(original_price="-10.00"),
        "no price": first_line(original_price=""),
        "currency of a line": first_line(currency="EUR"),
        "creation": set_fields(create_time=CREATED - FORTY_DAYS),
        "no creation": without("create_time"),
        "no lines": without("line_items"),
        "a line gone": lambda payload: payload | {"line_items": payload["line_items"][:1]},
        "a line twice": lambda payload: payload | {"line_items": [*payload["line_items"], payload["line_items"][0]]},
        "cancelled": set_fields(status="CANCELLED"),
        "a line cancelled": first_line(display_status="CANCELLED"),
        "a sample": set_fields(is_sample_order=True),
        "a replacement": set_fields(is_replacement_order=True),
        "on its way again": set_fields(status="IN_TRANSIT"),
    }.items()
}
OTHERS: dict[str, tuple[list[Damage], Found]] = {
    "payment to another account": (
        [(PAID, "{payment}", set_fields(bank_account="7702"))],
        ("FIN-25", "payment", "{payment}"),
    ),
    "payment to a masked account": (
        [(PAID, "{payment}", set_fields(bank_account="****7702"))],
        ("FIN-25", "payment", "{payment}"),
    ),
    "payment to no account": ([(PAID, "{payment}", without("bank_account"))], ("FIN-25", "payment", "{payment}")),
    "a payment without the currency of its settlement": (
        [(PAID, "{payment}", set_fields(settlement_amount={"value": "35.54"}))],
        ("SYS-03", "quarantine", "tiktok_shop/payments/{payment}"),
    ),
    "a paid statement without a time of payment": (
        [(STATEMENTS, "statement-{n}a", without("payment_time"))],
        ("SYS-03", "quarantine", "tiktok_shop/statements/statement-{n}a"),
    ),
    "a statement paid at another time than its payment": (
        [(STATEMENTS, "statement-{n}a", set_fields(payment_time=MADE_AT - FORTY_DAYS))],
        ("FIN-04", "payment", "{payment}"),
    ),
    "payment made at no time": (
        [(PAID, "{payment}", without("create_time"))],
        ("SYS-03", "quarantine", "tiktok_shop/payments/{payment}"),
    ),
    "payment made before its statements": (
        [(PAID, "{payment}", set_fields(create_time=MADE_AT - FORTY_DAYS))],
        ("FIN-04", "payment", "{payment}"),
    ),
    "payment made after it was paid": (
        [(PAID, "{payment}", set_fields(create_time=MADE_AT + FORTY_DAYS))],
        ("FIN-04", "payment", "{payment}"),
    ),
    "statement forty days earlier": (
        [(STATEMENTS, "statement-{n}b", set_fields(statement_time=SECOND_DAY - FORTY_DAYS))],
        ("FIN-17", "statement", "statement-{n}b"),
    ),
    "statement forty days later": (
        [(STATEMENTS, "statement-{n}b", set_fields(statement_time=SECOND_DAY + FORTY_DAYS))],
        ("FIN-17", "statement", "statement-{n}b"),
    ),
    "money moved between two lines": (
        [
            (LINES, "line-{n}1", lambda _: sale("{order}1", fee="-3.50")),
            (LINES, "line-{n}2", lambda _: sale("{order}2", fee="-3.70")),
        ],
        ("FIN-17", "statement", "statement-{n}a"),
    ),
    "no order": ([(LINES, SALE, set_fields(order_id=""))], ("FIN-06", "transaction", SALE)),
    "an adjustment of an absent order": (
        [(LINES, "line-{n}5", set_fields(adjustment_order_id="5799999{n}"))],
        ("FIN-06", "order", "5799999{n}"),
    ),
    "an adjustment of two orders": (
        [(LINES, "line-{n}5", set_fields(adjustment_order_id="{order}1", associated_order_id="{order}2"))],
        ("SYS-03", "quarantine", "tiktok_shop/statement_transactions/line-{n}5"),
    ),
    "a reserve of an absent order": (
        [
            (LINES, "line-{n}6", set_fields(associated_order_id="5788888{n}")),
            (LINES, "line-{n}7", set_fields(associated_order_id="5788888{n}")),
        ],
        ("FIN-06", "order", "5788888{n}"),
    ),
    "released for another order": (
        [(LINES, "line-{n}7", set_fields(associated_order_id="{order}2"))],
        ("FIN-03", "reserve", "{reserve}"),
    ),
    "a day of release without a reserve": (
        [(LINES, SALE, set_fields(estimated_release_time="1769222400"))],
        ("FIN-03", "reserve", SALE),
    ),
    "revenue beside other net sales": (
        [
            (
                STATEMENTS,
                "statement-{n}a",
                lambda payload: payload | {"net_sales_amount": payload["revenue_amount"], "revenue_amount": "1.11"},
            )
        ],
        ("FIN-03", "statement", "statement-{n}a"),
    ),
    "released without a name": (
        [(LINES, "line-{n}7", set_fields(reserve_id=""))],
        ("FIN-15", "reserve", "line-{n}7"),
    ),
    "an estimate that is no number": (
        [(ESTIMATES, "estimate-{n}", set_fields(est_settlement_amount="abc"))],
        ("SYS-03", "quarantine", "tiktok_shop/unsettled_transactions/estimate-{n}"),
    ),
    "an estimate that does not add up": (
        [(ESTIMATES, "estimate-{n}", set_fields(est_settlement_amount="15.90"))],
        ("FIN-03", "estimate", "estimate-{n}"),
    ),
    "a deposit the day before": (
        [(BANK, "main/{n}", set_fields(booking_date="2026-02-05"))],
        ("FIN-21", "payment", "{payment}"),
    ),
}
DAMAGES = SETTLED_ORDERS | OTHERS
NUMBERS = range(1, len(DAMAGES) + 1)


def filled(number: int, change: Change) -> Change:
    """Let a change name the records of the n-th payout."""

    def changed_payload(payload: Payload) -> Payload | None:
        changed = change(payload)
        return None if changed is None else json.loads(of_text(number, json.dumps(changed)))

    return changed_payload


def of_text(number: int, text: str) -> str:
    for name in ("order", "payment", "reserve", "n"):
        text = text.replace("{" + name + "}", of(number, "{" + name + "}"))
    return text


def exceptions(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all", "finance.payouts")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


def money_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built world of payouts, one for each damage, with a copy of its warehouse beside it."""
    return made_once(tmp_path_factory, "money", _build)


def _build(home: Path) -> None:
    create_money_world(home / "warehouse.duckdb", NUMBERS)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIEOUT_HOME", str(home))
        build(home)
    shutil.copy(home / "warehouse.duckdb", home / "sound.duckdb")
