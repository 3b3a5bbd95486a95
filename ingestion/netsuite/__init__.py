"""What NetSuite says: its lists, our journals, and what others enter on the accounts that we post to."""

from ingestion.netsuite.loader import LISTS, load

__all__ = ["LISTS", "load"]
