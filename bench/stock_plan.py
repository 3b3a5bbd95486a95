"""What a change of one in a hundred costs the stock lane, against building it again from the same raw rows.

    python bench/stock_plan.py [SKUS]

SKUS are listed in three warehouses, each counted by a location of its own in Linnworks. Then one in a hundred of the
levels changes, with one in a hundred of the listings. Counted is the time that dbt reports for the models behind
`sync_tiktok_shop__stock`, of those that have new raw rows behind them as in `tieout run --only`; neither dbt's start
nor its parsing. Both ways must want the same rows written, or the run fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import changed_models, models_before, remember_built
from orchestration.accelerator.project import PROJECT_ROOT

SHOP = "7495000000000000101"
SYNC = "sync.sync_tiktok_shop__stock"
LOADS = ("20260219T000000.000000Z", "20260219T000500.000000Z")
_ROWS = """
insert into {table}
select
    '{shop}', id, parent_id, null, timestamptz '2026-02-19 00:00:00+00' + to_minutes(5 * {number}), false, '', payload,
    md5(payload), '{load}'
from ({rows}) as made
"""
_CONFIG = """
select 'x' || n as id, '' as parent_id, to_json({{
    'shop_id': '{shop}', 'warehouse_id': 'W' || n, 'system': 'linnworks', 'location': 'L' || n,
    'valid_from': '', 'valid_to': ''
}})::varchar as payload
from range(3) as places (n)
"""
_SHOPS = "select '{shop}' as id, '' as parent_id, to_json({{'shop_id': '{shop}', 'region': 'GB'}})::varchar as payload"
_STOCK = """
select 'stock' as id, '' as parent_id, to_json({{
    'gxo_stale_after_minutes': 1560, 'linnworks_stale_after_minutes': 120, 'smallest_snapshot_share': 0.8,
    'most_zero_share_jump': 0.2, 'most_zeroed_share': 0.2
}})::varchar as payload
"""
_COVERAGE = """
select entity || {number} as id, '' as parent_id, to_json({{
    'id': {number}, 'system': 'tiktok_shop', 'entity': entity, 'shop_id': '{shop}', 'row_count': 1,
    'window_from': '1970-01-01T00:00:00Z', 'window_to': '2026-02-19T00:0{minute}:00Z',
    'verified_at': '2026-02-19T00:0{minute}:00Z', 'load_id': '{load}'
}})::varchar as payload
from (values ('inventory'), ('orders')) as entities (entity)
"""
_SNAPSHOTS = """
select 'L' || n as id, '' as parent_id, to_json({{
    'id': 'L' || n, 'location': 'L' || n, 'as_of': '2026-02-19T00:0{minute}:00Z', 'items': {skus}, 'items_at_zero': 0
}})::varchar as payload
from range(3) as places (n)
"""
_LEVELS = """
select n || '/L' || place as id, 'L' || place as parent_id, to_json({{
    'ItemNumber': 'SKU-' || n, 'Quantity': 20 + {number}, 'Available': 15 + {number}, 'InOrder': 5, 'MinimumLevel': 0,
    'IsCompositeParent': false
}})::varchar as payload
from range({skus}) as items (n), range(3) as places (place)
where n % {each} = 0
"""
_LISTED = """
select 's' || n as id, 'p' || n as parent_id, to_json({{
    'id': 's' || n, 'seller_sku': 'SKU-' || n,
    'warehouse_inventory': list_transform(
        range(3),
        lambda place: {{'warehouse_id': 'W' || place, 'available_quantity': 15 - {number}, 'committed_quantity': 5}}
    )
}})::varchar as payload
from range({skus}) as items (n)
where n % {each} = {each} // 2
"""
_PRODUCTS = """
select 'p' || n as id, '' as parent_id, to_json({{
    'id': 'p' || n, 'status': 'ACTIVATE', 'skus': [{{'id': 's' || n, 'seller_sku': 'SKU-' || n}}]
}})::varchar as payload
from range({skus}) as items (n)
"""
_FIRST = {
    "raw_config.location_map": _CONFIG,
    "raw_config.shops": _SHOPS,
    "raw_config.stock": _STOCK,
    "raw_tieout.coverage": _COVERAGE,
    "raw_linnworks.stock_snapshots": _SNAPSHOTS,
    "raw_linnworks.stock_levels": _LEVELS,
    "raw_tiktok_shop.inventory": _LISTED,
    "raw_tiktok_shop.products": _PRODUCTS,
}
_CHANGING = {
    "raw_tieout.coverage",
    "raw_linnworks.stock_snapshots",
    "raw_linnworks.stock_levels",
    "raw_tiktok_shop.inventory",
}


def main(skus: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lane = Lane(home, [SYNC])
        land(home, skus, number=0, each=1)
        lane.build("--full-refresh")
        land(home, skus, number=1, each=100)
        changed, after_change = lane.build(), lane.wanted()
        whole, anew = lane.build("--full-refresh"), lane.wanted()
    assert after_change == anew and len(anew) == 2 * -(-skus // 100), (len(after_change), len(anew))
    print(f"{skus:,} SKUs in 3 warehouses, {len(anew):,} to write after a change of 1 in 100")
    print(f"{'':24}{'seconds':>12}{'of anew':>12}")
    for name, seconds in (("after the change", changed), ("anew", whole)):
        print(f"{name:24}{seconds:12.2f}{seconds / whole:12.3f}")


def land(home: Path, skus: int, *, number: int, each: int) -> None:
    """Write one load of raw rows: every `each`-th SKU, all else that a load brings."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute("set timezone = 'UTC'")
        create_raw_tables(warehouse)
        for table, rows in _FIRST.items():
            if number and table not in _CHANGING:
                continue
            facts = {"shop": SHOP, "skus": skus, "number": number, "minute": 5 * number, "each": each}
            made = rows.format(load=LOADS[number], **facts)
            warehouse.execute(_ROWS.format(table=table, rows=made, load=LOADS[number], shop=SHOP, number=number))


