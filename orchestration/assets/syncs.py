"""Dagster's reverse syncs: one asset per kind of record that is kept as desired at a vendor.

Belongs here: an asset for each sync, whose it is, and the calls of plan and apply. Does not: which syncs there are and
how one is written once whatever fails (reverse_sync), or what should change (dbt's sync models).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.assets.raw import FINANCE, OPERATIONS
from orchestration.assets.resources import TieoutResource
from orchestration.assets.table_metadata import table_figures
from reverse_sync.registry import SYNCS
from reverse_sync.sync import FINANCE_LANE, Sync
from tieout.systems import READ_BACK

COMPLETE = "every_row_written"
"""A row that a vendor refused fails this check, not the asset: what was written beside it must still be published."""


class SyncRun(dg.Config):
    """How a sync is run. With `read_first` as part of a quick lane of these syncs.

    Whichever of them comes first then reads, builds and checks what the models of all of them are made of. If that
    fails, each of them tries again and is held by the same failure: none writes what was not checked.
    """

    read_first: list[str] = Field(default=[])


def lane(*names: str) -> dg.RunConfig:
    """Return the configuration with which these syncs run as one quick lane, without the rest of the cycle."""
    return dg.RunConfig(ops={name: SyncRun(read_first=list(names)) for name in names})


def sync_assets() -> list[dg.AssetsDefinition]:
    """Return one asset per sync, and last what makes their acknowledgements visible to readers."""
    return [*(_sync_asset(sync) for sync in SYNCS), _visible()]


def asset_key(sync: Sync) -> dg.AssetKey:
    """Return a sync's key: its vendor and what is written there."""
    return dg.AssetKey(sync.name.split("__"))


def _sync_asset(sync: Sync) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(sync),
        deps=[dg.AssetKey(["published", "current"]), dg.AssetKey(sync.model.split("."))],
        group_name="reverse_sync",
        description=sync.text,
        owners=_owners(sync),
        kinds={sync.name.split("__")[0]},
        check_specs=[dg.AssetCheckSpec(COMPLETE, asset=asset_key(sync), description="Every planned row was written.")],
    )
    def write(  # the bare type: with a check, Dagster takes a subscripted one for a tuple of outputs
        context: dg.AssetExecutionContext, config: SyncRun, tieout: TieoutResource
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from orchestration.steps import steps
        from orchestration.steps.cycle import bring_up_to_date

        with tieout.opened() as (settings, state):

            def read() -> None:
                for step in bring_up_to_date(settings, state, config.read_first, report=context.log.info):
                    context.log.info(f"{step.name}: {step.facts}")

            if config.read_first:
                tieout.once(context.run.run_id, read)
            planned = steps.plan_step(settings, state, only=sync.name)
            report = steps.apply_step(
                settings, state, planned, only=sync.name, observe=lambda event: context.log.info(str(event))
            )
        complete = dg.AssetCheckResult(
            check_name=COMPLETE, passed=not report.problems, metadata={"problems": list(report.problems)}
        )
        reported = {"dagster/row_count": len(report.rows), **planned.facts(), **report.facts()}
        return dg.MaterializeResult(metadata=reported, check_results=[complete])

    return write


def _visible() -> dg.AssetsDefinition:
    @dg.asset(
        key=["published", "acknowledged"],
        deps=[asset_key(sync) for sync in SYNCS],
        group_name="published",
        owners=FINANCE,
        kinds={"duckdb"},
        pool="warehouse",
    )
    def acknowledged(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
        """What vendors acknowledged, read back, built and published again, so that readers see it at once."""
        from orchestration.steps import steps

        with tieout.opened() as (settings, state):
            steps.ingest_step(settings, state, systems=READ_BACK, report=context.log.info)
            steps.build_step(settings, state, report=context.log.info)
            steps.publish_step(settings, report=context.log.info)
        posted = table_figures(settings, "finance", ["payout_journals"])["payout_journals"]
        context.log_event(dg.AssetMaterialization(dg.AssetKey(["finance", "payout_journals"]), metadata=posted))
        return dg.MaterializeResult(metadata=posted)

    return acknowledged


def _owners(sync: Sync) -> Sequence[str]:
    return FINANCE if sync.lane == FINANCE_LANE else OPERATIONS
