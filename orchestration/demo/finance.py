"""What the demo's report says to a controller: payouts, from the sales in them to the bank and the books.

Belongs here: words and rows over the published marts. Does not: any figure of its own, or anything about goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb

from orchestration.demo.documents import documents
from orchestration.demo.tables import Part, counted, open_for, side_by_side
from orchestration.warehouse.queries import Row, fetch
from tieout.money import show_money

_PAYOUTS = """
with payouts as (
    select
        *,
        case
            when status <> 'PAID' then 'not_paid'
            when tie_out_status in ('tied', 'in_transit') then tie_out_status
            else 'unmatched'
        end as place,
        if(status = 'PAID', amount, 0) as paid_amount,
        if(status = 'PAID', coalesce(unexplained_amount, 0), 0) as unexplained
    from finance.payouts
)
select
    shop_id, any_value(currency) as currency,
    count(*) as payouts,
    count(*) filter (place = 'not_paid') as not_paid,
    count(*) filter (place <> 'not_paid') as paid,
    count(*) filter (place = 'tied') as tied,
    count(*) filter (place = 'in_transit') as in_transit,
    count(*) filter (place = 'unmatched') as unmatched,
    count(*) filter (place <> 'not_paid' and books_status = 'posted') as posted,
    count(*) filter (place <> 'not_paid' and books_status <> 'posted') as not_posted,
    sum(paid_amount) as amount,
    sum(if(place = 'tied', paid_amount, 0)) as tied_amount,
    sum(if(place = 'in_transit', paid_amount, 0)) as in_transit_amount,
    sum(if(place = 'unmatched', paid_amount, 0)) as unmatched_amount,
    sum(greatest(unexplained, 0)) as short_amount,
    sum(greatest(-unexplained, 0)) as over_amount
from payouts group by shop_id
"""

_MADE_OF = """
with lines as (
    select
        shop_id, lines.currency, lines.amount,
        case
            when line_class in ('gross_sales', 'seller_discount', 'shipping_income') then 'sales'
            when line_class in ('refund', 'refund_discount') then 'refunds'
            when line_class in ('reserve_held', 'reserve_released') then 'reserve'
            else 'charges'
        end as part
    from finance.payout_lines as lines inner join finance.payouts as payouts using (shop_id, payment_id)
    where payouts.status = 'PAID'
)
select
    shop_id, any_value(currency) as currency,
    coalesce(sum(amount) filter (part = 'sales'), 0) as sales,
    coalesce(sum(amount) filter (part = 'refunds'), 0) as refunds,
    coalesce(sum(amount) filter (part = 'charges'), 0) as charges,
    coalesce(sum(amount) filter (part = 'reserve'), 0) as reserve,
    sum(amount) as amount
from lines group by shop_id
"""

_JOURNALS = """
select count(distinct journal_id) as journals, coalesce(sum(debit_amount), 0) as debits,
    coalesce(sum(credit_amount), 0) as credits
