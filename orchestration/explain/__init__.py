"""One payout, order or SKU from end to end, with its evidence."""
