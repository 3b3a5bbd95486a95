"""What the demo's report says to operations: every order and where it is, what was late and why, what is open.

Belongs here: words and rows over the published marts. Does not: any figure of its own, or anything about money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from orchestration.demo.promises import promises
from orchestration.demo.tables import Part, counted, open_for, side_by_side
from orchestration.warehouse.queries import Row, fetch

_ORDERS = """
with checked as (
    select
        shop_id,
        warehouse_order_count,
        case
            when fulfillment_type <> 'FULFILLMENT_BY_SELLER' and warehouse_order_count = 0 then 'by_platform'
            when created_at < $since and warehouse_order_count = 0 then 'before'
            when status = 'CANCELLED' and (parcel_count > 0 or warehouse_status in ('shipped', 'part_shipped'))
                then 'shipped_and_cancelled'
            when parcel_count > 0 then 'shipped'
            when status = 'CANCELLED' then 'cancelled'
            when warehouse_order_count > 0 then 'at_warehouse'
            else 'not_sent'
        end as place
    from operations.orders
)
select
    shop_id, count(*) as orders,
    count(*) filter (place = 'by_platform') as by_platform, count(*) filter (place = 'before') as before,
    count(*) filter (place not in ('by_platform', 'before')) as ours,
    count(*) filter (place = 'shipped') as shipped,
    count(*) filter (place = 'shipped_and_cancelled') as shipped_and_cancelled,
    count(*) filter (place = 'cancelled') as cancelled,
    count(*) filter (place = 'at_warehouse') as at_warehouse, count(*) filter (place = 'not_sent') as not_sent,
    count(*) filter (warehouse_order_count > 1) as sent_twice
from checked group by shop_id
"""

_LINES = {
    "orders": "orders on TikTok Shop",
    "before": "  from before our warehouses shipped",
    "by_platform": "  shipped by TikTok Shop",
    "ours": "  for our warehouses",
    "shipped": "    shipped",
    "shipped_and_cancelled": "    shipped, and cancelled",
    "cancelled": "    cancelled before they left",
    "at_warehouse": "    to ship, at the warehouse",
    "not_sent": "    to ship, not sent yet",
    "sent_twice": "sent to a warehouse twice",
}

# What TikTok Shop's own courier collects is ready with its label, and late when it was not collected.
_LATE = """
with clocks as (
    select *, if(shipping_type = 'TIKTOK', in_transit_due_at, ready_to_ship_due_at) as clock from operations.orders
),

checked as (
    select
        case
            when status = 'CANCELLED' and shipped_at is null and clock < cancelled_at then
                'cancelled after its clock had run out'
            when clock < shipped_at then 'the warehouse had it and shipped after the clock ran out'
            when shipped_at is not null or status = 'CANCELLED' or coalesce(clock >= $now, true) then ''
            when held_because is not null then held_because
            when warehouse_status is null then 'no warehouse has it'
            else 'the warehouse has it as ' || warehouse_status || ' and has not shipped it'
        end as why
    from clocks
    where created_at >= $since and fulfillment_type = 'FULFILLMENT_BY_SELLER'
)
select count(*) as orders, why from checked where why <> '' group by why order by orders desc, why
"""

_NOT_SENT = """
select count(*) as orders, coalesce(held_because, 'TikTok Shop has it as ' || status) as why
from operations.orders
where created_at >= $since and fulfillment_type = 'FULFILLMENT_BY_SELLER'
    and parcel_count = 0 and warehouse_order_count = 0 and status <> 'CANCELLED'
group by why order by orders desc, why
"""

_SHIPPED = """
select order_id from operations.orders where tracking_sent_at is not null order by created_at, order_id limit 1
"""
_SELLS = "select seller_sku from operations.stock order by in_flight_quantity desc nulls last, seller_sku limit 1"


def late_orders(connection: duckdb.DuckDBPyConnection, *, since: datetime, now: datetime) -> list[Row]:
    """Return how many orders of ours since `since` (UTC) were or are late at `now` (UTC), and why."""
    return fetch(connection, _LATE, {"since": since, "now": now})


def operations_part(
    connection: duckdb.DuckDBPyConnection,
    names: Mapping[str, str],
    exceptions: Sequence[Row],
    *,
    since: datetime,
    now: datetime,
) -> Part:
    """Return where every order is, which were late, and what is open for operations.

    `names`: shops by id; `since` (UTC): when warehouses began to ship; `now` (UTC): how far TikTok Shop was read.
    """
    found = {row["shop_id"]: row for row in fetch(connection, _ORDERS, {"since": since})}
    late = late_orders(connection, since=since, now=now)
    sentence, open_rows = open_for("Operations", exceptions)
    sums = {key: sum(row[key] for row in found.values()) for key in _LINES}
    total = [
        f"{counted(sums['ours'], 'order{s}')} for our warehouses since {since:%a %d %b %H:%M}:"
        f" {sums['shipped'] + sums['shipped_and_cancelled']:,} shipped,"
        f" {sums['at_warehouse'] + sums['not_sent']:,} to ship, {sums['cancelled']:,} cancelled before they left",
        f"{sum(row['orders'] for row in late):,} of them late, {sums['sent_twice']:,} sent twice",
        sentence,
    ]
    lines = {key: words for key, words in _LINES.items() if sums[key] or key == "sent_twice"}
    tables = [
        ("What each operating model keeps, by shop and master", promises(connection, names, since=since)),
        ("Orders", side_by_side(found, names, lines, total=True)),
        ("Not sent yet, and why", fetch(connection, _NOT_SENT, {"since": since})),
        ("Late, and why", late),
        ("Open for operations", open_rows),
    ]
    asked = {"order": fetch(connection, _SHIPPED), "sku": fetch(connection, _SELLS)}
    explained = [f"tieout explain {what} {next(iter(rows[0].values()))}" for what, rows in asked.items() if rows]
    return Part("Operations", total, tables, [*explained, "tieout exceptions"])
