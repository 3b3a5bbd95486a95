"""The project as Dagster reads it, parsed once for all of these tests; empty marts by their contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.raw import create_raw_tables
from orchestration.assets.resources import DbtProjectFiles

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
EXCEPTIONS = """
create schema exceptions;
create table exceptions.open (
    exception_id varchar, code varchar, shop_id varchar, entity_type varchar, entity_id varchar, severity varchar,
    owner varchar, money_at_risk_amount decimal(18, 4), currency varchar, due_at timestamptz,
    first_seen_at timestamptz, last_seen_at timestamptz, expected varchar, actual varchar, evidence varchar,
    cause varchar);
create table exceptions.history as select *, null::integer as episode, null::timestamptz as cleared_at,
    null::varchar as proof from exceptions.open;
"""


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> DbtProjectFiles:
    """dbt's project, its manifest parsed into a folder of this session."""
    return DbtProjectFiles(home=tmp_path_factory.mktemp("dbt"))


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory that has every mart, as its contract says, and no row."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    create_raw_tables(connection)
    connection.execute(EXCEPTIONS)
    for path in sorted(MARTS.rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            schema = path.parent.name
            columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.{model['name']} ({columns})")
    yield connection
    connection.close()
