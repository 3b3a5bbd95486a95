"""What the demo prints: the tie-out a finance person reads, and what to try next.

Belongs here: words and tables over the published marts. Does not: any figure of its own.
"""

from __future__ import annotations

import resource
from decimal import Decimal
from typing import Any

from orchestration.answers import Row, fetch
from orchestration.cycle import CycleOutcome
from orchestration.demo_operations import WorldCount, print_operations
from orchestration.demo_run import Tally
from orchestration.terminal import out, show_rows
from tieout.money import show_money
from tieout.published import open_published
from tieout.settings import Settings

_SHOPS = """
select p.shop_id as shop, count(*) as payouts, count(*) filter (p.tie_out_status = 'tied') as tied,
    count(*) filter (p.tie_out_status = 'in_transit') as in_transit,
    count(*) filter (p.tie_out_status = 'processing') as processing,
    count(*) filter (p.tie_out_status not in ('tied', 'in_transit', 'processing')) as broken,
    sum(p.amount) filter (p.status = 'PAID') as paid_amount, any_value(p.currency) as currency,
    sum(abs(p.unexplained_amount)) as unexplained
from finance.payouts as p group by p.shop_id order by p.shop_id
"""

_HELD = """
select payment_id, amount, currency, blocked_reason as held_because
from finance.payouts where books_status = 'blocked' order by payment_id
"""

_CLASSES = """
select line_class, currency, count(*) as lines, sum(amount) as amount
from finance.payout_lines where payment_id is not null
group by line_class, currency order by currency, abs(sum(amount)) desc
"""

_OPEN = """
select code, owner, count(*) as open, sum(abs(money_at_risk_amount)) as at_risk, any_value(currency) as currency,
    arg_min(entity_type || ' ' || entity_id || ': ' || actual, exception_id) as for_example,
    arg_min(expected, exception_id) as expected
from exceptions.open group by code, owner order by code
"""

_JOURNALS = """
select count(distinct journal_id) as journals, coalesce(sum(debit_amount), 0) as debits,
    coalesce(sum(credit_amount), 0) as credits
from finance.payout_journals
"""

_FIRST = "select payment_id from finance.payouts where tie_out_status = 'tied' order by paid_at limit 1"
_SHIPPED = "select order_id from operations.orders where tracking_told_at is not null order by created_at limit 1"
_SELLS = "select seller_sku from operations.stock order by in_flight_quantity desc nulls last, seller_sku limit 1"

_EXAMPLES = {"payout": _FIRST, "order": _SHIPPED, "sku": _SELLS}


def print_report(settings: Settings, tally: Tally, world: WorldCount, *, seconds: float) -> None:
    """Print the published tie-out, and what was fulfilled and written beside what the world counted."""
    names = {shop.shop_id: shop.name for shop in settings.tiktok_shop.shops}
    with open_published(settings) as connection:
        shops = [{**row, "shop": names.get(row["shop"], row["shop"])} for row in fetch(connection, _SHOPS)]
        classes, breaks = fetch(connection, _CLASSES), fetch(connection, _OPEN)
        held = fetch(connection, _HELD)
        journals = fetch(connection, _JOURNALS)[0]
        examples = {name: _first(fetch(connection, sql)) for name, sql in _EXAMPLES.items()}
    out.print()
    show_rows(shops, as_json=False, title="Payouts, tied to their statements and to the bank")
    out.print()
    show_rows(classes, as_json=False, title="What the payouts are made of (shop currency, before exchange)")
    out.print()
    show_rows(breaks, as_json=False, title="What is open, and whose it is", empty="nothing is open")
    out.print()
    show_rows(held, as_json=False, title="Journals held back, and what lets them go", empty="no journal is held back")
    out.print()
    print_operations(settings, tally, world)
    out.print()
    _print_books(journals, tally.first, tally.second)
    _print_next(examples, seconds)


def _print_books(journals: Row, first: CycleOutcome, second: CycleOutcome) -> None:
    debits, credits = Decimal(journals["debits"]), Decimal(journals["credits"])
    verdict = "equal" if debits == credits else "NOT EQUAL"
    out.print(
        f"Books: {journals['journals']} journals in NetSuite, debits {show_money(debits, 'GBP')},"
        f" credits {show_money(credits, 'GBP')}: {verdict}"
    )
    out.print(f"The last cycle wrote {_writes(first)} records; the same cycle again wrote {_writes(second)}")


def _peak(who: int) -> int:
    """Return the most memory a process held, in MB."""
    return resource.getrusage(who).ru_maxrss // 1024


def _writes(outcome: CycleOutcome) -> Any:
    return outcome.applied.acknowledged if outcome.applied else 0


def _first(rows: list[Row]) -> str:
    return str(next(iter(rows[0].values()))) if rows else "ID"


def _print_next(examples: dict[str, str], seconds: float) -> None:
    ours, theirs = (_peak(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    out.print(f"Took {seconds:.0f} s; at most {ours} MB of memory, and {theirs} MB for the stand-ins")
    out.print("\nTry next:")
    for command, purpose in (
        (".venv/bin/tieout payouts", "every payout and its tie-out status"),
        (
            f".venv/bin/tieout explain payout {examples['payout']}",
            "statements, fees, orders, bank line and journal of one payout",
        ),
        (
            f".venv/bin/tieout explain order {examples['order']}",
            "one order, from TikTok Shop to parcel and money",
        ),
        (f".venv/bin/tieout explain sku {examples['sku']}", "why TikTok Shop lists what it lists"),
        (".venv/bin/tieout exceptions", "what is open, the most urgent first"),
        ('.venv/bin/tieout query "select * from finance.payout_lines limit 5"', "any SQL on the published warehouse"),
        (".venv/bin/tieout sandbox serve", "keep the stand-ins running; then change a record and `tieout run`"),
        ("make ui", "assets, lineage and checks in Dagster"),
    ):
        out.print(f"  {command:<72} {purpose}")
