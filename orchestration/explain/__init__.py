"""One payout, order, return or SKU from end to end, with its evidence."""
