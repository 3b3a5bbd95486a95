"""Opening a tenant's state, unless it was lost: an empty one beside a warehouse that knows of writes is no fresh start.

Belongs here: noticing the loss. Does not: the tables (state), whose they are (tenancy), or their backup.
"""

from __future__ import annotations

import duckdb
from sqlalchemy import select

from tieout.errors import DataError, LockedError, StateError
from tieout.published import open_published
from tieout.settings import Settings
from tieout.state import State, acknowledgements, outbox
from tieout.tenancy import claim_home, require_own_state
from tieout.warehouse import open_warehouse, warehouse_lock

WAIT_SECONDS = 30.0


def open_state(settings: Settings, *, wait_seconds: float = WAIT_SECONDS) -> State:
    """Open the state of a tenant, whose home this is from now on; a writer waits for others up to `wait_seconds`.

    Raises:
        ConfigError: when the home or the database is another tenant's; when the database cannot be reached, or was made
            by a newer tieout.
        StateError: when it is damaged or cannot be written; when it is empty and the warehouse holds acknowledgements.
    """
    claim_home(settings)
    state = State(settings.database_url, wait_seconds=wait_seconds)
    try:
        require_own_state(settings, state)
        if _is_empty(state) and _has_acknowledgements(settings):
            shown = state.engine.url.render_as_string(hide_password=True)
            raise StateError(
                f"the state {shown} is empty, but {settings.warehouse_path} holds acknowledgements of what was written:"
                " restore the state from its backup (writing without it would repeat numbers and documents);"
                " to begin anew on purpose, move the warehouse and published/ away"
            )
    except BaseException:
        state.close()
        raise
    return state


def _is_empty(state: State) -> bool:
    with state.reading() as connection:
        return not any(connection.execute(select(table.c.id).limit(1)).first() for table in (acknowledgements, outbox))


def _has_acknowledgements(settings: Settings) -> bool:
    """Ask what is published, else the warehouse; whoever holds the warehouse now has passed here before."""
    if not settings.warehouse_path.exists():
        return False
    try:
        with open_published(settings) as published:
            return _any(published, "audit")
    except (DataError, duckdb.Error):
        pass  # nothing is published that can be read: the warehouse itself knows
    try:
        with warehouse_lock(settings, wait_seconds=0.5), open_warehouse(settings) as warehouse:
            return _any(warehouse, "raw_tieout")
    except LockedError:
        return False


def _any(connection: duckdb.DuckDBPyConnection, schema: str) -> bool:
    there = "select 1 from information_schema.tables where table_schema = ? and table_name = 'acknowledgements'"
    if not connection.execute(there, [schema]).fetchone():
        return False
    return connection.execute(f"select 1 from {schema}.acknowledgements limit 1").fetchone() is not None
