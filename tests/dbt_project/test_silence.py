"""A fact of money that contradicts another is told, whichever record of it was changed; what only looks odd is not.

Belongs here: damage that leaves the sums of its own record in order, and look-alikes. Does not: records that do not
add up (test_root_causes), journals, reading files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.money_world import (
    CREATED,
    ESTIMATES,
    MADE_AT,
    SECOND_DAY,
    adjustment,
    create_money_world,
    land_deposit,
    land_payment,
    land_statement,
    order_body,
    payment_id,
    refund,
    reserve,
    sale,
    settlement,
)
from tests.support.raw_world import (
    BANK,
    DAMAGE_LOAD,
    LINES,
    ORDERS,
    PAID,
    STATEMENTS,
    UNDO_LOAD,
    Change,
    Payload,
    append,
    land,
    run_dbt,
    set_fields,
)

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


# What is changed of the n-th payout, and the code, entity type and entity that tell it.
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
EXTRA = range(201, 213)


def _filled(number: int, change: Change) -> Change:
    """Let a change name the records of the n-th payout."""

    def filled(payload: Payload) -> Payload | None:
        changed = change(payload)
        return None if changed is None else json.loads(of_text(number, json.dumps(changed)))

    return filled


def of_text(number: int, text: str) -> str:
    for name in ("order", "payment", "reserve", "n"):
        text = text.replace("{" + name + "}", of(number, "{" + name + "}"))
    return text


def exceptions(home: Path) -> set[Found]:
    run_dbt(home, "--select", "+exc_all", "+payouts")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built world of payouts, one for each damage, with a copy of its warehouse beside it."""
    home = tmp_path_factory.mktemp("money")
    create_money_world(home / "warehouse.duckdb", NUMBERS)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIEOUT_HOME", str(home))
        run_dbt(home)
    shutil.copy(home / "warehouse.duckdb", home / "sound.duckdb")
    return home


def test_a_world_that_agrees_is_silent(home: Path) -> None:
    assert exceptions(home) == set()


def test_each_contradiction_is_told_alone_until_it_is_taken_back(home: Path) -> None:
    done = [
        (number, table, of_text(number, key), change)
        for number, (damages, _found) in zip(NUMBERS, DAMAGES.values(), strict=True)
        for table, key, change in damages
    ]
    for number, table, key, change in done:
        append(home, table, key, change=_filled(number, change), load=DAMAGE_LOAD)

    told = exceptions(home)
    expected = {
        name: (code, kind, of_text(number, entity))
        for number, (name, (_damages, (code, kind, entity))) in zip(NUMBERS, DAMAGES.items(), strict=True)
    }
    assert {name: found for name, found in expected.items() if found not in told} == {}
    assert told - set(expected.values()) == set()

    for _number, table, key, _change in done:
        append(home, table, key, change=set_fields(), load=UNDO_LOAD)

    assert exceptions(home) == set()


def payout(
    connection: duckdb.DuckDBPyConnection, number: int, rows: dict[str, Payload], *, at: int = SECOND_DAY
) -> None:
    """Land a payout of one statement with these rows; statement, payment and bank agree with whatever they say."""
    for suffix, row in rows.items():
        land(connection, LINES, f"line-{number}{suffix}", row, parent=f"statement-{number}", load=DAMAGE_LOAD)
    of_payment = {"of": payment_id(number), "at": at, "load": DAMAGE_LOAD}
    land_statement(connection, f"statement-{number}", list(rows.values()), **of_payment)
    settled, reserved = (
        sum((Decimal(row.get(field) or "0") for row in rows.values()), Decimal("0.00"))
        for field in ("settlement_amount", "reserve_amount")
    )
    total = settled + reserved
    entry = f"main/{number}" if total else ""
    land_payment(connection, payment_id(number), str(total), settled=str(settled), entry=entry, load=DAMAGE_LOAD)


def orders(connection: duckdb.DuckDBPyConnection, number: int, *suffixes: str, **fields: Any) -> None:
    for suffix in suffixes:
        order = f"57{number:03d}{suffix}"
        land(connection, ORDERS, order, order_body(order) | fields, load=DAMAGE_LOAD)


FROM_THE_START: dict[str, tuple[Callable[[int], dict[str, Payload]], set[Found]]] = {
    "sold for less": (lambda n: {"1": sale(of(n, ORDER), sold="19.97")}, {("FIN-24", "order", ORDER)}),
    "another discount": (lambda n: {"1": sale(of(n, ORDER), discount="-1.00")}, {("FIN-24", "order", ORDER)}),
    "another shipping": (lambda n: {"1": sale(of(n, ORDER), shipping="2.00")}, {("FIN-24", "order", ORDER)}),
    "settled twice": (
        lambda n: {"1": sale(of(n, ORDER)), "2": sale(of(n, ORDER), parcel="-2.40")},
        {("FIN-24", "order", ORDER)},
    ),
    "refunded twice": (
        lambda n: {"1": sale(of(n, ORDER)), "2": refund(of(n, ORDER)), "3": refund(of(n, ORDER), fee="3.50")},
        {("RET-13", "order", ORDER)},
    ),
    "refund far above": (
        lambda n: {"1": sale(of(n, ORDER)), "2": refund(of(n, ORDER), refunded="-80.00")},
        {("RET-07", "order", ORDER)},
    ),
    "reserve released twice": (
        lambda n: {
            "1": sale(of(n, ORDER)),
            "2": reserve(n, "-1.50", status="COLLECTED"),
            "3": reserve(n, "1.50", status="RELEASED"),
            "4": reserve(n, "1.50", status="RELEASED", releases=""),
        },
        {("FIN-19", "reserve", "{reserve}")},
    ),
    "reserve without a day": (
        lambda n: {"1": sale(of(n, ORDER)), "2": reserve(n, "-1.50", status="COLLECTED", releases="")},
        {("FIN-09", "reserve", "{reserve}")},
    ),
    "reserve released for more": (
        lambda n: {
            "1": sale(of(n, ORDER)),
            "2": reserve(n, "-1.50", status="COLLECTED"),
            "3": reserve(n, "2.50", status="RELEASED"),
        },
        {("FIN-03", "reserve", "{reserve}")},
    ),
    "commission charged threefold": (
        lambda n: {"1": sale(of(n, ORDER), fee="-10.80")},
        {("FIN-08", "transaction", "line-{n}1")},
    ),
}