from finance.payout_journals
"""

_NOT_POSTED = """
select payment_id, amount, currency, books_status, coalesce(blocked_reason, '') as held_because
from finance.payouts where status = 'PAID' and books_status <> 'posted' order by payment_id limit 5
"""

_UNSETTLED = """
select currency, sum(estimated_settlement_amount) as amount from finance.unsettled group by currency order by currency
"""

_FIRST = "select payment_id from finance.payouts where tie_out_status = 'tied' order by paid_at, payment_id limit 1"

_COUNTS = {
    "payouts": "payouts on TikTok Shop",
    "not_paid": "  being processed, or failed",
    "paid": "  paid",
    "tied": "    tied to their deposits",
    "in_transit": "    on their way to the bank",
    "unmatched": "    that do not tie out",
    "posted": "paid, and all journals posted",
    "not_posted": "paid, and not all posted",
}
_AMOUNTS = {
    "amount": "paid",
    "tied_amount": "  tied to deposits",
    "in_transit_amount": "  on its way to the bank",
    "unmatched_amount": "  that does not tie out",
    "short_amount": "unexplained, too little came",
    "over_amount": "unexplained, too much came",
}
_LINES = {
    "currency": "currency",
    "sales": "sales, discounts off",
    "refunds": "refunds",
    "charges": "fees and other charges",
    "reserve": "reserve, held and let go",
    "amount": "payouts before exchange",
}


def finance_part(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], exceptions: Sequence[Row]) -> Part:
    """Return what was paid, how far it is tied and posted, and what is open for finance; `names`: shops by id."""
    payouts = {row["shop_id"]: row for row in fetch(connection, _PAYOUTS)}
    sentence, open_rows = open_for("Finance", exceptions)
    tables = []
    if payouts:
        tables.append(("Payouts and their journals", side_by_side(payouts, names, _COUNTS, total=True)))
        tables += _amounts(payouts, names)
        made_of = {row["shop_id"]: row for row in fetch(connection, _MADE_OF)}
        title = "What the paid payouts are made of, in each shop's currency"
        tables.append((title, side_by_side(made_of, names, _LINES, total=False)))
    refunds, refund_tables = documents(connection, names)
    tables += refund_tables
    tables.append(("Payouts without all of their journals", fetch(connection, _NOT_POSTED)))
    tables.append(("Open for finance", open_rows))
    first = fetch(connection, _FIRST)
    explained = f"tieout explain payout {first[0]['payment_id']}" if first else "tieout demo --days 30"
    found = list(payouts.values())
    total = [
        _paid(found),
        *_unexplained(found),
        _books(fetch(connection, _JOURNALS)[0]),
        *refunds,
        *_unsettled(connection),
        sentence,
    ]
    return Part("Finance", total, tables, [explained, "tieout payouts", "tieout claims", "tieout exceptions"])


def _amounts(payouts: Mapping[str, Row], names: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    """Return a table of amounts for each currency that reaches a bank account, for they are never added."""
    tables = []
    for currency in sorted({row["currency"] for row in payouts.values()}):
        found = {shop: row for shop, row in payouts.items() if row["currency"] == currency}
        shops = {shop: name for shop, name in names.items() if shop in found}
        tables.append((f"Paid into the bank, {currency}", side_by_side(found, shops, _AMOUNTS, total=True)))
    return tables


def _paid(payouts: Sequence[Row]) -> str:
    if not any(row["paid"] for row in payouts):
        return "TikTok Shop has paid nothing yet: a payout follows weeks after the sale"
    sums = {key: sum(row[key] for row in payouts) for key in ("payouts", "paid", "tied", "in_transit", "unmatched")}
    return (
        f"{sums['paid']:,} of {counted(sums['payouts'], 'payout{s}')} paid, {_money(_by_currency(payouts, 'amount'))}:"
        f" {sums['tied']:,} tied to deposits, {sums['in_transit']:,} on the way, {sums['unmatched']:,} not tied out"
    )


def _unexplained(payouts: Sequence[Row]) -> list[str]:
    short, over = (_by_currency(payouts, key) for key in ("short_amount", "over_amount"))
    return [f"Unexplained: {_money(short)} came too little, {_money(over)} too much"] if payouts else []


def _by_currency(payouts: Sequence[Row], key: str) -> dict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in payouts:
        sums[row["currency"]] += row[key]
    return sums


def _books(journals: Row) -> str:
    debits, credits = journals["debits"], journals["credits"]
    verdict = (
        "debits equal credits" if debits == credits else f"DEBITS {debits:,.2f} DIFFER FROM CREDITS {credits:,.2f}"
    )
    return f"{counted(journals['journals'], 'journal{s}')} in NetSuite, {verdict}"


def _unsettled(connection: duckdb.DuckDBPyConnection) -> list[str]:
    amounts = {row["currency"]: row["amount"] for row in fetch(connection, _UNSETTLED)}
    return [f"Not settled yet: {_money(amounts)}, as TikTok Shop estimates"] if amounts else []


def _money(amounts: Mapping[str, Decimal]) -> str:
    return " and ".join(show_money(amount, currency) for currency, amount in sorted(amounts.items()))
