"""What the bank says: statement files in a folder per account."""

from ingestion.load_context import LoadContext

TABLES = {
    "entries": "Lines of the bank's statement files.",
    "statements": "Statements of the bank's files: their balances, days and pages.",
    "files": "The statement files themselves.",
}
DAILY = {"entries"}
"""Of these a load is expected each day."""
EVIDENCE = ("entries",)
"""Published as received, so that a figure can be explained down to the record."""


def open_and_load(context: LoadContext) -> None:
    """Load what the files hold."""
    from ingestion.bank.loader import load  # imported here: who only asks for the tables needs no reader

    load(context)
