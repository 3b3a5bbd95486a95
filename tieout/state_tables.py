"""The tables of the operational state: who may write what, and when, is said where they are used.

Belongs here: columns, keys and indexes, as the newest migration leaves them. Does not: the database (state).

Instants are ISO 8601 text in UTC with microseconds (`tieout.state.stamp`), amounts decimal text.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

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
    Column("shop_id", String(40), primary_key=True),
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
    Column("entity", String(40), nullable=False, default="", server_default=""),
    Column("entity_id", String(80), nullable=False),
    Column("happened_at", String(40), nullable=False, default="", server_default=""),
    Column("received_at", String(40), nullable=False),
    Column("handled_at", String(40), nullable=False, default=""),
    Index("webhook_inbox_by_age", "system", "happened_at"),
)

webhook_counts = Table(
    "webhook_counts",
    metadata,
    Column("system", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("outcome", String(20), primary_key=True),
    Column("shop_id", String(40), primary_key=True),
    Column("entity", String(40), primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("newest_at", String(40), nullable=False),
    Column("counted_at", String(40), nullable=False),
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
