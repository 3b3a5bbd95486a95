"""How many units are oversold around a live event: tieout's stock lane against a plain stock pusher.

    python -m bench.oversold [--baskets 6000] [--seed 1]

The same world of sixty days is traded twice: three shops, in its last three days their stock at GXO, in stores, in
Linnworks and in NetSuite, a web shop that sells out of the same stock, people who walk into the stores on a Saturday,
and a live event that brings fifty times the usual orders for an hour. One call in a hundred fails, in one of five ways.
Both sides send orders, cancellations and parcels with tieout, at the same instants. Stock is kept on one side by
tieout, every hour and every quarter of an hour around the event; on the other by `plain_push`, every quarter of an hour
of the whole time. What went wrong is counted by the world: units that had left no stock to ship, late dispatches,
cancellations for lateness, parcels that left after their order was cancelled; and by comparing it with the warehouses:
documents that are there twice, and orders left that were never sent to a warehouse.

Belongs here: both runs and the comparison. Does not: the plain pusher (plain_push), or the world (sandbox).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.plain_push import PlainPusher
from orchestration.demo.demo import call_sandbox, running_sandbox
from orchestration.demo.run import LIMITS
from orchestration.demo.tenant import live_events, write_tenant
from orchestration.steps.cycle import run_cycle
from orchestration.steps.steps import apply_step, build_step, check_step, ingest_step, plan_step
from reverse_sync.registry import SYNCS
from tieout.settings import Settings, load_settings
from tieout.state import State

ROOT = Path(__file__).resolve().parent.parent
STOCK = "tiktok_shop__stock"
QUARTER = timedelta(minutes=15)
DAYS, CONNECTED_DAY, LIVE_DAY = 60, 57, 58
STORES = 3
# Instants at which orders, cancellations and parcels are worked on, by both sides: hours of a day, UTC.
WORKING_HOURS = (5, 11, 17, 23)
FAULTY = ("tiktok_shop", "linnworks", "netsuite", "newstore")
# The share of calls that each way of failing hits: one in a hundred in all, and no two always the same call.
FAULTS = {"429": 0.0013, "500": 0.0017, "html_503": 0.0019, "lost_reply": 0.0023, "drop_request": 0.0029}
AROUND = (timedelta(minutes=30), timedelta(minutes=90))
COUNTED = {
    "oversold_units": "units oversold",
    "lost_sales_units": "units wanted and not listed",
    "late_dispatch": "late dispatches",
    "system_cancellations": "cancelled for lateness",
    "shipped_after_cancel": "shipped after cancellation",
    "documents_twice": "orders at a warehouse twice",
    "lost_orders": "due orders without a document",
    "orders": "orders",
    "pushed": "stock figures pushed",
}


def main(baskets: int, seed: int) -> None:
    """Trade the world on both sides and print what each led to."""
    found = {}
    for name, trade in (("tieout", _with_tieout), ("plain", _with_plain_pusher)):
        with tempfile.TemporaryDirectory() as folder, running_sandbox(Path(folder), port=0) as urls:
            found[name] = _traded(Path(folder), urls["control"], trade, baskets=baskets, seed=seed)
            print(f"{name}: {found[name]}", flush=True)
    _print(found["tieout"], found["plain"])


Trade = Callable[["Side", datetime], None]


class Side:
    """One run: its world, settings and state, and how many stock figures it pushed."""

    def __init__(self, home: Path, url: str, *, baskets: int, seed: int) -> None:
        """Start the world, with the tenant that belongs to it."""
        wanted = {"baskets": baskets, "days": DAYS, "seed": seed, "fulfilment": "connected"}
        wanted |= {
            "connected_from_day": CONNECTED_DAY,
            "first_live_day": LIVE_DAY,
            "netsuite_shops": 1,
            "stores": STORES,
        }
        self.url, self.pushed = url, 0
        begun = datetime.fromtimestamp(int(self.call("POST", "/_sandbox/trade", wanted)["now"]), UTC)
        self.start, self.end = begun + timedelta(days=CONNECTED_DAY), begun + timedelta(days=DAYS)
        self.advance(self.start)
        self.call("PUT", "/_sandbox/limits", LIMITS)
        for system in FAULTY:
            for kind, rate in FAULTS.items():
                self.call("POST", "/_sandbox/faults", {"system": system, "kind": kind, "rate": rate})
        folder = write_tenant(ROOT / "config" / "demo", home, url, ships_from=self.start.date())
        self.settings: Settings = load_settings(folder, home)
        self.state = State(self.settings.database_url)
        self.plain = PlainPusher(self.settings, self.state)
        self.live = [at for _, at in live_events(self.call("GET", "/_sandbox/world"))]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the sandbox."""
        return call_sandbox(self.url, method, path, body)

    def advance(self, until: datetime) -> None:
        """Let the world trade until an instant."""
        self.call("POST", "/_sandbox/clock", {"to": int(until.timestamp())})

    def close(self) -> None:
        """Close what is open."""
        self.plain.close()
        self.state.close()

    def is_working(self, at: datetime) -> bool:
        """Whether orders are worked on at an instant."""
        return at.minute == 0 and at.hour in WORKING_HOURS

    def is_live(self, at: datetime) -> bool:
        """Whether an instant is around a live event."""
        return any(begins - AROUND[0] <= at <= begins + AROUND[1] for begins in self.live)


