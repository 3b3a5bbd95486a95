"""A deposit that is changed, doubled or removed in NetSuite is reported, with one fitting code, and clears when undone.

Belongs here: a payout of orders that NetSuite ships, put down to them by deposits, which are then damaged in one way
each. Does not: the orders and their stock (test_netsuite_damage), journals (test_books).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.test_goods_damage import DAMAGED, SOUND, UNDONE, Load, Payload, order
from tests.dbt_project.test_netsuite_damage import PAYMENT, PLACE, WAREHOUSE, sales_order
from tests.support.money_world import SECOND_DAY, land_payment, land_statement
from tests.support.raw_world import LINES, SHOP, build, land, order_line

DEPOSITS, ENTRIES, TABLE = "raw_netsuite.customer_deposits", "raw_netsuite.other_entries", "finance.order_deposits"
PAYOUT, STATEMENT = "7930000000000000001", "statement-9"
MADE_FOR = ("sound", "customer", "order", "account", "day", "unkeyed", "rekeyed", "cheaper", "deleted", "voided")
COPIED = ("copied", "rebooked", "keyed", "noted")
NUMBERS = (*MADE_FOR, *COPIED)
WHOLE = {"customer": "503", "currency": "GBP", "amount": "20.00", "account": "1290", "day": "2026-02-06"}


def key(number: str) -> str:
    return f"tieout-deposit-{SHOP}-{PAYOUT}-{number}"


def memo(number: str) -> str:
    return f"TikTok Shop payout {PAYOUT}, order {number}"


def deposit(number: str, **fields: str) -> Payload:
    named = {"type": "CustDep", "externalid": key(number), "memo": memo(number), "createdfrom": f"so-{number}"}
    of = {"entity": "503", "account": "90", "trandate": "2026-02-06", "status": "B", "void": "F", "voided": "F"}
    return {**named, **of, "currency": "GBP", "foreigntotal": "20.00", "lines": [], **fields}


def _save(connection: duckdb.DuckDBPyConnection, id: str, payload: Payload | None, load: Load) -> None:
    """Land a deposit, and what it leaves on the account, which is read with all else that is entered there."""
    land(connection, DEPOSITS, id, payload, shop="", load=load)
    entry = None
    if payload and payload.get("account") == "90":
        fields = ("type", "externalid", "memo", "trandate", "void", "voided", "currency")
        both = {"account": "90", "acctnumber": "1290", "debit": payload["foreigntotal"], "credit": "0", "memo": ""}
        entry = {name: payload[name] for name in fields} | {"posting": "T", "exchangerate": "1", "lines": [both]}
    land(connection, ENTRIES, id, entry, shop="", load=load)


# Which deposit is changed, what it is then, the code and what is said of it, and what the mart says.
Damage = tuple[str, Payload | None, str, str, str]
OTHERS = {"externalid": "", "trandate": "2026-02-07", "status": "B"}
DAMAGES: dict[str, Damage] = {
    "customer": ("cd-customer", deposit("customer", entity="501"), "ERP-07", "for customer 501", "edited"),
    "order": ("cd-order", deposit("order", createdfrom="so-sound"), "ERP-07", "for sales order so-sound", "edited"),
    "account": ("cd-account", deposit("account", account="91"), "ERP-07", "into account 1200", "edited"),
    "day": ("cd-day", deposit("day", trandate="2026-03-06"), "ERP-07", "dated 2026-03-06", "edited"),
    "unkeyed": ("cd-unkeyed", deposit("unkeyed", externalid=""), "ERP-07", "external id (none)", "edited"),
    "rekeyed": ("cd-rekeyed", deposit("rekeyed", externalid=key("sound")), "ERP-07", f"external id {key('sound')}",
                "edited"),
    "cheaper": ("cd-cheaper", deposit("cheaper", foreigntotal="7.00", entity="501"), "ERP-10",
                "7.00 GBP, for customer 501", "different"),
    "deleted": ("cd-deleted", None, "ERP-10", "deposit cd-deleted is gone", "gone"),
    "voided": ("cd-voided", deposit("voided", voided="T"), "ERP-10", "deposit cd-voided is gone", "gone"),
    "copied": ("cd-x1", deposit("copied", **OTHERS), "ERP-03", "2 deposits", "doubled"),
    "rebooked": ("cd-x2", deposit("rebooked", **OTHERS, memo="paid"), "ERP-03", "2 deposits", "doubled"),
    "keyed": ("cd-x3", deposit("keyed"), "ERP-03", "2 deposits", "doubled"),
    "noted": ("cd-x4", deposit("noted", **OTHERS, createdfrom="", foreigntotal="9.00"), "ERP-03", "2 deposits",
              "doubled"),
}  # fmt: skip
UNRELATED = deposit("sound", **OTHERS, memo="a till's", foreigntotal="5.00")
OF_OTHERS = ("ERP-09", "CustDep of 2026-02-07: 5.0000 GBP debit on 1290")


def test_a_deposit_that_is_changed_in_the_books_is_reported_until_it_is_undone(home: Path) -> None:
    _land(home, _sound, SOUND)
    assert (found(home), books(home)) == ({}, dict.fromkeys(NUMBERS, "booked"))

    _land(home, _damaged, DAMAGED)
    said = {number: (code, actual) for number, (_, _, code, actual, _) in DAMAGES.items()}
    assert found(home) == said | {"cd-till": OF_OTHERS}
    assert books(home) == {"sound": "booked"} | {number: said for number, (*_, said) in DAMAGES.items()}
    assert written(home) == set()

    _land(home, _undone, UNDONE)
    _land(home, lambda connection, load: _save(connection, "cd-till", None, load), UNDONE)
    assert (found(home), books(home)) == ({}, dict.fromkeys(NUMBERS, "booked"))


def test_a_deposit_of_an_account_that_was_renumbered_and_one_read_without_its_account_are_as_they_were(
    home: Path,
) -> None:
    _land(home, _sound, SOUND)
    _land(home, _renumbered, DAMAGED)
    assert found(home) == {}


def test_without_an_acknowledgement_a_deposit_should_be_as_it_would_be_written(home: Path) -> None:
    _land(home, lambda connection, load: _sound(connection, load, is_acknowledged=False), SOUND)
    assert (found(home), books(home)) == ({}, dict.fromkeys(NUMBERS, "booked"))
    _land(home, lambda connection, load: _book(connection, "day", load, trandate="2026-02-05"), DAMAGED)
    assert found(home) == {"day": ("ERP-07", "dated 2026-02-05")}


def _land(home: Path, rows: Any, load: Load) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows(connection, load)
        _read(connection, load)


def _read(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    """Land that the load has read all deposits: what is not among them is gone."""
    window = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": load[0].replace(" ", "T") + ":00"}
    covered = window | {"system": "netsuite", "entity": "customer_deposits", "shop_id": "", "load_id": load[1]}
    land(connection, "raw_tieout.coverage", f"deposits of {load[1]}", covered, shop="", load=load)


def _book(connection: duckdb.DuckDBPyConnection, number: str, load: Load, **fields: str) -> None:
    _save(connection, f"cd-{number}", deposit(number, **fields), load)


def _sound(connection: duckdb.DuckDBPyConnection, load: Load, *, is_acknowledged: bool = True) -> None:
    _settings(connection, load)
    rows = [order_line(number, "20.00", "-1.00", "19.00") for number in NUMBERS]
    land_statement(connection, STATEMENT, rows, of=PAYOUT, at=SECOND_DAY, load=load)
    land_payment(connection, PAYOUT, f"{19 * len(rows)}.00", load=load)
    for number, row in zip(NUMBERS, rows, strict=True):
        land(connection, LINES, f"line-{number}", row, parent=STATEMENT, load=load)
        land(connection, "raw_tiktok_shop.orders", number, order(number, "DELIVERED", payment=PAYMENT), load=load)
        land(connection, "raw_netsuite.sales_orders", f"so-{number}", sales_order(number), shop="", load=load)
        _book(connection, number, load)
        if is_acknowledged:
            _acknowledge(connection, number, load)


def _settings(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    shop = {"shop_id": SHOP, "region": "GB", "currency": "GBP", "payout_currency": "GBP", "bank_account": "main"}
    place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "netsuite", "location": PLACE}
    land(connection, "raw_config.shops", SHOP, shop | {"netsuite_customer": "503"}, shop="", load=load)
    land(connection, "raw_config.location_map", "1", place, shop="", load=load)
    land(connection, "raw_config.tax_map", "gross_sales", None, shop="", load=load)
    for line_class in ("gross_sales", "order_deposits"):
        row = {"shop_id": "*", "line_class": line_class, "netsuite_account": "1290"}
        land(connection, "raw_config.account_map", line_class, row, shop="", load=load)
    for id, number in (("90", "1290"), ("91", "1200")):
        account = {"acctnumber": number, "accttype": "OthCurrAsset", "isinactive": "F"}
        land(connection, "raw_netsuite.accounts", id, account, shop="", load=load)


def _acknowledge(connection: duckdb.DuckDBPyConnection, number: str, load: Load) -> None:
    sync = "netsuite__customer_deposits"
    desired = {**WHOLE, "external_id": key(number), "sales_order": f"so-{number}", "memo": memo(number)}
    answer = {"sync": sync, "entity_key": key(number), "vendor_id": f"cd-{number}", "desired": json.dumps(desired)}
    answer["acknowledged_at"] = "2026-02-19T19:00:00+00:00"
    land(connection, "raw_tieout.acknowledgements", key(number), answer, load=load)


def _damaged(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for id, payload, *_ in DAMAGES.values():
        _save(connection, id, payload, load)
    _save(connection, "cd-till", UNRELATED, load)


def _undone(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    for number, (id, *_) in DAMAGES.items():
        whole = None if number in COPIED else deposit(number)
        _save(connection, id, whole, load)


def _renumbered(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    account = {"acctnumber": "1295", "accttype": "OthCurrAsset", "isinactive": "F"}
    land(connection, "raw_netsuite.accounts", "90", account, shop="", load=load)
    before = {name: value for name, value in deposit("account").items() if name != "account"}
    land(connection, DEPOSITS, "cd-account", before, shop="", load=load)


def found(home: Path) -> dict[str, tuple[str, str]]:
    build(home, "exceptions_build.exc_all", TABLE, "sync.sync_netsuite__customer_deposits")
    sql = "select entity_id, code, actual from exceptions_build.exc_all where code like 'ERP%'"
    return {entity.removeprefix(f"{PAYOUT}/"): (code, actual) for entity, code, actual in _rows(home, sql)}


def books(home: Path) -> dict[str, str]:
    return dict(_rows(home, f"select order_id, books from {TABLE}"))


def written(home: Path) -> set[str]:
    return {key for (key,) in _rows(home, "select entity_key from sync.sync_netsuite__customer_deposits")}


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        return connection.execute(sql).fetchall()