class Lane:
    """The models behind some tables, run by dbt in this process; a home's models must not be open elsewhere."""

    def __init__(self, home: Path, tables: list[str]) -> None:
        """Parse the project once."""
        os.environ |= {"TIEOUT_HOME": str(home), "DBT_TARGET_PATH": str(home / "target"), "DBT_LOG_PATH": str(home)}
        from dbt.cli.main import dbtRunner

        self._home, self._tables = home, tables
        self.seconds: dict[str, float] = {}
        """Of the last build, by model."""
        self._project = ["--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT)]
        manifest: Any = dbtRunner().invoke(["--quiet", "parse", *self._project]).result
        self._dbt = dbtRunner(manifest=manifest)

    def build(self, *options: str) -> float:
        """Build what has new raw rows behind it (everything with --full-refresh); returns dbt's seconds for it."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        made_of = {model.relation: model for table in self._tables for model in models_before(self._home, table)}
        with self._open() as warehouse:
            inputs = changed_models(warehouse, made_of.values())
        names = [model.name for model in made_of.values() if options or model.relation in inputs]
        done: Any = self._dbt.invoke(["--quiet", "run", "--select", *names, *options, *self._project])
        DuckDBConnectionManager.close_all_connections()
        assert done.success, done.exception or [result.message for result in done.result]
        with self._open() as warehouse:
            remember_built(warehouse, inputs)
        self.seconds = {result.node.name: float(result.execution_time) for result in done.result}
        return sum(self.seconds.values())

    def wanted(self) -> list[Any]:
        """Return the rows that a plan would take."""
        with self._open() as warehouse:
            return warehouse.execute(f"select * from {SYNC} order by entity_key").fetchall()

    def _open(self) -> duckdb.DuckDBPyConnection:
        warehouse = duckdb.connect(str(self._home / "warehouse.duckdb"))
        warehouse.execute("set timezone = 'UTC'")
        return warehouse


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
