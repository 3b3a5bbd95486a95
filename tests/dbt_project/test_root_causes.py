"""One damaged fact yields exactly the one fitting exception, and taking the damage back clears it.

Belongs here: damage to raw records, and the rows of exceptions_build.exc_all. Does not: episodes, or reading records.
Damages of one build are in payouts of their own, so that every exception is that of one damage and of no other.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.raw_world import (
    BANK,
    DAMAGE_LOAD,
    LINES,
    NAMED,
    ORDERS,
    PAID,
    PAYMENTS,
    STATEMENTS,
    UNDO_LOAD,
    UNNAMED,
    Change,
    append,
    build,
    create_sound_world,
    gone,
    land_payment,
    money,
    set_fields,
)

Found = tuple[str, str, str]
Damage = tuple[str, str, Change, Found]
PAYOUTS, UNNAMED_PAYOUTS = range(3, 40), range(40, 44)
IN_EUROS = {"value": "20.00", "currency": "EUR"}
LESS_ITEMISED = {"fee": {"platform_commission_amount": "-0.40"}, "tax": {}}
MORE_ITEMISED = {"fee": {"platform_commission_amount": "-1.60"}, "tax": {}}
# Of the n-th payout: its table, the record's key, the change, and the exception's code, entity type and entity.
LINE, STATEMENT, PAYMENT, DEPOSIT, ORDER = "line-{n}1", "statement-{n}", "{payment}", "main/{n}", "57{n}1"
QUARANTINED = "tiktok_shop/statement_transactions/line-{n}1"
OF_ANY_PAYOUT: list[Damage] = [
    (LINES, LINE, set_fields(settlement_amount="8.00"), ("FIN-03", "transaction", LINE)),
    (LINES, LINE, set_fields(fee_tax_breakdown=LESS_ITEMISED), ("FIN-03", "transaction", LINE)),
    (LINES, LINE, set_fields(fee_tax_breakdown=MORE_ITEMISED), ("FIN-03", "transaction", LINE)),
    (LINES, LINE, set_fields(revenue_breakdown={}), ("FIN-03", "transaction", LINE)),
    (LINES, LINE, gone, ("FIN-03", "statement", STATEMENT)),
    (LINES, LINE, set_fields(settlement_amount="abc"), ("SYS-03", "quarantine", QUARANTINED)),
    (STATEMENTS, STATEMENT, set_fields(fee_amount="-3.00"), ("FIN-03", "statement", STATEMENT)),
    (STATEMENTS, STATEMENT, set_fields(fee_amount=""), ("FIN-03", "statement", STATEMENT)),
    (STATEMENTS, STATEMENT, set_fields(settlement_amount=""), ("FIN-03", "statement", STATEMENT)),
    (STATEMENTS, STATEMENT, gone, ("FIN-04", "payment", PAYMENT)),
    (PAID, PAYMENT, gone, ("FIN-04", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(settlement_amount=money("1.00")), ("FIN-04", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(payment_amount_before_exchange=money("1.00")), ("FIN-04", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(settlement_amount=IN_EUROS), ("FIN-04", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(amount=money("17.00")), ("FIN-01", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(exchange_rate="1.1"), ("FIN-14", "payment", PAYMENT)),
    (PAID, PAYMENT, set_fields(status="FAILED"), ("FIN-20", "payment", PAYMENT)),
    (BANK, DEPOSIT, set_fields(amount="17.00"), ("FIN-01", "payment", PAYMENT)),
    (BANK, DEPOSIT, set_fields(currency="EUR"), ("FIN-01", "payment", PAYMENT)),
    (BANK, DEPOSIT, gone, ("FIN-02", "payment", PAYMENT)),
    (BANK, DEPOSIT, set_fields(reference="SHOP"), ("FIN-21", "payment", PAYMENT)),
    (ORDERS, ORDER, gone, ("FIN-06", "order", ORDER)),
]
OF_UNNAMED_PAYOUT: list[Damage] = [
    (BANK, DEPOSIT, set_fields(amount="17.00"), ("FIN-01", "payment", PAYMENT)),
    (BANK, DEPOSIT, gone, ("FIN-02", "payment", PAYMENT)),
]
FEE = "fee_tax.fee.platform_commission_amount"
OF_SETTINGS: list[Damage] = [
    ("raw_config.fee_map", FEE, gone, ("FIN-07", "fee_key", FEE)),
    ("raw_config.account_map", "gross_sales", gone, ("MAP-06", "account_map", "gross_sales")),
]
DOUBLES = [
    (LINES, LINE, "transaction"),
    (STATEMENTS, STATEMENT, "statement"),
    (PAID, PAYMENT, "payment"),
    (BANK, DEPOSIT, "bank_entry"),
]
TWICE = range(30, 34)
"""The payouts of which a record is there twice."""


def _payment(number: int) -> str:
    return f"79{number:02d}0000000000000000"


def _of(number: int, text: str) -> str:
    return text.format(n=number, payment=_payment(number))


def _exceptions(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


def _saying_nothing(home: Path) -> list[Found]:
    """Return the exceptions about money that name no currency, or do not say what differs."""
    figures = "list_aggregate(regexp_extract_all({}, '[A-Z0-9.-]{{3,}}'), 'string_agg', ' ')"
    query = (
        "select code, entity_id, expected, actual, currency from exceptions_build.exc_all where code like 'FIN-%' and ("
        " currency is null or currency = '' or actual is null"
        f" or regexp_matches(expected, '[0-9]') and {figures.format('expected')} = {figures.format('actual')})"
    )
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built sound world with more payouts; the deposits of some do not name them."""
    home = tmp_path_factory.mktemp("payouts")
    create_sound_world(home / "warehouse.duckdb")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for numbers, named in ((PAYOUTS, NAMED), (UNNAMED_PAYOUTS, UNNAMED)):
            for number in numbers:
                land_payment(connection, number, _payment(number), PAYMENTS[named])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIEOUT_HOME", str(home))
        build(home)
    shutil.copy(home / "warehouse.duckdb", home / "sound.duckdb")
    return home


