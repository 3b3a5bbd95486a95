"""One damaged fact yields exactly the one fitting exception, and taking the damage back clears it.

Belongs here: damage to raw records, and the rows of exceptions_build.exc_all. Does not: episodes, or reading records.
"""

from __future__ import annotations

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
    STATEMENTS,
    UNDO_LOAD,
    UNNAMED,
    Change,
    append,
    gone,
    money,
    run_dbt,
    set_fields,
)

Found = set[tuple[str, str, str]]


LESS_ITEMISED = {"fee": {"platform_commission_amount": "-0.40"}, "tax": {}}
MORE_ITEMISED = {"fee": {"platform_commission_amount": "-1.60"}, "tax": {}}


def _exceptions(home: Path) -> Found:
    run_dbt(home, "--select", "+exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


def test_sound_records_raise_no_exception(home: Path) -> None:
    assert _exceptions(home) == set()


@pytest.mark.parametrize(
    ("table", "key", "change", "expected"),
    [
        (LINES, "line-11", set_fields(settlement_amount="8.00"), ("FIN-03", "transaction", "line-11")),
        (LINES, "line-11", set_fields(fee_tax_breakdown=LESS_ITEMISED), ("FIN-03", "transaction", "line-11")),
        (LINES, "line-11", set_fields(fee_tax_breakdown=MORE_ITEMISED), ("FIN-03", "transaction", "line-11")),
        (LINES, "line-11", set_fields(revenue_breakdown={}), ("FIN-03", "transaction", "line-11")),
        (LINES, "line-11", gone, ("FIN-03", "statement", "statement-1")),
        (
            LINES,
            "line-11",
            set_fields(settlement_amount="abc"),
            ("SYS-03", "quarantine", "tiktok_shop/statement_transactions/line-11"),
        ),
        (STATEMENTS, "statement-1", set_fields(fee_amount="-3.00"), ("FIN-03", "statement", "statement-1")),
        (STATEMENTS, "statement-1", set_fields(fee_amount=""), ("FIN-03", "statement", "statement-1")),
        (STATEMENTS, "statement-1", set_fields(settlement_amount=""), ("FIN-03", "statement", "statement-1")),
        (STATEMENTS, "statement-1", gone, ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, gone, ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, set_fields(settlement_amount=money("1.00")), ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, set_fields(payment_amount_before_exchange=money("1.00")), ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, set_fields(amount=money("17.00")), ("FIN-01", "payment", NAMED)),
        (PAID, NAMED, set_fields(exchange_rate="1.1"), ("FIN-14", "payment", NAMED)),
        (PAID, NAMED, set_fields(status="FAILED"), ("FIN-20", "payment", NAMED)),
        (BANK, "main/1", set_fields(amount="17.00"), ("FIN-01", "payment", NAMED)),
        (BANK, "main/2", set_fields(amount="17.00"), ("FIN-01", "payment", UNNAMED)),
        (BANK, "main/1", set_fields(currency="EUR"), ("FIN-01", "payment", NAMED)),
        (BANK, "main/1", gone, ("FIN-02", "payment", NAMED)),
        (BANK, "main/2", gone, ("FIN-02", "payment", UNNAMED)),
        (BANK, "main/1", set_fields(reference="SHOP"), ("FIN-21", "payment", NAMED)),
        (ORDERS, "5711", gone, ("FIN-06", "order", "5711")),
        (
            "raw_config.fee_map",
            "fee_tax.fee.platform_commission_amount",
            gone,
            ("FIN-07", "fee_key", "fee_tax.fee.platform_commission_amount"),
        ),
        ("raw_config.account_map", "gross_sales", gone, ("MAP-06", "account_map", "gross_sales")),
    ],
)
def test_one_damaged_fact_raises_its_exception_alone_until_taken_back(
    home: Path, table: str, key: str, change: Change, expected: tuple[str, str, str]
) -> None:
    append(home, table, key, change=change, load=DAMAGE_LOAD)

    assert _exceptions(home) == {expected}

    append(home, table, key, change=set_fields(), load=UNDO_LOAD)

    assert _exceptions(home) == set()


@pytest.mark.parametrize(
    ("table", "key", "expected"),
    [
        (LINES, "line-11", "transaction"),
        (STATEMENTS, "statement-1", "statement"),
        (PAID, NAMED, "payment"),
        (BANK, "main/1", "bank_entry"),
    ],
)
def test_doubled_record_is_named_as_the_copy_until_removed(home: Path, table: str, key: str, expected: str) -> None:
    append(home, table, key, change=set_fields(), load=DAMAGE_LOAD, new_key=key + "9")

    assert _exceptions(home) == {("FIN-19", expected, key + "9")}

    append(home, table, key, change=gone, load=UNDO_LOAD, new_key=key + "9")

    assert _exceptions(home) == set()


def test_fees_that_were_never_fully_itemised_are_a_class_of_their_own(home: Path) -> None:
    append(
        home, LINES, "line-11", change=set_fields(fee_tax_breakdown=LESS_ITEMISED), load=DAMAGE_LOAD, new_key="line-13"
    )
    append(home, LINES, "line-11", change=gone, load=DAMAGE_LOAD)

    assert _exceptions(home) == set()
