"""NewStore as a dlt source: one resource for each way of reading, for pipelines of dlt's users.

Belongs here: resources and their keys. Does not: the wire (connectors.newstore), the shape of records (records), or our
own loading, which reads less: only what has changed (stock).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import dlt

from connectors.newstore.client import NewStoreClient, open_newstore
from ingestion.dlt_rows import record, usable, whole
from ingestion.load_context import Origin
from ingestion.newstore import records
from ingestion.newstore.stock import ENTITY
from tieout.settings import Settings
from tieout.state import State

SYSTEM = "newstore"


@dlt.source(name=SYSTEM, max_table_nesting=0)
def newstore_source(client: NewStoreClient, nodes: Collection[str] | None = None) -> Any:
    """Return the resources of a tenant; stock of these fulfilment nodes, of all by default. Each is read whole."""

    def read_locations() -> Iterator[Any]:
        listing = client.locations()
        yield from _usable("locations", map(records.location, listing.rows), listing.as_of)

    def read_stock() -> Iterator[Any]:
        export = client.availabilities()
        rows = [row for row in export.rows if nodes is None or records.node(row) in nodes]
        yield from _usable(ENTITY, map(records.availability, rows), export.as_of)

    return [whole("locations", read_locations), whole(ENTITY, read_stock)]


@contextmanager
def open_newstore_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no tenant of NewStore is configured.
    """
    state = State(settings.database_url)
    try:
        with closing(open_newstore(settings, state)) as client:
            yield newstore_source(client)
    finally:
        state.close()


def _usable(entity: str, rows: Iterable[records.Row], as_of: datetime) -> Iterator[Any]:
    versions, rejected = usable(SYSTEM, Origin(entity, as_of), rows)
    yield [record(each) for each in versions]
    yield from rejected
