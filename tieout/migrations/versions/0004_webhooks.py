"""Webhooks: what a notification names and when it happened; how many came, and how many were refused, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty for what was received before, and the table."""
    op.add_column("webhook_inbox", sa.Column("entity", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("webhook_inbox", sa.Column("happened_at", sa.String(length=40), nullable=False, server_default=""))
    op.create_index("webhook_inbox_by_age", "webhook_inbox", ["system", "happened_at"])
    op.create_table(
        "webhook_counts",
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("shop_id", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("newest_at", sa.String(length=40), nullable=False),
        sa.Column("counted_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("system", "day", "outcome", "shop_id", "entity"),
    )
