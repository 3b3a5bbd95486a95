"""What Linnworks says: places, goods, stock, and its orders from TikTok Shop."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.linnworks.source", "linnworks_source", "open_linnworks_source")

TABLES = {
    "locations": "Stock locations.",
    "stock_items": "Stock items.",
    "stock_levels": "Stock of an item at a location, every version.",
    "stock_snapshots": "When each location was last read whole.",
    "compositions": "What each composite item is made of.",
    "orders": "Open and processed orders, every version.",
}


def open_and_load(context: LoadContext) -> None:
    """Load Linnworks over its own wire, where an account of it is configured."""
    if context.settings.linnworks is None:
        return
    from connectors.linnworks.client import open_linnworks  # imported here: who asks for the tables needs no client
    from ingestion.linnworks.loader import load

    with closing(open_linnworks(context.settings, context.state)) as client:
        load(context, client, context.settings.linnworks)
