"""Landing: the one way rows get into the raw layer.

Versions are collected, compared with the last version landed of the same record, and what differs is appended by dlt.
Belongs here: that comparison, deletions, slices and their order. Does not: running dlt (dlt_load), anything that knows
a vendor.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.dlt_load import News, load_with_dlt
from ingestion.raw import SCHEMA, TABLES
from ingestion.versions import Version, deletion_of, to_table

BATCH_ROWS = 250  # few enough to turn into Arrow while they are still in the processor's cache
SLICE_ROWS = 122_880  # one row group of DuckDB: a whole one goes to the file at once, not by way of its log
SLICE_BYTES = 256_000_000  # two slices are in memory at a time: one being read, one being landed

_LAST = """
select
    landed.shop_id,
    landed.id,
    arg_max(landed.content_hash, landed.observed_at) as content_hash,
    max(landed.observed_at) as observed_at
from {table} as landed
semi join incoming on landed.shop_id = incoming.shop_id and landed.id = incoming.id
group by landed.shop_id, landed.id
"""

_DIFFERING = """
with compared as (
    select
        incoming.ordinal,
        incoming.shop_id,
        incoming.id,
        last.observed_at as last_observed_at,
        incoming.content_hash as content_hash,
        max(incoming.observed_at) over record_so_far as observed_at,
        coalesce(
            lag(incoming.content_hash) over record_so_far, last.content_hash, case when is_deleted then 'deleted' end
        ) as previous_hash
    from incoming
    left join last on incoming.shop_id = last.shop_id and incoming.id = last.id
    window record_so_far as (partition by incoming.shop_id, incoming.id order by incoming.ordinal)
),

differing as (
    select
        ordinal,
        observed_at,
        last_observed_at,
        row_number() over (partition by shop_id, id order by ordinal) - 1 as step
    from compared
    where content_hash is distinct from previous_hash
)

select
    ordinal,
    last_observed_at is not null as is_known,
    greatest(observed_at, last_observed_at + interval 1 microsecond) + to_microseconds(step) as observed_at
from differing
order by ordinal
"""

_VANISHED = """
with candidates as (
    select distinct id from {table} where shop_id = $shop_id and {window}
),

last as (
    select
        landed.id,
        arg_max(landed.is_deleted, landed.observed_at) as is_deleted,
        arg_max(coalesce(landed.parent_id, ''), landed.observed_at) as parent_id,
        arg_max(struct_pack(at := landed.updated_at), landed.observed_at).at as updated_at
    from {table} as landed
    semi join candidates on landed.id = candidates.id
    where landed.shop_id = $shop_id
    group by landed.id
)

