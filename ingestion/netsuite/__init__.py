"""What NetSuite says: lists, our journals, what others enter on the accounts that we post to, refunds, orders, stock.

Belongs here: what is read of NetSuite and how it becomes records. Does not: the wire (connectors.netsuite), what the
records mean (dbt).
"""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.netsuite.source", "netsuite_source", "open_netsuite_source")

TABLES = {
    "accounts": "The chart of accounts.",
    "journal_entries": "The payout journals as NetSuite holds them.",
    "other_entries": "What else NetSuite holds on the clearing and bank accounts of payouts.",
    "credit_memos": "Credit memos and cash refunds, ours and those of the shops' customers, with their lines.",
    "customer_deposits": "Deposits of customers for sales orders, ours and others', with their lines.",
    "sales_orders": "Sales orders of TikTok Shop's, with their lines, every version.",
    "item_fulfilments": "Item fulfilments of those orders, with what left in which parcel.",
    "locations": "Locations.",
    "items": "Items: inventory, assemblies and kits.",
    "kits": "What each kit is made of.",
    "item_levels": "Stock of an item at a location, every version.",
    "stock_snapshots": "When each location was last read whole.",
    "accounting_periods": "Accounting periods, open and closed.",
    "subsidiaries": "Subsidiaries.",
    "currencies": "Currencies.",
}
EVIDENCE = ("journal_entries",)
"""Published as received, so that a figure can be explained down to the record."""


def open_and_load(context: LoadContext) -> None:
    """Load NetSuite over its API."""
    from connectors.netsuite.client import open_netsuite  # imported here: who asks for the tables needs no client
    from ingestion.netsuite.loader import load

    with closing(open_netsuite(context.settings, context.state)) as client:
        load(context, client)
