"""The raw tables of the bank, and what each holds."""

TABLES = {
    "entries": "Lines of the bank's statement files.",
    "statements": "Statements of the bank's files: their balances, days and pages.",
    "files": "The statement files themselves.",
}
DAILY = {"entries"}
"""Of these a load is expected each day."""
EVIDENCE = ("entries",)
"""Published as received, so that a figure can be explained down to the record."""
