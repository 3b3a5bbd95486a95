"""Queries to NetSuite in SuiteQL: all rows of one at once, and when it began.

Belongs here: what every reading of NetSuite does. Does not: any query.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tieout.clock import Clock, utc_now

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

Row = Mapping[str, Any]


def ask(client: NetSuiteClient, query: str, clock: Clock = utc_now) -> tuple[list[Row], datetime]:
    """Return a query's rows, and when it began, UTC: by the vendor's clock, or by ours when there was no page."""
    rows: list[Row] = []
    began: datetime | None = None
    for page in client.suiteql(query):
        began = began or page.as_of
        rows += page.rows
    return rows, began or clock()
