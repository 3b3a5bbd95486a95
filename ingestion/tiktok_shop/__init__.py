"""What TikTok Shop says, read shop by shop."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.tiktok_shop.source", "tiktok_shop_source", "open_tiktok_shop_source")

TABLES = {
    "warehouses": "Warehouses that the shop ships from.",
    "products": "Products with their SKUs as listed, every version.",
    "product_details": "What only a product's own page shows: what its bundles are made of.",
    "inventory": "Listed stock of each SKU in each warehouse, every version.",
    "orders": "Orders as TikTok Shop sends them, every version.",
    "statements": "Daily settlement statements, every version.",
    "statement_transactions": "Lines of the statements, every version.",
    "statement_summaries": "Totals that TikTok Shop sends with a statement's lines.",
    "payments": "Payouts to the bank, every version.",
    "unsettled_transactions": "Estimates of what is not settled yet, every version.",
    "cancellations": "Cancellations asked for, answered and done, every version.",
    "returns": "Returns and refunds asked for, decided and done, every version.",
    "return_records": "What was done to a return and by whom, every version of its list.",
    "packages": "Packages with their tracking numbers, every version.",
}
DAILY = {"payments", "statements"}
"""Of these a load is expected each day."""
EVIDENCE = ("statements", "statement_transactions", "payments")
"""Published as received, so that a figure can be explained down to the record."""


def open_and_load(context: LoadContext) -> None:
    """Load TikTok Shop over its API."""
    from connectors.tiktok_shop.client import open_tiktok_shop  # imported here: who asks for the tables needs no client
    from ingestion.tiktok_shop.loader import load

    with closing(open_tiktok_shop(context.settings, context.state)) as client:
        load(context, client)
