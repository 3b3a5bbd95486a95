"""The project as Dagster reads it, parsed once for all of these tests; empty marts by their contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.raw import create_raw_tables
from orchestration.assets.resources import DbtProjectFiles
from orchestration.warehouse.publish import publish
from tieout.settings import Settings

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


@cache
def _tables() -> tuple[str, ...]:
    """Return what creates every mart, as its contract says."""
    created = []
    for path in sorted(MARTS.rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
            created.append(f"create schema if not exists {path.parent.name}")
            created.append(f"create table {path.parent.name}.{model['name']} ({columns})")
    return tuple(created)


@contextmanager
def _empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_tables(connection)
        connection.execute(EXCEPTIONS)
        for statement in _tables():
            connection.execute(statement)
        yield connection


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory that has every mart and no row."""
    with _empty() as connection:
        yield connection


@pytest.fixture(scope="session")
def published(settings_in: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose marts have a payout P1, an order O1 and a SKU S1 and are published."""
    settings = settings_in(tmp_path_factory.mktemp("made") / "made in")
    with _empty() as empty:
        empty.execute("insert into finance.payouts (payment_id, shop_id) values ('P1', 'S')")
        empty.execute("insert into operations.orders (order_id) values ('O1')")
        empty.execute("insert into operations.stock (sku_id) values ('S1')")
        publish(settings, empty)
    return settings.home
