"""One damaged fact yields exactly the one fitting exception, and taking the damage back clears it.

Belongs here: damage to raw records, and the rows of exceptions_build.exc_all. Does not: episodes, or reading records.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from ingestion.raw import create_raw_tables

ROOT = Path(__file__).resolve().parents[2]
SHOP = "700000000000000001"
PAYMENTS = {
    "7910000000012345678": "TIKTOK INFORMATION TECHNOLOGIES UK LIMITED",
    "7920000000087654321": "J.P. MORGAN SE",
}
NAMED, UNNAMED = PAYMENTS
FIRST_LOAD = ("2026-02-19 00:00:00+00", "20260219T000000.000000Z")
DAMAGE_LOAD = ("2026-02-19 01:00:00+00", "20260219T010000.000000Z")
UNDO_LOAD = ("2026-02-19 02:00:00+00", "20260219T020000.000000Z")
Payload = dict[str, Any]
Found = set[tuple[str, str, str]]


def _land(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    payload: Payload | None,
    *,
    shop: str = SHOP,
    parent: str = "",
    load: tuple[str, str] = FIRST_LOAD,
) -> None:
    text = None if payload is None else json.dumps(payload, sort_keys=True)
    content_hash = "deleted" if text is None else hashlib.sha256(text.encode()).hexdigest()
    connection.execute(
        f"insert into {table} values (?, ?, ?, null, ?, ?, '202501', ?, ?, ?)",
        [shop, key, parent, load[0], payload is None, text, content_hash, load[1]],
    )


def _line(order: str, sold: str, fee: str, settled: str) -> Payload:
    return {
        "type": "ORDER",
        "order_id": order,
        "order_create_time": 1769904000,
        "settlement_amount": settled,
        "revenue_amount": sold,
        "shipping_cost_amount": "0",
        "fee_tax_amount": fee,
        "adjustment_amount": "0",
        "revenue_breakdown": {"subtotal_before_discount_amount": sold},
        "shipping_cost_breakdown": {},
        "fee_tax_breakdown": {"fee": {"platform_commission_amount": fee}, "tax": {}},
    }


def _money(value: str) -> Payload:
    return {"value": value, "currency": "GBP"}


def _land_payment(connection: duckdb.DuckDBPyConnection, number: int, payment: str, payer: str) -> None:
    total = f"{16 + number * 2}.00"
    for suffix, sold, settled in (("1", "10.00", "9.00"), ("2", f"{8 + number * 2}.00", f"{7 + number * 2}.00")):
        order = f"57{number}{suffix}"
        line = _line(order, sold, "-1.00", settled)
        _land(
            connection,
            "raw_tiktok_shop.statement_transactions",
            f"line-{number}{suffix}",
            line,
            parent=f"statement-{number}",
        )
        item = {
            "id": f"item-{order}",
            "original_price": sold,
            "sale_price": sold,
            "currency": "GBP",
            "display_status": "DELIVERED",
        }
        payment_part = {"currency": "GBP", "total_amount": sold}
        _land(
            connection,
            "raw_tiktok_shop.orders",
            order,
            {"status": "COMPLETED", "payment": payment_part, "create_time": 1769904000, "line_items": [item]},
        )
    statement = {
        "payment_id": payment,
        "payment_status": "PAID",
        "currency": "GBP",
        "statement_time": 1770249600 + number,
        "settlement_amount": total,
        "revenue_amount": f"{18 + number * 2}.00",
        "shipping_cost_amount": "0",
        "fee_amount": "-2.00",
        "adjustment_amount": "0",
    }
    _land(connection, "raw_tiktok_shop.statements", f"statement-{number}", statement, parent=payment)
    _land(
        connection,
        "raw_tiktok_shop.statement_summaries",
        f"statement-{number}",
        {"total_settlement_amount": total, "total_reserve_amount": "0"},
    )
    paid = {
        "status": "PAID",
        "amount": _money(total),
        "payment_amount_before_exchange": _money(total),
        "exchange_rate": "1",
    }
    times = {"settlement_amount": _money(total), "create_time": 1770336000, "paid_time": 1770422400}
    _land(connection, "raw_tiktok_shop.payments", payment, paid | times)
    reference = payment if payer.startswith("TIKTOK") else "JPM0000000001"
    entry = {
        "account_id": "main",
        "booking_date": "2026-02-09",
        "value_date": "2026-02-09",
        "amount": total,
        "currency": "GBP",
        "reference": reference,
        "counterparty": payer,
        "remittance": "TTS PAYOUT",
    }
    _land(connection, "raw_bank.entries", f"main/{number}", entry, shop="")


def _land_settings(connection: duckdb.DuckDBPyConnection) -> None:
    shop = {
        "shop_id": SHOP,
        "name": "Shop",
        "region": "GB",
        "currency": "GBP",
        "payout_currency": "GBP",
        "bank_account": "main",
        "netsuite_subsidiary": "1",
    }
    _land(connection, "raw_config.shops", SHOP, shop, shop="")
    _land(connection, "raw_config.books", "books", {"days_to_arrive": "5"}, shop="")
    classes = {
        "revenue.subtotal_before_discount_amount": "gross_sales",
        "fee_tax.fee.platform_commission_amount": "platform_commission",
    }
    for fee_key, line_class in classes.items():
        _land(
            connection,
            "raw_config.fee_map",
            fee_key,
            {"region": "*", "fee_key": fee_key, "line_class": line_class},
            shop="",
        )
    for number, line_class in enumerate(("gross_sales", "platform_commission", "clearing", "bank", "rounding", "fx")):
        account = str(1000 + number)
        row = {"shop_id": "*", "line_class": line_class, "netsuite_account": account}
        _land(connection, "raw_config.account_map", line_class, row, shop="")
        _land(connection, "raw_netsuite.accounts", account, {"acctnumber": account, "isinactive": "F"}, shop="")
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": FIRST_LOAD[0]}
    for system, entity, shop_id in (
        ("tiktok_shop", "orders", SHOP),
        ("tiktok_shop", "payments", SHOP),
        ("bank", "entries", ""),
    ):
        covered = window | {"system": system, "entity": entity, "shop_id": shop_id}
        _land(connection, "raw_tieout.coverage", f"{system}-{entity}", covered, shop=shop_id)


def _exceptions(home: Path) -> Found:
    arguments = [
        "--log-level",
        "none",
        "--quiet",
        "run",
        "--select",
        "+exc_all",
        "--project-dir",
        str(ROOT),
        "--profiles-dir",
        str(ROOT),
    ]
    arguments += ["--target-path", str(home / "dbt"), "--log-path", str(home / "log")]
    seeds = [*arguments[:3], "seed", *arguments[6:]]
    for command in (seeds, arguments):
        result = dbtRunner().invoke(command)
        assert result.success, result.exception or [row.message for row in result.result if row.status == "error"]
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


@pytest.fixture(scope="module")
def sound_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose records all agree, not yet built."""
    path = tmp_path_factory.mktemp("sound") / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_tables(connection)
        _land_settings(connection)
        for number, (payment, payer) in enumerate(PAYMENTS.items(), start=1):
            _land_payment(connection, number, payment, payer)
    return path


