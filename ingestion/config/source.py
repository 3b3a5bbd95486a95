"""A tenant's own rules as a dlt source: one resource for each map and each part of the settings, read whole.

Belongs here: the resources. Does not: reading and checking the maps (loader, maps).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dlt

from ingestion.config.loader import SYSTEM, read_config
from ingestion.dlt_rows import record, usable, whole
from ingestion.load_context import Origin
from tieout.clock import utc_now
from tieout.settings import Settings


@dlt.source(name=SYSTEM, max_table_nesting=0)
def config_source(settings: Settings) -> Any:
    """Return the resources of a tenant's configuration; rows of maps that cannot be used are left out."""

    def rules(entity: str) -> Any:
        def read() -> Iterator[Any]:
            versions, rejected = usable(SYSTEM, Origin(entity, utc_now()), read_config(settings).rows[entity])
            yield [record(each) for each in versions]
            yield from rejected

        return whole(entity, read)

    return [rules(entity) for entity in read_config(settings).rows]
