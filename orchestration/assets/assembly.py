"""Assembling Dagster's definitions: assets, checks, jobs and schedules, with overrides for tests.

Belongs here: assembly only. Does not: any asset's work (assets, which call steps).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets.models import dbt_models, exception_episodes, published_marts
from orchestration.assets.raw import raw_assets
from orchestration.assets.raw_checks import raw_checks
from orchestration.assets.resources import DbtProjectFiles, TieoutResource
from orchestration.assets.schedules import cycle_job, lane_jobs, schedules
from orchestration.assets.syncs import sync_assets


def build_definitions(
    *, files: DbtProjectFiles | None = None, resources: Mapping[str, Any] | None = None
) -> dg.Definitions:
    """Return everything Dagster shows and runs; `resources` replaces some of the real ones, as tests do."""
    files = files or DbtProjectFiles()
    return dg.Definitions(
        assets=[*raw_assets(), dbt_models(files), exception_episodes, published_marts(files), *sync_assets()],
        asset_checks=raw_checks(),
        jobs=[cycle_job(), *lane_jobs()],
        schedules=schedules(),
        resources={"tieout": TieoutResource(), **(resources or {})},
        executor=dg.in_process_executor,
    )
