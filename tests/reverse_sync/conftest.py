"""The databases and stand-ins that these tests run on."""

from tests.support.databases import database_url, sqlite_state, state
from tests.support.stand_ins import systems

__all__ = ["database_url", "sqlite_state", "state", "systems"]
