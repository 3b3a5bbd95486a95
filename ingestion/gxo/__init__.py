"""What GXO says: X12 files in a folder."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.gxo.source", "gxo_source", "open_gxo_source")

TABLES = {
    "files": "X12 files as received, refused ones included.",
    "shipping_advices": "What left the warehouse, per shipment.",
    "stock_levels": "Stock of a SKU at a site, per snapshot.",
    "stock_snapshots": "Snapshots as a whole.",
    "stock_adjustments": "Changes of stock between snapshots.",
    "stock_receipts": "Goods in, and returns.",
    "functional_acknowledgements": "What GXO said of each group of messages that we sent.",
}
EVIDENCE = ("shipping_advices",)
"""Published as received, so that a figure can be explained down to the record."""
PARCEL_RECORDS = "shipping_advices"
"""Of these each is a parcel or a part of one, and names its order as its parent."""


def open_and_load(context: LoadContext) -> None:
    """Load GXO over SFTP, where a site of it is configured."""
    if context.settings.gxo is None:
        return
    from connectors.gxo.client import open_gxo  # imported here: loading SSH is slow, and only GXO needs it
    from ingestion.gxo.loader import load

    with closing(open_gxo(context.settings.gxo)) as client:
        load(context, client, context.settings.gxo)
