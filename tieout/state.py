"""Operational state: outbox, attempts, acknowledgements, coverage, inbox, limits, approvals, exception episodes, audit.

Belongs here: the tables, their database, and short transactions on it. Does not: the rules of any of them
(reverse_sync owns the outbox's, ingestion the coverage's, connectors.transport the limits').

SQLite in WAL mode by default, Postgres by a URL: the same Core statements for both. Instants are stored as ISO 8601
text in UTC with microseconds (`stamp`), which sorts as time does; amounts as decimal text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    text,
)

from tieout.errors import ConfigError
from tieout.state_faults import server_engine, tell_faults

HEAD = "0003"
"""The newest revision in tieout/migrations: known here so that an up-to-date database starts without Alembic."""

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sync", String(80), nullable=False),
    Column("entity_key", String(200), nullable=False),
    Column("shop_id", String(40), nullable=False, default=""),
    Column("lane", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("desired", Text, nullable=False),
    Column("desired_hash", String(64), nullable=False),
    Column("idempotency_key", String(200), nullable=False),
    Column("amount", String(40), nullable=False, default="0"),
    Column("currency", String(3), nullable=False, default=""),
    Column("needs_approval", Boolean, nullable=False, default=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_owner", String(80), nullable=False, default=""),
    Column("lease_until", String(40), nullable=False, default=""),
    Column("next_attempt_at", String(40), nullable=False, default=""),
    Column("error_code", String(40), nullable=False, default=""),
    Column("last_error", Text, nullable=False, default=""),
    Column("vendor_id", String(80), nullable=False, default=""),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    UniqueConstraint("sync", "entity_key"),
    Index("outbox_by_state", "state", "lane", "next_attempt_at"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("outbox_id", Integer, nullable=False),
    Column("sync", String(80), nullable=False),
    Column("entity_key", String(200), nullable=False),
    Column("idempotency_key", String(200), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("finished_at", String(40), nullable=False, default=""),
    Column("outcome", String(20), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Index("attempts_by_outbox", "outbox_id"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sync", String(80), nullable=False),
    Column("entity_key", String(200), nullable=False),
    Column("shop_id", String(40), nullable=False, default=""),
    Column("desired", Text, nullable=False),
    Column("desired_hash", String(64), nullable=False),
    Column("idempotency_key", String(200), nullable=False),
    Column("vendor_id", String(80), nullable=False),
    Column("acknowledged_at", String(40), nullable=False),
    UniqueConstraint("sync", "entity_key", "desired_hash", "idempotency_key"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("sync", String(80), primary_key=True),
    Column("entity_key", String(200), primary_key=True),
    Column("desired_hash", String(64), primary_key=True),
    Column("approved_by", String(80), nullable=False),
    Column("approved_at", String(40), nullable=False),
)

coverage = Table(
    "coverage",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("system", String(40), nullable=False),
    Column("entity", String(60), nullable=False),
    Column("shop_id", String(40), nullable=False, default=""),
    Column("window_from", String(40), nullable=False),
    Column("window_to", String(40), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("load_id", String(60), nullable=False),
    Column("verified_at", String(40), nullable=False),
    Index("coverage_by_entity", "system", "entity", "shop_id", "window_to"),
)

webhook_inbox = Table(
    "webhook_inbox",
    metadata,
    Column("system", String(40), primary_key=True),
    Column("notification_id", String(120), primary_key=True),
    Column("shop_id", String(40), nullable=False),
    Column("type", String(40), nullable=False),
    Column("entity_id", String(80), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("handled_at", String(40), nullable=False, default=""),
)

limits = Table(
    "limits",
    metadata,
    Column("quota", String(200), primary_key=True),
    Column("next_free_at", String(40), nullable=False),
    Column("recent_turns", Text, nullable=False, server_default="[]"),
)

slots = Table(
    "slots",
    metadata,
    Column("quota", String(200), primary_key=True),
    Column("holder", String(80), primary_key=True),
    Column("held_until", String(40), nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("last", Integer, nullable=False),
)

episodes = Table(
    "exception_episodes",
    metadata,
    Column("exception_id", String(64), primary_key=True),
    Column("episode", Integer, primary_key=True),
    Column("code", String(10), nullable=False),
    Column("shop_id", String(40), nullable=False, default=""),
    Column("entity_type", String(40), nullable=False),
    Column("entity_id", String(200), nullable=False),
    Column("record", Text, nullable=False),
    Column("first_seen_at", String(40), nullable=False),
    Column("last_seen_at", String(40), nullable=False),
    Column("cleared_at", String(40), nullable=False, default=""),
    Column("proof", Text, nullable=False, default=""),
    Index("episodes_open", "cleared_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)


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
