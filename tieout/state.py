"""Operational state: outbox, attempts, acknowledgements, coverage, inbox, limits, approvals, exception episodes, audit.

Belongs here: the tables, their database, and short transactions on it. Does not: the rules of any of them
(reverse_sync owns the outbox's, ingestion the coverage's, connectors.transport the limits').

SQLite in WAL mode by default, Postgres by a URL: the same Core statements for both. Instants are stored as ISO 8601
text in UTC, which sorts as time does; amounts as decimal text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
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
)
from sqlalchemy.pool import NullPool

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
)

slots = Table(
    "slots",
    metadata,
    Column("quota", String(200), primary_key=True),
    Column("holder", String(80), primary_key=True),
    Column("held_until", String(40), nullable=False),
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

    def __init__(self, url: str) -> None:
        """Open `url` and bring its tables to the newest migration."""
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.engine = _engine(url)
        migrate(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run a short write transaction: committed at the end, rolled back on any error."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def migrate(engine: Engine) -> None:
    """Bring the tables of an operational database to the newest migration; safe when several processes start at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=30000"):
            connection.execute(f"pragma {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("begin immediate")

    return engine