select id, parent_id, updated_at
from last
anti join seen on last.id = seen.id
where not is_deleted and {window}
"""


class Landing:
    """Collects versions for one raw dataset and lands what differs; lands by itself when a slice is full.

    A full slice lands in a second thread while `add` reads on: Python and the network on one core, DuckDB on the other.
    No thread outlives the call of `add` that began it, and slices land one after the other, in the order of reading.

    `landed` and `deleted` count versions per (entity, shop). Call `flush` at the end.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Path, *, dataset: str, load_id: str) -> None:
        """Prepare to land into `dataset` through the open warehouse `connection`; dlt works under `home`/dlt."""
        self.load_id = load_id
        self.read: Counter[tuple[str, str]] = Counter()
        self.landed: Counter[tuple[str, str]] = Counter()
        self.deleted: Counter[tuple[str, str]] = Counter()
        self._connection = connection
        self._home = home
        self._dataset = dataset
        self._open: dict[str, list[Version]] = defaultdict(list)
        self._closed: dict[str, list[pa.Table]] = defaultdict(list)
        self._rows = 0
        self._bytes = 0
        self._last_slice: Future[None] | None = None

    def add(self, entity: str, versions: Iterable[Version]) -> None:
        """Collect versions of one entity, in the order in which they were read.

        Raises:
            DataError: when a full slice could not be landed; `flush` then raises it too.
        """
        remaining = iter(versions)
        with ThreadPoolExecutor(max_workers=1) as second_thread:
            while batch := list(islice(remaining, BATCH_ROWS - len(self._open[entity]))):
                self._open[entity] += batch
                self._rows += len(batch)
                self._bytes += sum(len(version.payload or b"") for version in batch)
                if len(self._open[entity]) >= BATCH_ROWS:
                    self._close_batch(entity)
                if self._rows >= SLICE_ROWS or self._bytes >= SLICE_BYTES:
                    self._await_last_slice()
                    self._last_slice = second_thread.submit(self._land, self._take())
            self._await_last_slice()

    def delete_vanished(
        self,
        entity: str,
        shop_id: str,
        *,
        seen: Collection[str],
        observed_at: datetime,
        parents: Collection[str] | None = None,
        updated_from: datetime | None = None,
    ) -> None:
        """Say of every live record in a completely read window that was not seen there: it is gone.

        The window is the whole shop, or the records under `parents`, or those with `updated_at` from `updated_from` on.
        """
        window = {"true": None, "parent_id in (select id from parents)": parents, "updated_at >= $from": updated_from}
        condition = next((text for text, value in window.items() if value is not None), "true")
        binds = {"shop_id": shop_id} | ({"from": updated_from} if "$from" in condition else {})
        query = _VANISHED.format(table=f"{self._dataset}.{entity}", window=condition)
        with _registered(self._connection, seen=_ids(seen), parents=_ids(parents or ())):
            gone = self._connection.execute(query, binds).fetchall()
        self.add(
            entity,
            (
                deletion_of(shop_id, record_id, observed_at=observed_at, parent_id=parent, updated_at=updated_at)
                for record_id, parent, updated_at in gone
            ),
        )

    def flush(self) -> None:
        """Land what was collected and differs from what is there.

        Raises:
            DataError: when it could not be landed, or an earlier slice could not: what was read is then not all there.
        """
        self._await_last_slice()
        self._land(self._take())

    def _await_last_slice(self) -> None:
        if self._last_slice is not None:
            self._last_slice.result()  # a failed one is kept, and fails whatever is landed after it

    def _take(self) -> dict[str, pa.Table]:
        for entity in list(self._open):
            self._close_batch(entity)
        taken = {entity: pa.concat_tables(tables) for entity, tables in self._closed.items() if tables}
        self._closed.clear()
        self._rows = self._bytes = 0
        return taken

    def _land(self, taken: Mapping[str, pa.Table]) -> None:
        with self._connection.cursor() as own:  # may run beside the thread that uses the connection itself
            news = [self._news(own, entity, table) for entity, table in taken.items()]
        news = [new for new in news if new.table.num_rows]
        if news:
            load_with_dlt(self._connection, self._home, dataset=self._dataset, news=news)
        for new in news:
            self._count(new)

    def _close_batch(self, entity: str) -> None:
        versions = self._open[entity]
        if versions:
            self._closed[entity].append(to_table(versions, self.load_id))
            self._open[entity] = []
            for shop, rows in Counter(version.shop_id for version in versions if version.payload is not None).items():
                self.read[entity, shop] += rows

    def _news(self, connection: duckdb.DuckDBPyConnection, entity: str, table: pa.Table) -> News:
        narrow = table.select(["shop_id", "id", "observed_at", "content_hash", "is_deleted"])
        narrow = narrow.append_column("ordinal", pa.array(range(table.num_rows), pa.int64()))
        with _registered(connection, incoming=narrow):
            last = connection.sql(_LAST.format(table=f"{self._dataset}.{entity}")).to_arrow_table()
            if not last.num_rows and _all_appear(narrow):
                return News(entity, table, any_known=False)
            with _registered(connection, last=last):
                found = connection.sql(_DIFFERING).to_arrow_table()
        kept = table if found.num_rows == table.num_rows else table.take(found["ordinal"])
        observed = found["observed_at"].cast(SCHEMA.field("observed_at").type)
        kept = kept.set_column(SCHEMA.get_field_index("observed_at"), SCHEMA.field("observed_at"), observed)
        return News(entity, kept, any_known=any(found["is_known"].to_pylist()))

    def _count(self, new: News) -> None:
        for row in new.table.group_by(["shop_id", "is_deleted"]).aggregate([([], "count_all")]).to_pylist():
            (self.deleted if row["is_deleted"] else self.landed)[new.entity, row["shop_id"]] += row["count_all"]


def _all_appear(incoming: pa.Table) -> bool:
    """Whether versions of records never landed are all news: every record appears once, and none of them as gone."""
    return len(set(incoming["id"].to_pylist())) == incoming.num_rows and not any(incoming["is_deleted"].to_pylist())


def next_load_id(connection: duckdb.DuckDBPyConnection, now: datetime) -> str:
    """Return a load id later (as text) than every one landed, even when the machine's clock went back."""
    tables = [f"{dataset}.{entity}" for dataset, entities in TABLES.items() for entity in entities]
    query = " union all ".join(f"select max(load_id) as load_id from {table}" for table in tables)
    row = connection.execute(f"select max(load_id) from ({query})").fetchone()
    now = now.astimezone(UTC)
    if row and row[0]:
        last = datetime.strptime(row[0], _LOAD_ID).replace(tzinfo=UTC)
        now = max(now, last + timedelta(microseconds=1))
    return now.strftime(_LOAD_ID)


_LOAD_ID = "%Y%m%dT%H%M%S.%fZ"


def _ids(values: Collection[str]) -> pa.Table:
    return pa.table({"id": pa.array(list(values), pa.string())})


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Make Arrow tables visible to SQL by name for the length of a block."""
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
