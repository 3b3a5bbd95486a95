"""Dagster's assets: raw, models, exceptions, published marts and the journals in NetSuite.

Belongs here: keys, owners, descriptions, order, and calls of steps. Does not: the work itself, or figures (totals).
What works imports on its first run, not when Dagster loads: loading happens in every Dagster process, many times a day.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.dbt import dbt_environment
from orchestration.dbt_assets import DagsterDbtCliRuntimeError, DagsterDbtTranslator, DbtCliResource, dbt_assets
from orchestration.resources import DbtProjectFiles, TieoutResource
from orchestration.totals import figures
from tieout.settings import Settings
from tieout.warehouse import open_warehouse, warehouse_lock

OWNERS = ["team:data-engineering"]
FINANCE = ["team:finance"]

DAILY = (("raw_tiktok_shop", "statements"), ("raw_tiktok_shop", "payments"), ("raw_bank", "entries"))
FRESH_WITHIN = timedelta(hours=26)
"""A day between two loads, and two hours for the load itself to be late."""

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
    "gxo": {
        "files": "X12 files as received, refused ones included.",
        "shipping_advices": "What left the warehouse, per shipment.",
        "stock_levels": "Stock of a SKU at a site, per snapshot.",
        "stock_snapshots": "Snapshots as a whole.",
        "stock_adjustments": "Changes of stock between snapshots.",
        "stock_receipts": "Goods in, and returns.",
        "functional_acknowledgements": "What GXO said of each group of messages that we sent.",
    },
    "bank": {"entries": "Lines of the bank's statement files.", "files": "The statement files themselves."},
    "config": {
        "fee_map": "Which class each fee key has, with dates.",
        "account_map": "Which account each class posts to, with dates.",
        "tax_map": "Tax treatment per region and class, with dates.",
        "location_map": "Which system ships and counts for each TikTok warehouse, with dates.",
        "sku_map": "Which item each seller SKU is, with dates.",
        "bundle_map": "What each bundle is made of, with dates.",
        "carrier_map": "Which TikTok shipping provider each carrier is, with dates.",
        "service_map": "Which service each shipping type and delivery option takes, with dates.",
        "buffer_map": "Units and percent kept back from sale, with dates.",
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

_LAYERS = {
    "staging": ("Records as the vendor means them: typed, the newest version of each.", OWNERS),
    "intermediate": ("A step between records and marts, read by models only.", OWNERS),
    "reference": ("A list kept in this repository.", OWNERS),
    "reconciliation": ("Two sides of the same money, compared row by row.", FINANCE),
    "exceptions": ("Conditions that hold now, one row per code and entity.", FINANCE),
    "sync": ("What is still to be written to a vendor.", FINANCE),
    "marts": ("Published for readers.", FINANCE),
}


def raw_assets() -> list[dg.AssetsDefinition]:
    """Return one multi-asset per system, its raw tables loaded together, and last what was noted while loading."""
    systems = {system: entities for system, entities in RAW.items() if system != "tieout"}
    return [_raw_asset(system, entities) for system, entities in systems.items()] + [_operations_asset()]


def _raw_asset(system: str, entities: dict[str, str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"load_{system}",
        specs=[_spec(f"raw_{system}", entity, text) for entity, text in entities.items()],
        pool="warehouse",
        can_subset=False,
    )
    def load(context: dg.AssetExecutionContext, tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration import steps

        with tieout.opened() as (settings, state):
            result, loads = steps.ingest_step(settings, state, systems=[system], report=context.log.info)
        counted = _figures(settings, f"raw_{system}", list(entities))
        for entity in entities:
            mine = [load for load in loads if load.entity == entity]
            names = ("read", "landed", "deleted", "quarantined")
            facts = {name: sum(getattr(load, name) for load in mine) for name in names}
            yield dg.MaterializeResult(asset_key=[f"raw_{system}", entity], metadata={**facts, **counted[entity]})
        if result.problems:
            raise dg.Failure("; ".join(result.problems))

    return load


def _operations_asset() -> dg.AssetsDefinition:
    loaded = [dg.AssetKey([f"raw_{system}", name]) for system in RAW if system != "tieout" for name in RAW[system]]

    @dg.multi_asset(
        name="load_operations",
        specs=[
            _spec("raw_tieout", entity, text, deps=loaded if entity in ("coverage", "quarantine") else ())
            for entity, text in RAW["tieout"].items()
        ],
        pool="warehouse",
        can_subset=False,
    )
    def load(tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
        from ingestion.operations import load as load_operations

        with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
            load_operations(settings, state, warehouse)
        counted = _figures(settings, "raw_tieout", list(RAW["tieout"]))
        for entity, facts in counted.items():
            yield dg.MaterializeResult(asset_key=["raw_tieout", entity], metadata=facts)

    return load


def _figures(settings: Settings, schema: str, tables: Sequence[str]) -> dict[str, dict[str, Any]]:
    with warehouse_lock(settings), open_warehouse(settings) as warehouse:
        return {table: figures(warehouse, schema, table) for table in tables}


def _spec(schema: str, entity: str, text: str, *, deps: Sequence[dg.AssetKey] = ()) -> dg.AssetSpec:
    return dg.AssetSpec(
        [schema, entity],
        deps=deps,
        description=text,
        group_name="raw",
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        freshness_policy=dg.FreshnessPolicy.time_window(FRESH_WITHIN) if (schema, entity) in DAILY else None,
    )


class Translator(DagsterDbtTranslator):
    """Gives dbt's models the keys the warehouse uses (schema and table), their layer's group and owner."""

    def get_asset_key(self, dbt_resource_props: Any) -> dg.AssetKey:
        """Return schema/table of a model, source or seed."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Any) -> str | None:
        """Return the layer: the first folder below models; seeds are reference."""
        return _layer(dbt_resource_props)

    def get_description(self, dbt_resource_props: Any) -> str:
        """Return what the model's YAML says, or else what its layer is."""
        return dbt_resource_props["description"] or _LAYERS[_layer(dbt_resource_props)][0]

    def get_owners(self, dbt_resource_props: Any) -> Sequence[str] | None:
        """Return the layer's owner."""
        return _LAYERS[_layer(dbt_resource_props)][1]


