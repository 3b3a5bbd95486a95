"""Dagster's raw assets: one per table that a system's records land in, loaded system by system.

Belongs here: the assets, and the call that loads a system. Does not: what a table holds (ingestion), models, marts or
what is written to vendors (the modules beside), or figures (table_metadata).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from ingestion.raw import raw_tables
from orchestration.assets.resources import TieoutResource
from orchestration.assets.table_metadata import table_figures
from tieout.systems import NAMES, part
from tieout.warehouse import open_warehouse, warehouse_lock

OWNERS = ["team:data-engineering"]
FINANCE = ["team:finance"]
OPERATIONS = ["team:operations"]

FRESH_WITHIN = timedelta(hours=26)
"""A day between two loads, and two hours for the load itself to be late."""


def raw_assets() -> list[dg.AssetsDefinition]:
    """Return one multi-asset per system, its raw tables loaded together, and last what was noted while loading."""
    return [*(_raw_asset(name, raw_tables()[f"raw_{name}"]) for name in NAMES), _operations_asset()]


def _raw_asset(system: str, entities: dict[str, str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"load_{system}",
        specs=[_spec(f"raw_{system}", entity, text) for entity, text in entities.items()],
        pool="warehouse",
        can_subset=False,
    )
    def load(context: dg.AssetExecutionContext, tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration.steps import steps

        with tieout.opened() as (settings, state):
            result, loads = steps.ingest_step(settings, state, systems=[system], report=context.log.info)
        counted = table_figures(settings, f"raw_{system}", list(entities))
        for entity in entities:
            mine = [load for load in loads if load.entity == entity]
            names = ("read", "landed", "deleted", "quarantined")
            facts = {name: sum(getattr(load, name) for load in mine) for name in names}
            yield dg.MaterializeResult(asset_key=[f"raw_{system}", entity], metadata={**facts, **counted[entity]})
        if result.problems:
            raise dg.Failure("; ".join(result.problems))

    return load


def _operations_asset() -> dg.AssetsDefinition:
    own = raw_tables()["raw_tieout"]
    loaded = [dg.AssetKey([f"raw_{system}", name]) for system in NAMES for name in raw_tables()[f"raw_{system}"]]

    @dg.multi_asset(
        name="load_operations",
        specs=[
            _spec("raw_tieout", entity, text, deps=loaded if entity in ("coverage", "quarantine") else ())
            for entity, text in own.items()
        ],
        pool="warehouse",
        can_subset=False,
    )
    def load(tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        from ingestion.state.loader import load as load_state

        with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
            load_state(settings, state, warehouse)
        counted = table_figures(settings, "raw_tieout", list(own))
        for entity, facts in counted.items():
            yield dg.MaterializeResult(asset_key=["raw_tieout", entity], metadata=facts)

    return load


def _spec(schema: str, entity: str, text: str, *, deps: Sequence[dg.AssetKey] = ()) -> dg.AssetSpec:
    daily = getattr(part("ingestion", _system(schema)), "DAILY", ())
    return dg.AssetSpec(
        [schema, entity],
        deps=deps,
        description=text,
        group_name="raw",
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        freshness_policy=dg.FreshnessPolicy.time_window(FRESH_WITHIN) if entity in daily else None,
    )


def _system(schema: str) -> str:
    return "state" if schema == "raw_tieout" else schema.removeprefix("raw_")
