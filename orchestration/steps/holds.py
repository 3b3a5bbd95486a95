"""What a failed check holds: the payout, return, order or SKU whose row failed, and nothing else.

Belongs here: naming what a failing row is about, remembering it, and saying which proposals it holds. Does not: running
tests (data_tests) or expectations, or the life of an exception. A row that names none of these holds its shop, and one
without a shop whatever is made of the table; held is then only what reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import duckdb

from expectations.result import SuiteResult

CODE = "SYS-14"
SHOP, TABLE = "shop", "table"
_SUITE = "expectations of "
_MOST_ROWS = 1_000
"""Of one test. A test that more rows fail is about the table, and holds what reads it."""

_HELD = """
create schema if not exists tieout;
create table if not exists tieout.holds (
    test varchar not null, shop_id varchar not null, kind varchar not null, key varchar not null,
    syncs varchar not null, message varchar not null
);
"""
_PAYMENT, _RETURN, _ORDER, _SKU = "payment_id", "return_id", "order_id", "sku_id"
_STATEMENTS = "intermediate.int_settlements__statements"
_LEADS: tuple[tuple[str, str, str], ...] = (
    (_PAYMENT, _PAYMENT, ""),
    ("statement_id", _PAYMENT, f"select shop_id, payment_id from {_STATEMENTS} where statement_id = $key"),
    (
        "transaction_id",
        _PAYMENT,
        "select shop_id, payment_id from intermediate.int_settlements__transactions"
        f" inner join {_STATEMENTS} using (shop_id, statement_id) where transaction_id = $key",
    ),
    ("external_id", _PAYMENT, "select shop_id, payment_id from finance.payout_journals where journal_id = $key"),
    ("journal_id", _PAYMENT, "select shop_id, payment_id from finance.payout_journals where journal_id = $key"),
    (
        "bank_entry_id",
        _PAYMENT,
        "select shop_id, payment_id from reconciliation.rec_payouts__payments_vs_bank"
        " where list_contains(bank_entry_ids, $key)",
    ),
    (_RETURN, _RETURN, ""),
    (
        "portal_return_id",
        _RETURN,
        "select shop_id, return_id from intermediate.int_returns__pairs where portal_return_id = $key",
    ),
    (_ORDER, _ORDER, ""),
    (
        "order_line_id",
        _ORDER,
        "select shop_id, order_id from staging.stg_tiktok_shop__order_lines where order_line_id = $key",
    ),
    (_SKU, _SKU, ""),
    ("item", _SKU, "select shop_id, sku_id from intermediate.int_stock__listed where component = $key"),
    ("sku", _SKU, "select shop_id, sku_id from intermediate.int_stock__listed where component = $key"),
    ("entity_key", "entity_key", ""),
)
"""Columns that name a record, the first that a row has counts: what they lead to, and the query that finds it."""

IDS = frozenset({column for column, _kind, _query in _LEADS})
"""Names of the ids by which a proposal is held."""


@dataclass(frozen=True)
class Hold:
    """What one failing row holds. `kind` is an id as payment_id or return_id, entity_key, shop, or table.

    `syncs` limits it to these, separated by blanks; empty: all syncs of a record, none of a shop or a table. `message`
    says what failed, for people.
    """

    test: str
    shop_id: str
    kind: str
    key: str
    syncs: str
    message: str


def holds_of(
    warehouse: duckdb.DuckDBPyConnection, *, test: str, relation: str, rows_sql: str, readers: Sequence[str]
) -> list[Hold]:
    """Return what the rows hold that fail a test of `relation`. `readers`: the syncs that are made of it."""
    cursor = warehouse.execute(f"select * from ({rows_sql}) as failing limit {_MOST_ROWS + 1}")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    syncs = " ".join(readers)
    if not rows or len(rows) > _MOST_ROWS:
        message = f"more than {_MOST_ROWS} rows fail" if rows else "it fails, and no row of it can be shown"
        return [Hold(test, "", TABLE, relation, syncs, message)]
    return list(dict.fromkeys(hold for row in rows for hold in _holds_of_row(warehouse, test, relation, row, syncs)))


def _holds_of_row(
    warehouse: duckdb.DuckDBPyConnection, test: str, relation: str, row: Mapping[str, Any], syncs: str
) -> Iterator[Hold]:
    shop = str(row.get("shop_id") or "").replace("*", "")
    column = next((name for name, _kind, _query in _LEADS if row.get(name) not in (None, "")), "")
    if not column:
        yield Hold(test, shop, SHOP if shop else TABLE, shop or relation, syncs, f"a row of {relation} without a key")
        return
    key = str(row[column])
    kind, query = next((kind, query) for name, kind, query in _LEADS if name == column)
    message = f"{column} {key} of {relation}"
    found = warehouse.execute(query, {"key": key}).fetchall() if query else [(shop, key)]
    led = sorted({(str(of or shop), str(to)) for of, to in found if to not in (None, "")})
    for of, to in led:
        yield Hold(test, of, kind, to, syncs if kind == "entity_key" else "", message)
    if not led:
        yield Hold(test, shop, column, key, "", message)


def suite_name(table: str) -> str:
    """Return the name under which a raw table's expectations hold something."""
    return f"{_SUITE}{table}"


