"""Explain this penny: the chain from a payout to its lines, orders, bank line, journal and raw records.

Belongs here: gathering evidence of a payout from the published warehouse, and how any evidence is gathered. Does not:
computing any figure that a mart does not hold; orders and SKUs (the modules beside).
"""

from __future__ import annotations

import re

from orchestration.warehouse.queries import Row, fetch, reading
from tieout.errors import DataError
from tieout.reading import Reading

Sections = list[tuple[str, list[Row]]]
_GIVEN = re.compile(r"\$(?:id|shop)\b")

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


def explain_payout(settings: Reading, payment_id: str) -> Sections:
    """Return the evidence behind one payout, titled section by section.

    Raises:
        DataError: when no such payout is published.
    """
    sections = gather(settings, _PAYOUT_SECTIONS, payment_id)
    if not sections[0][1] and not sections[-1][1]:
        raise DataError(f"no payout {payment_id!r} is published: `tieout payouts` lists them")
    return sections


def gather(settings: Reading, sections: dict[str, str], key: str, *, shop: str = "") -> Sections:
    """Return the answer of each section's query on the published marts; `$id` in it is the key, `$shop` the shop."""
    given = {"$id": key, "$shop": shop}
    with reading(settings) as connection:
        return [
            (title, fetch(connection, _GIVEN.sub("?", sql), [given[name] for name in _GIVEN.findall(sql)]))
            for title, sql in sections.items()
        ]
