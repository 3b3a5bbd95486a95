"""Recent turns: when the calls of a quota that counts a minute's calls were allowed to go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a quota known before starts with none."""
    op.add_column("limits", sa.Column("recent_turns", sa.Text(), nullable=False, server_default="[]"))
