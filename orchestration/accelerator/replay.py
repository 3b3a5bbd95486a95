"""Building models by the SQL that dbt sent for them before, without asking dbt for it again.

Belongs here: noting what dbt sends for a model, and sending it again. Does not: which models are to be built (lineage).

What dbt sends for a model depends on the state of the project and on one more thing: whether the model is built anew
or only its changed keys are. dbt takes ten times as long around a small model as its SQL does. So each statement
is noted when dbt sends it, kept beside what dbt has parsed for as long as the project is the same, and sent again from
there. Whatever was not noted, or meets a table of another kind or with other columns, is left to dbt.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import duckdb
import orjson
from duckdb import StatementType
from filelock import FileLock

from orchestration.accelerator.invoke import run_dbt
from orchestration.accelerator.lineage import Model
from orchestration.accelerator.project import DbtError, parse_folder, project_hash, read_kept
from tieout.reading import Reading
from tieout.warehouse import FILE_FAULTS, open_warehouse

STOCK = "TIEOUT_STOCK_DBT"
"""The environment variable that leaves every build to dbt: nothing is noted, nothing sent again."""
_FORMAT = 1
"""Of what is kept: raise it when a key comes to mean something else, for another version may be running beside."""
_LONGEST_SHOWN = 512
Keys = dict[Model, str]
"""Models in the order to build them, each with what its statements are kept under; "" where none are kept."""
_RELATIONS = """
select
    schema_name || '.' || table_name as relation,
    list(column_name || ' ' || data_type order by column_index) as columns,
    any_value(is_view) as is_view
from duckdb_columns()
inner join (
    select schema_name, table_name, false as is_view from duckdb_tables()
    union all
    select schema_name, view_name, true from duckdb_views() where not internal
) using (schema_name, table_name)
group by all
"""


def build_models(settings: Reading, wanted: Collection[Model], *, is_anew: bool = False) -> None:
    """Build these models, in their order. Call it inside `warehouse_lock`.

    `is_anew` builds incremental ones as a whole, too.

    Raises:
        DbtError: when a model cannot be built; those before it stay built.
    """
    with open_warehouse(settings) as warehouse:
        is_built = send_noted(settings, warehouse, wanted, is_anew=is_anew)
    if not is_built:
        build_by_dbt(settings, wanted, is_anew=is_anew)


def send_noted(
    settings: Reading, warehouse: duckdb.DuckDBPyConnection, wanted: Collection[Model], *, is_anew: bool
) -> bool:
    """Build these models by what dbt sent for them before, and return True; do nothing where that is not known of all.

    Raises:
        DbtError: as `build_models`.
    """
    if wanted and os.environ.get(STOCK):
        return False
    noted, keys = _read_noted(settings), _keys(warehouse, wanted, is_anew=is_anew)
    if not all(key in noted for key in keys.values()):
        return False
    _send(warehouse, {model: noted[key] for model, key in keys.items()})
    return True


def build_by_dbt(settings: Reading, wanted: Collection[Model], *, is_anew: bool) -> None:
    """Let dbt build these models, and note what it sends. No other connection may have the warehouse open.

    Raises:
        DbtError: as `build_models`.
    """
    if os.environ.get(STOCK):
        _run_dbt(settings, wanted, is_anew=is_anew)
        return
    with open_warehouse(settings) as warehouse:
        keys = _keys(warehouse, wanted, is_anew=is_anew)
    _note(settings, keys, is_anew=is_anew)


def _keys(warehouse: duckdb.DuckDBPyConnection, wanted: Collection[Model], *, is_anew: bool) -> Keys:
    present = {row[0]: row[1:] for row in warehouse.execute(_RELATIONS).fetchall()}
    ordered = sorted(wanted, key=lambda model: len(model.upstream))
    return {model: _key(model, *present.get(model.relation, (None, False)), is_anew=is_anew) for model in ordered}


def _key(model: Model, columns: list[str] | None, is_view: bool, *, is_anew: bool) -> str:
    """Return what the statements of a model are kept under; they differ by what is there already.

    Changed keys go into a table with the columns that it had when the statements were noted: with others, dbt is asked
    and says what is wrong.
    """
    if columns is not None and is_view != model.is_view:
        return ""
    if model.kind == "seed":
        return f"{model.unique_id} anew:{is_anew} present:{columns is not None}"
    if model.kind == "changed_keys_incremental" and columns is not None and not is_anew:
        return f"{model.unique_id} changed keys of {hashlib.sha256(repr(columns).encode()).hexdigest()}"
    return f"{model.unique_id} anew"


def _send(warehouse: duckdb.DuckDBPyConnection, statements: dict[Model, list[str]]) -> None:
    for schema in sorted({model.relation.split(".")[0] for model in statements}):
        warehouse.execute(f"create schema if not exists {schema}")
    for model, sent in statements.items():
        warehouse.execute("begin")
        try:
            for statement in sent:
                warehouse.execute(statement)
            warehouse.execute("commit")
        except FILE_FAULTS:
            raise  # open_warehouse says what is wrong with the file, the disk or the memory
        except duckdb.Error as error:
            warehouse.rollback()
            raise DbtError(f"the model {model.name} could not be built: {' '.join(str(error).split())}") from error


def _note(settings: Reading, keys: Keys, *, is_anew: bool) -> None:
    """Let dbt build the models, and keep what it sent."""
    sent: dict[str, list[str]] = {}

    def note(event: Any) -> None:
        if event.info.name == "SQLQuery" and event.data.node_info.unique_id:
            sent.setdefault(event.data.node_info.unique_id, []).append(event.data.sql)

    _run_dbt(settings, keys, is_anew=is_anew, on_event=note)
    noted = {key: _writing(sent.get(model.unique_id, ())) for model, key in keys.items() if key}
    noted = {key: statements for key, statements in noted.items() if statements}
    path = _path(settings)
    with FileLock(path.with_suffix(".lock"), timeout=300):
        kept = {"format": _FORMAT, "project": project_hash(), "noted": _read_noted(settings) | noted}
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(orjson.dumps(kept))
        os.replace(unfinished, path)


def _run_dbt(settings: Reading, wanted: Collection[Model], *, is_anew: bool, on_event: Any = None) -> None:
    options = ["--exclude-resource-type", "test", "unit_test", *(["--full-refresh"] if is_anew else [])]
    run_dbt(settings, ["build", *options], models={model.name for model in wanted}, on_event=on_event)


def _writing(sent: Iterable[str]) -> list[str]:
    """Return the statements that change something: reads and transactions are dbt's own business.

    Of the statement that fills a seed dbt passes 512 characters; none is returned where that is not all of it.
    """
    writing = []
    for reported in sent:
        statement = reported.removesuffix("...")
        if statement != reported and len(statement) >= _LONGEST_SHOWN:
            return []
        kinds = {parsed.type for parsed in duckdb.extract_statements(statement)}
        if not kinds <= {StatementType.SELECT, StatementType.TRANSACTION}:
            writing.append(statement)
    return writing


def _read_noted(settings: Reading) -> dict[str, list[str]]:
    kept = read_kept(_path(settings))
    is_of_now = kept.get("format") == _FORMAT and kept.get("project") == project_hash()
    noted: dict[str, list[str]] = kept["noted"] if is_of_now else {}
    return noted


def _path(settings: Reading) -> Path:
    return parse_folder(settings.home) / "statements.json"
