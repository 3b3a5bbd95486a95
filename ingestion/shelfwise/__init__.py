"""What Shelfwise says: what each of its places last counted."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.shelfwise.source", "shelfwise_source", "open_shelfwise_source")

TABLES = {"stock_reports": "What each place last counted, every version."}


def open_and_load(context: LoadContext) -> None:
    """Load Shelfwise over its API, where an account of it is configured."""
    if context.settings.shelfwise is None:
        return
    from connectors.shelfwise.client import open_shelfwise  # imported here: who asks for the tables needs no client
    from ingestion.shelfwise.loader import load

    with closing(open_shelfwise(context.settings, context.state)) as client:
        load(context, client)
