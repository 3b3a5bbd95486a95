"""Assembling Dagster's definitions: assets, checks, jobs and schedules, with overrides for tests.

Belongs here: assembly only. Does not: any asset's work (assets.py, which calls steps).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets import dbt_models, exception_episodes, netsuite_journals, published_marts, raw_assets
from orchestration.checks import raw_checks
from orchestration.resources import DbtProjectFiles, TieoutResource, dbt_resource

_IN_PROCESS = dg.in_process_executor
"""One process for all steps: the warehouse has one writer anyway, and a process a step costs seconds each."""


def build_definitions(
    *, files: DbtProjectFiles | None = None, resources: Mapping[str, Any] | None = None
) -> dg.Definitions:
    """Return everything Dagster shows and runs; `resources` replaces some of the real ones, as tests do."""
    files = files or DbtProjectFiles()
    cycle = dg.define_asset_job(
        "finance_cycle",
        selection=dg.AssetSelection.all(),
        executor_def=_IN_PROCESS,
        description="Raw to journal, once.",
    )
    return dg.Definitions(
        assets=[*raw_assets(), dbt_models(files), exception_episodes, published_marts, netsuite_journals],
        asset_checks=raw_checks(),
        jobs=[cycle],
        schedules=[
            dg.ScheduleDefinition(
                name="finance_daily",
                job=cycle,
                cron_schedule="30 6 * * *",
                execution_timezone="UTC",
                description="Statements appear at 00:00 UTC; bank files follow before six.",
            )
        ],
        resources={"tieout": TieoutResource(), "dbt": dbt_resource(files), **(resources or {})},
        executor=_IN_PROCESS,
    )
