"""The query service: SuiteQL over the live records, answered by an in-memory engine that is fed changes only.

Belongs here: keeping the engine's tables current, running one query, shaping its rows. Does not: the language's
rewriting, the tables' contents. Fact sheet netsuite 8.1: `Prefer: transient` is required; keys are lower case; NULLs
are left out; nearly every value is a string; booleans are T/F; dates come in the account's format, without a time.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow

from sandbox.netsuite.errors import WireError
from sandbox.netsuite.filters import DATE_FORMATS
from sandbox.netsuite.paging import MAX_RESULTS, Page, page_of
from sandbox.netsuite.rules import account_zone
from sandbox.netsuite.schema import SYSTEM, TYPES
from sandbox.netsuite.suiteql_columns import TABLES, VIEWS
from sandbox.netsuite.suiteql_tables import Row, rows_of, tables_of
from sandbox.netsuite.suiteql_text import display_macro, refused, translate
from sandbox.netsuite.switches import switch
from sandbox.netsuite.wire import Answer, Call, plain
from sandbox.store import Record, Store

# Temporary, so they follow this process's connection and leave nothing in the file.
_TRACK = [
    "create temp table if not exists netsuite_changed (kind text not null, id text not null, primary key (kind, id))",
    *(
        f"create temp trigger if not exists netsuite_{event} after {event} on main.record"
        f" when {row}.system = 'netsuite' begin"
        f" insert or ignore into netsuite_changed values ({row}.kind, {row}.id); end"
        for event, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    ),
]
_MACROS = """
create macro ns_to_char(x) as case when typeof(x) like 'DECIMAL%'
    then regexp_replace(regexp_replace(cast(x as varchar), '(\\.[0-9]*?)0+$', '\\1'), '\\.$', '')
    else cast(x as varchar) end,
  (x, f) as case when typeof(x) in ('DATE', 'TIMESTAMP') then strftime(try_cast(cast(x as varchar) as timestamp), f)
    when f like '%.00' then cast(try_cast(cast(x as varchar) as decimal(38, 2)) as varchar) else cast(x as varchar) end;
