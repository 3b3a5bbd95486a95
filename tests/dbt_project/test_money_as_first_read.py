"""What was wrong when it was first read is reported; what only looks odd is not.

Belongs here: payouts that come with a contradiction, and look-alikes. Does not: damage to what agreed before
(test_silence).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.money_damage import FORTY_DAYS, ORDER, Found, exceptions, money_home, of, of_text
from tests.support.money_world import (
    CREATED,
    MADE_AT,
    SECOND_DAY,
    adjustment,
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
    Payload,
    append,
    land,
    set_fields,
)

EXTRA = range(201, 213)


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built world of payouts, in place of the smallest one."""
    return money_home(tmp_path_factory)


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


def test_what_was_wrong_when_it_was_first_read_is_reported(home: Path) -> None:
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
