"""What NetSuite says: its lists, our journals, and what others enter on the accounts that we post to."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.netsuite.source", "netsuite_source", "open_netsuite_source")


def open_and_load(context: LoadContext) -> None:
    """Load NetSuite over its API."""
    from connectors.netsuite.client import open_netsuite  # imported here: who asks for the tables needs no client
    from ingestion.netsuite.loader import load

    with closing(open_netsuite(context.settings, context.state)) as client:
        load(context, client)
