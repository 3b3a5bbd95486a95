"""What the demo prints for operations: orders, parcels, stock and clocks, beside what the world itself counted.

Belongs here: words and tables over the published marts. Does not: any figure of its own, or anything about money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from orchestration.answers import Row, exception_rows, fetch
from orchestration.demo_control import call_sandbox
from orchestration.demo_run import WORDS, Tally
from orchestration.terminal import out, show_minutes, show_rows
from tieout.published import open_published
from tieout.settings import Settings

URGENT = 8

_ORDERS = """
select
    shop_id as shop, any_value(fulfilment_system) as warehouse, count(*) as orders,
    count(*) filter (document_count = 1) as sent_once, count(*) filter (document_count > 1) as sent_twice,
    count(*) filter (parcel_count > 0) as shipped,
    -- A label of TikTok Shop has its number from the beginning.
    count(*) filter (parcel_count > 0 and (tracking_told_at is not null or shipping_type = 'TIKTOK')) as told_tiktok,
    count(*) filter (status = 'CANCELLED' and parcel_count = 0) as cancelled_in_time,
    count(*) filter (status = 'CANCELLED' and parcel_count > 0) as cancelled_too_late,
    count(*) filter (status <> 'CANCELLED' and parcel_count = 0) as not_shipped_yet
from operations.orders
where created_at >= ? and fulfillment_type = 'FULFILLMENT_BY_SELLER'
group by shop_id order by shop_id
"""

# What TikTok Shop's own courier collects is ready with its label, and late when it was not collected.
_LATE = """
with clocks as (
    select *, if(shipping_type = 'TIKTOK', in_transit_due_at, ready_to_ship_due_at) as clock from operations.orders
),

judged as (
    select
        case
            when clock < shipped_at then 'the warehouse had it and shipped after the clock ran out'
            when shipped_at is not null or coalesce(clock >= ?, true) then ''
            when held_because is not null then held_because
            when document_status is null then 'no warehouse has it'
            else 'the warehouse has it as ' || document_status || ' and has not shipped it'
        end as why
    from clocks
    where created_at >= ? and fulfillment_type = 'FULFILLMENT_BY_SELLER' and status <> 'CANCELLED'
)
select why, count(*) as orders from judged where why <> '' group by why order by orders desc, why
"""

_COUNTS = """
select
    (select count(*) from operations.orders) as orders,
    (select count(*) from operations.documents) as documents,
    (select count(*) - count(distinct order_id) from operations.documents) as doubled,
    (
        select count(*) from operations.cancellations where asked_by = 'SYSTEM' and reason not like '%unpaid%'
    ) as by_platform,
    (select count(distinct entity_id) from (
        select code, entity_id from exceptions.open union all select code, entity_id from exceptions.history
    ) where code = 'CAN-04') as left_after
"""

_AS_OF = "select max(window_to) as as_of from audit.coverage where system = 'tiktok_shop'"


@dataclass(frozen=True)
class WorldCount:
    """What the world knows of itself: its counters, and the documents at its warehouses."""

    counters: Row
    documents: int


def count_world(control_url: str) -> WorldCount:
    """Ask the sandbox what really happened."""
    kinds = ("gxo/orders", "linnworks/orders")
    held = [call_sandbox(control_url, "GET", f"/_sandbox/{kind}?limit=1")["total"] for kind in kinds]
    return WorldCount(call_sandbox(control_url, "GET", "/_sandbox/world"), sum(held))


def print_operations(settings: Settings, tally: Tally, world: WorldCount) -> None:
    """Print what was fulfilled since warehouse shipping went live, what was late and why, and what is urgent now."""
    names = {shop.shop_id: shop.name for shop in settings.tiktok_shop.shops}
    since = tally.connected_at
    with open_published(settings) as connection:
        orders = [{**row, "shop": names.get(row["shop"], row["shop"])} for row in fetch(connection, _ORDERS, [since])]
        late = fetch(connection, _LATE, [_as_of(connection), since])
        counts = {**fetch(connection, _COUNTS)[0], "late": sum(row["orders"] for row in late)}
    show_rows(orders, as_json=False, title=f"Orders since warehouse shipping went live, {since:%d %B}")
    out.print()
    show_rows(_compared(counts, tally, world), as_json=False, title="What tieout says, beside the world's own count")
    out.print()
    show_rows(late, as_json=False, title="Not shipped in time, and why", empty="all were shipped in time")
    out.print()
    show_rows(_urgent(settings, names), as_json=False, title="Most urgent now", empty="no clock is running out")
    out.print()
    show_rows(_written(tally), as_json=False, title=f"Written in {tally.cycles} cycles")


def _as_of(connection: duckdb.DuckDBPyConnection) -> Any:
    return fetch(connection, _AS_OF)[0]["as_of"]


def _compared(counts: Row, tally: Tally, world: WorldCount) -> list[Row]:
    known = world.counters
    stock = tally.written["tiktok_shop__stock"]
    rows = [
        ("orders on TikTok Shop", counts["orders"], known["orders"], "every order is read"),
        (
            "orders at a warehouse",
            counts["documents"],
            world.documents,
            "the newest lie in GXO's folder until its next wave",
        ),
        ("orders there twice", counts["doubled"], None, "a lost reply never sends a second one"),
        ("stock figures pushed", stock, None, "only where TikTok Shop lists another figure"),
        ("units sold that nobody had", None, known["oversold_units"], "oversold; the world alone can know"),
        ("unmet demand, units", None, known["lost_sales_units"], "sold out, or kept back by a buffer"),
        ("shipped late", counts["late"], known["late_dispatch"], "after the order's own clock; why stands below"),
        (
            "cancelled for lateness",
            counts["by_platform"],
            known["system_cancellations"],
            "TikTok Shop did not wait",
        ),
        (
            "shipped after cancellation",
            counts["left_after"],
            known["shipped_after_cancel"],
            "parcels that nobody wanted",
        ),
    ]
    return [{"what": what, "tieout": ours, "world": theirs, "in words": told} for what, ours, theirs, told in rows]


def _urgent(settings: Settings, names: dict[str, str]) -> list[Row]:
    ranked = [row for row in exception_rows(settings, code=None, history=False) if row["minutes_left"] is not None]
    return [
        {
            "clock": _clock(row["minutes_left"], row["due_at"]),
            "code": row["code"],
            "owner": row["owner"],
            "shop": names.get(row["shop_id"], row["shop_id"]),
            "what": f"{row['entity_type']} {row['entity_id']}",
            "is": row["actual"],
            "should be": row["expected"],
        }
        for row in sorted(ranked, key=lambda row: row["minutes_left"])[:URGENT]
    ]


def _clock(minutes: int, due_at: datetime) -> str:
    told = show_minutes(minutes)
    return told if minutes < 0 else f"{told} left, {due_at:%d %b %H:%M}"


def _written(tally: Tally) -> list[Row]:
    return [{"what": WORDS.get(sync, sync), "count": count} for sync, count in sorted(tally.written.items())]
