"""Explain this penny: the chain from a payout or an order to lines, bank, journal and the raw records.

Belongs here: gathering evidence from the published warehouse. Does not: computing any figure that a mart does not hold.
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.answers import Row, fetch
from tieout.errors import DataError
from tieout.published import open_published
from tieout.settings import Settings

Sections = list[tuple[str, list[Row]]]

_PAYOUT_SECTIONS = {
    "Payment": "select * from finance.payouts where payment_id = $id",
    "Statements": """
        select statement_id, count(distinct transaction_id) as transactions, count(distinct order_id) as orders,
            sum(amount) as amount, any_value(currency) as currency
        from finance.payout_lines where payment_id = $id group by statement_id order by statement_id""",
    "Reserve movements": """
        select statement_id, transaction_id, order_id, line_class, amount, currency
        from finance.payout_lines where payment_id = $id and line_class like 'reserve%' order by transaction_id""",
    "Exchange": """
        select amount_before_exchange, exchange_rate, amount, currency
        from finance.payouts where payment_id = $id""",
    "Lines by class": """
        select line_class, count(*) as lines, sum(amount) as amount, any_value(currency) as currency
        from finance.payout_lines where payment_id = $id group by line_class order by abs(sum(amount)) desc""",
    "Orders": """
        select order_id, count(distinct transaction_id) as transactions, sum(amount) as amount,
            any_value(currency) as currency
        from finance.payout_lines where payment_id = $id and order_id is not null
        group by order_id order by abs(sum(amount)) desc, order_id""",
    "Bank": "select * from finance.bank_matches where payment_id = $id",
    "Journal": """
        select journal_id, line, account, debit_amount, credit_amount, posted_at, vendor_id
        from finance.payout_journals where payment_id = $id order by journal_id, line""",
    "Open exceptions": """
        select code, severity, owner, entity_type, entity_id, expected, actual, cause from exceptions.open
        where entity_id = $id or entity_id like '%' || $id || '%'
            or entity_id in (select statement_id from finance.payout_lines where payment_id = $id)
            or entity_id in (select transaction_id from finance.payout_lines where payment_id = $id)
        order by severity, code""",
    "Raw record": """
        select observed_at, is_deleted, api_version, payload from raw_tiktok_shop.payments
        where id = $id order by observed_at desc""",
}

_ORDER_SECTIONS = {
    "Settlement lines": """
        select payment_id, statement_id, transaction_id, fee_key, line_class, amount, currency
        from finance.payout_lines where order_id = $id order by statement_id, transaction_id, fee_key""",
    "Payouts": """
        select p.payment_id, p.status, p.paid_at, p.tie_out_status, sum(l.amount) as of_this_order,
            any_value(l.currency) as currency
        from finance.payout_lines as l join finance.payouts as p using (payment_id)
        where l.order_id = $id group by all order by p.paid_at""",
    "Journals": """
        select distinct j.payment_id, j.journal_id, j.posted_at, j.vendor_id
        from finance.payout_journals as j join finance.payout_lines as l using (payment_id)
        where l.order_id = $id order by j.journal_id""",
    "Not settled yet": """
        select * from finance.accruals where order_id = $id order by month""",
    "Open exceptions": """
        select code, severity, owner, entity_type, entity_id, expected, actual, cause from exceptions.open
        where entity_id = $id or entity_id in (select transaction_id from finance.payout_lines where order_id = $id)
        order by severity, code""",
    "Raw records": """
        select id as transaction_id, parent_id as statement_id, observed_at, is_deleted, payload
        from raw_tiktok_shop.statement_transactions where payload ->> 'order_id' = $id order by observed_at desc""",
}


def explain_payout(settings: Settings, payment_id: str) -> Sections:
    """Return the evidence behind one payout, titled section by section.

    Raises:
        DataError: when no such payout is published.
    """
    sections = _gather(settings, _PAYOUT_SECTIONS, payment_id)
    if not sections[0][1] and not sections[-1][1]:
        raise DataError(f"no payout {payment_id!r} is published: `tieout payouts` lists them")
    return sections


def explain_order(settings: Settings, order_id: str) -> Sections:
    """Return the settlement history of one order.

    Raises:
        DataError: when nothing published names this order.
    """
    sections = _gather(settings, _ORDER_SECTIONS, order_id)
    if not any(rows for _title, rows in sections):
        raise DataError(f"no settlement line, estimate or exception names order {order_id!r}")
    return sections


def _gather(settings: Settings, sections: dict[str, str], key: str) -> Sections:
    with open_published(settings) as connection:
        return [(title, _answer(connection, sql, key)) for title, sql in sections.items()]


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, key: Any) -> list[Row]:
    return fetch(connection, sql.replace("$id", "?"), [key] * sql.count("$id"))
