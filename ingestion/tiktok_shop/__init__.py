"""What TikTok Shop says, read shop by shop."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.tiktok_shop.source", "tiktok_shop_source", "open_tiktok_shop_source")


def open_and_load(context: LoadContext) -> None:
    """Load TikTok Shop over its API."""
    from connectors.tiktok_shop.client import open_tiktok_shop  # imported here: who asks for the tables needs no client
    from ingestion.tiktok_shop.loader import load

    with closing(open_tiktok_shop(context.settings, context.state)) as client:
        load(context, client)
