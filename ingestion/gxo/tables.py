"""The raw tables of GXO, and what each holds."""

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
