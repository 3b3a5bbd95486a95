"""The raw layer's tables and the one shape they share: append-only versions of records, as received.

Belongs here: which tables there are, their columns, and creating them empty. Does not: writing rows (landing).
"""

from __future__ import annotations

from functools import cache

import duckdb
import pyarrow as pa

from tieout.systems import NAMES, part

SCHEMA = pa.schema(
    [
        pa.field("shop_id", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("parent_id", pa.string()),
        pa.field("updated_at", pa.timestamp("us", "UTC")),
        pa.field("observed_at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("is_deleted", pa.bool_()),
        pa.field("api_version", pa.string()),
        pa.field("payload", pa.string()),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("load_id", pa.string()),
    ]
)

STAGING_SUFFIX = "_staging"  # where dlt puts rows before it merges them; made here for its column compression
KEY = ("shop_id", "id", "content_hash", "observed_at")

_DDL = """
create table if not exists {table} (
    shop_id varchar not null,
    id varchar not null,
    parent_id varchar,
    updated_at timestamptz,
    observed_at timestamptz not null,
    is_deleted boolean,
    api_version varchar,
    payload json using compression zstd,
    content_hash varchar not null,
    load_id varchar
)
"""


@cache
def raw_tables() -> dict[str, dict[str, str]]:
    """Return the raw tables of every system and of our own state, by schema, each with what it holds in a sentence."""
    own = {"raw_tieout": part("ingestion", "state").TABLES}
    return {f"raw_{name}": part("ingestion", name).TABLES for name in NAMES} | own


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every raw table that is missing, empty, so that models can be built before a system has said anything."""
    for dataset, entities in raw_tables().items():
        for schema in (dataset, dataset + STAGING_SUFFIX):
            connection.execute(f"create schema if not exists {schema}")
            for entity in entities:
                connection.execute(_DDL.format(table=f"{schema}.{entity}"))