def data_tests_that_hold(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the data tests that hold something, of those too that the project has no more."""
    return {hold.test for hold in held(warehouse) if not hold.test.startswith(_SUITE)}


def holds_of_suite(suite: SuiteResult, readers: Sequence[str]) -> list[Hold]:
    """Return what a broken suite holds: the shops whose rows break it, or, of a table without shops, who reads it."""
    test, syncs, message = suite_name(suite.table), " ".join(readers), "; ".join(suite.blocking)
    if not suite.blocking:
        return []
    if not suite.shops:
        return [Hold(test, "", TABLE, suite.table, syncs, message)]
    return [Hold(test, shop, SHOP, shop, syncs, message) for shop in suite.shops]


def remember(warehouse: duckdb.DuckDBPyConnection, found: Collection[Hold], *, checked: Collection[str] | None) -> bool:
    """Keep what is held now in place of what these tests (None: all) held before; return whether that has changed."""
    before = set(held(warehouse))
    after = set(found) if checked is None else {hold for hold in before if hold.test not in set(checked)} | set(found)
    if before == after:
        return False
    warehouse.execute("begin")
    warehouse.execute("delete from tieout.holds")
    if after:
        rows = sorted(astuple(hold) for hold in after)
        warehouse.executemany("insert into tieout.holds values (?, ?, ?, ?, ?, ?)", rows)
    warehouse.execute("commit")
    return True


def held(warehouse: duckdb.DuckDBPyConnection) -> list[Hold]:
    """Return what is held, as the checks found it last."""
    warehouse.execute(_HELD)
    rows = warehouse.execute(
        "select test, shop_id, kind, key, syncs, message from tieout.holds order by all"
    ).fetchall()
    return [Hold(*row) for row in rows]


class Holding:
    """What is held, by what it is about: asked once for every proposal."""

    def __init__(self, found: Collection[Hold]) -> None:
        self._by_key: dict[tuple[str, str], list[Hold]] = {}
        for hold in found:
            self._by_key.setdefault((hold.kind, "" if hold.kind == TABLE else hold.key), []).append(hold)

    def reason(self, sync: str, shop_id: str, keys: Mapping[str, Any]) -> str:
        """Return why a proposal is held, or "". `keys`: the ids it carries, by name."""
        if not self._by_key:
            return ""
        wanted = [*((name, str(value)) for name, value in keys.items()), (SHOP, shop_id), (TABLE, "")]
        for hold in (hold for one in wanted for hold in self._by_key.get(one, ())):
            is_read = sync in hold.syncs.split() or (not hold.syncs and hold.kind not in (SHOP, TABLE))
            if hold.shop_id in ("", shop_id) and is_read:
                return f"{CODE}: {hold.test}: {hold.message}"
        return ""
