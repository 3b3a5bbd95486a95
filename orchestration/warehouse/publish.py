"""Publishing: the marts as immutable Parquet partitions under one small, atomically replaced DuckDB file of views.

Belongs here: what is published, and how a generation comes to be. Does not: the content of any mart, but that texts of
vendors come without characters that act on what shows them. Only partitions whose content changed are written again;
files of the last generations stay for readers that still have them open.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.accelerator.lineage import described
from tieout.published import open_published, write_views
from tieout.reading import Reading
from tieout.settings import Settings
from tieout.systems import NAMES, part
from tieout.unseen_characters import escaped_sql

GENERATIONS_KEPT = 3
KEPT_SECONDS = 7 * 24 * 3600
"""How long a replaced generation's files stay while there is room: a BI tool may hold its connection open for days."""

PARQUET = b"PAR1"
BUCKETS, ONE_BUCKET_ROWS = 16, 4096
"""How many files a table has, and up to how many rows it is one: opening a file costs more than reading so few."""

SCHEMAS = ("finance", "exceptions", "audit", "operations", "analytics")
RAW_TABLES = tuple(
    f"raw_{name}.{entity}" for name in NAMES for entity in getattr(part("ingestion", name), "EVIDENCE", ())
)
"""Published beside the marts, for `tieout explain`."""


_OURS = re.compile(r"[a-z_]+[.][a-z0-9_]+/[0-9]{2,}-[0-9a-f]{16}-[0-9a-f]{16}")
"""Files that a publication wrote, without their ending; no other file of the folder is ever removed."""


@dataclass(frozen=True)
class Published:
    """What a publication did."""

    generation: int
    tables: int
    partitions: int
    written: int
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Partition:
    table: str
    within: str
    """The SQL condition of its rows."""
    rows: int
    file: str


def publish(settings: Settings, warehouse: duckdb.DuckDBPyConnection) -> Published:
    """Publish every mart of the open warehouse as a new generation and return what was written.

    A crash at any point leaves the former generation in place; the next publication starts from it.
    """
    folder = settings.published_dir
    (folder / "data").mkdir(parents=True, exist_ok=True)
    generation = _newest_generation(folder) + 1
    partitions: list[_Partition] = []
    written = 0
    for table in _published_tables(warehouse):
        for partition in _partitions(warehouse, table):
            written += _write_partition(warehouse, folder / "data", partition)
            partitions.append(partition)
    _write_manifest(folder, generation, partitions)
    _replace_current(folder, warehouse, generation, partitions, texts=described(settings.home))
    _collect(folder, generation, most_copies=settings.published_copies)
    rows: dict[str, int] = {}
    for partition in partitions:
        rows[partition.table] = rows.get(partition.table, 0) + partition.rows
    return Published(generation, len(rows), len(partitions), written, rows)


def publish_here(settings: Reading) -> int:
    """Let the views of a folder that was moved or copied name its files where they lie now; return how many views.

    For tools that open `current.duckdb` by themselves: tieout reads it wherever it lies.
    """
    folder = settings.published_dir
    unfinished = folder / "current-here.unfinished"
    unfinished.unlink(missing_ok=True)
    with open_published(settings) as connection:
        views = write_views(connection, folder=folder, target=unfinished)
    _sync_file(unfinished)
    os.replace(unfinished, folder / "current.duckdb")
    _sync_folder(folder)
    return views


def _published_tables(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    rows = warehouse.execute(
        "select table_schema || '.' || table_name from information_schema.tables order by 1"
    ).fetchall()
    names = [str(row[0]) for row in rows]
    return [name for name in names if name.split(".")[0] in SCHEMAS or name in RAW_TABLES]


def _partitions(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[_Partition]:
    """Split a table by the hash of its first column; a bucket's file is named by its content's fingerprint."""
    columns = _columns(warehouse, table)
    bucket_of = f'hash("{columns[0][0]}") % {_buckets(warehouse, table)}'
    rows = warehouse.execute(
        f"select {bucket_of} as bucket, count(*), bit_xor(hash(t)), sum(hash(t)::hugeint)"
        f" from {table} as t group by bucket order by bucket"
    ).fetchall()
    shape = _fingerprint(str([*columns, _selected(table, columns)]))
    return [
        _Partition(
            table,
            f"{bucket_of} = {bucket}",
            int(count),
            f"{table}/{bucket:02d}-{shape}-{_fingerprint(f'{xor}:{total}:{count}')}",
        )
        for bucket, count, xor, total in rows
    ]


def _buckets(warehouse: duckdb.DuckDBPyConnection, table: str) -> int:
    [(rows,)] = warehouse.execute(f"select count(*) from {table}").fetchall()
    return 1 if rows <= ONE_BUCKET_ROWS else BUCKETS


def _columns(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return names and types; binding a query costs less than asking the catalogue, which looks through all of it."""
    described = warehouse.execute(f"select * from {table} limit 0").description or []
    return [(str(column[0]), str(column[1])) for column in described]


def _selected(table: str, columns: list[tuple[str, str]]) -> str:
    """Return SQL of a table's columns as they are published; what vendors said stays as it was, as evidence."""
    if table in RAW_TABLES:
        return "*"
    return ", ".join(f'{_shown(name, kind)} as "{name}"' for name, kind in columns)


def _shown(name: str, kind: str) -> str:
    if kind == "VARCHAR[]":
        return f'list_transform("{name}", lambda one: {escaped_sql("one")})'
    if kind == "JSON":
        return f'cast({escaped_sql(f"""cast("{name}" as varchar)""")} as json)'
    return escaped_sql(f'"{name}"') if kind == "VARCHAR" else f'"{name}"'


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write_partition(warehouse: duckdb.DuckDBPyConnection, data: Path, partition: _Partition) -> int:
    target = data / f"{partition.file}.parquet"
    if _is_whole(target):
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    selected = _selected(partition.table, _columns(warehouse, partition.table))
    warehouse.execute(
        f"copy (select {selected} from {partition.table} where {partition.within})"
        f" to '{_quoted(unfinished)}' (format parquet, compression zstd)"
    )
    _sync_file(unfinished)
    os.replace(unfinished, target)
    return 1


def _is_whole(file: Path) -> bool:
    """Return whether a Parquet file is there and was not cut off or overwritten, by how it begins and ends."""
    try:
        with file.open("rb") as content:
            begins = content.read(len(PARQUET))
            size = content.seek(0, os.SEEK_END)
            content.seek(max(0, size - 8))
            footer, ends = content.read(4), content.read()
    except FileNotFoundError:
        return False
    return begins == ends == PARQUET and int.from_bytes(footer, "little") < size - 8


def _write_manifest(folder: Path, generation: int, partitions: list[_Partition]) -> None:
    manifest = folder / f"generation-{generation:08d}.json"
    unfinished = manifest.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"generation": generation, "files": [p.file for p in partitions]}))
    _sync_file(unfinished)
    os.replace(unfinished, manifest)