create macro ns_to_date(x, f) as strptime(x, f);
create macro ns_to_number(x) as cast(x as decimal(30, 8));
create macro ns_trunc(x) as date_trunc('day', x), (x, unit) as date_trunc(unit, x);
create macro ns_nvl2(x, a, b) as case when x is not null then a else b end;
create macro ns_add_months(d, n) as d + to_months(n);
create table dual as select 'X' as dummy;
"""
# column -> (table, the column that names its rows)
_DISPLAYS = {
    "account": ("account", "accountsearchdisplayname"),
    "expenseaccount": ("account", "accountsearchdisplayname"),
    "subsidiary": ("subsidiary", "name"),
    "currency": ("currency", "name"),
    "postingperiod": ("accountingperiod", "periodname"),
    "entity": ("entity", "entityid"),
    "customer": ("customer", "entityid"),
    "location": ("location", "name"),
    "department": ("department", "name"),
    "class": ("classification", "name"),
    "item": ("item", "itemid"),
    "transaction": ("transaction", "tranid"),
}
_TYPE_NAMES = {record_type.code: record_type.label for record_type in TYPES.values() if record_type.code}
_UNKNOWN_COLUMN = re.compile(r'(?:column(?: named)?|Referenced table) "([^"]+)"|Function with name ns_df_(\w+)', re.I)
_UNKNOWN_TABLE = re.compile(r"Table with name (\S+) does not exist")


class QueryService:
    """The engine of one account. Safe for threads: one query at a time."""

    def __init__(self, store: Store) -> None:
        """Make the tables and begin to follow the store's changes."""
        self._store = store
        self._lock = threading.Lock()
        self._zone: ZoneInfo | None = None
        self._engine = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": "1"})
        self._engine.execute("set python_enable_replacements = false")
        for table, columns in TABLES.items():
            listed = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
            self._engine.execute(f"create table {table} ({listed})")
        for view, text in VIEWS.items():
            self._engine.execute(f"create view {view} as {text}")
        self._engine.execute(_MACROS)
        self._engine.execute(_decode_macro())
        self._make_displays()
        with store.transaction():
            for statement in _TRACK:
                store.connection.execute(statement)

    def answer(self, call: Call) -> Answer:
        """Answer a SuiteQL request. Raises WireError 400 for a bad header, page, body or query."""
        preferences = [item.strip().lower() for item in call.headers.get("prefer", "").split(",")]
        if "transient" not in preferences:
            raise WireError(
                400, "INVALID_REQUEST", "The required header Prefer: transient is missing.", ("o:errorHeader", "Prefer")
            )
        page = page_of(call)
        payload = call.json()
        query, parameters = payload.get("q"), payload.get("params", [])
        if not isinstance(query, str) or not isinstance(parameters, list):
            raise WireError(400, "INVALID_CONTENT", "The request body must hold a query.", ("o:errorPath", "q"))
        items, total = self.run(query, parameters=[_bindable(value) for value in parameters], page=page)
        return Answer(
            200,
            page.collection(call, items, total=total),
            media_type="application/vnd.oracle.resource+json; type=collection",
        )

    def run(self, query: str, *, parameters: list[str], page: Page) -> tuple[list[dict[str, Any]], int]:
        """Return one page of rows and the number of all rows, at most 100,000. Raises WireError 400."""
        sql, pages_itself = translate(query, parameters)
        with self._lock:
            self._follow()
            self._set_clock()
            try:
                names, rows, total = self._fetch(sql, page, pages_itself=pages_itself)
            except duckdb.Error as error:
                raise _explained(error) from error
        date_format = switch(self._store, "date_format")
        return [_item(names, row, date_format) for row in rows], total

    def _fetch(self, sql: str, page: Page, *, pages_itself: bool) -> tuple[list[str], list[tuple[Any, ...]], int]:
        statements = self._engine.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise refused("Only SELECT statements are supported.")
        if pages_itself:
            cursor = self._engine.execute(sql)
            rows = cursor.fetchmany(MAX_RESULTS)
            shown, total = rows[page.offset : page.offset + page.limit], len(rows)
        else:
            counted = self._engine.execute(f"select count(*) from ({sql})").fetchone()
            total = min(int(counted[0]) if counted else 0, MAX_RESULTS)
            cursor = self._engine.execute(
                f"{sql} limit {min(page.limit, MAX_RESULTS - page.offset)} offset {page.offset}"
            )
            shown = cursor.fetchall()
        return [str(column[0]).lower() for column in cursor.description or []], shown, total

    def _follow(self) -> None:
        """Bring the tables up to the store: everything at first and after a change of time zone, then changes."""
        zone = account_zone(self._store)
        with self._store.transaction():
            changed = self._store.connection.execute("select kind, id from temp.netsuite_changed").fetchall()
            self._store.connection.execute("delete from temp.netsuite_changed")
            if zone != self._zone:
                kinds = self._store.connection.execute("select distinct kind from record where system = ?", (SYSTEM,))
                records = [r for (kind,) in kinds.fetchall() for r in self._store.select(SYSTEM, str(kind))]
            else:
                records = [r for kind, id in changed if (r := self._store.get(SYSTEM, kind, id))]
        if zone != self._zone:
            for table in TABLES:
                self._engine.execute(f"delete from {table}")
        else:
            self._forget(changed)
        self._zone = zone
        self._add(records, zone)

    def _forget(self, changed: list[tuple[str, str]]) -> None:
        gone: dict[str, list[str]] = {}
        for kind, id in changed:
            for table in tables_of(kind):
                gone.setdefault(table, []).append(id)
        for table, ids in gone.items():
            key = next(iter(TABLES[table]))
            numbers = [int(id) for id in ids if id.isdigit()]
            self._engine.execute(f"delete from {table} where {key} in (select unnest(?))", [numbers])

    def _add(self, records: list[Record], zone: ZoneInfo) -> None:
        gathered: dict[str, list[Row]] = {}
        for record in records:
            for table, rows in rows_of(record, zone).items() if record.id.isdigit() else ():
                gathered.setdefault(table, []).extend(rows)
        for table, rows in gathered.items():
            schema = pyarrow.schema([(name, pyarrow.string()) for name in TABLES[table]])
            self._engine.register("arriving", pyarrow.Table.from_pylist(rows, schema=schema))
            casts = ", ".join(f"try_cast({name} as {type_})" for name, type_ in TABLES[table].items())
            self._engine.execute(f"insert into {table} select {casts} from arriving")
            self._engine.unregister("arriving")

    def _set_clock(self) -> None:
        local = datetime.fromtimestamp(self._store.now, UTC).astimezone(self._zone)
        self._engine.execute(f"create or replace macro ns_now() as timestamp '{local:%Y-%m-%d %H:%M:%S}'")

    def _make_displays(self) -> None:
        for column, (table, name) in _DISPLAYS.items():
            macro = display_macro(column)
            self._engine.execute(
                f"create macro {macro}(k) as (select any_value(s.{name}) from {table} s where s.id = k)"
            )
        known = {column for columns in TABLES.values() for column in columns} - _DISPLAYS.keys() - {"type"}
        for column in known:
            self._engine.execute(f"create macro {display_macro(column)}(k) as cast(k as varchar)")
        cases = " ".join(f"when '{code}' then '{label}'" for code, label in _TYPE_NAMES.items())
        self._engine.execute(f"create macro {display_macro('type')}(k) as case k {cases} else k end")


def _decode_macro() -> str:
    """Return DECODE(x, search, result, ..., [default]) for up to five searches; it takes NULL for equal to NULL."""
    forms = []
    for count in range(1, 6):
        names = [name for place in range(count) for name in (f"s{place}", f"r{place}")]
        cases = " ".join(f"when x is not distinct from s{place} then r{place}" for place in range(count))
        forms.append(f"(x, {', '.join(names)}) as case {cases} end")
        forms.append(f"(x, {', '.join(names)}, d) as case {cases} else d end")
    return f"create macro ns_decode{', '.join(forms)}"


def _item(names: list[str], row: tuple[Any, ...], date_format: str) -> dict[str, Any]:
    item: dict[str, Any] = {"links": []}
    for name, value in zip(names, row, strict=True):
        if value is not None and value != "":
            item[name] = _shown(value, date_format)
    return item


def _shown(value: Any, date_format: str) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, date):
        text = value.strftime(DATE_FORMATS[date_format])
        return re.sub(r"\b0(\d)", r"\1", text) if date_format in {"M/D/YYYY", "D/M/YYYY"} else text
    return str(value)


def _bindable(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _explained(error: duckdb.Error) -> WireError:
    text = str(error)
    table = _UNKNOWN_TABLE.search(text)
    if table:
        return refused(f"Search error occurred: Record '{table.group(1)}' was not found.")
    column = _UNKNOWN_COLUMN.search(text)
    if column:
        return refused(f"Search error occurred: Unknown identifier '{column.group(1) or column.group(2)}'.")
    return refused(f"Search error occurred: {text.splitlines()[0].split(': ', 1)[-1]}")
