"""What the demo's report says to an engineer: what was written, and tieout's counts beside the stand-ins' own.

Belongs here: words and rows over the tally, the published marts and what the stand-ins hold. Does not: what a count
means to finance or operations.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.demo.control import call_sandbox
from orchestration.demo.run import NOUNS, Tally, written_by
from orchestration.demo.tables import Part, counted, open_for
from orchestration.warehouse.queries import Row, fetch

_COUNTS = """
select
    (select count(*) from operations.orders) as orders,
    (select count(*) from finance.payouts) as payouts,
    (select count(distinct journal_id) from finance.payout_journals) as journals,
    (select count(*) from operations.warehouse_orders) as warehouse_orders,
    (
        select count(*) from operations.warehouse_orders
        where fulfilment_system = 'gxo' and warehouse_status in ('sent', 'cancelled') and accepted_at is null
    ) as waiting,
    (
        select count(*) from operations.cancellations where asked_by = 'SYSTEM' and reason not like '%unpaid%'
    ) as by_platform,
    (select count(distinct entity_id) from (
        select code, entity_id from exceptions.open union all select code, entity_id from exceptions.history
    ) where code = 'CAN-04') as left_after
"""


ORDERS = ("gxo/orders", "linnworks/orders", "netsuite/salesOrder", "newstore/orders")
"""Where the stand-ins keep the orders that they were given."""


@dataclass(frozen=True)
class WorldCount:
    """What the stand-ins know of themselves: the world's counters, and how many records of a kind they hold."""

    counters: Row
    payments: int
    journals: int
    warehouse_orders: int


def count_world(control_url: str) -> WorldCount:
    """Ask the stand-ins what really happened."""

    def total(kind: str) -> int:
        return int(call_sandbox(control_url, "GET", f"/_sandbox/{kind}?limit=1")["total"])

    return WorldCount(
        call_sandbox(control_url, "GET", "/_sandbox/world"),
        payments=total("tiktok_shop/payments"),
        journals=total("netsuite/journalEntry"),
        warehouse_orders=sum(total(kind) for kind in ORDERS),
    )


def engineering_part(
    connection: duckdb.DuckDBPyConnection,
    exceptions: Sequence[Row],
    *,
    late: int,
    tally: Tally,
    world: WorldCount,
    seconds: float,
) -> Part:
    """Return what all cycles wrote and whether the same cycle wrote twice.

    `late`: orders that operations counts as late; `seconds`: how long the demo took.
    """
    compared = _compared(fetch(connection, _COUNTS)[0] | {"late": late}, world)
    again = written_by(tally.second).total()
    verdict = "0, as it must" if not again else f"{again:,}, AND MUST WRITE NOTHING"
    known = [row for row in compared if row["tieout"] is not None]
    same = sum(row["so"] != "NOT EXPLAINED" for row in known)
    sentence, open_rows = open_for("Engineering", exceptions)
    total = [
        f"{counted(tally.cycles, 'cycle{s}')} wrote {counted(tally.written.total(), 'record{s}')}. While the world"
        f" stood still, a whole cycle wrote {written_by(tally.first).total():,}, and the same again {verdict}",
        f"{same:,} of {counted(len(known), 'count{s}')} agree with the stand-ins, or differ for the reason given",
        sentence,
        f"{counted(len(tally.problems), 'fault{s}')} in the last two cycles",
        _resources(seconds),
    ]
    written = [{"written": NOUNS[sync].format(s="s"), "count": count} for sync, count in sorted(tally.written.items())]
    tables = [
        ("tieout's count beside the stand-ins' own", compared),
        (f"Written since warehouses ship, {counted(tally.cycles, 'cycle{s}')}", written),
        ("Left wrong by the last two cycles", [{"fault": problem} for problem in dict.fromkeys(tally.problems)]),
        ("Open for engineering", open_rows),
    ]
    return Part("Engineering", total, tables, ["tieout sandbox serve", "tieout doctor", "make ui"])


def _compared(ours: Row, world: WorldCount) -> list[Row]:
    theirs = world.counters
    rows = [
        ("orders on TikTok Shop", ours["orders"], theirs["orders"], 0, ""),
        ("payouts", ours["payouts"], world.payments, 0, ""),
        ("journals in NetSuite", ours["journals"], world.journals, 0, ""),
        (
            "orders at warehouses",
            ours["warehouse_orders"],
            world.warehouse_orders,
            ours["waiting"],
            "lie in GXO's folder until its next wave",
        ),
        (
            "late orders",
            ours["late"],
            theirs["late_dispatch"],
            min(0, ours["late"] - theirs["late_dispatch"]),
            "reported late: TikTok Shop's clock runs until then",
        ),
        ("cancelled as late", ours["by_platform"], theirs["system_cancellations"], 0, ""),
        ("shipped after cancellation", ours["left_after"], theirs["shipped_after_cancel"], 0, ""),
        ("units oversold", None, theirs["oversold_units"], 0, "only the stand-ins can know"),
        ("units wanted and not for sale", None, theirs["lost_sales_units"], 0, "only the stand-ins can know"),
    ]
    return [
        {"what": what, "tieout": known, "stand-ins": held, "so": _verdict(known, held, more, why)}
        for what, known, held, more, why in rows
    ]


def _verdict(known: int | None, held: int, more: int, why: str) -> str:
    """Say why two counts differ: ours is greater by the `more` that `why` explains."""
    if known is None:
        return why
    if known == held:
        return "the same"
    return f"{abs(more):,} {why}" if known - held == more else "NOT EXPLAINED"


def _resources(seconds: float) -> str:
    ours, theirs = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{seconds:.0f} s, at most {ours:,} MB of memory, and {theirs:,} MB for the stand-ins"
