"""The raw tables of NetSuite, and what each holds."""

TABLES = {
    "accounts": "The chart of accounts.",
    "journal_entries": "The payout journals as NetSuite holds them.",
    "other_entries": "What else NetSuite holds on the clearing and bank accounts of payouts.",
    "accounting_periods": "Accounting periods, open and closed.",
    "subsidiaries": "Subsidiaries.",
    "currencies": "Currencies.",
}
EVIDENCE = ("journal_entries",)
"""Published as received, so that a figure can be explained down to the record."""
