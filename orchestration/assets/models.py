"""Dagster's assets above raw: models, exceptions and published marts.

Belongs here: keys, owners, descriptions, order, and calls of steps. Does not: the work itself, what is written to
vendors (syncs), or figures (table_metadata). What works imports on its first run, not when Dagster loads: loading
happens in every Dagster process, many times a day.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.accelerator import lineage
from orchestration.assets.dagster_dbt import (
    DagsterDbtTranslator,
    dbt_assets,
    get_asset_check_key_for_test,
)
from orchestration.assets.raw import FINANCE, OPERATIONS, OWNERS
from orchestration.assets.resources import DbtProjectFiles, TieoutResource
from orchestration.assets.table_metadata import figures
from orchestration.steps import holds
from reverse_sync.registry import SYNCS
from reverse_sync.sync import FINANCE_LANE
from tieout.settings import Settings
from tieout.warehouse import open_warehouse, warehouse_lock

_LAYERS = {
    "staging": ("Records as the vendor means them: typed, the newest version of each.", OWNERS),
    "intermediate": ("A step between records and marts, read by models only.", OWNERS),
    "reference": ("A list kept in this repository.", OWNERS),
    "reconciliation": ("Two sides of the same money, compared row by row.", FINANCE),
    "exceptions": ("Conditions that hold now, one row per code and entity.", FINANCE),
    "sync": ("What is still to be written to a vendor.", FINANCE),
    "marts": ("Published for readers.", FINANCE),
}


_FINANCE_SYNCS = {f"sync_{sync.name}" for sync in SYNCS if sync.lane == FINANCE_LANE}


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

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """Return the check of a data test with what it asks in words."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(description=_asked(manifest["nodes"][unique_id]))

    def get_owners(self, dbt_resource_props: Any) -> Sequence[str] | None:
        """Return the layer's owner; what operations reads or writes is theirs."""
        name, folders = str(dbt_resource_props["name"]), list(dbt_resource_props["fqn"])
        is_written_by_operations = name.startswith("sync_") and name not in _FINANCE_SYNCS
        if is_written_by_operations or folders[1:3] == ["marts", "operations"]:
            return OPERATIONS
        return _LAYERS[_layer(dbt_resource_props)][1]


def _asked(test: Mapping[str, Any]) -> str:
    """Return what a data test asks: of a generic one by its kind, of one of our own by its first comment."""
    if test["description"]:
        return str(test["description"])
    if not test.get("test_metadata"):
        comment = re.search(r"^(--.*\n)+", test["raw_code"], re.MULTILINE)
        return " ".join(comment.group().replace("--", "").split()) if comment else ""
    given = test["test_metadata"]["kwargs"]
    listed = ", ".join(map(str, given.get("values") or given.get("keys") or ()))
    condition = test["config"].get("where")
    asked = {
        "not_null": "{column_name} is never null",
        "unique": "{column_name} is in no two rows",
        "unique_together": f"No two rows share {listed}",
        "accepted_values": f"{{column_name}} is one of {listed}",
        "relationships": "Each {column_name} is a {field} of {to}",
    }[test["test_metadata"]["name"]]
    return asked.format(**given) + (f", where {condition}." if condition else ".")


def _layer(dbt_resource_props: Any) -> str:
    return "reference" if dbt_resource_props["resource_type"] == "seed" else str(dbt_resource_props["fqn"][1])


def dbt_models(files: DbtProjectFiles) -> dg.AssetsDefinition:
    """Return every dbt model as one step, its tests as asset checks. They are built as `tieout build` builds them."""
    translator = Translator()

    @dbt_assets(manifest=files.manifest(), dagster_dbt_translator=translator, name="dbt_models", pool="warehouse")
    def models(context: dg.AssetExecutionContext, tieout: TieoutResource) -> Iterator[Any]:
        from orchestration.accelerator.replay import build_models

        settings = tieout.settings()
        outputs = _outputs(context)
        known = lineage.models(settings.home)
        with warehouse_lock(settings):
            with open_warehouse(settings) as warehouse:
                changed = lineage.changed_models(warehouse, known.values())
                is_anew = lineage.requires_full_refresh(warehouse, known.values())
            wanted = outputs.keys() if context.is_subset else outputs.keys() & changed.keys()
            if wanted:
                build_models(settings, [known[relation] for relation in wanted], is_anew=is_anew)
            with open_warehouse(settings) as warehouse:
                if not context.is_subset:
                    lineage.remember_built(warehouse, changed)
                counted = {relation: figures(warehouse, *relation.split(".")) for relation in outputs}
            checked = _checked(context, settings, _checks_of(files, translator))
        for relation in sorted(outputs, key=lambda relation: len(known[relation].upstream)):
            yield dg.Output(None, outputs[relation], metadata=counted[relation])
        yield from checked

    return models


