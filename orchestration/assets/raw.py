"""Dagster's raw assets: one per table that a system's records land in, loaded system by system.

Belongs here: what each raw table holds, in a sentence, and the call that loads a system. Does not: models, marts or
what is written to vendors (assets), or figures (totals).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.assets.resources import TieoutResource
from orchestration.assets.table_metadata import table_figures
from tieout.warehouse import open_warehouse, warehouse_lock

OWNERS = ["team:data-engineering"]
FINANCE = ["team:finance"]
OPERATIONS = ["team:operations"]

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
        "products": "Products with their SKUs as listed, every version.",
        "product_details": "What only a product's own page shows: what its bundles are made of.",
        "inventory": "Listed stock of each SKU in each warehouse, every version.",
        "warehouses": "Warehouses that the shop ships from.",
        "cancellations": "Cancellations asked for, answered and done, every version.",
        "packages": "Packages with their tracking numbers, every version.",
    },
    "netsuite": {
        "accounts": "The chart of accounts.",
        "journal_entries": "The payout journals as NetSuite holds them.",
        "other_entries": "What else NetSuite holds on the clearing and bank accounts of payouts.",
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
    "linnworks": {
        "locations": "Stock locations.",
        "stock_items": "Stock items.",
        "stock_levels": "Stock of an item at a location, every version.",
        "stock_snapshots": "When each location was last read whole.",
        "compositions": "What each composite item is made of.",
        "orders": "Open and processed orders, every version.",
    },
    "bank": {
        "entries": "Lines of the bank's statement files.",
        "statements": "Statements of the bank's files: their balances, days and pages.",
        "files": "The statement files themselves.",
    },
    "config": {
        "fee_map": "Which class each fee key has, with dates.",
        "account_map": "Which account each class posts to, with dates.",
        "tax_map": "Who owes the tax of a class, and its rate, per shop, with dates.",
        "location_map": "Which system ships and counts for each TikTok warehouse, with dates.",
        "sku_map": "Which item each seller SKU is, with dates.",
        "bundle_map": "What each bundle is made of, with dates.",
        "carrier_map": "Which TikTok shipping provider each carrier is, with dates.",
        "service_map": "Which service each shipping type and delivery option takes, with dates.",
        "buffer_map": "Units and percent kept back from sale, with dates.",
        "peaks": "Live events and campaigns: when, and what is kept back from sale meanwhile.",
        "shops": "Configured shops.",
        "bank_accounts": "Configured bank accounts.",
        "books": "How payouts become journals.",
        "stock": "When a warehouse's word about its stock is believed.",
        "fulfilment": "How orders reach warehouses.",
    },
    "tieout": {
        "acknowledgements": "What vendors have acknowledged.",
        "coverage": "Which windows of which system were verifiably loaded.",
        "outbox": "Intents on their way to a vendor.",
        "quarantine": "Records that could not be used, with the reason.",
    },
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
        from ingestion.state import load as load_state

        with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
            load_state(settings, state, warehouse)
        counted = table_figures(settings, "raw_tieout", list(RAW["tieout"]))
        for entity, facts in counted.items():
            yield dg.MaterializeResult(asset_key=["raw_tieout", entity], metadata=facts)

    return load


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
