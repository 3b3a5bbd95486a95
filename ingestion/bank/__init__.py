"""What the bank says: statement files in a folder per account."""

from ingestion.load_context import LoadContext


def open_and_load(context: LoadContext) -> None:
    """Load what the files hold."""
    from ingestion.bank.loader import load  # imported here: who only asks for the tables needs no reader

    load(context)
