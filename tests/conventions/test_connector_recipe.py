"""A system is added in the same places each time; this test names the place that was forgotten."""

from pathlib import Path

import pytest

from expectations.suites import SUITES
from ingestion.raw import raw_tables
from tests.conventions.test_docs import FIELDS
from tieout.systems import WAREHOUSES

ROOT = Path(__file__).resolve().parent.parent.parent
SYSTEMS = sorted(
    p.name for p in (ROOT / "connectors").iterdir() if p.is_dir() and p.name[0].isalpha() and p.name != "transport"
)
RECIPE = "docs/guides/add-a-system.md"


def test_there_are_systems_to_hold_to_the_recipe():
    assert {"netsuite", "tiktok_shop"} <= set(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("place", "holds"),
    [
        ("connectors/{}/client.py", "how we talk to it"),
        ("tests/connectors/{}/test_*.py", "what its connector promises"),
        ("ingestion/{}/loader.py", "what we read of it"),
        ("ingestion/{}/source.py", "the same as a dlt source"),
        ("tests/ingestion/{}/test_*.py", "what its ingestion promises"),
        ("dbt_project/models/staging/{}/stg_*.sql", "its records, typed once"),
        ("dbt_project/models/staging/{}/*.yml", "its raw tables as dbt sources"),
        ("expectations/suites/{}*", "what its records must look like"),
        ("orchestration/systems/{}.py", "what doctor asks of it, and what `tieout init` writes"),
        ("docs/systems/{}.md", "accounts, scopes, limits, quirks, owner"),
        ("sandbox/src/sandbox/{}/__init__.py", "its stand-in"),
    ],
)
def test_every_system_has_each_place_of_the_recipe(system, place, holds):
    pattern = place.format(system)
    assert list(ROOT.glob(pattern)), f"{system}: add {pattern} ({holds}); the recipe is {RECIPE}"


@pytest.mark.parametrize("system", sorted(WAREHOUSES))
def test_every_warehouse_says_which_shops_it_ships_and_when_its_stock_is_too_old(system):
    missing = {f"{system}.shops", f"{system}.stock_stale_after_minutes"} - FIELDS.keys()
    assert not missing, f"tieout/settings.py: add {', '.join(sorted(missing))}; the recipe is {RECIPE}"


def test_every_raw_table_has_a_suite_of_expectations_and_every_suite_a_table():
    tables = {f"{schema}.{entity}" for schema, entities in raw_tables().items() for entity in entities}
    assert sorted(SUITES) == sorted(tables), f"expectations/suites: one Suite per raw table; the recipe is {RECIPE}"
