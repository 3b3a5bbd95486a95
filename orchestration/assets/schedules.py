"""When things run: the whole cycle every day, orders and parcels every few minutes, stock at its own pace.

Belongs here: jobs and their schedules. Does not: any asset's work, or how often stock runs (stock_schedule).
One process runs all steps of a job: the warehouse has one writer anyway, and a process a step costs seconds each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.resources import TieoutResource
from orchestration.assets.stock_schedule import stock_is_due
from orchestration.assets.syncs import asset_key, lane
from reverse_sync.registry import SYNCS
from reverse_sync.sync import ORDER_LANE, PARCEL_LANE, RETURN_LANE, STOCK_LANE, Sync

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as AssetJob


def cycle_job() -> AssetJob:
    """Return the job of everything: raw to journal."""
    return dg.define_asset_job(
        "finance_cycle",
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Everything from raw to journal, once.",
    )


def lane_jobs() -> list[AssetJob]:
    """Return the quick lanes: stock alone, orders with cancellations, labels and tracking, and returns."""
    return [
        _lane_job("stock_lane", _syncs(STOCK_LANE), text="Stock listed on TikTok Shop, ahead of everything else."),
        _lane_job(
            "fulfilment_lane",
            [*_syncs(ORDER_LANE), *_syncs(PARCEL_LANE)],
            text="Orders and cancellations out, labels and tracking back.",
        ),
        _lane_job("return_lane", _syncs(RETURN_LANE), text="Returns: announced, decided, and back in stock."),
    ]


def schedules() -> list[dg.ScheduleDefinition]:
    """Return when each job runs, in UTC."""
    return [
        dg.ScheduleDefinition(
            name="finance_daily",
            job_name="finance_cycle",
            cron_schedule="30 6 * * *",
            execution_timezone="UTC",
            description="Statements appear at 00:00 UTC; bank files follow before six.",
        ),
        dg.ScheduleDefinition(
            name="fulfilment_every_five_minutes",
            job_name="fulfilment_lane",
            cron_schedule="*/5 * * * *",
            execution_timezone="UTC",
            description="A released order is at its warehouse within five minutes, a shipped parcel on TikTok Shop.",
        ),
        dg.ScheduleDefinition(
            name="returns_every_fifteen_minutes",
            job_name="return_lane",
            cron_schedule="*/15 * * * *",
            execution_timezone="UTC",
            description="A return is in the portal before its buyer has packed it, and answered within TikTok's time.",
        ),
        dg.ScheduleDefinition(
            name="stock_at_its_pace",
            job_name="stock_lane",
            cron_schedule="* * * * *",
            execution_timezone="UTC",
            should_execute=_stock_is_due,
            required_resource_keys={"tieout"},
            description="Every [stock] every_minutes; while an event of peaks.csv runs, as often as that asks.",
        ),
    ]


def _stock_is_due(context: dg.ScheduleEvaluationContext) -> bool:
    tieout: TieoutResource = context.resources.tieout
    return stock_is_due(tieout.settings(), context.scheduled_execution_time)


def _lane_job(name: str, syncs: Sequence[Sync], *, text: str) -> AssetJob:
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*(asset_key(sync) for sync in syncs)),
        config=lane(*(sync.name for sync in syncs)),
        executor_def=dg.in_process_executor,
        description=text,
    )


def _syncs(number: int) -> list[Sync]:
    return [sync for sync in SYNCS if sync.lane == number]
