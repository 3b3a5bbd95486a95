"""Ingestion: every system's records land in raw, as received, version by version.

Belongs here: what is read, when a missing record counts as deleted, and how rows land. Does not: any protocol
(connectors), any meaning (dbt), any schedule (orchestration).
"""

from ingestion.ingest import ingest
from ingestion.load_result import LoadResult

__all__ = ["LoadResult", "ingest"]
