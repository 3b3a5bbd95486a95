"""The tenant's own rules: maps and settings."""

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.config.source", "config_source")


def open_and_load(context: LoadContext) -> None:
    """Load what the files hold."""
    from ingestion.config.loader import load  # imported here: who only asks for the tables needs no reader

    load(context)
