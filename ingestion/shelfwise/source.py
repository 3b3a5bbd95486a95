"""Shelfwise as a dlt source, for pipelines of dlt's users.

Belongs here: its resource. Does not: the wire (connectors.shelfwise), or the shape of a record (loader).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import dlt

from connectors.shelfwise.client import ShelfwiseClient, open_shelfwise
from ingestion.dlt_rows import record as row_of
from ingestion.dlt_rows import usable, whole
from ingestion.load_context import Origin
from ingestion.shelfwise.loader import REPORTS, SYSTEM, record
from tieout.settings import Settings
from tieout.state import State


@dlt.source(name=SYSTEM, max_table_nesting=0)
def shelfwise_source(client: ShelfwiseClient) -> Any:
    """Return the resource of an account: the newest report of every place, read whole."""

    def read() -> Iterator[Any]:
        found = client.stock_reports()
        versions, rejected = usable(SYSTEM, Origin(REPORTS, found.as_of), map(record, found.rows))
        yield [row_of(each) for each in versions]
        yield from rejected

    return [whole(REPORTS, read)]


@contextmanager
def open_shelfwise_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no account of Shelfwise is configured.
    """
    state = State(settings.database_url)
    try:
        with closing(open_shelfwise(settings, state)) as client:
            yield shelfwise_source(client)
    finally:
        state.close()