@pytest.fixture
def home(sound_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sound world of its own."""
    shutil.copy(sound_world, tmp_path / "warehouse.duckdb")
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    return tmp_path


Change = Callable[[Payload], Payload | None]


def _set(**fields: Any) -> Change:
    return lambda payload: payload | fields


def _gone(payload: Payload) -> None:
    return None


def _append(home: Path, table: str, key: str, *, change: Change, load: tuple[str, str], new_key: str = "") -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        shop, parent, payload = connection.execute(
            f"select shop_id, parent_id, payload from {table} where id = ? order by observed_at limit 1", [key]
        ).fetchall()[0]
        _land(connection, table, new_key or key, change(json.loads(payload)), shop=shop, parent=parent, load=load)


LINES, STATEMENTS = "raw_tiktok_shop.statement_transactions", "raw_tiktok_shop.statements"
PAID, ORDERS, BANK = "raw_tiktok_shop.payments", "raw_tiktok_shop.orders", "raw_bank.entries"


def test_sound_records_raise_no_exception(home: Path) -> None:
    assert _exceptions(home) == set()


@pytest.mark.parametrize(
    ("table", "key", "change", "expected"),
    [
        (LINES, "line-11", _set(settlement_amount="8.00"), ("FIN-03", "transaction", "line-11")),
        (LINES, "line-11", _gone, ("FIN-03", "statement", "statement-1")),
        (
            LINES,
            "line-11",
            _set(settlement_amount="abc"),
            ("SYS-03", "quarantine", "tiktok_shop/statement_transactions/line-11"),
        ),
        (STATEMENTS, "statement-1", _set(fee_amount="-3.00"), ("FIN-03", "statement", "statement-1")),
        (STATEMENTS, "statement-1", _gone, ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, _gone, ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, _set(settlement_amount=_money("1.00")), ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, _set(payment_amount_before_exchange=_money("1.00")), ("FIN-04", "payment", NAMED)),
        (PAID, NAMED, _set(amount=_money("17.00")), ("FIN-01", "payment", NAMED)),
        (PAID, NAMED, _set(exchange_rate="1.1"), ("FIN-14", "payment", NAMED)),
        (PAID, NAMED, _set(status="FAILED"), ("FIN-20", "payment", NAMED)),
        (BANK, "main/1", _set(amount="17.00"), ("FIN-01", "payment", NAMED)),
        (BANK, "main/2", _set(amount="17.00"), ("FIN-01", "payment", UNNAMED)),
        (BANK, "main/1", _set(currency="EUR"), ("FIN-01", "payment", NAMED)),
        (BANK, "main/1", _gone, ("FIN-02", "payment", NAMED)),
        (BANK, "main/2", _gone, ("FIN-02", "payment", UNNAMED)),
        (BANK, "main/1", _set(reference="SHOP"), ("FIN-21", "payment", NAMED)),
        (ORDERS, "5711", _gone, ("FIN-06", "order", "5711")),
        (
            "raw_config.fee_map",
            "fee_tax.fee.platform_commission_amount",
            _gone,
            ("FIN-07", "fee_key", "fee_tax.fee.platform_commission_amount"),
        ),
        ("raw_config.account_map", "gross_sales", _gone, ("MAP-06", "account_map", "gross_sales")),
    ],
)
def test_one_damaged_fact_raises_its_exception_alone_until_taken_back(
    home: Path, table: str, key: str, change: Change, expected: tuple[str, str, str]
) -> None:
    _append(home, table, key, change=change, load=DAMAGE_LOAD)

    assert _exceptions(home) == {expected}

    _append(home, table, key, change=_set(), load=UNDO_LOAD)

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
    _append(home, table, key, change=_set(), load=DAMAGE_LOAD, new_key=key + "9")

    assert _exceptions(home) == {("FIN-19", expected, key + "9")}

    _append(home, table, key, change=_gone, load=UNDO_LOAD, new_key=key + "9")

    assert _exceptions(home) == set()