def _layer(dbt_resource_props: Any) -> str:
    return "reference" if dbt_resource_props["resource_type"] == "seed" else str(dbt_resource_props["fqn"][1])


def dbt_models(files: DbtProjectFiles) -> dg.AssetsDefinition:
    """Return every dbt model as one step, its tests as asset checks."""

    @dbt_assets(manifest=files.manifest(), dagster_dbt_translator=Translator(), name="dbt_models", pool="warehouse")
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, tieout: TieoutResource) -> Iterator[Any]:
        settings = tieout.settings()
        failure = None
        with warehouse_lock(settings):
            events, failure = _built(context, dbt, settings)
            with open_warehouse(settings) as warehouse:
                events = [_counted(event, context, warehouse) for event in events]
        yield from events
        if failure is not None:
            raise failure

    return models


def _built(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, settings: Settings
) -> tuple[list[Any], DagsterDbtCliRuntimeError | None]:
    """Return what dbt did, also when it failed on the way: figures can be read only once it has let go of the file."""
    events: list[Any] = []
    with dbt_environment(settings):
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        run = dbt.cli(arguments, context=context, target_path=settings.home / "dbt" / "target")
        try:
            events.extend(run.stream())
        except DagsterDbtCliRuntimeError as error:
            return events, error
    return events, None


def _counted(event: Any, context: dg.AssetExecutionContext, warehouse: Any) -> Any:
    if not isinstance(event, dg.Output):
        return event
    schema, table = context.asset_key_for_output(event.output_name).path
    return event.with_metadata({**event.metadata, **figures(warehouse, schema, table)})


@dg.multi_asset(
    name="record_exceptions",
    specs=[
        dg.AssetSpec(
            ["exceptions", name],
            deps=[dg.AssetKey(["exceptions_build", "exc_all"])],
            description=text,
            group_name="exceptions",
            owners=FINANCE,
            kinds={"duckdb"},
        )
        for name, text in (
            ("open", "What is wrong now, since when, whose it is, and what it may cost."),
            ("history", "What was wrong, how long, and what proved that it ended."),
        )
    ],
    pool="warehouse",
)
def exception_episodes(tieout: TieoutResource) -> Iterator[dg.MaterializeResult[Any]]:
    """Turn conditions that hold now into episodes that open and end."""
    from orchestration import exceptions
    from tieout.clock import utc_now

    with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
        counts = exceptions.record(state, warehouse, seen_at=utc_now())
        codes = warehouse.execute("select code, count(*) from exceptions.open group by code order by code").fetchall()
        rows = {name: figures(warehouse, "exceptions", name) for name in ("open", "history")}
    told: dict[str, Any] = {**counts, "by_code": dg.MetadataValue.json(dict(codes))}
    yield dg.MaterializeResult(asset_key=["exceptions", "open"], metadata={**told, **rows["open"]})
    yield dg.MaterializeResult(asset_key=["exceptions", "history"], metadata=rows["history"])


_PUBLISHED = {
    "finance": ("payouts", "payout_lines", "payout_journals", "bank_matches", "accruals"),
    "exceptions": ("open", "history"),
    "audit": ("acknowledgements", "coverage", "quarantine"),
}


@dg.asset(
    key=["published", "current"],
    deps=[dg.AssetKey([schema, name]) for schema, names in _PUBLISHED.items() for name in names],
    group_name="published",
    owners=FINANCE,
    kinds={"duckdb"},
    pool="warehouse",
)
def published_marts(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
    """The marts as readers see them: one file any BI tool can hold open while the pipeline runs."""
    from orchestration import steps

    return dg.MaterializeResult(metadata=steps.publish_step(tieout.settings(), report=context.log.info).facts)


@dg.asset(
    key=["netsuite", "journal_entries"],
    deps=[published_marts, dg.AssetKey(["sync", "sync_netsuite__journal_entries"])],
    group_name="reverse_sync",
    owners=FINANCE,
    kinds={"netsuite"},
)
def netsuite_journals(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
    """Summary journals in NetSuite: one per payout and month, created once whatever fails.

    After writes, what NetSuite acknowledged is read back, built and published, so that readers see it at once.
    """
    from orchestration import steps

    with tieout.opened() as (settings, state):
        planned = steps.plan_step(settings, state)
        report = steps.apply_step(settings, state, planned, observe=lambda event: context.log.info(str(event)))
        if report.acknowledged:
            steps.ingest_step(settings, state, systems=["netsuite"], report=context.log.info)
            steps.build_step(settings, state, report=context.log.info)
            steps.publish_step(settings, report=context.log.info)
    posted = _figures(settings, "finance", ["payout_journals"])["payout_journals"]
    if report.acknowledged:
        context.log_event(dg.AssetMaterialization(dg.AssetKey(["finance", "payout_journals"]), metadata=posted))
    if report.problems:
        raise dg.Failure("; ".join(report.problems))
    return dg.MaterializeResult(metadata={**posted, **planned.facts(), **report.facts()})
