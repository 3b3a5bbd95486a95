"""The raw tables of Linnworks, and what each holds."""

TABLES = {
    "locations": "Stock locations.",
    "stock_items": "Stock items.",
    "stock_levels": "Stock of an item at a location, every version.",
    "stock_snapshots": "When each location was last read whole.",
    "compositions": "What each composite item is made of.",
    "orders": "Open and processed orders, every version.",
}
