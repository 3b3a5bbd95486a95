"""Which SQL a person may run on the published warehouse: one statement that reads its tables.

Belongs here: recognising such a statement, by DuckDB's own parser. Does not: shutting the connection off from
files and network (tieout.published), which holds for whatever passes here.
"""

from __future__ import annotations

import re

import duckdb

from tieout.errors import DataError

TABLE_FUNCTIONS = frozenset(
    {
        *("range", "generate_series", "repeat", "unnest", "json_each", "json_tree", "pragma_table_info"),
        *("duckdb_columns", "duckdb_constraints", "duckdb_functions", "duckdb_keywords", "duckdb_schemas"),
        *("duckdb_settings", "duckdb_tables", "duckdb_types", "duckdb_views"),
    }
)
"""Others read files, take addresses in memory, or change what the process does: `enable_logging` can end it."""

READ_ONLY = (
    "queries are read-only and reach the published tables alone: no file, other database, extension or setting"
    " (to keep an answer, use --csv or --json and a file of your own)"
)

_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?", re.IGNORECASE)
_PARSED = "select json_array_length(json_serialize_sql(?), '$.statements')"
_FUNCTIONS = """
select distinct lower(json_extract_string(value, '$.function.function_name'))
from json_tree(json_serialize_sql(?))
where type = 'OBJECT' and json_extract_string(value, '$.type') = 'TABLE_FUNCTION'
"""


def require_reading(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Let pass one statement that reads tables (select, from, values, show, describe, summarize), or explains one.

    Raises:
        DataError: when it is anything else.
        duckdb.ParserException: when it is no SQL.
    """
    found = len(connection.extract_statements(sql))
    if found != 1:
        raise DataError(f"expected one SQL statement, found {found}")
    asked = _EXPLAIN.sub("", sql, count=1) if _EXPLAIN.match(sql) else sql
    if connection.execute(_PARSED, [asked]).fetchone() != (1,):
        raise DataError(READ_ONLY)
    used = {str(row[0]) for row in connection.execute(_FUNCTIONS, [asked]).fetchall()}
    if refused := sorted(used - TABLE_FUNCTIONS):
        raise DataError(f"{', '.join(refused)}: {READ_ONLY}")