def test_what_was_wrong_when_it_was_first_read_is_told(home: Path) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for number, (rows, _found) in zip(EXTRA, FROM_THE_START.values(), strict=False):
            orders(connection, number, "1")
            payout(connection, number, rows(number))
        orders(connection, EXTRA[-1], "1")
        payout(connection, EXTRA[-1], {"1": sale(of(EXTRA[-1], ORDER))}, at=CREATED - FORTY_DAYS)
        land_deposit(connection, "main/unknown", "99.00", reference="7999999999999999999", load=DAMAGE_LOAD)

    expected = {
        (code, kind, of_text(number, entity))
        for number, (_rows, found) in zip(EXTRA, FROM_THE_START.values(), strict=False)
        for code, kind, entity in found
    }
    expected |= {("FIN-23", "bank_entry", "main/unknown"), ("FIN-17", "statement", f"statement-{EXTRA[-1]}")}
    assert exceptions(home) == expected


def test_what_only_looks_odd_is_silent(home: Path) -> None:
    zero, empty, partial, equal, sample, partly = range(301, 307)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        # A payout of nothing: what was charged and what was paid back are the same.
        payout(connection, zero, {"1": adjustment("", "-12.50", "GMV_PAYMENT_FOR_ADS"), "2": adjustment("", "12.50")})
        # A payout of nothing for a day without lines.
        land_statement(connection, "statement-empty", [], of=payment_id(empty), at=SECOND_DAY, load=DAMAGE_LOAD)
        land_payment(connection, payment_id(empty), "0.00", made_at=MADE_AT + 1, load=DAMAGE_LOAD)
        # Half of an order refunded, and then the other half.
        half = {"refunded": "-10.00", "refunded_discount": "1.00", "fee": "1.80"}
        halves = {"2": refund(of(partial, ORDER), **half), "3": refund(of(partial, ORDER), **half, parcel="-1.00")}
        orders(connection, partial, "1")
        payout(connection, partial, {"1": sale(of(partial, ORDER))} | halves)
        # Two lines that say the same, of two orders that do.
        orders(connection, equal, "1", "2")
        payout(connection, equal, {"1": sale(of(equal, ORDER)), "2": sale(of(equal, "{order}2"))})
        # A sample, and a replacement that cost its parcel alone.
        orders(connection, sample, "1", is_sample_order=True)
        orders(connection, sample, "2", is_replacement_order=True)
        parcel = settlement(of(sample, "{order}2"), {"parcel": "-2.50"})
        payout(connection, sample, {"1": sale(of(sample, "{order}3")), "2": parcel})
        orders(connection, sample, "3")
        # An order of which one unit was cancelled before it settled, and one cancelled whole and refunded whole.
        whole = order_body(of(partly, ORDER))
        first = whole["line_items"][0] | {"display_status": "CANCELLED"}
        partly_cancelled = whole | {"line_items": [first, whole["line_items"][1]]}
        land(connection, ORDERS, of(partly, ORDER), partly_cancelled, load=DAMAGE_LOAD)
        orders(connection, partly, "2", status="CANCELLED")
        one_unit = sale(of(partly, ORDER), sold="10.00", discount="-1.00", fee="-1.80")
        returned = {"2": sale(of(partly, "{order}2")), "3": refund(of(partly, "{order}2"))}
        payout(connection, partly, {"1": one_unit} | returned)
    # A deposit in two parts, one line sent again in other words, one re-read with nothing new.
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        amount = connection.execute(
            "select payload ->> '$.amount' from raw_bank.entries where id = 'main/1'"
        ).fetchall()
        part = Decimal("10.00")
        rest = Decimal(amount[0][0]) - part
        land_deposit(connection, "main/1-2", str(rest), reference=payment_id(1), load=DAMAGE_LOAD)
    append(home, BANK, "main/1", change=set_fields(amount=str(part)), load=DAMAGE_LOAD)
    zeros = {"fee": {"platform_commission_amount": "-3.6", "referral_fee_amount": "0"}, "tax": {"vat_amount": "0.00"}}
    append(home, LINES, "line-21", change=set_fields(fee_tax_breakdown=zeros), load=DAMAGE_LOAD)
    append(home, ORDERS, "570031", change=set_fields(update_time=MADE_AT), load=DAMAGE_LOAD)

    assert exceptions(home) == set()
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        tied = "select payment_id, tie_out_status, unexplained_amount from finance.payouts where amount = 0"
        zeros_of_payouts = set(connection.execute(tied).fetchall())
    assert zeros_of_payouts == {(payment_id(number), "tied", 0) for number in (zero, empty)}
