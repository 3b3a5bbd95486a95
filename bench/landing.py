"""How fast nested orders land, against DuckDB's own reading of the same files into tables.

Run `python -m bench.landing [ORDERS [ROUNDS]]`. Both sides start from the same page files (250 orders of
six line items, 1.4 KB each) and end in the same two typed tables. Ours goes the product's way in between: every
version hashed, compared, landed by dlt as JSON text, and only then parsed by SQL.

Belongs here: making the files, timing both ways, printing the ratio. Does not: any rule of landing.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import orjson

from ingestion.landing import Landing, next_load_id
from ingestion.raw import create_raw_tables
from ingestion.versions import Version, version_of

PAGE_ORDERS = 250
LINES = 6
Config = dict[str, str | bool | int | float | list[str]]
OBSERVED_AT = datetime(2026, 1, 1, tzinfo=UTC)

_LINE = {
    "id": "VARCHAR",
    "sku_id": "VARCHAR",
    "seller_sku": "VARCHAR",
    "product_name": "VARCHAR",
    "sale_price": "DECIMAL(18,2)",
    "currency": "VARCHAR",
    "display_status": "VARCHAR",
}
_PAYMENT = {
    "currency": "VARCHAR",
    "sub_total": "DECIMAL(18,2)",
    "shipping_fee": "DECIMAL(18,2)",
    "total_amount": "DECIMAL(18,2)",
}
_ORDER = {
    "id": "VARCHAR",
    "status": "VARCHAR",
    "create_time": "BIGINT",
    "update_time": "BIGINT",
    "payment": _PAYMENT,
    "line_items": [_LINE],
}

_TABLES = (
    "create table orders as select o.id, o.status, o.create_time, o.update_time, unnest(o.payment) from parsed",
    "create table items as select order_id, unnest(line)"
    " from (select o.id as order_id, unnest(o.line_items) as line from parsed)",
)


def write_pages(folder: Path, orders: int) -> None:
    """Write `orders` orders as pages of JSON."""
    for start in range(0, orders, PAGE_ORDERS):
        page = {"data": {"orders": [_order(number) for number in range(start, min(start + PAGE_ORDERS, orders))]}}
        (folder / f"{start:09d}.json").write_bytes(orjson.dumps(page))


def load_with_duckdb(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read the pages straight into two typed tables."""
    page = {"orders": [_ORDER]}
    connection.execute(
        "create temp view parsed as select unnest(data.orders) as o"
        f" from read_json('{folder}/*.json', columns = {{data: '{_sql_type(page)}'}})"
    )
    for statement in _TABLES:
        connection.execute(statement)


def load_with_landing(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Land the pages as raw versions, then parse those into the same two tables."""
    create_raw_tables(connection)
    load_id = next_load_id(connection, OBSERVED_AT)
    landing = Landing(connection, folder.parent, dataset="raw_tiktok_shop", load_id=load_id)
    landing.add("orders", _versions(folder))
    landing.flush()
    connection.execute(
        f"create temp view parsed as select from_json(payload, '{orjson.dumps(_ORDER).decode()}') as o"
        " from raw_tiktok_shop.orders"
    )
    for statement in _TABLES:
        connection.execute(statement)


def _sql_type(shape: object) -> str:
    if isinstance(shape, list):
        return _sql_type(shape[0]) + "[]"
    if isinstance(shape, dict):
        return "STRUCT(" + ", ".join(f"{name} {_sql_type(part)}" for name, part in shape.items()) + ")"
    return str(shape)


def _versions(folder: Path) -> Iterator[Version]:
    for page in sorted(folder.glob("*.json")):
        for row in orjson.loads(page.read_bytes())["data"]["orders"]:
            updated_at = datetime.fromtimestamp(row["update_time"], UTC)
            yield version_of(row, row["id"], observed_at=OBSERVED_AT, shop_id="s", updated_at=updated_at)


def _order(number: int) -> dict[str, object]:
    lines = [
        {
            "id": f"{number:014d}{line}",
            "sku_id": f"17293{(number + line) % 997:07d}",
            "seller_sku": f"SKU-{(number + line) % 997:05d}",
            "product_name": "A product with a name of common length",
            "sale_price": f"{(number + line) % 90 + 5}.99",
            "currency": "GBP",
            "display_status": "DELIVERED",
        }
        for line in range(LINES)
    ]
    payment = {"currency": "GBP", "sub_total": "49.99", "shipping_fee": "2.99", "total_amount": "52.98"}
    times = {"create_time": 1_760_000_000 + number, "update_time": 1_760_000_900 + number}
    return {"id": f"5768{number:014d}", "status": "DELIVERED", **times, "payment": payment, "line_items": lines}


@dataclass(frozen=True)
class Timing:
    """What one load took: seconds on the wall, and seconds of processor in this process."""

    wall: float
    cpu: float


def _timed(load: Callable[[duckdb.DuckDBPyConnection, Path], None], folder: Path, name: str) -> Timing:
    config: Config = {"storage_compatibility_version": "v1.5.0", "preserve_insertion_order": False}
    place = folder.parent / name
    place.mkdir()
    with duckdb.connect(str(place / "bench.duckdb"), config=config) as connection:
        connection.execute("set TimeZone = 'UTC'")
        wall, cpu = time.perf_counter(), time.process_time()
        load(connection, folder)
        timing = Timing(time.perf_counter() - wall, time.process_time() - cpu)
        counted = connection.execute("select (select count(*) from orders), (select count(*) from items)").fetchone()
    shutil.rmtree(place)
    print(f"{name:10} {timing.wall:6.2f} s, {timing.cpu:6.2f} s of processor, rows {counted}", flush=True)
    return timing


def main(orders: int = 300_000, rounds: int = 3) -> None:
    """Time both ways in turn, so that whatever else the machine does hits both, and print the median ratios."""
    import dlt  # noqa: F401
    import pandas  # noqa: F401
    import sqlalchemy.engine  # noqa: F401  # importing these three is not loading

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pages"
        folder.mkdir()
        write_pages(folder, orders)
        size = sum(page.stat().st_size for page in folder.glob("*.json"))
        print(f"{orders} orders, {size / orders:.0f} bytes each, {rounds} rounds")
        pairs = [
            (_timed(load_with_duckdb, folder, "duckdb"), _timed(load_with_landing, folder, "landing"))
            for _ in range(rounds)
        ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratios = [duck.wall / ours.wall for duck, ours in pairs]
    print(f"landing reaches {100 * median(ratios):.0f} % of DuckDB's speed ({_percents(ratios)})")
    ratios = [duck.cpu / ours.cpu for duck, ours in pairs]
    print(f"by processor time {100 * median(ratios):.0f} % ({_percents(ratios)})")
    print(f"{orders / median(ours.wall for _, ours in pairs):.0f} orders/s, at most {memory:.0f} MB")


def _percents(ratios: Sequence[float]) -> str:
    return ", ".join(f"{100 * ratio:.0f} %" for ratio in ratios)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
