"""Shows Dagster what the command line has made, for `make ui`: `python -m orchestration.assets.materialised`.

Belongs here: reading what a home holds, and an event per asset that it holds. Does not: making anything; checks, whose
results only a run knows. Dagster hears of its own runs by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.assets.assembly import build_definitions
from orchestration.assets.resources import TieoutResource
from orchestration.assets.table_metadata import figures
from orchestration.cli.terminal import err, progress
from tieout.errors import TieoutError
from tieout.reading import home_folder
from tieout.settings import Settings
from tieout.warehouse import open_warehouse, warehouse_lock

PUBLISHED = (dg.AssetKey(["published", "current"]), dg.AssetKey(["published", "acknowledged"]))
_TABLES = "select table_schema || '.' || table_name from information_schema.tables"
_WRITTEN = "select sync, count(*) from audit.acknowledgements group by sync"
_WAIT_SECONDS = 30


def record(settings: Settings, instance: dg.DagsterInstance, definitions: dg.Definitions) -> int:
    """Report every asset that the home holds, upstream first, and return how many; none when Dagster knows them.

    Dagster knows them when it received a publication no older than the home's. An asset is held when its table is in
    the warehouse, a sync when a vendor has acknowledged something of it. The events are of now; `published_at` is the
    time of the home's publication, UTC.

    Raises:
        WarehouseError: when the warehouse is at work for more than 30 seconds, or cannot be opened.
    """
    current = settings.published_dir / "current.duckdb"
    if not current.exists():
        return 0
    published_at = datetime.fromtimestamp(current.stat().st_mtime, UTC)
    known = [instance.get_latest_materialization_event(key) for key in PUBLISHED]
    if any(event is not None and event.timestamp >= published_at.timestamp() for event in known):
        return 0
    held = _held(settings, definitions.resolve_asset_graph().toposorted_asset_keys)
    for key, facts in held.items():
        reported = {**facts, "published_at": dg.MetadataValue.timestamp(published_at)}
        made = dg.AssetMaterialization(key, description="made by the command line", metadata=reported)
        instance.report_runless_asset_event(made)
    return len(held)


def _held(settings: Settings, keys: Sequence[dg.AssetKey]) -> dict[dg.AssetKey, dict[str, Any]]:
    with warehouse_lock(settings, wait_seconds=_WAIT_SECONDS), open_warehouse(settings) as warehouse:
        tables = {str(name) for (name,) in warehouse.execute(_TABLES).fetchall()}
        written = dict(warehouse.execute(_WRITTEN).fetchall())
        found: dict[dg.AssetKey, dict[str, Any]] = {}
        for key in keys:
            schema, name = key.path
            if key in PUBLISHED:
                found[key] = {}
            elif f"{schema}.{name}" in tables:
                found[key] = figures(warehouse, schema, name)
            elif f"{schema}__{name}" in written:
                found[key] = {"dagster/row_count": written[f"{schema}__{name}"]}
        return found


def main() -> None:
    """Record in the instance of DAGSTER_HOME what the home of TIEOUT_HOME holds."""
    if not (home_folder() / "published" / "current.duckdb").exists():
        return
    try:
        with dg.DagsterInstance.get() as instance:
            reported = record(TieoutResource().settings(), instance, build_definitions())
    except TieoutError as error:
        err.print(f"[bold red]tieout:[/bold red] {error}")
        sys.exit(2)
    if reported:
        progress(f"reported {reported} assets that the command line has made to Dagster")


if __name__ == "__main__":
    main()
