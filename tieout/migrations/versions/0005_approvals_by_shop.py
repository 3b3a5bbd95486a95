"""Approvals by shop: an id that is unique in its shop only is approved for that shop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the shop to the key; what was approved before was approved for the shop of its row in the outbox."""
    op.create_table(
        "approvals_by_shop",
        sa.Column("sync", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.String(length=40), nullable=False),
        sa.Column("entity_key", sa.String(length=200), nullable=False),
        sa.Column("desired_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("approved_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("sync", "shop_id", "entity_key", "desired_hash"),
    )
    op.execute(
        "insert into approvals_by_shop (sync, shop_id, entity_key, desired_hash, approved_by, approved_at)"
        " select known.sync, outbox.shop_id, known.entity_key, known.desired_hash, known.approved_by, known.approved_at"
        " from approvals as known"
        " inner join outbox on known.sync = outbox.sync and known.entity_key = outbox.entity_key"
    )
    op.drop_table("approvals")
    op.rename_table("approvals_by_shop", "approvals")