def _replace_current(
    folder: Path,
    warehouse: duckdb.DuckDBPyConnection,
    generation: int,
    partitions: list[_Partition],
    *,
    texts: dict[str, dict[str, str]],
) -> None:
    unfinished = folder / f"current-{generation:08d}.unfinished"
    unfinished.unlink(missing_ok=True)
    views = duckdb.connect(str(unfinished))
    try:
        views.execute("begin")  # one write for all: there are hundreds of comments
        for table in _published_tables(warehouse):
            files = [folder / "data" / f"{p.file}.parquet" for p in partitions if p.table == table]
            views.execute(f"create schema if not exists {table.split('.')[0]}")
            views.execute(f"create view {table} as {_view(warehouse, table, files)}")
            shown = {"", *(name for name, _kind in _columns(warehouse, table))}
            reported = [(name, text) for name, text in texts.get(table, {}).items() if name in shown]
            for name, text in reported:
                views.execute(f"comment on {_place(table, name)} is '{_quoted(text)}'")
        views.execute("commit")
        views.execute("checkpoint")
    finally:
        views.close()
    _sync_file(unfinished)
    os.replace(unfinished, folder / "current.duckdb")
    _sync_folder(folder)


def _view(warehouse: duckdb.DuckDBPyConnection, table: str, files: list[Path]) -> str:
    if files:
        listed = ", ".join(f"'{_quoted(file)}'" for file in files)
        return f"select * from read_parquet([{listed}])"
    columns = ", ".join(f'null::{kind} as "{name}"' for name, kind in _columns(warehouse, table))
    return f"select {columns} where false"


def _newest_generation(folder: Path) -> int:
    numbers = [int(path.stem.split("-")[1]) for path in folder.glob("generation-*.json")]
    return max(numbers, default=0)


def _collect(folder: Path, generation: int, *, most_copies: int) -> None:
    """Remove what no kept generation names: the last few are kept, and of those not old yet as many as there is room.

    Room is `most_copies` times the size of the newest generation; the oldest give way first.
    """
    kept: set[str] = set()
    room = size = 0
    for manifest in sorted(folder.glob("generation-*.json"), reverse=True):
        named = _named(manifest)
        if named is None:  # of no use to anybody who would return to it
            manifest.unlink()
            continue
        grown = size + sum(_size(folder, file) for file in named - kept)
        room = room or grown * most_copies
        is_recent = int(manifest.stem.split("-")[1]) > generation - GENERATIONS_KEPT
        is_young = time.time() - manifest.stat().st_mtime < KEPT_SECONDS
        if is_recent or (is_young and grown <= room):
            kept, size = kept | named, grown
        else:
            manifest.unlink()
            room = size  # older ones go too: a reader of theirs has had its time
    for file in (folder / "data").glob("*/*.parquet"):
        name = str(file.relative_to(folder / "data").with_suffix(""))
        if _OURS.fullmatch(name) and name not in kept:
            file.unlink()
    for pattern in ("generation-*.unfinished", "current-*.unfinished", "data/*.*/[0-9][0-9]-*.unfinished"):
        for leftover in folder.glob(pattern):
            leftover.unlink()


def _named(manifest: Path) -> set[str] | None:
    """Return the files of a generation; None when its list was cut off or overwritten."""
    try:
        return set(json.loads(manifest.read_text())["files"])
    except (ValueError, KeyError, TypeError):
        return None


def _size(folder: Path, file: str) -> int:
    path = folder / "data" / f"{file}.parquet"
    return path.stat().st_size if path.exists() else 0


def _place(table: str, column: str) -> str:
    return f'column {table}."{column}"' if column else f"view {table}"


def _quoted(text: Path | str) -> str:
    return str(text).replace("'", "''")


def _sync_file(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
