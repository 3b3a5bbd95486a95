"""The files of the dbt project: one YAML beside each model, and no system's name outside of what is its own.

Belongs here: where a model and its description lie, and whose names they may say. Does not: what they say.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from reverse_sync.registry import SYNCS
from tests.support.model_graph import MODELS, ROOT, graph, systems
from tieout.systems import SYSTEMS, WAREHOUSES

LIST = ROOT / "dbt_project" / "macros" / "systems.sql"
"""The one place that names them all: a system's row."""
TENANTS_WORDS = ("netsuite_account", "netsuite_customer", "netsuite_subsidiary")
"""Columns and settings that tenants write; they stay until tenants are asked for other ones."""


def exchangeable() -> list[str]:
    return [name for name, roles in systems().items() if roles]


def home_of(path: Path) -> set[str]:
    """Return the systems whose name a folder or the file itself carries."""
    words = set(re.split(r"[/_.]", str(path.relative_to(ROOT / "dbt_project"))))
    return words & set(exchangeable())


def test_every_model_has_one_yaml_beside_it():
    for path in sorted(MODELS.rglob("*.sql")):
        assert path.with_suffix(".yml").is_file(), f"{path.name}: describe it in {path.stem}.yml beside it"
    for path in sorted(MODELS.rglob("*.yml")):
        text = path.read_text()
        if re.search(r"^sources:", text, re.M):
            assert not re.search(r"^(models|unit_tests):", text, re.M), f"{path.name}: sources stand by themselves"
            continue
        assert path.with_suffix(".sql").is_file(), f"{path.name}: a YAML is named as the model beside it"
        named = re.findall(r"^  - name: (\w+)$", text.split("\nunit_tests:")[0].split("\nexposures:")[0], re.M)
        assert named == [path.stem], f"{path.name} describes {named}"
        tested = set(re.findall(r"^    model: (\w+)$", text, re.M)) - {path.stem}
        assert not tested, f"{path.name} holds unit tests of {sorted(tested)}"


def test_no_sql_or_yaml_names_a_system_outside_of_its_own_files():
    named = re.compile("|".join(exchangeable()), re.IGNORECASE)
    allowed = re.compile("|".join(TENANTS_WORDS))
    found = []
    for path in sorted([*(ROOT / "dbt_project").rglob("*.sql"), *(ROOT / "dbt_project").rglob("*.yml")]):
        if path == LIST:
            continue
        others = {word.lower() for word in named.findall(allowed.sub("", path.read_text()))} - home_of(path)
        found += [f"{path.relative_to(ROOT)} names {', '.join(sorted(others))}"] if others else []
    assert not found, "\n".join(["a system is named in files of its own alone, elsewhere by its role:", *found])


def test_dbt_lists_the_systems_that_the_product_has():
    assert set(systems()) == {system.name for system in SYSTEMS} - {"config"}, "macros/systems.sql and tieout.systems"


def test_a_system_with_stock_is_a_warehouse_of_the_product():
    assert {name for name, roles in systems().items() if "stock_levels" in roles} == WAREHOUSES


def test_every_sync_that_sql_names_is_one_of_the_product():
    """A name that is none joins no row: what it should select would silently be left out."""
    syncs = {sync.name for sync in SYNCS}
    quoted = re.compile(rf"'((?:{'|'.join(systems())})__\w+)'")
    named = {name for path in (ROOT / "dbt_project").rglob("*.sql") for name in quoted.findall(path.read_text())}
    assert {"gxo__warehouse_orders", "tiktok_shop__stock"} <= named
    assert named <= syncs, f"no sync of reverse_sync.registry: {sorted(named - syncs)}"


def test_every_role_of_a_system_is_a_model_that_is_united():
    models, used = graph(), frozenset[str]().union(*(model.reads for model in graph().values()))
    for system, roles in systems().items():
        for role in roles:
            names = {f"int_{system}__{role}", f"stg_{system}__{role}"} & models.keys()
            assert names, f"macros/systems.sql: {system} has the role {role}, and no model int_{system}__{role}"
            assert names & used, f"{names}: no model unites the role {role}"


def test_what_a_system_has_of_a_role_is_on_the_list():
    roles = {role for of in systems().values() for role in of}
    for name in graph():
        system, _, role = name.removeprefix("int_").partition("__")
        if name.startswith("int_") and system in systems() and role in roles:
            assert role in systems()[system], f"{name}: macros/systems.sql does not say that {system} has this role"


def test_all_systems_of_a_role_have_the_same_columns_and_types():
    """dbt holds each model to what its YAML declares; what they declare is the role's contract."""
    contracts: dict[str, dict[str, dict[str, str]]] = {}
    for system, roles in systems().items():
        for role in roles:
            path, *_ = [path for layer in ("int", "stg") for path in MODELS.rglob(f"{layer}_{system}__{role}.yml")]
            (model,) = yaml.safe_load(path.read_text())["models"]
            columns = {column["name"]: str(column.get("data_type")) for column in model.get("columns", [])}
            assert columns and "None" not in columns.values(), f"{path.name}: declare each column with its data_type"
            contracts.setdefault(role, {})[system] = columns
    for role, declared in contracts.items():
        first, *others = declared
        for other in others:
            assert declared[other] == declared[first], f"{role}: {other} and {first} declare other columns or types"
