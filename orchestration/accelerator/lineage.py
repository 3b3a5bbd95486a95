"""What a model is made of: its sources, the models before it, and whether any of that has changed since it was built.

Belongs here: reading dbt's manifest, and remembering in the warehouse what each model was last built from. Does not:
building (dbt), or what a sync writes.

A model is what its SQL makes of the raw tables behind it: none asks a clock. So it is built again only when the project
has changed, when its table is missing, or, unless it is a view, when one of those raw tables has new rows. Raw tables
only ever gain rows, each load under a later id, so that the number of rows and the newest load say whether one has
changed. What another state of the project built may have other columns and other rules: nothing of it is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.accelerator.project import ProjectStamp, cache_by_project_hash, parsed_project, project_stamp
from tieout.errors import DataError

_BUILT_FROM = """
create schema if not exists tieout;
create table if not exists tieout.built_from (relation varchar primary key, inputs varchar not null);
"""
_RELATIONS = "select table_schema || '.' || table_name from information_schema.tables"


@dataclass(frozen=True)
class Model:
    """A model or seed: its name for dbt, its table (or view), and the raw tables that it is made of.

    `kind` is "seed", or how dbt materializes the model.
    """

    unique_id: str
    name: str
    relation: str
    kind: str
    upstream: frozenset[str]
    raw_tables: frozenset[str]

    @property
    def is_view(self) -> bool:
        """Whether it holds no rows of its own."""
        return self.kind in ("atomic_view", "view")


def models(home: Path) -> dict[str, Model]:
    """Return every model and seed of the project by its table, as "schema.table"."""
    return _models(project_stamp(), home)


def models_before(home: Path, relation: str) -> list[Model]:
    """Return all that a model is made of, and the model itself last.

    Raises:
        DataError: when no model makes this table.
    """
    known = models(home)
    if relation not in known:
        raise DataError(f"no model makes {relation}: expected one of {', '.join(sorted(known))}")
    own = known[relation]
    return [*(model for model in known.values() if model.unique_id in own.upstream), own]


def raw_tables_of(found: Iterable[Model]) -> frozenset[str]:
    """Return the raw tables that these models read, as "schema.table"."""
    return frozenset[str]().union(*(model.raw_tables for model in found))


def systems_of(raw_tables: Iterable[str]) -> list[str]:
    """Return the systems whose records these tables hold; our own state is no system to be read."""
    systems = {table.split(".")[0].removeprefix("raw_") for table in raw_tables}
    return sorted(systems - {"tieout"})


def changed_models(warehouse: duckdb.DuckDBPyConnection, found: Collection[Model]) -> dict[str, str]:
    """Return the tables that must be built anew, each with what it will have been made of."""
    warehouse.execute(_BUILT_FROM)
    built = dict(warehouse.execute("select relation, inputs from tieout.built_from").fetchall())
    present = {row[0] for row in warehouse.execute(_RELATIONS).fetchall()}
    versions = {table: _version(warehouse, table) for table in raw_tables_of(found)}
    project = _project()
    inputs = {model.relation: _inputs(project, model, versions) for model in found}
    return {name: made_of for name, made_of in inputs.items() if built.get(name) != made_of or name not in present}


def requires_full_refresh(warehouse: duckdb.DuckDBPyConnection, found: Iterable[Model]) -> bool:
    """Whether the table of one of the models was last built by another state of the project, or by an unknown one.

    Such a table may have other columns and hold rows of other rules; the whole of it must go.
    """
    warehouse.execute(_BUILT_FROM)
    of_this = "select relation from tieout.built_from where starts_with(inputs, $project)"
    trusted = warehouse.execute(of_this, {"project": _project()}).fetchall()
    present = warehouse.execute(_RELATIONS).fetchall()
    return not {model.relation for model in found}.isdisjoint({row[0] for row in present} - {row[0] for row in trusted})


def remember_built(warehouse: duckdb.DuckDBPyConnection, inputs: dict[str, str]) -> None:
    """Remember what tables were made of. Call it only after all of them were built, under the same lock."""
    if inputs:
        warehouse.execute(
            "insert or replace into tieout.built_from select unnest($relations), unnest($inputs)",
            {"relations": list(inputs.keys()), "inputs": list(inputs.values())},
        )


def forget_built(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Forget what every table was made of, so that all of them are built anew, from raw."""
    warehouse.execute(_BUILT_FROM + "delete from tieout.built_from")


def _project() -> str:
    return _digest(project_stamp())


def _inputs(project: str, model: Model, versions: dict[str, str]) -> str:
    # A view is its SQL: what it reads may change under it.
    parts = [] if model.is_view else [(table, versions[table]) for table in sorted(model.raw_tables)]
    return f"{project} {_digest(parts)}"


def _digest(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()


def _version(warehouse: duckdb.DuckDBPyConnection, table: str) -> str:
    row = warehouse.execute(f"select count(*), max(load_id) from {table}").fetchone()
    return str(row)


@lru_cache(maxsize=1)
def _models(stamp: ProjectStamp, home: Path) -> dict[str, Model]:
    del stamp
    kept = cache_by_project_hash(home, "lineage", lambda: _read(parsed_project(home)))
    found = [Model(**{name: _hashable(value) for name, value in model.items()}) for model in kept]
    return {model.relation: model for model in found}


def _hashable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


def described(home: Path) -> dict[str, dict[str, str]]:
    """Return what the project says of each table and its columns, by relation and column name, "" for the table."""
    return {
        relation: dict(texts)
        for relation, texts in cache_by_project_hash(home, "descriptions", lambda: _texts(parsed_project(home))).items()
    }


def _texts(manifest: Any) -> dict[str, dict[str, str]]:
    nodes = [node for node in manifest.nodes.values() if node.resource_type.value in ("model", "seed")]
    texts = {
        f"{node.schema}.{node.alias}": {"": node.description}
        | {name: column.description for name, column in node.columns.items()}
        for node in nodes
    }
    return {relation: {name: text for name, text in of.items() if text} for relation, of in texts.items()}


def _read(manifest: Any) -> list[dict[str, Any]]:
    found = []
    for unique_id, node in manifest.nodes.items():
        if node.resource_type.value not in ("model", "seed"):
            continue
        upstream = _upstream(manifest.nodes, unique_id)
        sources = [manifest.sources[name] for name in upstream if name in manifest.sources]
        found.append(
            {
                "unique_id": unique_id,
                "name": node.name,
                "relation": f"{node.schema}.{node.alias}",
                "kind": node.config.materialized,
                "upstream": sorted(upstream),
                "raw_tables": sorted({f"{source.schema}.{source.identifier}" for source in sources}),
            }
        )
    return found


def _upstream(nodes: dict[str, Any], unique_id: str) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [unique_id]
    while waiting:
        node = nodes.get(waiting.pop())
        before = set(getattr(getattr(node, "depends_on", None), "nodes", ())) - seen
        seen |= before
        waiting += before
    return frozenset(seen)
