"""How fast nested orders land, against DuckDB's own reading of the same files into tables.

Run `python -m bench.landing [ORDERS [ROUNDS]]`. All start from the same page files (250 orders of six line items,
1.4 KB each). DuckDB reads them into two typed tables. We land them as raw versions, every one hashed, compared and
written by dlt as JSON text; and once more, with parsing those into the same two tables, as staging does later.

Belongs here: making the files, timing both ways, printing the ratio. Does not: any rule of landing.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_HEAD = {
    "id": "VARCHAR",
    "status": "VARCHAR",
    "create_time": "BIGINT",
    "update_time": "BIGINT",
    "payment": _PAYMENT,
}
_LINES = {"id": "VARCHAR", "line_items": [_LINE]}

# Each table with the fields it needs: neither way of reading leaves out by itself what is not selected.
_TABLES: tuple[tuple[Mapping[str, object], str], ...] = (
    (_HEAD, "create table orders as select o.id, o.status, o.create_time, o.update_time, unnest(o.payment) from ({})"),
    (
        _LINES,
        "create table items as select order_id, unnest(line)"
        " from (select o.id as order_id, unnest(o.line_items) as line from ({}))",
    ),
)


def write_pages(folder: Path, orders: int) -> None:
    """Write `orders` orders as pages of JSON."""
    for start in range(0, orders, PAGE_ORDERS):
        page = {"data": {"orders": [_order(number) for number in range(start, min(start + PAGE_ORDERS, orders))]}}
        (folder / f"{start:09d}.json").write_bytes(orjson.dumps(page))


def load_with_duckdb(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read the pages straight into two typed tables."""
    for shape, statement in _TABLES:
        columns = f"{{data: '{_sql_type({'orders': [shape]})}'}}"
        parsed = f"select unnest(data.orders) as o from read_json('{folder}/*.json', columns = {columns})"
        connection.execute(statement.format(parsed))


def land(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Land the pages as raw versions: what landing is."""
    create_raw_tables(connection)
    load_id = next_load_id(connection, OBSERVED_AT)
    landing = Landing(connection, folder.parent, dataset="raw_tiktok_shop", load_id=load_id)
    landing.add("orders", _versions(folder))
    landing.flush()


def land_and_type(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Land the pages, then parse the raw versions into the same two tables: what staging adds."""
    land(connection, folder)
    for shape, statement in _TABLES:
        parsed = f"select from_json(payload, '{orjson.dumps(shape).decode()}') as o from raw_tiktok_shop.orders"
        connection.execute(statement.format(parsed))


def _sql_type(shape: object) -> str:
    if isinstance(shape, list):
        return _sql_type(shape[0]) + "[]"
    if isinstance(shape, Mapping):
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
    timing = Timing(time.perf_counter() - wall, time.process_time() - cpu)  # closing puts the rest of it into the file
    shutil.rmtree(place)
    print(f"{name:16} {timing.wall:6.2f} s, {timing.cpu:6.2f} s of processor", flush=True)
    return timing


def main(orders: int = 300_000, rounds: int = 3) -> None:
    """Time the ways in turn, so that whatever else the machine does hits all of them, and print the median ratios."""
    with tempfile.TemporaryDirectory() as place:
        folder, few = Path(place) / "pages", Path(place) / "few"
        for pages, count in ((folder, orders), (few, PAGE_ORDERS)):
            pages.mkdir()
            write_pages(pages, count)
        _timed(land_and_type, few, "warming up")  # importing dlt is not loading
        size = sum(page.stat().st_size for page in folder.glob("*.json"))
        print(f"{orders} orders, {size / orders:.0f} bytes each, {rounds} rounds")
        timings = [
            (
                _timed(load_with_duckdb, folder, "duckdb"),
                _timed(land, folder, "landed"),
                _timed(land_and_type, folder, "landed and typed"),
            )
            for _ in range(rounds)
        ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, ours in (("landing", 1), ("landing and typing", 2)):
        ratios = [timing[0].wall / timing[ours].wall for timing in timings]
        by_processor = median(timing[0].cpu / timing[ours].cpu for timing in timings)
        print(
            f"{name} reaches {100 * median(ratios):.0f} % of DuckDB's JSON to tables ({_percents(ratios)});"
            f" by processor time {100 * by_processor:.0f} %"
        )
    print(f"{orders / median(timing[1].wall for timing in timings):.0f} orders/s landed, at most {memory:.0f} MB")


def _percents(ratios: Sequence[float]) -> str:
    return ", ".join(f"{100 * ratio:.0f} %" for ratio in ratios)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
