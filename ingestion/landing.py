"""Landing: the one way rows get into the raw layer.

Versions are collected, compared with the last version landed of the same record, and what differs is appended by dlt.
Belongs here: that comparison, deletions and their order. Does not: the files in between (parquet_buffer), running dlt
(dlt_load), anything that knows a vendor.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.dlt_load import ChangedRows, load_with_dlt
from ingestion.parquet_buffer import COMPRESSION, GROUP_ROWS, ParquetBuffer, emptied
from ingestion.raw import raw_tables
from ingestion.versions import Version, deletion_of, to_table

BATCH_ROWS = 250  # few enough to be converted to Arrow while still in the processor's cache

_INCOMING = """
create or replace temp table incoming as
select shop_id, id, observed_at, content_hash, is_deleted, file_row_number as ordinal
from read_parquet($file, file_row_number = true)
"""

_LAST = """
create or replace temp table last as
select
    landed.shop_id,
    landed.id,
    arg_max(landed.content_hash, landed.observed_at) as content_hash,
    max(landed.observed_at) as observed_at
from {table} as landed
semi join incoming on landed.shop_id = incoming.shop_id and landed.id = incoming.id
group by landed.shop_id, landed.id
"""

# Versions of records never landed are all changed rows if every record appears once, and none of them as gone.
_ALL_APPEAR = """
select
    (select count(*) from last) = 0
    and (select coalesce(not bool_or(is_deleted), true) from incoming)
    and (select count(*) from incoming) = (select count(*) from (select distinct shop_id, id from incoming))
"""

_DIFFERING = """
create or replace temp table differing as
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
"""

_WRITE_DIFFERING = """
copy (
    select versions.* exclude (file_row_number) replace (differing.observed_at as observed_at)
    from read_parquet({source}, file_row_number = true) as versions
    inner join differing on versions.file_row_number = differing.ordinal
) to {target} (format parquet, compression {compression}, row_group_size {rows})
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
    """Collects versions for one raw dataset; `flush` lands those that differ.

    What was read waits on disk: memory holds one group of rows for each entity. A second thread writes the groups while
    `add` reads on, and none outlives the call of `add` that began it. One landing of a dataset at a time: the warehouse
    lock sees to that.

    `landed` and `deleted` count versions per (entity, shop). Call `flush` at the end.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Path, *, dataset: str, load_id: str) -> None:
        """Prepare to land into `dataset` through the open warehouse `connection`; files wait under `home`/dlt."""
        self.load_id = load_id
        self.read: Counter[tuple[str, str]] = Counter()
        self.landed: Counter[tuple[str, str]] = Counter()
        self.deleted: Counter[tuple[str, str]] = Counter()
        self._connection = connection
        self._home = home
        self._dataset = dataset
        self._folder = home / "dlt" / f"{dataset}_files"
        self._open: dict[str, list[Version]] = defaultdict(list)
        self._buffers: dict[str, ParquetBuffer] = {}
        self._written: Future[None] | None = None

    def add(self, entity: str, versions: Iterable[Version]) -> None:
        """Collect versions of one entity, in the order in which they were read.

        Raises:
            DataError: when they could not be kept; `flush` then raises it too.
        """
        remaining = iter(versions)
        with ThreadPoolExecutor(max_workers=1) as second_thread:
            while batch := list(islice(remaining, BATCH_ROWS - len(self._open[entity]))):
                self._open[entity] += batch
                if len(self._open[entity]) >= BATCH_ROWS:
                    buffer = self._close_batch(entity)
                    if buffer.is_group_full:
                        self._await_written()
                        self._written = second_thread.submit(buffer.write, buffer.take_group())
            self._await_written()

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
        """Land a deletion for every live record of a completely read window that was not seen in it.

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
            DataError: when it could not be landed. It stays collected: another `flush` lands all of it, or raises too.
        """
        self._await_written()
        for entity in [entity for entity, versions in self._open.items() if versions]:
            self._close_batch(entity)
        for buffer in self._buffers.values():
            buffer.close()
        changed = [new for new in map(self._changed_rows, self._buffers.items()) if new.rows]
        if changed:
            load_with_dlt(self._connection, self._home, dataset=self._dataset, changed=changed)
        for new in changed:
            self._count(new)
        self._buffers.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _await_written(self) -> None:
        if self._written is not None:
            self._written.result()  # a failed one is kept, and fails whatever comes after it

    def _close_batch(self, entity: str) -> ParquetBuffer:
        versions = self._open.pop(entity)
        for shop, rows in Counter(version.shop_id for version in versions if version.payload is not None).items():
            self.read[entity, shop] += rows
        if entity not in self._buffers:
            folder = self._folder if self._buffers else emptied(self._folder)
            self._buffers[entity] = ParquetBuffer(folder / f"{entity}.parquet")
        self._buffers[entity].append(to_table(versions, self.load_id))
        return self._buffers[entity]

    def _changed_rows(self, buffered: tuple[str, ParquetBuffer]) -> ChangedRows:
        entity, buffer = buffered
        with self._connection.cursor() as own:  # temporary tables are gone with it
            own.execute(_INCOMING, {"file": str(buffer.path)})
            own.execute(_LAST.format(table=f"{self._dataset}.{entity}"))
            if _one(own, _ALL_APPEAR)[0]:
                return ChangedRows(entity, buffer.path, buffer.rows, any_known=False)
            own.execute(_DIFFERING)
            rows, any_known = _one(own, "select count(*), coalesce(bool_or(is_known), false) from differing")
            file = buffer.path.with_name(f"{entity}_changed.parquet")
            places = {"source": _quoted(buffer.path), "target": _quoted(file)}
            own.execute(_WRITE_DIFFERING.format(**places, compression=COMPRESSION, rows=GROUP_ROWS))
        return ChangedRows(entity, file, rows, any_known=any_known)

    def _count(self, new: ChangedRows) -> None:
        query = "select shop_id, is_deleted, count(*) from read_parquet($file) group by all"
        for shop_id, is_deleted, rows in self._connection.execute(query, {"file": str(new.file)}).fetchall():
            (self.deleted if is_deleted else self.landed)[new.entity, shop_id] += rows


def next_load_id(connection: duckdb.DuckDBPyConnection, now: datetime) -> str:
    """Return a load id later (as text) than every one landed, even when the machine's clock went back."""
    tables = [f"{dataset}.{entity}" for dataset, entities in raw_tables().items() for entity in entities]
    query = " union all ".join(f"select max(load_id) as load_id from {table}" for table in tables)
    row = connection.execute(f"select max(load_id) from ({query})").fetchone()
    now = now.astimezone(UTC)
    if row and row[0]:
        last = datetime.strptime(row[0], _LOAD_ID).replace(tzinfo=UTC)
        now = max(now, last + timedelta(microseconds=1))
    return now.strftime(_LOAD_ID)


_LOAD_ID = "%Y%m%dT%H%M%S.%fZ"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the one row of an aggregate query."""
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101  (an aggregate without groups always has a row)
    return row


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


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
