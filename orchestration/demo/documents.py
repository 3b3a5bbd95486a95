"""What the demo's report says to a controller of refunds: paid, settled and booked, and each that waits by its name.

Belongs here: words and rows over the published marts, of shops whose refunds have documents in the books. Does not: a
comparison that a mart holds already, or refunds that the payouts' journals book alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from orchestration.demo.tables import counted, side_by_side
from orchestration.warehouse.queries import Row, fetch

MOST_NAMED = 15
_ORDERS = """
with refunds as (
    select
        shop_id, order_id, any_value(currency) as currency, string_agg(return_id, ', ' order by return_id) as returns,
        any_value(settlement) as settlement, count(*) as refunds, sum(seller_amount) as paid_amount,
        sum(seller_amount - document_amount) as vat_amount, coalesce(sum(booked_amount), 0) as booked_amount,
        bool_and(books = 'booked') as is_booked
    from operations.refunds
    where stage = 'refunded' and document_amount is not null
    group by shop_id, order_id
),

posted as (
    select lines.shop_id, lines.order_id, -sum(lines.amount - coalesce(lines.vat_amount, 0)) as posted_amount
    from finance.payout_lines as lines inner join finance.payouts as payouts using (shop_id, payment_id)
    where lines.line_class in ('refund', 'refund_discount') and payouts.books_status = 'posted'
    group by lines.shop_id, lines.order_id
),

compared as (
    select *, coalesce(posted_amount, 0) as cleared_amount, booked_amount - cleared_amount as open_amount
    from refunds left join posted using (shop_id, order_id)
)

select
    * exclude (posted_amount),
    case
        when not is_booked then 'not booked as it should be'
        when open_amount = 0 then ''
        when settlement in ('waits_for_sale', 'waits_for_settlement') then 'its settlement'
        when settlement = 'equal' and cleared_amount = 0 then 'its payout'
        else 'nothing: it does not tie out'
    end as waits_for
from compared order by shop_id, order_id
"""

_AMOUNTS = {
    "paid_amount": "refunds paid to buyers, as the seller bears them",
    "vat_amount": "  VAT of these, in the payouts' journals",
    "booked_amount": "  booked as documents, on the customer's account",
    "cleared_amount": "taken back by payouts' journals, off that account",
    "open_amount": "left on the account",
    "waiting_amount": "  of refunds that wait, each named below",
    "unexplained_amount": "  unexplained",
}


def documents(
    connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, list[Row]]]]:
    """Return what becomes of the refunds that have documents, and its tables; nothing where no shop has any.

    `names`: shops by id. Amounts are in the shop's currency, and so compare within a shop alone.
    """
    orders = fetch(connection, _ORDERS)
    shops = {shop: name for shop, name in names.items() if any(row["shop_id"] == shop for row in orders)}
    if not shops:
        return [], []
    sums = {shop: _sums([row for row in orders if row["shop_id"] == shop]) for shop in shops}
    waiting = [row for row in orders if row["waits_for"]]
    unexplained = sum(not _waits(row) for row in waiting)
    sentence = (
        f"{counted(sum(row['refunds'] for row in orders), 'refund{s}')} booked as documents:"
        f" {counted(len(orders) - len(waiting), 'order{s}')} cleared by payouts to the penny,"
        f" {len(waiting) - unexplained:,} wait, {unexplained:,} do not tie out"
    )
    named = [
        {name: row[name] for name in ("order_id", "returns", "booked_amount", "open_amount", "currency", "waits_for")}
        for row in sorted(waiting, key=_waits)[:MOST_NAMED]
    ]
    title = f"Refunds that are booked and not cleared, {len(named):,} of {len(waiting):,}"
    tables = [("Refunds, their documents and the journals", side_by_side(sums, shops, _AMOUNTS, total=False))]
    return [sentence], [*tables, (title, named)]


def _sums(orders: list[Row]) -> Row:
    found = {name: sum(row[name] for row in orders) for name in _AMOUNTS if name in orders[0]}
    waiting = sum(row["open_amount"] for row in orders if _waits(row))
    return found | {"waiting_amount": waiting, "unexplained_amount": found["open_amount"] - waiting}


def _waits(row: Row) -> bool:
    return row["waits_for"] in ("its settlement", "its payout")
