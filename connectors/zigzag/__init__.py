"""ZigZag over REST: labels, carrier events, receipts and grades of what buyers send back."""
