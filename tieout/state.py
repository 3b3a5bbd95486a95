"""Operational state: outbox, attempts, acknowledgements, coverage, inbox, limits, approvals, exception episodes, audit.

Belongs here: the database, and short transactions on it. Does not: its tables (state_tables), or the rules of any of
them (reverse_sync owns the outbox's, ingestion the coverage's, connectors.transport the limits').

SQLite in WAL mode by default, Postgres by a URL: the same Core statements for both. Instants are stored as ISO 8601
text in UTC with microseconds (`stamp`), which sorts as time does; amounts as decimal text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from sqlalchemy import Connection, Engine, create_engine, event, text

from tieout.errors import ConfigError
from tieout.state_faults import server_engine, tell_faults
from tieout.state_tables import (
    acknowledgements,
    approvals,
    attempts,
    audit,
    counters,
    coverage,
    episodes,
    limits,
    metadata,
    outbox,
    slots,
    webhook_counts,
    webhook_inbox,
)

__all__ = [
    "HEAD",
    "State",
    "acknowledgements",
    "approvals",
    "attempts",
    "audit",
    "counters",
    "coverage",
    "episodes",
    "limits",
    "metadata",
    "migrate",
    "outbox",
    "slots",
    "stamp",
    "webhook_counts",
    "webhook_inbox",
]

HEAD = "0005"
"""The newest revision in tieout/migrations: known here so that an up-to-date database starts without Alembic."""


class State:
    """The operational database, open. One per process; connections are short and never cross a fork."""

    def __init__(self, url: str, *, wait_seconds: float = 30) -> None:
        """Open `url` and bring its tables to the newest migration; a writer waits for others up to `wait_seconds`.

        Every fault of the database is reported as an error of ours, then and later (state_faults).

        Raises:
            ConfigError: when the database cannot be reached, or was made by a newer tieout.
            StateError: when it is damaged, or cannot be written.
        """
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.engine = _engine(url, wait_seconds)
        try:
            migrate(self.engine)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, *, serialised: str = "") -> Iterator[Connection]:
        """Run a short write transaction: committed at the end, rolled back on any error.

        With `serialised`, no two transactions of that name run at once in any process. SQLite has one writer anyway.
        """
        with self.engine.begin() as connection:
            if serialised:
                _take_turn(connection, serialised)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run queries that see one moment, without waiting for any writer. Writing on it is a mistake."""
        with self.engine.connect().execution_options(tieout_reading=True) as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def stamp(instant: datetime) -> str:
    """Return an aware instant as the state stores it: UTC, always microseconds, so text sorts as time does.

    Raises:
        ValueError: when the instant carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"instant {instant.isoformat()} has no time zone: expected an aware instant")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def migrate(engine: Engine) -> None:
    """Bring the tables of an operational database to the newest migration; safe when several processes start at once.

    Raises:
        ConfigError: when the database was made by a newer tieout.
    """
    with engine.connect().execution_options(tieout_reading=True) as connection:
        if _revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        _take_turn(connection, "migrate")
        if _revision(connection) != HEAD:
            _upgrade(connection)


def _revision(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        known = "select 1 from sqlite_master where type = 'table' and name = 'alembic_version'"
    else:
        known = "select 1 where to_regclass('alembic_version') is not null"
    if connection.execute(text(known)).first() is None:
        return ""
    return str(connection.execute(text("select version_num from alembic_version")).scalar() or "")


def _upgrade(connection: Connection) -> None:
    # Alembic takes a third of a second to import, and is needed once per release.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        found = _revision(connection)
        raise ConfigError(
            f"the state database is at revision {found}, this tieout knows {HEAD}: upgrade tieout"
        ) from error


def _take_turn(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(7710, :name)"), {"name": crc32(name.encode()) >> 1})


def _engine(url: str, wait_seconds: float) -> Engine:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith("sqlite"):
        engine = server_engine(url)
        tell_faults(engine, wait_seconds=wait_seconds)
        return engine
    engine = create_engine(url, connect_args={"timeout": wait_seconds})
    tell_faults(engine, wait_seconds=wait_seconds)
    waiting = f"busy_timeout={wait_seconds * 1000:.0f}"

    @event.listens_for(engine, "connect")
    def _pragmas(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in (waiting, "journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("tieout_reading")
        connection.exec_driver_sql("begin" if reading else "begin immediate")

    return engine
