"""ZigZag as a dlt source: one resource for each raw table, for pipelines of dlt's users.

Belongs here: resources, their keys and cursors. Does not: the wire (connectors.zigzag), the shape of records (loader),
or our own loading, which sees more: returns that are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

import dlt

from connectors.zigzag.client import ZigZagClient, open_zigzag
from connectors.zigzag.pages import changed_at
from ingestion.dlt_rows import changed_since, merged, record, usable, whole
from ingestion.load_context import Origin
from ingestion.zigzag.loader import LISTS, RETURNS, SYSTEM, Row, listed, reference, returned
from tieout.settings import Settings
from tieout.state import State

OVERLAP = timedelta(minutes=30)


@dlt.source(name=SYSTEM, max_table_nesting=0)
def zigzag_source(client: ZigZagClient) -> Any:
    """Return the resources of an account: its lists whole, and returns by when they changed."""

    def read_list(entity: str) -> Any:
        def read() -> Iterator[Any]:
            found = getattr(client, entity)()
            yield from _usable(entity, map(listed, found.rows), found.as_of)

        return whole(entity, read)

    def read_returns(updated: Any = changed_since(OVERLAP)) -> Iterator[Any]:
        for page in client.returns(updated_from=updated.last_value):
            yield from _usable(RETURNS, map(returned, page.rows), page.as_of)

    return [*map(read_list, LISTS), merged(RETURNS, read_returns)]


@contextmanager
def open_zigzag_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no account of ZigZag is configured.
    """
    state = State(settings.database_url)
    try:
        with closing(open_zigzag(settings, state)) as client:
            yield zigzag_source(client)
    finally:
        state.close()


def _usable(entity: str, rows: Iterable[Row], as_of: datetime) -> Iterator[Any]:
    origin = Origin(entity, as_of)
    if entity == RETURNS:
        versions, rejected = usable(SYSTEM, origin, rows, parent=reference, updated_at=changed_at)
    else:
        versions, rejected = usable(SYSTEM, origin, rows)
    yield [record(each) for each in versions]
    yield from rejected