def _traded(home: Path, url: str, trade: Trade, *, baskets: int, seed: int) -> dict[str, int]:
    with closing(Side(home, url, baskets=baskets, seed=seed)) as side:
        at = side.start
        while at < side.end:
            at += QUARTER
            side.advance(at)
            trade(side, at)
        reported = [record["GeneralInfo"]["ReferenceNum"] for record in _records(side, "linnworks/orders")]
        names = [record["name"] for record in _records(side, "gxo/files")]
        reported += [name.split("_")[1] for name in names if name.startswith("940_") and "_1N_" in name]
        reported += [record["external_id"] for record in _records(side, "newstore/orders")]
        entered = [str(record.get("externalId") or "") for record in _records(side, "netsuite/salesOrder")]
        reported += [name.rpartition("-")[2] for name in entered if name]
        lost = [order for order in _records(side, "tiktok_shop/orders") if _is_overdue(side, order)]
        counters = side.call("GET", "/_sandbox/world")
        found = {name: int(counters.get(name, 0)) for name in COUNTED}
        found |= {"documents_twice": len(reported) - len(set(reported)), "pushed": side.pushed}
        return {**found, "lost_orders": len({str(order["id"]) for order in lost} - set(reported))}


def _is_overdue(side: Side, order: dict[str, Any]) -> bool:
    """Whether an order of the connected days had awaited shipment before the last working instant."""
    released = max(int(order.get("paid_time") or 0), int(order.get("rts_time") or 0))
    is_ours = (
        order["status"] in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION")
        and order.get("fulfillment_type") != "FULFILLMENT_BY_TIKTOK"
    )
    since, until = side.start.timestamp(), (side.end - 4 * timedelta(hours=1)).timestamp()
    return is_ours and since <= int(order["create_time"]) and released < until


def _records(side: Side, kind: str) -> list[dict[str, Any]]:
    return list(side.call("GET", f"/_sandbox/{kind}?limit=100000")["items"])


def _with_tieout(side: Side, at: datetime) -> None:
    """Work on everything at working hours, and on stock alone every hour and around live events."""
    if at.minute and not side.is_live(at):
        return
    only = None if side.is_working(at) else STOCK
    outcome = run_cycle(side.settings, side.state, only=only, report=_quiet)
    rows = outcome.applied.rows if outcome.applied else ()
    side.pushed += sum(row.sync == STOCK and row.state == "acknowledged" for row in rows)


def _with_plain_pusher(side: Side, at: datetime) -> None:
    """Work on everything but stock at working hours, and push stock plainly every time."""
    if side.is_working(at):
        ingest_step(side.settings, side.state, report=_quiet)
        build_step(side.settings, side.state, report=_quiet)
        check_step(side.settings, side.state, report=_quiet)
        for sync in SYNCS:
            if sync.name != STOCK:
                planned = plan_step(side.settings, side.state, only=sync.name)
                apply_step(side.settings, side.state, planned, only=sync.name, observe=_ignore)
    side.plain.push()
    side.pushed = side.plain.pushed


def _print(ours: dict[str, int], plain: dict[str, int]) -> None:
    print(f"{'':32}{'tieout':>10}{'plain':>10}")
    for name, reported in COUNTED.items():
        print(f"{reported:32}{ours[name]:10,}{plain[name]:10,}")
    ratio = plain["oversold_units"] / max(1, ours["oversold_units"])
    at_least = "" if ours["oversold_units"] else "at least "
    print(f"{'fewer units oversold':32}{at_least + f'{ratio:,.0f} times':>20}")


def _quiet(_text: str) -> None:
    """Nothing is printed while it runs."""


def _ignore(_event: object) -> None:
    """Nothing is printed while it runs."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--baskets", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.baskets, given.seed)
