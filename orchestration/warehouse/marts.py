"""The published marts by name: which there are, their columns, and how all rows of one are selected.

Belongs here: naming marts and choosing among them. Does not: writing them anywhere (export, workbook).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.warehouse.choices import require_known
from tieout.errors import DataError

BATCH = 100_000
"""Rows of a batch, after which progress is printed."""

_MARTS = """
select schema_name || '.' || view_name from duckdb_views()
where not internal and database_name = current_database() and not starts_with(schema_name, 'raw_')
order by all
"""
_COLUMNS = """
select column_name, data_type, coalesce(comment, '') from duckdb_columns()
where schema_name || '.' || table_name = ? and database_name = current_database()
order by column_index
"""


@dataclass(frozen=True)
class Column:
    """A column of a mart: its name, DuckDB's type of it, and what it means."""

    name: str
    type: str
    meaning: str

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return f'"{self.name}"'

    def as_text(self) -> str:
        """Return SQL of its value as one text: a list as its entries with commas between."""
        if self.type.endswith("[]"):
            return f"array_to_string({self.quoted}, ', ')"
        return self.quoted if self.type == "VARCHAR" else f"cast({self.quoted} as varchar)"


@dataclass(frozen=True)
class Mart:
    """A published mart, as "schema.name", and how many rows it has."""

    name: str
    columns: tuple[Column, ...]
    rows: int

    def select(self, selected: Callable[[Column], str]) -> str:
        """Return the query of all rows in their own order, each column as that function writes it."""
        columns = ", ".join(f"{selected(column)} as {column.quoted}" for column in self.columns)
        return f"select {columns} from (select * from {self.name} order by all)"


def chosen_marts(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[Mart]:
    """Return the marts of these names; the name of a schema means all that it holds.

    Raises:
        DataError: when a name is none, with those that are; or when none was given.
    """
    known = [str(name) for (name,) in connection.execute(_MARTS).fetchall()]
    schemas = {name.split(".")[0] for name in known}
    if not names:
        raise DataError(f"name the marts to export, or a whole schema: {', '.join([*sorted(schemas), *known])}")
    for name in names:
        require_known("mart", name, {*known, *schemas})
    asked = {name for name in known if name in names or name.split(".")[0] in names}
    return [_described(connection, name) for name in sorted(asked)]


def _described(connection: duckdb.DuckDBPyConnection, name: str) -> Mart:
    columns = tuple(Column(*map(str, row)) for row in connection.execute(_COLUMNS, [name]).fetchall())
    (rows,) = connection.execute(f"select count(*) from {name}").fetchone() or (0,)
    return Mart(name, columns, int(rows))
