"""Dagster's assets: raw, models, exceptions, published marts and the journals in NetSuite.

Belongs here: keys, owners, descriptions, metadata, and calls of steps. Does not: the work itself.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from ingestion.operations import load as load_operations
from orchestration import steps
from orchestration.resources import DbtProjectFiles, TieoutResource
from tieout.warehouse import open_warehouse, warehouse_lock

OWNERS = ["team:data-engineering"]
FINANCE = ["team:finance"]

RAW: dict[str, dict[str, str]] = {
    "tiktok_shop": {
        "orders": "Orders as TikTok Shop sends them, every version.",
        "statements": "Daily settlement statements, every version.",
        "statement_transactions": "Lines of the statements, every version.",
        "statement_summaries": "Totals that TikTok Shop sends with a statement's lines.",
        "payments": "Payouts to the bank, every version.",
        "unsettled_transactions": "Estimates of what is not settled yet, every version.",
    },
    "netsuite": {
        "accounts": "The chart of accounts.",
        "journal_entries": "The payout journals as NetSuite holds them.",
        "accounting_periods": "Accounting periods, open and closed.",
        "subsidiaries": "Subsidiaries.",
        "currencies": "Currencies.",
    },
    "bank": {"entries": "Lines of the bank's statement files.", "files": "The statement files themselves."},
    "config": {
        "fee_map": "Which class each fee key has, with dates.",
        "account_map": "Which account each class posts to, with dates.",
        "tax_map": "Tax treatment per region and class, with dates.",
        "shops": "Configured shops.",
        "bank_accounts": "Configured bank accounts.",
        "books": "How payouts become journals.",
    },
    "tieout": {
        "acknowledgements": "What vendors have acknowledged.",
        "coverage": "Which windows of which system were verifiably loaded.",
        "outbox": "Intents on their way to a vendor.",
        "quarantine": "Records that could not be used, with the reason.",
    },
}


def raw_assets() -> list[dg.AssetsDefinition]:
    """Return one multi-asset per system: its raw tables, loaded together."""
    return [_raw_asset(system, entities) for system, entities in RAW.items() if system != "tieout"] + [
        _operations_asset()
    ]


def _raw_asset(system: str, entities: dict[str, str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"load_{system}",
        specs=[_spec(f"raw_{system}", entity, text) for entity, text in entities.items()],
        pool="warehouse",
        can_subset=False,
    )
    def load(context: dg.AssetExecutionContext, tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        with tieout.opened() as (settings, state):
            result, loads = steps.ingest_step(settings, state, systems=[system], report=context.log.info)
            with warehouse_lock(settings), open_warehouse(settings) as warehouse:
                counts = {
                    entity: warehouse.execute(f"select count(*) from raw_{system}.{entity}").fetchone()
                    for entity in entities
                }
        for entity in entities:
            mine = [load for load in loads if load.entity == entity]
            facts = {
                name: sum(getattr(load, name) for load in mine) for name in ("read", "landed", "deleted", "quarantined")
            }
            yield dg.MaterializeResult(
                asset_key=[f"raw_{system}", entity],
                metadata={**facts, "dagster/row_count": (counts[entity] or (0,))[0]},
            )
        if result.problems:
            raise dg.Failure("; ".join(result.problems))

    return load


def _operations_asset() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="load_operations",
        specs=[_spec("raw_tieout", entity, text) for entity, text in RAW["tieout"].items()],
        pool="warehouse",
        can_subset=False,
    )
    def load(tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
            load_operations(settings, state, warehouse)
            for entity in RAW["tieout"]:
                count = warehouse.execute(f"select count(*) from raw_tieout.{entity}").fetchone()
                yield dg.MaterializeResult(
                    asset_key=["raw_tieout", entity], metadata={"dagster/row_count": (count or (0,))[0]}
                )

    return load


def _spec(schema: str, entity: str, text: str) -> dg.AssetSpec:
    return dg.AssetSpec([schema, entity], description=text, group_name="raw", owners=OWNERS, kinds={"dlt", "duckdb"})


class Translator(DagsterDbtTranslator):
    """Gives dbt's models the keys the warehouse uses: schema and table."""

    def get_asset_key(self, dbt_resource_props: Any) -> dg.AssetKey:
        """Return schema/table of a model, source or seed."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Any) -> str | None:
        """Return the layer: the first folder below models."""
        return str(dbt_resource_props["fqn"][1])


def dbt_models(files: DbtProjectFiles) -> dg.AssetsDefinition:
    """Return every dbt model as one step, its tests as asset checks."""

    @dbt_assets(manifest=files.manifest(), dagster_dbt_translator=Translator(), name="dbt_models", pool="warehouse")
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, tieout: TieoutResource) -> Iterator[Any]:
        settings = tieout.settings()
        with warehouse_lock(settings):
            run = dbt.cli(
                ["build", "--exclude-resource-type", "unit_test"], context=context, target_path=files.target / "run"
            )
            yield from run.stream().fetch_row_counts()

    return models


@dg.asset(
    key=["exceptions", "open"],
    deps=[dg.AssetKey(["exceptions_build", "exc_all"])],
    group_name="exceptions",
    owners=FINANCE,
    pool="warehouse",
)
def exception_episodes(tieout: TieoutResource) -> dg.MaterializeResult[Any]:
    """What is wrong now, since when, whose it is, and what it may cost."""
    from orchestration import exceptions
    from tieout.clock import utc_now

    with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
        counts = exceptions.record(state, warehouse, seen_at=utc_now())
        codes = warehouse.execute("select code, count(*) from exceptions.open group by code order by code").fetchall()
    return dg.MaterializeResult(metadata={**counts, "by_code": dg.MetadataValue.json(dict(codes))})


@dg.asset(
    key=["published", "current"],
    deps=[
        exception_episodes,
        *(dg.AssetKey(["finance", name]) for name in ("payouts", "payout_lines", "payout_journals")),
    ],
    group_name="published",
    owners=FINANCE,
    pool="warehouse",
)
def published_marts(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
    """The marts as readers see them: one file any BI tool can hold open while the pipeline runs."""
    result = steps.publish_step(tieout.settings(), report=context.log.info)
    return dg.MaterializeResult(metadata=result.facts)


@dg.asset(
    key=["netsuite", "journal_entries"],
    deps=[published_marts, dg.AssetKey(["sync", "sync_netsuite__journal_entries"])],
    group_name="reverse_sync",
    owners=FINANCE,
    kinds={"netsuite"},
)
def netsuite_journals(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
    """Summary journals in NetSuite: one per payout and month, created once whatever fails."""
    with tieout.opened() as (settings, state):
        planned = steps.plan_step(settings, state)
        report = steps.apply_step(settings, state, planned, observe=lambda event: context.log.info(str(event)))
    if report.problems:
        raise dg.Failure("; ".join(report.problems))
    return dg.MaterializeResult(metadata={**planned.facts(), **report.facts()})
