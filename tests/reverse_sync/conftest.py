"""The databases that these tests run on."""

from tests.support.databases import database_url, sqlite_state, state

__all__ = ["database_url", "sqlite_state", "state"]
