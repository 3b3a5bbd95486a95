"""The demo's run: the world's clock moved from stop to stop, and the loop run at each, with a tally of what it wrote.

Belongs here: driving a world that is served already. Does not: serving it (demo), which stops there are (days), or what
is printed at the end (report).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.demo.control import call_sandbox
from orchestration.demo.days import Days, Stop, connected_from_day, live_day, stops_after, stops_before
from orchestration.demo.progress import Progress
from orchestration.demo.shops import SHOPS_TRADED
from orchestration.demo.tables import counted
from orchestration.demo.tenant import live_events, write_goods_maps, write_tenant
from orchestration.steps.cycle import CycleOutcome, bring_up_to_date, run_cycle
from orchestration.steps.steps import Report, apply_step, build_step, check_step, ingest_step, plan_step
from reverse_sync import ApplyReport
from reverse_sync.registry import SYNCS
from reverse_sync.sync import RETURN_LANE
from tieout.settings import Settings, load_settings
from tieout.state import State
from tieout.state_loss import open_state

STRIDE = timedelta(days=10)
# A vendor's quota runs on real time; the world's days pass in seconds.
LIMITS = {"linnworks": {"per_minute": {"*": 100_000}}}


@dataclass
class Tally:
    """What all cycles wrote, by sync, since warehouse shipping went live at `connected_at` (UTC).

    `first` and `second` are the last two cycles, run on a world that stood still.
    """

    connected_at: datetime
    written: Counter[str] = field(default_factory=Counter)
    cycles: int = 0
    first: CycleOutcome = field(default_factory=CycleOutcome)
    second: CycleOutcome = field(default_factory=CycleOutcome)

    @property
    def problems(self) -> list[str]:
        """What the last two cycles left wrong."""
        return [*self.first.problems, *self.second.problems]


def run_days(
    base: Path, home: Path, control_url: str, *, days: int, baskets: int, seed: int, progress: Progress
) -> tuple[Settings, Tally]:
    """Start a world, trade for `days` with the loop at every stop, and return the tenant's settings and the tally."""
    plan = Days(_begin(control_url, baskets=baskets, days=days, seed=seed), days)
    folder = write_tenant(base, home, control_url, ships_from=plan.ships_from)
    settings, tally = load_settings(folder, home), Tally(plan.connected_at)
    state = open_state(settings)
    try:
        for stop in stops_before(plan):
            _advance(control_url, stop.at, progress=progress)
            _work(settings, state, stop, tally=tally, progress=progress)
        write_goods_maps(home, control_url)
        names = {shop.shop_id: shop.name for shop in settings.tiktok_shop.shops}
        world = call_sandbox(control_url, "GET", "/_sandbox/world")
        for stop in stops_after(plan, [(names[shop], at) for shop, at in live_events(world)]):
            _advance(control_url, stop.at, progress=progress)
            _work(settings, state, stop, tally=tally, progress=progress)
        tally.first = _last_cycle(settings, state, "a whole cycle", tally=tally, progress=progress)
        tally.second = _last_cycle(settings, state, "the same cycle again", tally=tally, progress=progress)
    finally:
        state.close()
    return settings, tally


def _begin(control_url: str, *, baskets: int, days: int, seed: int) -> datetime:
    """Start the world of a demo and return its first instant."""
    wanted = {
        "baskets": baskets,
        "days": days,
        "seed": seed,
        "fulfilment": "connected",
        "connected_from_day": connected_from_day(days),
        "first_live_day": live_day(days),
        **SHOPS_TRADED,
    }
    started = call_sandbox(control_url, "POST", "/_sandbox/trade", wanted)
    call_sandbox(control_url, "PUT", "/_sandbox/limits", LIMITS)
    return datetime.fromtimestamp(int(started["now"]), UTC)


def _advance(control_url: str, until: datetime, *, progress: Progress) -> None:
    """Let the world trade until an instant; progress is printed in between."""
    now = datetime.fromtimestamp(int(call_sandbox(control_url, "GET", "/_sandbox/clock")["now"]), UTC)
    while now < until:
        now = min(now + STRIDE, until)
        progress.doing(f"the world trades until {now:%a %d %b %H:%M}")
        call_sandbox(control_url, "POST", "/_sandbox/clock", {"to": int(now.timestamp())})
        progress.world_at = now
        if now < until:
            progress.print("the world has traded until here")


def _work(settings: Settings, state: State, stop: Stop, *, tally: Tally, progress: Progress) -> None:
    if stop.doing == "connect":
        progress.print(stop.why)
        return
    if stop.doing == "snapshot":
        ingest_step(settings, state, systems=["tiktok_shop"], report=progress.doing)
        progress.print(f"{stop.why}: what is not settled yet was read")
        return
    run = {"stock": _stock_alone, "goods": _goods_alone}.get(stop.doing, _without_readers)
    outcome = _counted(run(settings, state, progress.doing), tally)
    progress.print(f"{stop.why}: {_did(outcome)}" if stop.why else _did(outcome))


def _last_cycle(settings: Settings, state: State, name: str, *, tally: Tally, progress: Progress) -> CycleOutcome:
    outcome = _counted(run_cycle(settings, state, report=progress.doing), tally)
    progress.print(f"{name}: {_did(outcome)}")
    return outcome


def _stock_alone(settings: Settings, state: State, report: Report) -> CycleOutcome:
    return run_cycle(settings, state, only="tiktok_shop__stock", report=report)


def _goods_alone(settings: Settings, state: State, report: Report) -> CycleOutcome:
    """Run the lanes of stock, orders and parcels, as their schedules do outside a demo."""
    names = [sync.name for sync in sorted(SYNCS, key=lambda sync: sync.lane) if sync.lane < RETURN_LANE]
    outcome = CycleOutcome(list(bring_up_to_date(settings, state, names, report)))
    applied = [
        apply_step(settings, state, plan_step(settings, state, only=name), only=name, observe=_ignore) for name in names
    ]
    stopped = {sync: why for each in applied for sync, why in each.stopped.items()}
    outcome.applied = ApplyReport(tuple(row for each in applied for row in each.rows), stopped)
    return outcome


def _without_readers(settings: Settings, state: State, report: Report) -> CycleOutcome:
    """Run a cycle that publishes nothing: the marts are not read before the last day."""
    outcome = CycleOutcome()
    outcome.steps.append(ingest_step(settings, state, report=report)[0])
    outcome.steps.append(build_step(settings, state, report=report))
    outcome.steps.append(check_step(settings, state, report=report))
    outcome.planned = plan_step(settings, state)
    outcome.applied = apply_step(settings, state, outcome.planned, observe=_ignore)
    return outcome


def _counted(outcome: CycleOutcome, tally: Tally) -> CycleOutcome:
    tally.cycles += 1
    tally.written.update(written_by(outcome))
    return outcome


def written_by(outcome: CycleOutcome) -> Counter[str]:
    """Return how many records a cycle wrote, by sync."""
    rows = outcome.applied.rows if outcome.applied else ()
    return Counter(row.sync for row in rows if row.state == "acknowledged")


def _did(outcome: CycleOutcome) -> str:
    written = sorted(written_by(outcome).items())
    return ", ".join(counted(count, NOUNS[sync]) for sync, count in written) or "nothing to write"


NOUNS = {sync.name: sync.counted for sync in SYNCS}


def _ignore(_event: object) -> None:
    """Single rows are not printed."""