def _outputs(context: dg.AssetExecutionContext) -> dict[str, str]:
    """Return the output of each selected model, by its table."""
    keys = context.assets_def.keys_by_output_name
    return {".".join(key.path): name for name, key in keys.items() if key in context.selected_asset_keys}


def _checks_of(files: DbtProjectFiles, translator: Translator) -> dict[str, dg.AssetCheckKey]:
    """Return the asset check of each data test, by the test's unique id."""
    manifest = json.loads(files.manifest().read_text())
    tests = [name for name in manifest["nodes"] if name.startswith("test.")]
    keys = {name: get_asset_check_key_for_test(manifest, translator, name, None) for name in tests}
    return {name: key for name, key in keys.items() if key is not None}


def _checked(
    context: dg.AssetExecutionContext, settings: Settings, keys: Mapping[str, dg.AssetCheckKey]
) -> list[dg.AssetCheckResult]:
    """Run the data tests and remember what a failing row holds. That stops no asset: it is a warning to Dagster."""
    from orchestration.accelerator.data_tests import run_data_tests

    selected = context.selected_asset_check_keys
    results = run_data_tests(settings)
    with open_warehouse(settings) as warehouse:
        found = [hold for result in results for hold in result.holds]
        holds.remember(warehouse, found, checked=holds.data_tests_that_hold(warehouse))
    return [
        dg.AssetCheckResult(
            asset_key=keys[result.test.unique_id].asset_key,
            check_name=keys[result.test.unique_id].name,
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"rows": result.failures, "message": result.text},
        )
        for result in results
        if keys.get(result.test.unique_id) in selected
    ]


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
    from orchestration.steps import exceptions
    from tieout.clock import utc_now

    with tieout.opened() as (settings, state), warehouse_lock(settings), open_warehouse(settings) as warehouse:
        counts = exceptions.record(state, warehouse, seen_at=utc_now())
        codes = warehouse.execute("select code, count(*) from exceptions.open group by code order by code").fetchall()
        rows = {name: figures(warehouse, "exceptions", name) for name in ("open", "history")}
    reported: dict[str, Any] = {**counts, "by_code": dg.MetadataValue.json(dict(codes))}
    yield dg.MaterializeResult(asset_key=["exceptions", "open"], metadata={**reported, **rows["open"]})
    yield dg.MaterializeResult(asset_key=["exceptions", "history"], metadata=rows["history"])


def published_marts(files: DbtProjectFiles) -> dg.AssetsDefinition:
    """Return the asset of what readers open, made of every mart of the project and of the exceptions."""
    marts = sorted((files.root / "dbt_project" / "models" / "marts").glob("*/*.sql"))
    exceptions = [dg.AssetKey(["exceptions", name]) for name in ("open", "history")]

    @dg.asset(
        key=["published", "current"],
        deps=[*(dg.AssetKey([mart.parent.name, mart.stem]) for mart in marts), *exceptions],
        group_name="published",
        owners=FINANCE,
        kinds={"duckdb"},
        pool="warehouse",
    )
    def publish(context: dg.AssetExecutionContext, tieout: TieoutResource) -> dg.MaterializeResult[Any]:
        """The marts as readers see them: one file any BI tool can hold open while the pipeline runs."""
        from orchestration.steps import steps

        return dg.MaterializeResult(metadata=steps.publish_step(tieout.settings(), report=context.log.info).facts)

    return publish
