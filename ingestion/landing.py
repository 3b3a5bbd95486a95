"""Landing: the one way rows get into the raw layer.

Versions are collected, compared with the last version landed of the same record, and what differs is appended by dlt
(Parquet files, merge insert-only). Belongs here: that comparison, deletions, and running dlt. Does not: anything that
knows a vendor.

dlt's working folder holds nothing we need: what is not in the warehouse is read again, because coverage moves only
after landing. So it is emptied before each run, and a killed process leaves no half-loaded package behind.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.raw import KEY, SCHEMA, TABLES
from ingestion.versions import Version, deletion_of, to_table
from tieout.errors import DataError

BATCH_ROWS = 250  # few enough to turn into Arrow while they are still in the processor's cache
GROUP_ROWS = 20_000
SLICE_ROWS = 500_000  # several row groups of DuckDB, which then go to the file at once, not by way of its log
SLICE_BYTES = 512_000_000

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


@dataclass(frozen=True)
class _News:
    """What differs of one entity, and whether any of its records is in the raw table already."""

    entity: str
    table: pa.Table
    any_known: bool

    @property
    def disposition(self) -> Any:
        """Return how dlt writes it. Records that are not there cannot meet their own key: a merge would only copy."""
        return {"disposition": "merge", "strategy": "insert-only"} if self.any_known else "append"


class Landing:
    """Collects versions for one raw dataset and lands what differs; lands by itself when a slice is full.

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

    def add(self, entity: str, versions: Iterable[Version]) -> None:
        """Collect versions of one entity, in the order in which they were read."""
        remaining = iter(versions)
        while batch := list(islice(remaining, BATCH_ROWS - len(self._open[entity]))):
            self._open[entity] += batch
            self._rows += len(batch)
            self._bytes += sum(len(version.payload or b"") for version in batch)
            if len(self._open[entity]) >= BATCH_ROWS:
                self._close_batch(entity)
            if self._rows >= SLICE_ROWS or self._bytes >= SLICE_BYTES:
                self.flush()

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
        """Land what was collected and differs from what is there."""
        for entity in list(self._open):
            self._close_batch(entity)
        news = [self._news(entity, pa.concat_tables(tables)) for entity, tables in self._closed.items() if tables]
        self._closed.clear()
        self._rows = self._bytes = 0
        news = [new for new in news if new.table.num_rows]
        if news:
            _run_dlt(self._connection, self._home, dataset=self._dataset, news=news)
        for new in news:
            self._count(new)

    def _close_batch(self, entity: str) -> None:
        versions = self._open[entity]
        if versions:
            self._closed[entity].append(to_table(versions, self.load_id))
            self._open[entity] = []
            for shop, rows in Counter(version.shop_id for version in versions if version.payload is not None).items():
                self.read[entity, shop] += rows

    def _news(self, entity: str, table: pa.Table) -> _News:
        narrow = table.select(["shop_id", "id", "observed_at", "content_hash", "is_deleted"])
        narrow = narrow.append_column("ordinal", pa.array(range(table.num_rows), pa.int64()))
        with _registered(self._connection, incoming=narrow):
            last = self._connection.sql(_LAST.format(table=f"{self._dataset}.{entity}")).to_arrow_table()
            if not last.num_rows and _all_appear(narrow):
                return _News(entity, table, any_known=False)
            with _registered(self._connection, last=last):
                found = self._connection.sql(_DIFFERING).to_arrow_table()
        kept = table if found.num_rows == table.num_rows else table.take(found["ordinal"])
        observed = found["observed_at"].cast(SCHEMA.field("observed_at").type)
        kept = kept.set_column(SCHEMA.get_field_index("observed_at"), SCHEMA.field("observed_at"), observed)
        return _News(entity, kept, any_known=any(found["is_known"].to_pylist()))

    def _count(self, new: _News) -> None:
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


def _run_dlt(connection: duckdb.DuckDBPyConnection, home: Path, *, dataset: str, news: Sequence[_News]) -> None:
    dlt = _dlt()
    working = home / "dlt"
    files = working / f"{dataset}_files"
    for folder in (working / dataset, files):
        shutil.rmtree(folder, ignore_errors=True)
    files.mkdir(parents=True)
    resources = [
        dlt.resource(
            [_file_of(new, files)],
            name=new.entity,
            write_disposition=new.disposition,
            primary_key=list(KEY),
            columns={"payload": {"data_type": "json"}},
        )
        for new in news
    ]
    with connection.cursor() as own:  # dlt changes the search path of the connection that it is given
        pipeline = dlt.pipeline(
            pipeline_name=dataset,
            dataset_name=dataset,
            destination=dlt.destinations.duckdb(own),
            pipelines_dir=str(working),
        )
        try:
            pipeline.run(resources, loader_file_format="parquet")
        except import_module("dlt.pipeline.exceptions").PipelineStepFailed as error:
            cause = _root_cause(error)
            raise DataError(f"landing into {dataset} failed, nothing of it is lost: {cause}; run it again") from None


def _root_cause(error: BaseException) -> str:
    """Return the first line of what began a chain of errors: the rest may quote rows."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _file_of(new: _News, folder: Path) -> Any:
    """Write what is new as a Parquet file that dlt takes as it is.

    Its payloads are marked as JSON, which dlt's own files cannot say and DuckDB would otherwise check once more.
    """
    path = folder / f"{new.entity}.parquet"
    position = SCHEMA.get_field_index("payload")
    table = new.table.set_column(position, pa.field("payload", pa.json_()), new.table["payload"].cast(pa.json_()))
    repeating = [name for name in SCHEMA.names if name not in ("id", "payload", "content_hash")]
    pq.write_table(table, path, row_group_size=GROUP_ROWS, use_dictionary=repeating)
    return _dlt().mark.with_file_import(str(path), "parquet", table.num_rows, hints=SCHEMA.empty_table())


def _dlt() -> ModuleType:
    """Import dlt with its telemetry, state restoring and chatter off; importing it costs most of a second."""
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
    os.environ.setdefault("RESTORE_FROM_DESTINATION", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its SQL parser announces a successor on every import
        return import_module("dlt")
