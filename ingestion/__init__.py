"""Ingestion: every system's records land in raw, as received, version by version.

Belongs here: what is read, when absence is believed, and how rows land. Does not: any wire (connectors), any meaning
(dbt), any schedule (orchestration).
"""

from ingestion.cycle import ingest
from ingestion.summary import LoadSummary

__all__ = ["LoadSummary", "ingest"]