def test_sound_records_raise_no_exception(home: Path) -> None:
    assert _exceptions(home) == set()


def test_each_damaged_fact_raises_its_exception_alone_until_taken_back(home: Path) -> None:
    done = [*zip(PAYOUTS, OF_ANY_PAYOUT, strict=False), *zip(UNNAMED_PAYOUTS, OF_UNNAMED_PAYOUT, strict=False)]
    for number, (table, key, change, _expected) in done:
        append(home, table, _of(number, key), change=change, load=DAMAGE_LOAD)
    copies = [(table, _of(number, key), kind) for number, (table, key, kind) in zip(TWICE, DOUBLES, strict=True)]
    for table, key, _kind in copies:
        append(home, table, key, change=set_fields(), load=DAMAGE_LOAD, new_key=key + "9")

    expected = [(code, kind, _of(number, entity)) for number, (*_damage, (code, kind, entity)) in done]
    expected += [("FIN-19", kind, key + "9") for _table, key, kind in copies]
    assert _exceptions(home) == set(expected)
    assert _saying_nothing(home) == []
    assert len(set(expected)) == len(OF_ANY_PAYOUT) + len(OF_UNNAMED_PAYOUT) + len(DOUBLES)

    for number, (table, key, _change, _expected) in done:
        append(home, table, _of(number, key), change=set_fields(), load=UNDO_LOAD)
    for table, key, _kind in copies:
        append(home, table, key, change=gone, load=UNDO_LOAD, new_key=key + "9")

    assert _exceptions(home) == set()


def test_a_setting_that_is_gone_raises_its_exception_alone_until_it_is_back(home: Path) -> None:
    for table, key, change, _expected in OF_SETTINGS:
        append(home, table, key, change=change, load=DAMAGE_LOAD)

    assert _exceptions(home) == {expected for *_damage, expected in OF_SETTINGS}

    for table, key, _change, _expected in OF_SETTINGS:
        append(home, table, key, change=set_fields(), load=UNDO_LOAD)

    assert _exceptions(home) == set()


def test_fees_that_were_never_fully_itemised_are_a_class_of_their_own(home: Path) -> None:
    append(
        home, LINES, "line-11", change=set_fields(fee_tax_breakdown=LESS_ITEMISED), load=DAMAGE_LOAD, new_key="line-13"
    )
    append(home, LINES, "line-11", change=gone, load=DAMAGE_LOAD)

    assert _exceptions(home) == set()
