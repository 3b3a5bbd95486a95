"""Loading Shelfwise: its one list, read whole each time.

Belongs here: which record a report becomes, and which are gone. Does not: the wire (connectors.shelfwise), or what a
count means (dbt).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ingestion.coverage import BEGINNING
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, valid_versions

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.shelfwise.client import ShelfwiseClient

SYSTEM, REPORTS = "shelfwise", "stock_reports"


def record(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a place's report as a record."""
    return {**row, "id": row.get("place")}


def load(context: LoadContext, client: ShelfwiseClient) -> None:
    """Land the newest report of every place; a place that is not listed any more is gone."""
    found, reading = client.stock_reports(), Reading()
    versions = valid_versions(context, Origin(REPORTS, found.as_of), map(record, found.rows), reading=reading)
    context.landing.add(REPORTS, versions)
    delete_vanished(context, REPORTS, reading, observed_at=found.as_of)
    context.quarantine.scope_read(SYSTEM, REPORTS, shop_id="")
    context.cover(REPORTS, start=BEGINNING, end=found.as_of, rows=len(reading.ids))
    context.report(f"{SYSTEM} {REPORTS}: {len(reading.ids)} places")
