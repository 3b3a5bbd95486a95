"""What Alembic runs around a migration: it works on the connection, and inside the transaction, it is given.

Belongs here: configuring Alembic. Does not: opening a database or locking it (tieout.state.migrate).
"""

from __future__ import annotations

from alembic import context

from tieout.state import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
