"""What the demo's report says to customer service: every return and where it is, who answered it, and its refund.

Belongs here: words and rows over the published marts. Does not: any figure of its own, or goods that did not come back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from orchestration.demo.tables import Part, counted, open_for, side_by_side
from orchestration.warehouse.queries import Row, fetch

_RETURNS = """
with placed as (
    select
        *,
        case
            when stage in ('requested', 'offered') then 'asked'
            when stage = 'refused' then 'refused'
            when stage = 'closed' then 'closed'
            when stage in ('refunding', 'refunded', 'replaced') then 'paid'
            when graded_at is not null then 'inspected'
            when received_at is not null then 'received'
            else 'under_way'
        end as place
    from operations.returns
)
select
    shop_id, count(*) as returns,
    count(*) filter (place = 'asked') as asked, count(*) filter (place = 'under_way') as under_way,
    count(*) filter (place = 'received') as received, count(*) filter (place = 'inspected') as inspected,
    count(*) filter (place = 'paid') as paid, count(*) filter (place = 'refused') as refused,
    count(*) filter (place = 'closed') as closed,
    count(*) filter (our_decision is not null) as by_us, count(*) filter (is_decided_unseen) as unseen,
    count(*) filter (len(portal_return_ids) > 0) as mirrored,
    coalesce(sum(received_units), 0) as received_units, coalesce(sum(sellable_units), 0) as sellable_units,
    coalesce(sum(restocked_units), 0) as restocked_units
from placed group by shop_id
"""

_REFUNDS = """
select
    shop_id, count(*) filter (stage = 'refunded') as refunded,
    count(*) filter (stage = 'refunded' and settlement = 'equal') as settled,
    count(*) filter (stage = 'refunded' and settlement in ('waits_for_sale', 'waits_for_settlement')) as waiting,
    count(*) filter (stage = 'refunded' and is_settlement_break) as broken,
    count(*) filter (stage = 'refunded' and books = 'booked') as booked,
    count(*) filter (stage = 'refunded' and books not in ('booked', 'in_journal')) as not_booked,
    count(*) filter (stage = 'refunded' and is_later_period) as later
from operations.refunds group by shop_id
"""

_LAG = """
select
    median(intake_to_refund_hours) as hours, count(intake_to_refund_hours) as refunds
from operations.returns where stage = 'refunded' and intake_to_refund_hours >= 0
"""

_FIRST = """
select return_id from operations.returns
order by stage = 'refunded' and graded_at is not null desc, requested_at, return_id limit 1
"""

_LINES = {
    "returns": "returns on TikTok Shop",
    "asked": "  asked for, not answered yet",
    "under_way": "  on their way back",
    "received": "  received, in inspection",
    "inspected": "  inspected, not refunded",
    "paid": "  refunded or replaced",
    "refused": "  refused",
    "closed": "  closed without a refund",
    "by_us": "answered by the policy",
    "unseen": "decided by TikTok Shop unseen",
    "mirrored": "held by the returns portal",
    "received_units": "units received",
    "sellable_units": "  sellable",
    "restocked_units": "  back in stock",
}
_MONEY = {
    "refunded": "refunds paid to buyers",
    "settled": "  taken back by settlements, to the penny",
    "waiting": "  to be settled yet",
    "broken": "  that do not tie out",
    "later": "settled in a later month than the sale",
    "booked": "booked as a credit memo",
    "not_booked": "not booked, or not as they should be",
}


def returns_part(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], exceptions: Sequence[Row]) -> Part:
    """Return where every return is, who answered it, how its refund ties out, and what is open for customer service.

    `names`: shops by id.
    """
    found = {row["shop_id"]: row for row in fetch(connection, _RETURNS)}
    refunds = {row["shop_id"]: row for row in fetch(connection, _REFUNDS)}
    sentence, open_rows = open_for("Customer service", exceptions)
    sums = {key: sum(row[key] for row in found.values()) for key in _LINES}
    money = {key: sum(row[key] for row in refunds.values()) for key in _MONEY}
    lag = fetch(connection, _LAG)[0]
    total = [
        f"{counted(sums['returns'], 'return{s}')}: {sums['by_us']:,} answered by the policy, {sums['unseen']:,} decided"
        f" by TikTok Shop unseen, {sums['mirrored']:,} in the returns portal",
        f"{counted(money['refunded'], 'refund{s}')}: {money['settled']:,} equal their settlement lines,"
        f" {money['waiting']:,} to be settled, {money['broken']:,} do not tie out; {money['booked']:,} booked",
        *(
            [f"From receipt to refund: {lag['hours']:,.0f} hours, the median of {lag['refunds']:,}"]
            if lag["refunds"]
            else []
        ),
        sentence,
    ]
    tables = [
        ("Returns", side_by_side(found, names, _LINES, total=True)),
        ("Refunds, three ways", side_by_side(refunds, names, _MONEY, total=True)),
        ("Open for customer service", open_rows),
    ]
    first = fetch(connection, _FIRST)
    explained = [f"tieout explain return {first[0]['return_id']}"] if first else []
    return Part("Customer service", total, tables, [*explained, "tieout returns", "tieout exceptions --owner CX"])
