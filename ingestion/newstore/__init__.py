"""What NewStore says: fulfilment nodes and what each can promise, orders from TikTok Shop, what came back to tills."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.newstore.source", "newstore_source", "open_newstore_source")

TABLES = {
    "locations": "Fulfilment nodes: stores and distribution centres.",
    "availabilities": "Units of a product that a node can promise, every version.",
    "stock_snapshots": "When each node was last read, and from which watermark on.",
    "orders": "Orders of TikTok Shop's channel with their items, every version.",
    "fulfilment_requests": "What each node was asked to ship of those orders, and what it shipped, every version.",
    "returns": "What came back to tills, of those orders and blind, with its items.",
}


def open_and_load(context: LoadContext) -> None:
    """Load NewStore over its API, where a tenant of it is configured."""
    if context.settings.newstore is None:
        return
    from connectors.newstore.client import open_newstore  # imported here: who asks for the tables needs no client
    from ingestion.newstore.loader import load

    with closing(open_newstore(context.settings, context.state)) as client:
        load(context, client, context.settings.newstore)
